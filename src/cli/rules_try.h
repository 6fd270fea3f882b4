#ifndef RINGER_CLI_RULES_TRY_H
#define RINGER_CLI_RULES_TRY_H

/* ringer rules try and ringer rules profile (argv[0] tells which): rules over real mail. An exit code. */
int rules_try(int argc, char **argv);

#endif
