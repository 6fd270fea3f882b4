#ifndef RINGER_CLI_RULES_TRY_H
#define RINGER_CLI_RULES_TRY_H
#include "rules/rules.h"

/* ringer rules try and ringer rules profile (argv[0] tells which): rules over real mail. An exit code. */
int rules_try(int argc, char **argv);

/*
 * Runs the tests of rules that name message files; they are judged with the built-in configuration.
 * Returns the number run; errors go to `diags`.
 */
size_t rules_try_messages(const struct ruleset *rules, struct diag_list *diags);

#endif
