#ifndef RINGER_CLI_QUARANTINE_H
#define RINGER_CLI_QUARANTINE_H
#include <stdbool.h>
#include "cli/storeopt.h"
#include "store/quarantine.h"

/* What the sub-commands of `ringer quarantine` share. They return exit codes. */
struct quarantine_args {
    struct store *store;
    struct storeopt at;
    struct quarantine_filter filter;
    const char *const *ids;
    size_t n_ids;
    const char *to, *dir;
    bool raw, json, decisions, confirm_clock;
    int64_t older_ms;
    size_t seen; /* items handled so far */
};

/* Runs for every ID of the command line, cut ones completed; goes on when one fails. */
int quarantine_each(struct quarantine_args *args, int (*run)(struct quarantine_args *args, const char *id));
/* Runs for every item that the filter lets through. */
int quarantine_list_each(struct quarantine_args *args,
                         int (*run)(struct quarantine_args *args, const struct quarantine_item *item));

int quarantine_show(struct quarantine_args *args);
int quarantine_export(struct quarantine_args *args);

#endif
