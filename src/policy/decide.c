/*
 * From hits to the verdict of this policy, for each recipient: thresholds and rules of its groups, exceptions, allow
 * entries. The last two are bound to what was authenticated for exactly this address: a sender that only looks like it
 * gains nothing, and neither does anybody when authentication is unknown.
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

/* --- a recipient's groups */

struct recipient {
    const char *address; /* NULL: nobody is named */
    struct verdict_policy limits;
    enum conf_mode mode;
    const struct conf_group **groups;
    size_t n_groups;
};

static void stricter(int *value, int other)
{
    if (other < *value)
        *value = other;
}

static void take(int *value, int other)
{
    *value = other;
}

/* What a group does not name is as for everybody. */
static int named(int64_t value, int everybody)
{
    return value >= 0 ? (int)value : everybody;
}

/* The strictest of its groups; a single group may also be laxer than what holds for everybody. */
static struct recipient recipient_of(const struct policy *policy, struct arena *arena, const char *address)
{
    const struct conf_groups *groups = &policy->conf->threshold_groups;
    struct recipient r = {.address = address, .limits = policy->thresholds, .mode = policy->conf->mode};
    if (!address || !groups->n)
        return r;
    int mode = -1;
    r.groups = arena_array(arena, groups->n, sizeof(*r.groups));
    for (size_t i = 0; i < groups->n; i++) {
        const struct conf_group *g = &groups->v[i];
        if (!any_pattern(&g->recipients, address))
            continue;
        void (*use)(int *, int) = r.n_groups ? stricter : take;
        use(&r.limits.tag, named(g->tag, policy->thresholds.tag));
        use(&r.limits.hold, named(g->hold, policy->thresholds.hold));
        use(&r.limits.identity_floor, named(g->identity_floor, policy->thresholds.identity_floor));
        use(&r.limits.request_floor, named(g->request_floor, policy->thresholds.request_floor));
        int own = g->mode >= 0 ? g->mode : (int)policy->conf->mode;
        mode = own > mode ? own : mode;
        r.groups[r.n_groups++] = g;
    }
    if (mode >= 0)
        r.mode = (enum conf_mode)mode;
    return r;
}

static bool names(const struct conf_strings *rules, const char *id)
{
    for (size_t i = 0; i < rules->n; i++)
        if (strcmp(rules->v[i], id) == 0)
            return true;
    return false;
}

/* A rule is off for a recipient when all of its groups switch it off. */
static void switch_off(const struct recipient *r, struct rule_hit *hits, size_t n, struct arena *arena)
{
    for (size_t i = 0; i < n; i++) {
        size_t off = 0;
        while (off < r->n_groups && names(&r->groups[off]->disabled_rules, hits[i].id))
            off++;
        if (r->n_groups && off == r->n_groups)
            hits[i].allowed = arena_printf(arena, "off for the group %s", r->groups[0]->name);
    }
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

/* The one address that every reader of the message sees as its sender; NULL when they may disagree. */
static const char *sender_of(const struct message *message)
{
    const unsigned ambiguous = ANOMALY_FROM_MISSING | ANOMALY_FROM_SEVERAL_FIELDS |
                               ANOMALY_FROM_SEVERAL_ADDRESSES | ANOMALY_ADDRESS_MALFORMED;
    return message->from.n == 1 && !(message->anomalies & ambiguous) ? message->from.v[0].address : NULL;
}

static bool holds(const struct conf_exception *e, const struct recipient *r, const char *sender,
                  const struct facts *facts, int64_t now)
{
    return now < e->expires && conf_pattern_matches(e->from, sender) && authenticated(facts, e->require) &&
           (!e->to.n || (r->address && any_pattern(&e->to, r->address)));
}

static bool is_excepted(const struct conf_exception *e, const struct rule_hit *hit)
{
    if (e->axis)
        return strcmp(e->axis, axis_name(hit->axis)) == 0;
    return names(&e->rules, hit->id);
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

/* --- the verdict */

struct case_of { /* what is the same for all recipients */
    const struct policy *policy;
    const struct facts *facts;
    struct rule_hits hits;
    const char *sender; /* NULL: no exception can hold */
    int64_t now;
    struct arena *arena;
};

static struct verdict verdict_for(const struct case_of *c, const struct recipient *r)
{
    const struct conf_exceptions *exceptions = &c->policy->conf->rule_exceptions;
    const struct conf_exceptions *allows = &c->policy->conf->allow_entries;
    struct rule_hits hits = c->hits;
    if (hits.n && (r->n_groups || (c->sender && exceptions->n))) {
        struct rule_hit *v = arena_grow(c->arena, hits.v, hits.n, hits.n, sizeof(*v));
        switch_off(r, v, hits.n, c->arena);
        for (size_t i = 0; c->sender && i < exceptions->n; i++)
            if (holds(&exceptions->v[i], r, c->sender, c->facts, c->now))
                except(&exceptions->v[i], v, hits.n, c->arena);
        hits.v = v;
    }
    struct verdict verdict = verdict_decide(&r->limits, hits, c->arena);
    for (size_t i = 0; c->sender && i < allows->n && verdict.action > ACTION_TAG; i++)
        if (holds(&allows->v[i], r, c->sender, c->facts, c->now)) {
            verdict.action = ACTION_TAG;
            verdict.allowed = in_words(c->arena, &allows->v[i]);
        }
    return verdict;
}

/* Does who gets the message matter at all? Most sites have no groups, and lists of recipients may be long. */
static bool is_personal(const struct conf *conf)
{
    const struct conf_exceptions *lists[] = {&conf->rule_exceptions, &conf->allow_entries};
    for (size_t l = 0; l < 2; l++)
        for (size_t i = 0; i < lists[l]->n; i++)
            if (lists[l]->v[i].to.n)
                return true;
    return conf->threshold_groups.n > 0;
}

static bool is_stricter(const struct verdict *a, const struct verdict *b)
{
    return a->action != b->action ? a->action > b->action : a->score > b->score;
}

struct verdict policy_decide(const struct policy *policy, const struct message *message,
                             const struct facts *facts, struct rule_hits hits, int64_t now,
                             struct arena *arena, const struct recipient_verdict **recipients_r)
{
    const struct conf *conf = policy->conf;
    const struct envelope *e = message->envelope;
    size_t n = e ? e->n_rcpts : 0;
    struct recipient_verdict *each = arena_array(arena, n + 1, sizeof(*each));
    bool exempt = conf->rule_exceptions.n || conf->allow_entries.n, personal = is_personal(conf);
    const struct case_of c = {policy, facts, hits, exempt ? sender_of(message) : NULL, now, arena};
    struct recipient r = recipient_of(policy, arena, n && personal ? e->rcpts[0] : NULL);
    struct verdict one = verdict_for(&c, &r), strictest = one;
    for (size_t i = 0; i < n; i++) {
        if (i && personal) {
            r = recipient_of(policy, arena, e->rcpts[i]);
            one = verdict_for(&c, &r);
            strictest = is_stricter(&one, &strictest) ? one : strictest;
        }
        each[i] = (struct recipient_verdict){one.action, r.mode};
    }
    if (recipients_r)
        *recipients_r = each;
    return strictest;
}
