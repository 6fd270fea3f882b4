#ifndef RINGER_CLI_RUN_H
#define RINGER_CLI_RUN_H
#include <stdbool.h>
#include "base/arena.h"

/* Other programs, and the user. */

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

/* Are both standard input and output a terminal? Only then questions are asked. */
bool run_can_ask(void);
/* What the user typed, trimmed; `otherwise` when that is nothing. */
const char *run_ask(struct arena *arena, const char *question, const char *otherwise);

#endif
