#ifndef RINGER_MILTER_AUTHSEEN_H
#define RINGER_MILTER_AUTHSEEN_H
#include <jansson.h>
#include "conf/conf.h"
#include "judge/judgement.h"

/*
 * Which authserv-ids recent mail really bears: an authserv-id in the configuration with which no header comes switches
 * the trusted results off without a word, so `ringer doctor` compares. Thread-safe. The topmost header of a message
 * is noted; where no server of ours writes one, a sender's own stands there: the names are to be shown, not believed.
 */
void authseen_note(const struct judgement *judgement);
/*
 * How many of the forged results that a test attack carries (AUTHRES_PROBE_SELECTOR) came through to us, in a name that is believed:
 * what nobody removes from a test, nobody removes from a fraud. Remembered for the status.
 */
size_t authseen_probe(const struct judgement *judgement, const struct conf *conf);
/* Begins anew: another configuration is in force. */
void authseen_reset(void);
/* {"judged", "trusted", "seen": {authserv-id: messages}, "probe": "none", "removed" or "believed"}; the caller owns it. */
json_t *authseen_status(void);

#endif
