#ifndef RINGER_POLICY_PACKS_H
#define RINGER_POLICY_PACKS_H
#include "conf/conf.h"
#include "rules/packdir.h"
#include "rules/rules.h"

/*
 * Which rules are in force: the shipped packs, each file replaced by the one of its name in an installed signed
 * pack, the signed packs, and the admin's own files (ringer-packs(7)).
 */

/* A signed pack whose rules are in force. */
struct policy_pack {
    const char *name;
    int64_t seq, expires;
    char key_id[MINISIGN_ID_HEX];
    char digest[PACKDIR_DIGEST_HEX];
    bool fallback; /* the previous version: the newest one was refused */
};
struct policy_packs {
    struct arena *arena;
    const struct policy_pack *v;
    size_t n;
};

/* Loads them and runs their tests. NULL on any error. `bad_pack`: see packdir_read(). */
struct ruleset *policy_packs_load(const struct conf *conf, enum diag_level bad_pack,
                                  struct policy_packs *packs_r, struct diag_list *diags);
/* What is tried beside what is in force. */
struct policy_packs_change {
    const struct bundle *candidate; /* verified, in place of the installed version of its name; NULL: none */
    const char *const *files; /* of rules, or folders: each in place of a file of its name, else added */
    size_t n_files;
    bool alone; /* the files and nothing else */
};
/* The same with a change. */
struct ruleset *policy_packs_load_with(const struct conf *conf, const struct policy_packs_change *change,
                                       struct diag_list *diags);
/* The keys of the configuration, and now. False with errors. */
bool policy_packs_trust(struct arena *arena, const struct conf *conf, struct bundle_trust *trust_r,
                        struct diag_list *diags);
/* A key from its line, or from the file that holds it (relative to `dir`). False with the reason. */
bool policy_packs_key(struct arena *arena, const char *dir, const char *text, struct minisign_public *key_r,
                      const char **error_r);
/*
 * Verifies again what lies on disk and compares it with what was loaded. Errors: somebody changed a pack, or it
 * expired; warnings: it will within POLICY_EXPIRY_WARNING days, or a newer version waits for a reload.
 */
enum { POLICY_EXPIRY_WARNING = 14 };
void policy_packs_check(const struct conf *conf, const struct policy_packs *packs, struct diag_list *diags);

#endif
