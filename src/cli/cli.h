#ifndef RINGER_CLI_CLI_H
#define RINGER_CLI_CLI_H
#include "base/diag.h"

/*
 * The commands of `ringer`. Each gets its own argv (argv[0] is the command's name), prints its own --help,
 * and returns an exit code: 0 = done, 1 = it found or could not do something (said on stderr),
 * 2 = wrong usage, 3 = the configuration or rules are not valid, 4 = done, but a part waits for a restart of ringerd
 * (reload). `doctor` alone has others, those of monitoring plug-ins (cmd_doctor.c).
 */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_CONFIG = 3, EXIT_RESTART = 4 };

struct cli_command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help; /* one line */
};

/* Where the configuration is when -c is not given: $RINGER_CONFIG, else SYSCONFDIR/ringer/ringer.yaml; NULL when neither exists. */
const char *cli_default_config(void);
/* Prints what is wrong (source lines and remedies) to stderr and frees the list; EXIT_CONFIG when there was an error. */
int cli_report(struct diag_list *diags);

#endif
