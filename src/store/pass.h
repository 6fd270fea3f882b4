#ifndef RINGER_STORE_PASS_H
#define RINGER_STORE_PASS_H
#include <sodium.h>
#include "base/arena.h"
#include "base/span.h"
#include "store/store.h"

/*
 * Passes for released mail. A release that goes into a listener which runs Ringer would be judged and held again: so
 * the message carries a pass in a header, and the daemon that finds it in its store lets it through, once, without
 * the header. A pass is a random secret; the store knows only hashes keyed with it: its name, and a seal over the
 * bytes, the recipients and its end. Nobody can make one without writing to the store, and one that somebody saw on
 * the way fits no other message and no other recipient.
 */
#define PASS_HEADER "X-Ringer-Release"
/*
 * "Do you run a Ringer that knows the pass of this name?" A sender at this domain asks it, and no message follows. A
 * command of our own would be plainer, but Postfix from 3.9 or so on does not pass on a milter's answer to one.
 */
#define PASS_DOMAIN "@xringer.invalid"
#define PASS_KNOWN  "knows this release" /* in the answer, if so */
enum {
    PASS_BYTES = 32,
    PASS_TEXT_SIZE = 2 * PASS_BYTES + 1, /* in hexadecimal, with the NUL */
    PASS_MS = 15 * 60 * 1000,            /* longer than a release may take */
};

struct pass {
    char secret[PASS_TEXT_SIZE]; /* for the header */
    char name[PASS_TEXT_SIZE];   /* may be told */
};

/* What the seal says of a message: all its bytes but line ends, which mail servers mend. */
struct pass_digest {
    crypto_generichash_state state;
};
void pass_digest_begin(struct pass_digest *digest);
void pass_digest_add(struct pass_digest *digest, struct span bytes);

/* 0 = done, -1 = the store failed. `item`: of the quarantine; recipients are addresses without brackets. */
int store_pass_issue(struct store *store, const char *item, struct pass_digest *digest,
                     const char *const *rcpts, size_t n_rcpts, struct pass *pass_r,
                     struct store_error *error);
/* The end of a release: after this the pass is worth nothing. *used_r: somebody had come through with it. */
int store_pass_withdraw(struct store *store, const struct pass *pass, bool *used_r,
                        struct store_error *error);

/* Is there such a pass, by its name or by its secret? Reads only. 1 = yes, 0 = no, -1 = the store failed. */
int store_pass_named(struct store *store, const char *name, struct store_error *error);
int store_pass_open(struct store *store, const char *secret, struct store_error *error);
/*
 * Uses it up if it was sealed for these bytes, and for each of these recipients: 0 = it was, and *item_r is in
 * `arena`; 1 = not, -1 = the store failed.
 */
int store_pass_use(struct store *store, struct arena *arena, const char *secret, struct pass_digest *digest,
                   const char *const *rcpts, size_t n_rcpts, const char **item_r, struct store_error *error);

#endif
