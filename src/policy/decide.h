#ifndef RINGER_POLICY_DECIDE_H
#define RINGER_POLICY_DECIDE_H
#include "policy/policy.h"

/* What becomes of a message for one recipient. */
struct recipient_verdict {
    enum action action;  /* what enforce mode would do */
    enum conf_mode mode; /* the recipient's */
};

/*
 * The verdict on a message by this policy: thresholds and rules of each recipient's groups, exceptions and allow entries
 * that have not ended `now` (seconds since the epoch). The result is the strictest of the recipients' verdicts, or,
 * without recipients, that for everybody. *recipients_r (NULL: not wanted): one for each recipient of the envelope, in
 * arena.
 */
struct verdict policy_decide(const struct policy *policy, const struct message *message,
                             const struct facts *facts, struct rule_hits hits, int64_t now,
                             struct arena *arena, const struct recipient_verdict **recipients_r);

#endif
