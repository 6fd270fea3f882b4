#ifndef RINGER_CONF_CONF_H
#define RINGER_CONF_CONF_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/diag.h"
#include "base/enumname.h"
#include "base/span.h"
#include "conf/network.h"

/*
 * The configuration file (ringer.yaml(5)) as a struct, one field for each line of options.def. Immutable after
 * loading; everything in it belongs to it. Durations are in seconds (_s) or milliseconds (_ms), sizes in
 * bytes. Texts and paths are never NULL: '' stands for "not given". Paths are resolved against the file's folder.
 */
#define CONF_MODE_LIST(X)                                                                                    \
    X(CONF_MODE_MONITOR, "monitor") X(CONF_MODE_TAG, "tag") X(CONF_MODE_ENFORCE, "enforce")
#define CONF_ON_ERROR_LIST(X)    X(CONF_ON_ERROR_ACCEPT, "accept") X(CONF_ON_ERROR_TEMPFAIL, "tempfail")
#define CONF_OCR_LIST(X)         X(CONF_OCR_AUTO, "auto") X(CONF_OCR_YES, "yes") X(CONF_OCR_NO, "no")
#define CONF_HOLD_METHOD_LIST(X) X(CONF_HOLD_STORE, "store") X(CONF_HOLD_MTA, "mta-hold")
#define CONF_LOG_TARGET_LIST(X)  X(CONF_LOG_SYSLOG, "syslog") X(CONF_LOG_STDERR, "stderr")
#define CONF_LOG_LEVEL_LIST(X)                                                                               \
    X(CONF_LOG_ERROR, "error")                                                                               \
    X(CONF_LOG_WARNING, "warning") X(CONF_LOG_INFO, "info") X(CONF_LOG_DEBUG, "debug")
#define CONF_ROLE_LIST(X) X(CONF_ROLE_VIP, "vip") X(CONF_ROLE_STAFF, "staff")
ENUM_DECLARE(conf_mode, CONF_MODE_LIST)
ENUM_DECLARE(conf_on_error, CONF_ON_ERROR_LIST)
ENUM_DECLARE(conf_ocr, CONF_OCR_LIST)
ENUM_DECLARE(conf_hold_method, CONF_HOLD_METHOD_LIST)
ENUM_DECLARE(conf_log_target, CONF_LOG_TARGET_LIST)
ENUM_DECLARE(conf_log_level, CONF_LOG_LEVEL_LIST)
ENUM_DECLARE(conf_role, CONF_ROLE_LIST)

/* When a running daemon follows a changed option: the column of options.def. */
#define CONF_RELOAD_LIST(X)                                                                                  \
    X(CONF_RELOAD_NOW, "now")                                                                                \
    X(CONF_RELOAD_CONNECTION, "next connection") X(CONF_RELOAD_RESTART, "restart")
ENUM_DECLARE(conf_reload, CONF_RELOAD_LIST)

struct conf_strings { /* also lists of paths */
    const char *const *v;
    size_t n;
};
struct conf_company {    /* whose domain it is; '' where nothing was given */
    const char *name;    /* several with semicolons between them */
    const char *country; /* ISO 3166, two capitals */
    const char *phone, *note;
};
struct conf_domain {
    const char *name; /* lower case (ASCII), no trailing dot; U-label or A-label as written */
    const struct conf_company *company; /* NULL in a plain list */
    struct diag_at at;                  /* where it stands, for what is found wrong later */
};
struct conf_domains { /* in the order of the files, without duplicates */
    const struct conf_domain *v;
    size_t n;
};
struct conf_person {
    const char *name;
    enum conf_role role;
    struct conf_strings addresses; /* at least one */
    struct diag_at at;
};
struct conf_people {
    const struct conf_person *v;
    size_t n;
};

