#ifndef RINGER_MILTER_TESTMAIL_H
#define RINGER_MILTER_TESTMAIL_H
#include <stdbool.h>
#include <jansson.h>
#include "judge/judgement.h"
#include "milter/outcome.h"
#include "milter/transaction.h"

/*
 * Test attacks (ringer-test-attack(1)) come from loopback, whose mail is otherwise not judged. Such a message names
 * a token in its first header, X-Ringer-Test. Tokens are given out by the control socket only, so only to root and
 * to the daemon's user; each counts once and for minutes. A message that carries one is judged as mail from outside
 * and always held, in every mode; nothing is learned from it and no decision is written down. Thread-safe.
 */
#define TESTMAIL_HEADER "X-Ringer-Test"
/* The client that is judged in place of loopback: TEST-NET-1 (RFC 5737), which belongs to nobody. */
#define TESTMAIL_CLIENT "192.0.2.1"
enum { TESTMAIL_TOKEN_SIZE = 33 /* 128 random bits in hexadecimal, and the NUL */, TESTMAIL_SECONDS = 300 };

/* False: too many are open. */
bool testmail_open(char token_r[TESTMAIL_TOKEN_SIZE]);
/* Is `value` an open token? Then it is used up, and a copy comes back, in `arena`; else NULL. */
const char *testmail_take(struct arena *arena, const char *value);
/* What became of the message that carried it. */
void testmail_done(const char *token, const struct session *session, const struct judgement *judgement,
                   const struct outcome *outcome);
/* For the control socket: {"state": "unknown", "open", "taken" or "done", ...}; the caller owns it. */
json_t *testmail_json(const char *token);

#endif
