#ifndef RINGER_RULES_PACKDIR_H
#define RINGER_RULES_PACKDIR_H
#include "base/diag.h"
#include "rules/bundle.h"

/*
 * The folder of installed signed packs:
 *   NAME-SEQ.tar, NAME-SEQ.tar.minisig   the version in force and the one before it
 *   state.json                           for each pack: current, previous and highest seq ever installed
 *   history.log                          who installed what and who went back, one JSON object a line
 * A version is in force once state.json, which is replaced in one step, says so: a full disk or a crash in the
 * middle of an install leaves the old one in force. Nobody who cannot write into this folder can bring an older
 * version back; `highest` never falls, also not by a rollback.
 */
enum { PACKDIR_PACKS_MAX = 64, PACKDIR_DIGEST_HEX = 65 };

struct packdir_pack {
    const char *name;
    int64_t current, previous, highest; /* seq; previous 0: there is none */
    const char *digest;                 /* of the signed tar of `highest`, hexadecimal */
    /* what was verified: */
    bool usable;
    bool fallback; /* the previous version, since the current one was refused */
    struct bundle bundle;
    char loaded_digest[PACKDIR_DIGEST_HEX];
};

struct packdir {
    const struct packdir_pack *v;
    size_t n;
};

/*
 * What is installed, verified. A folder that is not there holds no packs. A pack that is refused is told with
 * `level`: with DIAG_WARNING the previous version takes its place if there is a good one. False when the
 * folder's own state cannot be read.
 */
bool packdir_read(struct arena *arena, const char *dir, const struct bundle_trust *trust,
                  enum diag_level level, struct packdir *out, struct diag_list *diags);

/* Only one at a time changes the folder: hold this while reading, checking and changing it. -1 with *error_r. */
int packdir_lock(struct arena *arena, const char *dir, const char **error_r);
void packdir_unlock(int lock);

/* May this verified bundle be installed? False with the reason (in arena). */
bool packdir_newer(struct arena *arena, const struct packdir *installed, const struct bundle *bundle,
                   struct span tar, const char **error_r);
/* Puts a verified bundle in force, keeps the version that was. False: the old one stays. */
bool packdir_install(struct arena *arena, const char *dir, const struct packdir *installed,
                     const struct bundle *bundle, struct span tar, struct span signature, const char *who,
                     const char **error_r);
/* Back to the previous version, which must verify; `who` is kept in the state. False: nothing changed. */
bool packdir_rollback(struct arena *arena, const char *dir, const struct packdir *installed,
                      const struct bundle_trust *trust, const char *name, const char *who, int64_t *seq_r,
                      const char **error_r);
void packdir_digest(struct span tar, char out[PACKDIR_DIGEST_HEX]);

#endif
