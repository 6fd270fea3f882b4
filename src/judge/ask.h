#ifndef RINGER_JUDGE_ASK_H
#define RINGER_JUDGE_ASK_H
#include "facts/collect.h"
#include "judge/services.h"
#include "policy/policy.h"
#include "store/history.h"

/*
 * The questions of a judgement to those outside: workers, DNS, store. `services` may be NULL. All answers live in the arena.
 */

/*
 * Reads the text of the attachments that can be read and adds it to the message. Returns one entry an
 * attachment, as facts_collect() wants it; NULL when there is no worker pool.
 */
const char *const *ask_attachments(const struct services *services, struct arena *arena,
                                   struct message *message);
/*
 * Asks the DNS for SPF and DMARC where no trusted header tells. NULL when the client is not known; internal clients
 * and those that logged in are not asked about.
 */
const struct auth_lookup *ask_authentication(const struct services *services, const struct conf *conf,
                                             const struct fact_sources *sources, struct arena *arena,
                                             const struct message *message);
/* NULL = history is off, or did not answer. */
const struct contact_view *ask_history(const struct services *services, const struct policy *policy,
                                       struct arena *arena, const struct contact *contact);

#endif
