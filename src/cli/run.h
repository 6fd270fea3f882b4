#ifndef RINGER_CLI_RUN_H
#define RINGER_CLI_RUN_H
#include <pwd.h>
#include <stdbool.h>
#include "base/arena.h"

/* Other programs, other users, and the user who is asked. */

enum { RUN_MISSING = 127 };
/*
 * Runs a program (looked for in PATH and the sbin folders) with LC_ALL=C and waits for its end. Its standard output
 * and error go to *output_r, in arena. Its exit code; RUN_MISSING when it cannot be started, 128 + N when killed.
 */
int run_program(struct arena *arena, const char *const *argv, const char **output_r);
/* Is it there? */
bool run_finds(struct arena *arena, const char *program);
/* A word as sh takes it, quoted where needed. */
const char *run_quote(struct arena *arena, const char *word);

/*
 * This process, a child that is to try something, becomes `pw` (NULL: stays who it is) with all its groups, in `folder`
 * (NULL: stays where it is), which may be made all that it sees. 0, else the errno; then it must not go on.
 */
int run_become(const struct passwd *pw, const char *folder, bool chrooted);

/* Are both standard input and output a terminal? Only then questions are asked. */
bool run_can_ask(void);
/* What the user typed, trimmed; `otherwise` when that is nothing. */
const char *run_ask(struct arena *arena, const char *question, const char *otherwise);

#endif
