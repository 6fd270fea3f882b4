#ifndef RINGER_POLICY_DECIDE_H
#define RINGER_POLICY_DECIDE_H
#include "policy/policy.h"

/* The verdict on a message by this policy: thresholds of its recipients, exceptions and allow entries that have not
 * ended `now` (seconds since the epoch). */
struct verdict policy_decide(const struct policy *policy, const struct message *message,
                             const struct facts *facts, struct rule_hits hits, int64_t now,
                             struct arena *arena);

#endif
