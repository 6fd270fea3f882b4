#ifndef RINGER_CLI_RULES_STATS_H
#define RINGER_CLI_RULES_STATS_H

/* ringer rules stats: how often each rule hit, and what became of the mail. An exit code as in cli.h. */
int rules_stats(int argc, char **argv);

#endif
