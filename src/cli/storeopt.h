#ifndef RINGER_CLI_STOREOPT_H
#define RINGER_CLI_STOREOPT_H
#include <stdbool.h>
#include "conf/conf.h"
#include "store/store.h"

/* Which store a command works on, and where released mail goes: from options, else from the configuration. */
struct storeopt {
    const char *conf_path; /* -c */
    const char *store;     /* --store */
    const char *smtp;      /* --smtp */
    struct conf *conf;     /* when it was needed */
};

/* NULL with the reason on stderr; then *code_r is the exit code. Fills in `store`, and `smtp` when `releases`. */
struct store *storeopt_open(struct storeopt *options, const char *command, unsigned flags, bool releases,
                            int *code_r);
void storeopt_close(struct storeopt *options, struct store **store);
/* Values of options; false with the reason on stderr. */
bool storeopt_time(const char *command, const char *option, const char *value, int64_t *ms_r);
bool storeopt_number(const char *command, const char *option, const char *value, size_t *n_r);
/* Says on stderr what went wrong; EXIT_FAILED. */
int storeopt_failed(const char *command, const struct store_error *error);
/* The user's name, for records of who did what. */
const char *storeopt_who(struct arena *arena);

#endif
