#ifndef RINGER_STORE_RECORDS_H
#define RINGER_STORE_RECORDS_H
#include "base/arena.h"
#include "store/store.h"

/* Decisions and the audit trail, for reports. Returns as in store.h. */

struct decision {
    char id[STORE_ID_SIZE];
    char quarantine_id[STORE_ID_SIZE]; /* "" when nothing was held */
    struct store_mail mail;
};

struct decision_filter {
    int64_t since_ms, until_ms; /* until 0: now */
    const char *action;         /* NULL: any */
};

/* Calls `row` for each decision, oldest first, page by page; it stops when `row` returns non-zero. What `row` gets lives until it returns. */
int store_decision_each(struct store *store, const struct decision_filter *filter,
                        int (*row)(void *context, const struct decision *decision), void *context,
                        struct store_error *error);

/* Removes decisions from before `before_ms`. */
int store_decision_purge(struct store *store, int64_t before_ms, uint64_t *removed_r,
                         struct store_error *error);

/* Who did what, when: written in the transaction of the act itself. */
struct audit_row {
    int64_t time_ms;
    const char *who;
    const char *
        what; /* "release", "release-failed", "copy", "delete", "purge", "purge-unreviewed", "purge-notice", ... */
    const char *item; /* id; NULL when it concerns no item */
    const char *detail;
};
struct audit_list {
    const struct audit_row *v; /* oldest first */
    size_t n;
};
int store_audit_put(struct store *store, const struct audit_row *row, struct store_error *error);
/* item NULL: of all. */
int store_audit_list(struct store *store, struct arena *arena, const char *item, int64_t since_ms,
                     struct audit_list *list_r, struct store_error *error);

#endif
