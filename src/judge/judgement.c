/*
 * A judgement as JSON and in words.
 */
#include "base/buf.h"
#include "judge/judgement.h"
#include "lookalike/lookalike.h"

static json_t *fact_json(enum fact_type type, const struct fact_value *value)
{
    switch (type) {
    case FACT_BOOL:
        return json_boolean(value->b);
    case FACT_INT:
        return json_integer(value->i);
    case FACT_STRING:
        return json_string(value->s);
    case FACT_LIST: {
        json_t *list = json_array();
        for (size_t i = 0; i < value->list.n; i++)
            json_array_append_new(list, json_string(value->list.v[i]));
        return list;
    }
    }
    return NULL;
}

json_t *judgement_facts_json(const struct judgement *judgement)
{
    json_t *facts = json_object();
    for (size_t i = 0; i < FACT_COUNT; i++)
        if (judgement->facts->v[i].known)
            json_object_set_new(facts, fact_info[i].name,
                                fact_json(fact_info[i].type, &judgement->facts->v[i]));
    return facts;
}

json_t *judgement_rules_json(const struct judgement *judgement)
{
    json_t *rules = json_array();
    for (size_t i = 0; i < judgement->verdict.hits.n; i++) {
        const struct rule_hit *hit = &judgement->verdict.hits.v[i];
        json_t *rule = json_pack("{s:s, s:s, s:s, s:i, s:s}", "id", hit->id, "title", hit->title, "axis",
                                 axis_name(hit->axis), "score", hit->score, "why", hit->why);
        json_object_set_new(rule, "counted", json_boolean(hit->counted));
        if (hit->alone == RULE_ALONE_YES)
            json_object_set_new(rule, "alone", json_true());
        if (hit->allowed)
            json_object_set_new(rule, "allowed", json_string(hit->allowed));
        json_array_append_new(rules, rule);
    }
    return rules;
}

static json_t *axes_json(unsigned axes)
{
    json_t *list = json_array();
    for (unsigned a = 0; a < AXIS_COUNT; a++)
        if (axes & (1u << a))
            json_array_append_new(list, json_string(axis_name((enum axis)a)));
    return list;
}

json_t *judgement_json(const struct judgement *judgement)
{
    const struct verdict *v = &judgement->verdict;
    json_t *json =
        json_pack("{s:s?, s:i, s:s, s:o, s:o, s:o}", "message_id", judgement->message->message_id, "score",
                  v->score, "action", action_name(v->action), "axes", axes_json(v->axes), "rules",
                  judgement_rules_json(judgement), "facts", judgement_facts_json(judgement));
    if (json && v->allowed)
        json_object_set_new(json, "allowed", json_string(v->allowed));
    return json;
}

static void add_lookalike(json_t *list, const struct judgement *judgement, const char *where,
                          const char *domain, const enum fact_id ids[4])
{
    int64_t score = facts_int(judgement->facts, ids[0]);
    if (score < LOOKALIKE_WEAK || !facts_text(judgement->facts, ids[1]))
        return;
    json_array_append_new(list, json_pack("{s:s?, s:s?, s:s?, s:s?, s:i, s:s?, s:s?}", "where", where,
                                          "domain", domain, "target", facts_text(judgement->facts, ids[1]),
                                          "relation", facts_text(judgement->facts, FACT_LOOKALIKE_RELATION),
                                          "score", (int)score, "why", facts_text(judgement->facts, ids[2]),
                                          "differs", facts_text(judgement->facts, ids[3])));
}

json_t *judgement_lookalikes_json(const struct judgement *judgement)
{
    static const enum fact_id sender[4] = {FACT_LOOKALIKE_SCORE, FACT_LOOKALIKE_TARGET, FACT_LOOKALIKE_WHY,
                                           FACT_LOOKALIKE_DIFFERS};
    static const enum fact_id pair[4] = {FACT_THREAD_PAIR_SCORE, FACT_THREAD_PAIR_TARGET,
                                         FACT_THREAD_PAIR_WHY, FACT_THREAD_PAIR_DIFFERS};
    json_t *list = json_array();
    add_lookalike(list, judgement, facts_text(judgement->facts, FACT_LOOKALIKE_FIELD),
                  facts_text(judgement->facts, FACT_LOOKALIKE_DOMAIN), sender);
    if (json_array_size(list) == 0)
        add_lookalike(list, judgement, "From", facts_text(judgement->facts, FACT_FROM_DOMAIN), pair);
    return list;
}

static bool counted(const struct rule_hit *hit)
{
    return hit->counted && hit->score > 0;
}

static const char *joined(const struct judgement *judgement, struct arena *arena, const char *separator,
                          const char *(*text)(const struct rule_hit *))
{
    struct buf buf = {0};
    for (size_t i = 0; i < judgement->verdict.hits.n; i++) {
        const struct rule_hit *hit = &judgement->verdict.hits.v[i];
        if (!counted(hit))
            continue;
        if (buf.n)
            buf_adds(&buf, separator);
        buf_adds(&buf, text(hit));
    }
    const char *s = arena_strndup(arena, buf.p ? buf.p : "", buf.n);
    buf_free(&buf);
    return s;
}

static const char *hit_why(const struct rule_hit *hit)
{
    return hit->why;
}

static const char *hit_id(const struct rule_hit *hit)
{
    return hit->id;
}

const char *judgement_reason(const struct judgement *judgement, struct arena *arena)
{
    return joined(judgement, arena, "; ", hit_why);
}

const char *judgement_rule_ids(const struct judgement *judgement, struct arena *arena)
{
    return joined(judgement, arena, ",", hit_id);
}

const char *judgement_axes(const struct judgement *judgement, struct arena *arena)
{
    const char *list = "";
    for (unsigned a = 0; a < AXIS_COUNT; a++)
        if (judgement->verdict.axes & (1u << a))
            list =
                *list ? arena_printf(arena, "%s,%s", list, axis_name((enum axis)a)) : axis_name((enum axis)a);
    return list;
}
