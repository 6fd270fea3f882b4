#ifndef RINGER_CLI_TEST_ATTACK_H
#define RINGER_CLI_TEST_ATTACK_H
#include <stdbool.h>

/* `ringer test-attack`, and what `ringer init --test` does at its end. */
struct test_attack {
    const char *config; /* NULL: built-in defaults */
    const char *smtp;   /* listener with the milter, as smtp://HOST:PORT */
    const char *rcpt;   /* NULL: postmaster at the first of own-domains */
    bool json, quiet;   /* `quiet`: nothing is printed */
};

/* Sends it, prints what became of it; an exit code: EXIT_DONE only when it was seen and taken for an attack. */
int test_attack_run(const struct test_attack *test);

#endif
