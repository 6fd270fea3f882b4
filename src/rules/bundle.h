#ifndef RINGER_RULES_BUNDLE_H
#define RINGER_RULES_BUNDLE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/minisign.h"
#include "base/span.h"

/*
 * A signed rule pack: a tar of rule files and a minisign signature beside it (NAME.tar, NAME.tar.minisig).
 * The trusted comment of the signature says "pack=NAME seq=N expires=YYYY-MM-DD": `seq` grows with every
 * release, so that an old pack cannot be put back unseen; behind `expires` (its end, UTC) the pack is refused,
 * so that nobody can be kept on an old one for ever. What was verified in memory is what is loaded.
 */
enum {
    BUNDLE_BYTES_MAX =
        16 * 1024 * 1024, /* as large as a rule file may be: a pack of 10,000 rules is smaller */
    BUNDLE_FILES_MAX = 256,
    BUNDLE_NAME_MAX = 64,
};

struct bundle_file {
    const char *name; /* "identity.yaml": letters, digits, '.', '_', '-'; no folders */
    struct span text;
};

struct bundle {
    const char *name;
    int64_t seq;
    int64_t expires; /* seconds since the epoch; the first second at which it is refused */
    char key_id[MINISIGN_ID_HEX];
    const struct bundle_file *files; /* sorted by name */
    size_t n_files;
};

struct bundle_trust {
    const struct minisign_public *keys; /* those accepted: two during a rotation */
    size_t n_keys;
    const char *const *revoked; /* key ids as minisign prints them; never accepted */
    size_t n_revoked;
    int64_t now; /* seconds since the epoch */
};

/*
 * Verifies `signature` over `tar` and reads both. 0 = genuine, in time and well-formed; -1 = refused, and
 * *error_r (in arena) says why. The bundle lives in the arena and points into it.
 */
int bundle_open(struct arena *arena, const struct bundle_trust *trust, struct span tar, struct span signature,
                struct bundle *bundle_r, const char **error_r);
/* Packs files into a tar that is the same for the same files (no times, no owners). NULL with *error_r. In arena. */
int bundle_pack(struct arena *arena, const struct bundle_file *files, size_t n, struct span *tar_r,
                const char **error_r);
/* The trusted comment for bundle_open. `expires` is "YYYY-MM-DD". */
const char *bundle_comment(struct arena *arena, const char *name, int64_t seq, const char *expires);
bool bundle_name_ok(const char *name);

#endif
