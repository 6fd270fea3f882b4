#ifndef RINGER_MILTER_ACTION_H
#define RINGER_MILTER_ACTION_H
#include "judge/judgement.h"
#include "store/store.h"
#include "milter/session.h"

/*
 * From a collected message to the MTA's answer: judge, do what the mode says, write it down.
 */
#define ACTION_HEADER_PREFIX "X-Ringer-"

enum outcome_kind { /* what was done, whatever the verdict was */
                    OUTCOME_SKIP,
                    OUTCOME_PASS,
                    OUTCOME_TAG,
                    OUTCOME_HOLD,
                    OUTCOME_REJECT,
                    OUTCOME_TEMPFAIL,
};

struct outcome {
    enum outcome_kind kind;
    char quarantine_id[STORE_ID_SIZE]; /* "" when nothing was stored */
    bool again;                        /* it was there already: the MTA never got our answer */
    size_t n_held;                     /* recipients */
    const char *error;                 /* what went wrong on the way; NULL: nothing */
};

/* At the end of a message; everything else about the session stays as it is. */
sfsistat action_message(SMFICTX *ctx, struct session *session);
/* More forged headers than can be removed. */
sfsistat action_flooded(SMFICTX *ctx, struct session *session);
/* The text of the MTA's next 4xx or 5xx. */
void action_reply(SMFICTX *ctx, const char *code, const char *enhanced, const char *text);

#endif
