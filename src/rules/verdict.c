/*
 * From hits to an action. Identity and request must both be there for a message to be held; whatever one axis
 * alone adds up to, it is at most tagged. Two kinds of hits are told apart by their rules: one suffices alone, one
 * says nothing as long as nothing else speaks.
 */
#include <stdlib.h>
#include <string.h>

#include "rules/verdict.h"

ENUM_DEFINE(action, ACTION_LIST)

const struct verdict_policy verdict_policy_default = {
    .tag = 50, .hold = 90, .identity_floor = 20, .request_floor = 20, .reject = 0};

enum { SUM_MOST = 300 /* three axes: who asks for more asks that nothing be held */ };

static int clip(int64_t v, int low, int high)
{
    return v < low ? low : v > high ? high : (int)v;
}

/*
 * Highest first; of the same score what suffices alone, so that it is told; then by id, so that the same mail always
 * gives the same report.
 */
static int by_score(const void *a, const void *b)
{
    const struct rule_hit *x = a, *y = b;
    bool x_alone = x->alone == RULE_ALONE_YES, y_alone = y->alone == RULE_ALONE_YES;
    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    return x_alone != y_alone ? y_alone - x_alone : strcmp(x->id, y->id);
}

/* The hits are sorted: a group's first one on an axis is its highest. */
static bool outdone(const struct rule_hit *v, size_t i)
{
    for (size_t k = 0; v[i].group && k < i; k++)
        if (v[k].counted && v[k].axis == v[i].axis && v[k].group && strcmp(v[k].group, v[i].group) == 0)
            return true;
    return false;
}

/* *boosted_r: what of the context is there only by boosters. */
static void add_up(struct rule_hit *v, size_t n, int *axis_score, int *boosted_r)
{
    int64_t sum[AXIS_COUNT] = {0}, boost = 0;
    for (size_t i = 0; i < n; i++) {
        v[i].counted = !v[i].monitor && !v[i].allowed && !outdone(v, i);
        if (v[i].counted)
            sum[v[i].axis] += v[i].score;
        if (v[i].counted && v[i].booster)
            boost += v[i].score;
    }
    for (unsigned a = 0; a < AXIS_COUNT; a++)
        axis_score[a] = clip(sum[a], a == AXIS_CONTEXT ? -100 : 0, 100);
    *boosted_r = axis_score[AXIS_CONTEXT] - clip(sum[AXIS_CONTEXT] - boost, -100, 100);
}

/* Does any hit suffice by itself? That another of its group counts more changes nothing about it. */
static bool suffices(const struct rule_hit *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (v[i].alone == RULE_ALONE_YES && !v[i].monitor && !v[i].allowed)
            return true;
    return false;
}

/* Does anything about the sender or the request speak against the message, beside hits that say nothing alone? */
static bool speaks(const struct rule_hit *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!v[i].monitor && !v[i].allowed && v[i].score > 0 && v[i].axis != AXIS_CONTEXT &&
            v[i].alone != RULE_ALONE_NO)
            return true;
    return false;
}

static int at_least(int v, int least)
{
    return v < least ? least : v;
}

static struct verdict hold(struct verdict verdict, const struct verdict_policy *policy)
{
    verdict.score = at_least(verdict.score, clip(policy->hold, 0, 100));
    verdict.action = ACTION_QUARANTINE;
    return verdict;
}

struct verdict verdict_decide(const struct verdict_policy *policy, struct rule_hits hits, struct arena *arena)
{
    struct verdict verdict = {.hits = hits};
    struct rule_hit *v = arena_grow(arena, hits.v, hits.n, hits.n ? hits.n : 1, sizeof(*v));
    if (hits.n > 1)
        qsort(v, hits.n, sizeof(*v), by_score);
    int boosted;
    add_up(v, hits.n, verdict.axis_score, &boosted);
    verdict.hits.v = v;

    int identity = verdict.axis_score[AXIS_IDENTITY], request = verdict.axis_score[AXIS_REQUEST];
    int context = verdict.axis_score[AXIS_CONTEXT], sum = identity + request + context;
    bool has_identity = identity > 0 && identity >= policy->identity_floor;
    bool has_request = request > 0 && request >= policy->request_floor;
    verdict.axes = (has_identity ? 1u << AXIS_IDENTITY : 0) | (has_request ? 1u << AXIS_REQUEST : 0);
    verdict.score = clip(sum, 0, 100);
    int without = sum - boosted;
    if (has_identity && has_request && without >= policy->hold) {
        verdict.action = policy->reject && without >= policy->reject ? ACTION_REJECT : ACTION_QUARANTINE;
        return verdict;
    }
    if (policy->hold <= SUM_MOST && suffices(v, hits.n))
        return hold(verdict, policy);
    /* never shown as if it were to be held */
    verdict.score = clip(verdict.score, 0, policy->hold > 0 ? policy->hold - 1 : 0);
    if (!speaks(v, hits.n) && context < policy->tag) /* nor as if it were to be tagged */
        verdict.score = clip(verdict.score, 0, policy->tag > 0 ? policy->tag - 1 : 0);
    verdict.action = verdict.score >= policy->tag ? ACTION_TAG : ACTION_PASS;
    return verdict;
}
