/*
 * A judgement as JSON and in words.
 */
#include "base/buf.h"
#include "judgement.h"

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
        json_t *rule = json_pack("{s:s, s:i, s:s, s:s}", "id", hit->id, "score", hit->score, "axis",
                                 axis_name(hit->axis), "why", hit->why);
        if (hit->monitor)
            json_object_set_new(rule, "monitor", json_true());
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
    return json_pack("{s:s?, s:i, s:s, s:o, s:o, s:o}", "message_id", judgement->message->message_id, "score",
                     v->score, "action", action_name(v->action), "axes", axes_json(v->axes), "rules",
                     judgement_rules_json(judgement), "facts", judgement_facts_json(judgement));
}

static const char *text_fact(const struct judgement *judgement, enum fact_id id)
{
    return judgement->facts->v[id].known ? judgement->facts->v[id].s : NULL;
}

json_t *judgement_lookalike_json(const struct judgement *judgement)
{
    if (!text_fact(judgement, FACT_LOOKALIKE_TARGET))
        return NULL;
    return json_pack(
        "{s:s?, s:s?, s:s?, s:s?, s:s?, s:s?, s:o}", "domain", text_fact(judgement, FACT_LOOKALIKE_DOMAIN),
        "target", text_fact(judgement, FACT_LOOKALIKE_TARGET), "differs",
        text_fact(judgement, FACT_LOOKALIKE_DIFFERS), "why", text_fact(judgement, FACT_LOOKALIKE_WHY),
        "relation", text_fact(judgement, FACT_LOOKALIKE_RELATION), "field",
        text_fact(judgement, FACT_LOOKALIKE_FIELD), "classes",
        fact_json(FACT_LIST, &judgement->facts->v[FACT_LOOKALIKE_CLASSES]));
}

static bool counted(const struct rule_hit *hit)
{
    return !hit->monitor && hit->score > 0;
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
