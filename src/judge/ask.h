#ifndef RINGER_JUDGE_ASK_H
#define RINGER_JUDGE_ASK_H
#include "facts/collect.h"
#include "judge/services.h"
#include "policy/policy.h"
#include "store/history.h"

/*
 * The questions of a judgement to those outside: workers, DNS, store. `services` may be NULL. All answers live in the arena.
 */

/* The message with what the workers read in its attachments; as it is when there are no workers. */
const struct message *ask_attachments(const struct services *services, struct arena *arena,
                                      const struct message_limits *limits, const struct message *message);
/* What a worker's answer means for the reader of the message. */
enum attachment_status ask_status(enum worker_status status);
/* Pages with hardly a letter are a scan: what stands on them is not read. Scanners and printers sign with a few words. */
bool ask_is_scan(struct span text);
/* When the next of `left` things must be done: an equal share of the time there is; what it leaves over is for the others. */
int64_t ask_share(int64_t deadline, size_t left);
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
