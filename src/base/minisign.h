#ifndef RINGER_BASE_MINISIGN_H
#define RINGER_BASE_MINISIGN_H
#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "base/span.h"

/*
 * Signatures in minisign's format (https://jedisct1.github.io/minisign/): Ed25519 over the BLAKE2b-512 hash of
 * the file ("ED"; the older "Ed" over the file itself is read as well), and a second signature over the first
 * one and the trusted comment. Made and checked here with libsodium, so that keys and signatures of the
 * minisign program can be used either way. Functions return 0 = done, -1 with a static text in *error_r.
 */
enum { MINISIGN_ID = 8, MINISIGN_PUBLIC = 32, MINISIGN_SECRET = 64, MINISIGN_ID_HEX = 17 };

struct minisign_public {
    unsigned char id[MINISIGN_ID];
    unsigned char key[MINISIGN_PUBLIC];
};

struct minisign_secret {
    unsigned char id[MINISIGN_ID];
    unsigned char key[MINISIGN_SECRET];
};

/* A key file's text, or only its base64 line. */
int minisign_public_parse(struct span text, struct minisign_public *out, const char **error_r);
/* `password` opens a key that is protected by one; NULL otherwise. Wipe `out` with minisign_wipe(). */
int minisign_secret_parse(struct span text, const char *password, struct minisign_secret *out,
                          const char **error_r);
void minisign_wipe(struct minisign_secret *secret);
/* A fresh pair as the texts of two key files (the secret one without a password). In arena. */
int minisign_generate(struct arena *arena, const char **public_r, const char **secret_r,
                      const char **error_r);
/* The text of the signature file. `comment` is the trusted comment: one line. In arena. */
const char *minisign_sign(struct arena *arena, const struct minisign_secret *secret, struct span data,
                          const char *comment);
/*
 * Is `signature` (the text of a .minisig file) one of `data` by one of the keys? Then *by_r tells which and
 * *comment_r is the trusted comment (in arena).
 */
int minisign_verify(struct arena *arena, const struct minisign_public *keys, size_t n_keys, struct span data,
                    struct span signature, const struct minisign_public **by_r, const char **comment_r,
                    const char **error_r);
/* The key's number as minisign prints it: upper-case hex. */
void minisign_id_text(const unsigned char id[MINISIGN_ID], char out[MINISIGN_ID_HEX]);

#endif