/* Patterns of addresses: name@domain with '*' for any text, a domain, or *.domain for all below it; lower case. */
struct conf_group { /* of recipients; -1 where what holds for everybody holds */
    const char *name;
    struct conf_strings recipients;
    int64_t tag, hold, identity_floor, request_floor;
    int mode;                           /* enum conf_mode */
    struct conf_strings disabled_rules; /* ids whose hits do not count for them */
    struct diag_at at;
};
struct conf_groups {
    const struct conf_group *v;
    size_t n;
};
#define CONF_REQUIRE_LIST(X)                                                                                 \
    X(CONF_REQUIRE_ALIGNED, "aligned") /* any of these for the domain in From */                             \
    X(CONF_REQUIRE_DMARC, "dmarc")                                                                           \
    X(CONF_REQUIRE_SPF, "spf")                                                                               \
    X(CONF_REQUIRE_DKIM, "dkim")                                                                             \
    X(CONF_REQUIRE_NOTHING, "nothing") /* exceptions only */
ENUM_DECLARE(conf_require, CONF_REQUIRE_LIST)
struct conf_exception {
    const char *from;       /* pattern */
    struct conf_strings to; /* patterns; none: everybody */
    enum conf_require require;
    struct conf_strings rules; /* ids whose hits do not count */
    const char *axis;          /* whose hits do not count; NULL: none */
    const char *owner, *reason, *until;
    int64_t expires; /* seconds since the epoch: the first at which it does not hold */
    struct diag_at at;
};
struct conf_exceptions {
    const struct conf_exception *v;
    size_t n;
};
/* Does a pattern match an address? ASCII case is ignored in the address. */
bool conf_pattern_matches(const char *pattern, const char *address);

/* The C type of each kind of option (option.h says what the kinds accept). */
typedef bool conf_BOOL;
typedef int64_t conf_INT, conf_DURATION, conf_DURATION_MS, conf_SIZE, conf_MODE;
typedef const char *conf_TEXT, *conf_PATH, *conf_SOCKET, *conf_STORE, *conf_SMTP;
typedef struct conf_strings conf_STRINGS, conf_PATHS;
typedef struct conf_networks conf_NETWORKS;
typedef struct conf_domains conf_DOMAINS;
typedef struct conf_people conf_PEOPLE;
typedef struct conf_groups conf_GROUPS;
typedef struct conf_exceptions conf_ALLOWS, conf_EXCEPTIONS;

struct conf_change { /* an option that needs a restart and differs from what runs */
    const char *section, *name;
    const char *running, *wanted; /* as YAML; what runs, and what the file says */
};
struct conf_changes {
    const struct conf_change *v;
    size_t n;
};

struct conf_source; /* what was written in the file, for `ringer config show` */
struct conf {
    struct arena *arena;
    const char *path; /* NULL when there is no file */
    const struct conf_source *source;
    struct conf_changes waiting; /* for a restart; see conf_keep_running() */
#define OPTION(section, name, field, kind, def, min, max, reload, help) conf_##kind field;
#define CHOICE(section, name, field, type, def, reload, help)           enum conf_##type field;
#include "conf/options.def"
};

/*
 * Open files that ringerd needs: for each of max-connections a socket, perhaps a spool file, and as many sockets again
 * that have not begun; and those of the store, the control socket, workers, log and of bursts.
 */
enum { CONF_FILES_EACH = 3, CONF_FILES_OTHER = 128 };

/* NULL with errors in `diags`. A NULL path gives the defaults. */
struct conf *conf_load(const char *path, struct diag_list *diags);
/* The same from text; `name` is the file's name in messages, and its folder that of relative paths. */
struct conf *conf_parse(const char *name, struct span text, struct diag_list *diags);
struct conf *conf_default(void);
/* Only the options that need a restart, as `conf` has them: what a process began with and keeps until its end. */
struct conf *conf_running(const struct conf *conf);
/*
 * Makes a freshly loaded configuration tell the truth: options that need a restart get the values of `running`,
 * which must live at least as long, and `waiting` lists those that the file has otherwise.
 */
void conf_keep_running(struct conf *fresh, const struct conf *running);
void conf_free(struct conf **conf); /* accepts NULL, sets it to NULL */

#endif
