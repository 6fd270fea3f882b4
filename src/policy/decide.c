/*
 * From hits to the verdict of this policy: thresholds of the recipients, exceptions, allow entries. They are
 * bound to what was authenticated for exactly this address: a sender that only looks like it gains nothing, and
 * neither does anybody when authentication is unknown.
 */
#include <string.h>

#include "policy/decide.h"

static bool any_pattern(const struct conf_strings *patterns, const char *address)
{
    for (size_t i = 0; i < patterns->n; i++)
        if (conf_pattern_matches(patterns->v[i], address))
            return true;
    return false;
}

/* --- thresholds */

static void stricter(int *value, int64_t other)
{
    if (other >= 0 && other < *value)
        *value = (int)other;
}

static void take(int *value, int64_t other)
{
    if (other >= 0)
        *value = (int)other;
}

/* Of one recipient: the strictest of its groups; a single group may also be laxer than everybody's thresholds. */
static struct verdict_policy for_recipient(const struct policy *policy, const char *address)
{
    struct verdict_policy own = policy->thresholds;
    const struct conf_groups *groups = &policy->conf->threshold_groups;
    bool first = true;
    for (size_t i = 0; i < groups->n; i++) {
        const struct conf_group *g = &groups->v[i];
        if (!any_pattern(&g->recipients, address))
            continue;
        (first ? take : stricter)(&own.tag, g->tag);
        (first ? take : stricter)(&own.hold, g->hold);
        (first ? take : stricter)(&own.identity_floor, g->identity_floor);
        (first ? take : stricter)(&own.request_floor, g->request_floor);
        first = false;
    }
    return own;
}

static struct verdict_policy thresholds(const struct policy *policy, const struct envelope *envelope)
{
    struct verdict_policy all = policy->thresholds;
    if (!policy->conf->threshold_groups.n || !envelope)
        return all;
    for (size_t i = 0; i < envelope->n_rcpts; i++) {
        struct verdict_policy one = for_recipient(policy, envelope->rcpts[i]);
        if (i == 0)
            all = one;
        stricter(&all.tag, one.tag);
        stricter(&all.hold, one.hold);
        stricter(&all.identity_floor, one.identity_floor);
        stricter(&all.request_floor, one.request_floor);
    }
    return all;
}

/* --- exceptions */

static bool authenticated(const struct facts *facts, enum conf_require require)
{
    if (require == CONF_REQUIRE_NOTHING)
        return true;
    if (!facts_bool(facts, FACT_AUTH_ALIGNED))
        return false;
    switch (require) {
    case CONF_REQUIRE_DMARC:
        return facts_is(facts, FACT_AUTH_DMARC, "pass");
    case CONF_REQUIRE_SPF:
        return facts_is(facts, FACT_AUTH_SPF, "pass");
    case CONF_REQUIRE_DKIM:
        return facts_is(facts, FACT_AUTH_DKIM, "pass");
    default:
        return true;
    }
}

static bool all_recipients(const struct conf_strings *to, const struct envelope *envelope)
{
    if (!to->n)
        return true;
    for (size_t i = 0; envelope && i < envelope->n_rcpts; i++)
        if (!any_pattern(to, envelope->rcpts[i]))
            return false;
    return envelope && envelope->n_rcpts > 0;
}

/* The one address that every reader of the message sees as its sender; NULL when they may disagree. */
static const char *sender_of(const struct message *message)
{
    const unsigned ambiguous = ANOMALY_FROM_MISSING | ANOMALY_FROM_SEVERAL_FIELDS |
                               ANOMALY_FROM_SEVERAL_ADDRESSES | ANOMALY_ADDRESS_MALFORMED;
    return message->from.n == 1 && !(message->anomalies & ambiguous) ? message->from.v[0].address : NULL;
}

static bool holds(const struct conf_exception *e, const struct message *message, const char *sender,
                  const struct facts *facts, int64_t now)
{
    return now < e->expires && conf_pattern_matches(e->from, sender) && authenticated(facts, e->require) &&
           all_recipients(&e->to, message->envelope);
}

static bool is_excepted(const struct conf_exception *e, const struct rule_hit *hit)
{
    if (e->axis)
        return strcmp(e->axis, axis_name(hit->axis)) == 0;
    for (size_t i = 0; i < e->rules.n; i++)
        if (strcmp(e->rules.v[i], hit->id) == 0)
            return true;
    return false;
}

static const char *in_words(struct arena *arena, const struct conf_exception *e)
{
    return arena_printf(arena, "allowed by %s until %s: %s", e->owner, e->until, e->reason);
}

/* Marks hits that do not count; what lowers the score counts always. */
static void except(const struct conf_exception *e, struct rule_hit *hits, size_t n, struct arena *arena)
{
    for (size_t i = 0; i < n; i++)
        if (!hits[i].allowed && hits[i].score > 0 && is_excepted(e, &hits[i]))
            hits[i].allowed = in_words(arena, e);
}

struct verdict policy_decide(const struct policy *policy, const struct message *message,
                             const struct facts *facts, struct rule_hits hits, int64_t now,
                             struct arena *arena)
{
    const struct conf_exceptions *exceptions = &policy->conf->rule_exceptions;
    const struct conf_exceptions *allows = &policy->conf->allow_entries;
    const struct verdict_policy limits = thresholds(policy, message->envelope);
    const char *sender = exceptions->n || allows->n ? sender_of(message) : NULL;
    if (sender && exceptions->n && hits.n) {
        struct rule_hit *v = arena_grow(arena, hits.v, hits.n, hits.n, sizeof(*v));
        for (size_t i = 0; i < exceptions->n; i++)
            if (holds(&exceptions->v[i], message, sender, facts, now))
                except(&exceptions->v[i], v, hits.n, arena);
        hits.v = v;
    }
    struct verdict verdict = verdict_decide(&limits, hits, arena);
    for (size_t i = 0; sender && i < allows->n && verdict.action > ACTION_TAG; i++)
        if (holds(&allows->v[i], message, sender, facts, now)) {
            verdict.action = ACTION_TAG;
            verdict.allowed = in_words(arena, &allows->v[i]);
        }
    return verdict;
}
