#ifndef RINGER_MILTER_RECORD_H
#define RINGER_MILTER_RECORD_H
#include "judge/judgement.h"
#include "milter/outcome.h"
#include "milter/transaction.h"

/*
 * A decision as others read it: the row for the store, the log line, the JSON event. All in the message's arena.
 * `judgement` is NULL for mail that was not judged.
 */
const struct store_mail *record_mail(const struct transaction *tx, const struct judgement *judgement,
                                     const struct outcome *outcome);
const char *outcome_name(enum outcome_kind kind);
/* One line, one row, and the event when the configuration wants it. */
void record_decision(const struct session *session, const struct judgement *judgement,
                     const struct outcome *outcome);

#endif
