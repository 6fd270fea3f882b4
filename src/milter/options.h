#ifndef RINGER_MILTER_OPTIONS_H
#define RINGER_MILTER_OPTIONS_H
#include <stdbool.h>

/* The command line of ringerd. */
enum { OPTIONS_EXIT_USAGE = 2, OPTIONS_EXIT_CONFIG = 3 };

struct options {
    char *config; /* absolute path; NULL: built-in defaults */
    bool foreground;
    bool check_only;
};

/* False when there is nothing more to do (--help, wrong usage): then exit with *code_r. */
bool options_parse(struct options *options_r, int argc, char **argv, int *code_r);
void options_free(struct options *options);

#endif
