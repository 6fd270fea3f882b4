#ifndef RINGER_JUDGE_LEARN_H
#define RINGER_JUDGE_LEARN_H
#include "judge/judge.h"
#include "policy/policy.h"
#include "judge/services.h"
#include "store/history.h"

/*
 * After a judgement: what the history in the store is taught. Without a store, or with history off, nothing.
 */

/* What a received message teaches (enum history_learn): only accepted and authenticated ones make anybody known. */
unsigned learn_lesson(const struct judgement *judgement);
/*
 * The same of a message in an archive: nobody asks for authentication there, but accounts come from messages only
 * that pass and neither speak of a change nor name an account that differs, as with mail that arrives: archives hold
 * frauds, too.
 */
unsigned learn_archived(const struct judgement *judgement);
/* Of a message in an archive that somebody looked at: its accounts, whatever it says. */
unsigned learn_vouched(const struct judgement *judgement);
/* Learns it in the background. */
void learn_received(const struct services *services, const struct policy *policy,
                    const struct judgement *judgement);
/* A message of ours on its way out. Automatic answers write to nobody; nor does mail that only passes through. */
void learn_sent(const struct services *services, const struct policy *policy, struct arena *arena,
                const struct message *message);
bool learn_is_ours(const struct policy *policy, struct arena *arena, const struct message *message);
/* It speaks of other bank details: its accounts are for somebody to look at. */
bool learn_is_change(const struct judgement *judgement);
bool learn_is_automatic(const struct message *message);

#endif
