/*
 * All rules over one message's facts, in an order in which references are already answered.
 */
#include <stdint.h>
#include <string.h>

#include "base/clock.h"

#include "rules/ruleset.h"

ENUM_DEFINE(axis, AXIS_LIST)
ENUM_DEFINE(rule_state, RULE_STATE_LIST)
ENUM_DEFINE(rule_alone, RULE_ALONE_LIST)
ENUM_DEFINE(severity, SEVERITY_LIST)

enum { MAX_SCORE = 100 };

/* A score that is known only in part counts with what is certain. */
static int score_of(const struct rule *rule, const struct expr_env *env)
{
    if (!rule->score)
        return rule->fixed_score;
    struct range r = expr_eval_int(rule->score, env);
    return r.low < 0 ? 0 : r.low > MAX_SCORE ? MAX_SCORE : (int)r.low;
}

static struct rule_hit *add_hit(struct rule_hits *hits, struct arena *arena)
{
    struct rule_hit *v = (struct rule_hit *)(uintptr_t)hits->v; /* ours: from this arena */
    if ((hits->n & (hits->n - 1)) == 0)
        hits->v = v = arena_grow(arena, v, hits->n, hits->n ? hits->n * 2 : 1, sizeof(*v));
    return &v[hits->n++];
}

static struct rule_hit hit_of(const struct rule *rule, const struct expr_env *env, struct arena *arena)
{
    return (struct rule_hit){
        .id = rule->info.id,
        .title = rule->info.title,
        .axis = rule->info.axis,
        .score = score_of(rule, env),
        .why = why_fill(rule, env->facts, arena),
        .monitor = rule->info.state == RULE_MONITOR,
        .alone = rule->info.alone,
        .booster = rule->info.booster,
        .group = rule->info.group,
    };
}

struct rule_hits rules_eval(const struct ruleset *rules, const struct facts *facts, struct arena *arena)
{
    struct regex_run run;
    unsigned char *results = arena_alloc(arena, rules->n + 1); /* TRI_FALSE, and so stay rules that are off */
    struct rule_hits hits = {0};
    struct expr_env env = {.facts = facts, .rules = results, .regex = &run};
    regex_run_init(&run);
    for (size_t i = 0; i < rules->n; i++) {
        uint32_t index = rules->order[i];
        const struct rule *rule = &rules->rules[index];
        if (rule->info.state == RULE_OFF)
            continue;
        results[index] = (unsigned char)expr_eval(rule->when, &env);
        if (results[index] == TRI_TRUE)
            *add_hit(&hits, arena) = hit_of(rule, &env, arena);
    }
    hits.limits = run.tripped;
    regex_run_deinit(&run);
    return hits;
}

enum tri rules_eval_one(const struct ruleset *set, const struct rule *rule, const struct facts *facts,
                        struct arena *arena, struct rule_hit *hit_r)
{
    struct regex_run run;
    unsigned char *results = arena_alloc(arena, set->n + 1);
    struct expr_env env = {.facts = facts, .rules = results, .regex = &run};
    regex_run_init(&run);
    for (size_t i = 0; rule->refers && &set->rules[set->order[i]] != rule; i++) {
        uint32_t index = set->order[i];
        if (set->rules[index].info.state != RULE_OFF)
            results[index] = (unsigned char)expr_eval(set->rules[index].when, &env);
    }
    enum tri result = expr_eval(rule->when, &env);
    if (result == TRI_TRUE)
        *hit_r = hit_of(rule, &env, arena);
    regex_run_deinit(&run);
    return result;
}

void rules_profile(const struct ruleset *rules, const struct facts *facts, struct arena *arena,
                   struct rule_cost *costs)
{
    enum { REPEAT = 32 }; /* a rule takes about as long as reading the clock */
    unsigned char *results = arena_alloc(arena, rules->n + 1);
    struct regex_run run;
    struct expr_env env = {.facts = facts, .rules = results, .regex = &run};
    regex_run_init(&run);
    for (size_t i = 0; i < rules->n; i++) {
        uint32_t index = rules->order[i];
        enum tri result = TRI_FALSE;
        if (rules->rules[index].info.state == RULE_OFF)
            continue;
        int64_t start = monotonic_ns();
        for (unsigned k = 0; k < REPEAT; k++) {
            regex_run_renew(&run); /* no rule pays for another's patterns */
            result = expr_eval(rules->rules[index].when, &env);
        }
        costs[index].nanoseconds += (double)(monotonic_ns() - start) / REPEAT;
        costs[index].hits += result == TRI_TRUE;
        costs[index].unknown += result == TRI_UNKNOWN;
        results[index] = (unsigned char)result;
    }
    regex_run_deinit(&run);
}

bool ruleset_disable(struct ruleset *rules, const char *id)
{
    for (size_t i = 0; i < rules->n; i++)
        if (strcmp(rules->rules[i].info.id, id) == 0) {
            rules->rules[i].info.state = RULE_OFF;
            return true;
        }
    return false;
}
