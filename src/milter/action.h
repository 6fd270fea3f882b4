#ifndef RINGER_MILTER_ACTION_H
#define RINGER_MILTER_ACTION_H
#include "judge/judgement.h"
#include "milter/outcome.h"
#include "milter/transaction.h"

/*
 * From a collected message to the MTA's answer: judge, do what the mode says, write it down.
 */
#define ACTION_HEADER_PREFIX "X-Ringer-"

/* At the end of a message; everything else about the session stays as it is. */
sfsistat action_message(SMFICTX *ctx, struct session *session);
/* More forged headers than can be removed. */
sfsistat action_flooded(SMFICTX *ctx, struct session *session);
/* The text of the MTA's next 4xx or 5xx. */
void action_reply(SMFICTX *ctx, const char *code, const char *enhanced, const char *text);

#endif
