#ifndef RINGER_CLI_STOREOPT_H
#define RINGER_CLI_STOREOPT_H
#include <getopt.h>
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

/* The options of all commands that work on the store: rows for getopt_long, what each takes, and their help. */
enum { STOREOPT_STORE = 128, STOREOPT_FREE = 256 }; /* a command's own long options begin at STOREOPT_FREE */
#define STOREOPT_LONG                                                                                        \
    {"help", no_argument, NULL, 'h'}, {"config", required_argument, NULL, 'c'},                              \
    {                                                                                                        \
        "store", required_argument, NULL, STOREOPT_STORE                                                     \
    }
#define STOREOPT_HELP                                                                                        \
    "  -c, --config FILE   the configuration (default: $RINGER_CONFIG, else the installed one)\n"            \
    "      --store URL     the store, instead of the configuration's: sqlite:PATH\n"
/* Takes optarg of -c and --store; false for any other option. */
bool storeopt_take(struct storeopt *options, int option);
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
