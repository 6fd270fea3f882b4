#ifndef RINGER_CLI_DOCTOR_H
#define RINGER_CLI_DOCTOR_H
#include <jansson.h>
#include <pwd.h>
#include <stdbool.h>
#include <stddef.h>
#include "policy/policy.h"
#include "cli/postfix.h"

/*
 * `ringer doctor`: checks, one file a family, each family a table. A check looks at one thing and says one line about
 * it with one of the three functions below; a check that does not apply says nothing. It changes nothing.
 */
enum doctor_level { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL };

struct doctor_finding {
    enum doctor_level level;
    const char *check, *text, *remedy; /* remedy: NULL when all is well */
};

struct doctor {
    struct arena *arena;
    const char *config_path; /* NULL: built-in defaults */
    struct policy *policy;   /* NULL: the configuration, the rules or the packs are not valid */
    const struct conf *conf; /* the policy's, else the configuration alone, else the defaults */
    struct conf *alone;
    const char *invalid; /* the first error, with its place; NULL: none */
    const char *invalid_remedy;
    const char *warning, *warning_remedy; /* the first one that is not about signed packs; NULL: none */
    struct postfix postfix;
    bool has_postfix;
    const char *no_postfix;
    json_t *status; /* of the running ringerd; NULL: no_status says why */
    const char *no_status;
    const struct passwd *user; /* as whom ringerd runs or is to run; NULL: not known */
    const char *parts;         /* what worker_check() found, once it was asked */
    const char *check;         /* that runs now */
    struct doctor_finding *findings;
    size_t n_findings;
};

struct doctor_check {
    const char *name;
    void (*run)(struct doctor *doctor);
};
struct doctor_family {
    const struct doctor_check *v;
    size_t n;
};

void doctor_ok(struct doctor *doctor, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* `remedy` is a whole command or sentence, in the arena or constant. */
void doctor_warn(struct doctor *doctor, const char *remedy, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void doctor_fail(struct doctor *doctor, const char *remedy, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Runs `act` in a child that is ringerd's user (as far as we may become it): what it returns, 0 to 100, and its text. */
int doctor_as_user(struct doctor *doctor, int (*act)(struct doctor *doctor, char *text, size_t size),
                   const char **text_r);
/* Of the SQLite store; NULL when it is none. */
const char *doctor_store_path(const struct doctor *doctor);
/* "owner:group, mode 0750" of what stat() tells. */
const char *doctor_owner(struct doctor *doctor, const char *path);

#endif
