/*
 * The tests that stand in rules: facts given inline, or a message file that the caller judges. What a test
 * does not name is unknown, as it would be on a day when nothing works.
 */
#include <string.h>

#include "base/buf.h"
#include "rules/ruleset.h"

static const char *const test_keys[] = {"facts", "message", "hit", "why", "score"};

static bool read_list_fact(struct facts *facts, enum fact_id id, const struct yamltree_node *node,
                           struct diag_list *diags)
{
    const char *item;
    facts_set_list_empty(facts, id);
    if (node->kind == YAMLTREE_SCALAR) {
        diag_add(diags, DIAG_ERROR, node->at, "write: [one, two]", "%s is a list", fact_info[id].name);
        return false;
    }
    if (!yamltree_is(node, YAMLTREE_SEQUENCE, diags))
        return false;
    for (size_t i = 0; i < node->n; i++) {
        if (!yamltree_string(node->items[i], &item, diags))
            return false;
        facts_add(facts, id, item);
    }
    return true;
}

static bool read_fact(struct facts *facts, enum fact_id id, const struct yamltree_node *node,
                      struct diag_list *diags)
{
    bool b;
    int64_t i;
    const char *s;
    switch (fact_info[id].type) {
    case FACT_BOOL:
        if (!yamltree_bool(node, &b, diags))
            return false;
        facts_set_bool(facts, id, b);
        return true;
    case FACT_INT:
        if (!yamltree_int(node, -EXPR_MAX_INT, EXPR_MAX_INT, &i, diags))
            return false;
        facts_set_int(facts, id, i);
        return true;
    case FACT_STRING:
        if (!yamltree_string(node, &s, diags))
            return false;
        facts_set_string(facts, id, s);
        return true;
    case FACT_LIST:
        return read_list_fact(facts, id, node, diags);
    }
    return false;
}

static bool read_facts(struct facts *facts, const struct yamltree_node *map, struct diag_list *diags)
{
    const char *names[FACT_COUNT];
    bool ok = true;
    for (size_t i = 0; i < FACT_COUNT; i++)
        names[i] = fact_info[i].name;
    if (!yamltree_is(map, YAMLTREE_MAPPING, diags))
        return false;
    for (size_t i = 0; i < map->n; i++) {
        enum fact_id id;
        if (facts_find(map->keys[i]->text, &id)) {
            ok = read_fact(facts, id, map->items[i], diags) && ok;
            continue;
        }
        const char *near = diag_nearest(map->keys[i]->text, names, FACT_COUNT);
        char *remedy = near ? arena_printf(facts->arena, "did you mean '%s'?", near) : NULL;
        diag_add(diags, DIAG_ERROR, map->keys[i]->at,
                 remedy ? remedy : "`ringer rules facts` lists the facts", "no fact is called '%s'",
                 map->keys[i]->text);
        ok = false;
    }
    return ok;
}

/* Beside the rule's own file; an absolute path stays. */
static const char *message_path(struct arena *arena, const struct yamltree_node *node)
{
    const char *slash = node->at.file ? strrchr(node->at.file, '/') : NULL;
    if (node->text[0] == '/' || !slash)
        return node->text;
    return arena_printf(arena, "%.*s/%s", (int)(slash - node->at.file), node->at.file, node->text);
}

static bool read_subject(struct ruleset *set, struct rule_test *test, const struct yamltree_node *map,
                         struct diag_list *diags)
{
    const struct yamltree_node *facts = yamltree_get(map, "facts"), *message = yamltree_get(map, "message");
    const char *path;
    if (!facts == !message) {
        diag_add(diags, DIAG_ERROR, map->at, "write: facts: {name: value}, or: message: file.eml",
                 facts ? "a test has facts or a message, not both" : "a test needs facts or a message");
        return false;
    }
    if (message) {
        if (!yamltree_string(message, &path, diags))
            return false;
        test->message = message_path(set->arena, message);
        return true;
    }
    struct facts *values = facts_new(set->arena);
    test->facts = values;
    return read_facts(values, facts, diags);
}

static bool read_test(struct ruleset *set, struct rule_test *test, const struct yamltree_node *map,
                      struct diag_list *diags)
{
    if (!yamltree_is(map, YAMLTREE_MAPPING, diags))
        return false;
    const struct yamltree_node *hit = yamltree_get(map, "hit"), *why = yamltree_get(map, "why"),
                               *score = yamltree_get(map, "score");
    bool ok = yamltree_only(map, test_keys, sizeof(test_keys) / sizeof(*test_keys), diags);
    test->at = map->at;
    ok = read_subject(set, test, map, diags) && ok;
    if (!hit) {
        diag_add(diags, DIAG_ERROR, map->at, "write: hit: true, or: hit: false", "a test needs 'hit'");
        return false;
    }
    ok = yamltree_bool(hit, &test->hit, diags) && ok;
    if (why)
        ok = yamltree_string(why, &test->why, diags) && ok;
    test->has_score = score != NULL;
    if (score)
        ok = yamltree_int(score, -100, 100, &test->score, diags) && ok;
    if (test->hit || (!why && !score))
        return ok;
    diag_add(diags, DIAG_ERROR, (why ? why : score)->at, "remove it, or write: hit: true",
             "a rule that does not hit has no why and no score");
    return false;
}

bool rule_tests_read(struct ruleset *set, struct rule *rule, const struct yamltree_node *list,
                     struct diag_list *diags)
{
    bool ok = true;
    if (!list)
        return true;
    if (!yamltree_is(list, YAMLTREE_SEQUENCE, diags))
        return false;
    if (list->n > RULE_TESTS_MAX) {
        diag_add(diags, DIAG_ERROR, list->at, "at most 200 a rule", "too many tests");
        return false;
    }
    struct rule_test *tests = arena_array(set->arena, list->n + 1, sizeof(*tests));
    for (size_t i = 0; i < list->n; i++)
        ok = read_test(set, &tests[i], list->items[i], diags) && ok;
    rule->tests = tests;
    rule->info.n_tests = list->n;
    return ok;
}

/* Facts that the condition asks for and the test does not give: the usual reason of a missing hit. */
static void unknown_facts(const struct expr *e, const struct facts *facts, struct buf *out)
{
    if (e->op == EXPR_FACT && !facts->v[e->fact].known && out->n < 200 &&
        !(out->p && strstr(out->p, fact_info[e->fact].name)))
        buf_printf(out, "%s%s", out->n ? ", " : "", fact_info[e->fact].name);
    for (uint32_t i = 0; i < e->n; i++)
        unknown_facts(e->kid[i], facts, out);
}

static void report_miss(const struct rule *rule, const struct rule_test *test, enum tri result,
                        struct diag_list *diags)
{
    struct buf names = {0};
    unknown_facts(rule->when, test->facts, &names);
    if (result == TRI_UNKNOWN && names.n)
        diag_add(diags, DIAG_ERROR, test->at, "give them in the test",
                 "test of %s: expected a hit, but the condition is unknown: no value for %s", rule->info.id,
                 names.p);
    else
        diag_add(diags, DIAG_ERROR, test->at, NULL, "test of %s: expected a hit, but the condition is %s",
                 rule->info.id, result == TRI_UNKNOWN ? "unknown" : "false");
    buf_free(&names);
}

/* What a hit must also show. */
static void check_hit(const char *id, const struct rule_test *test, const char *why, int score,
                      struct diag_list *diags)
{
    if (test->why && !strstr(why, test->why))
        diag_add(diags, DIAG_ERROR, test->at, NULL, "test of %s: the text \"%s\" does not contain \"%s\"", id,
                 why, test->why);
    if (test->has_score && test->score != score)
        diag_add(diags, DIAG_ERROR, test->at, NULL, "test of %s: the score is %d, not %d", id, score,
                 (int)test->score);
}

static void run_test(const struct ruleset *set, const struct rule *rule, const struct rule_test *test,
                     struct arena *arena, struct diag_list *diags)
{
    struct rule_hit hit;
    enum tri result = rules_eval_one(set, rule, test->facts, arena, &hit);
    if (test->hit && result != TRI_TRUE)
        report_miss(rule, test, result, diags);
    else if (!test->hit && result == TRI_TRUE)
        diag_add(diags, DIAG_ERROR, test->at, NULL, "test of %s: expected no hit, but the condition holds",
                 rule->info.id);
    else if (test->hit)
        check_hit(rule->info.id, test, hit.why, hit.score, diags);
}

size_t ruleset_test(const struct ruleset *rules, struct diag_list *diags)
{
    struct arena *arena = arena_new();
    size_t run = 0;
    for (size_t i = 0; i < rules->n; i++)
        for (size_t k = 0; k < rules->rules[i].info.n_tests; k++) {
            const struct rule_test *test = &rules->rules[i].tests[k];
            if (!test->facts)
                continue;
            run_test(rules, &rules->rules[i], test, arena, diags);
            arena_reset(arena);
            run++;
        }
    arena_free(&arena);
    return run;
}

static void run_message(const struct ruleset *set, const struct rule *rule, const struct rule_test *test,
                        const struct rule_hits *hits, struct diag_list *diags)
{
    const struct rule_hit *hit = NULL;
    for (size_t i = 0; i < hits->n; i++)
        if (strcmp(hits->v[i].id, rule->info.id) == 0)
            hit = &hits->v[i];
    if (test->hit != (hit != NULL))
        diag_add(diags, DIAG_ERROR, test->at, NULL, "test of %s: %s should %shit", rule->info.id,
                 test->message, test->hit ? "" : "not ");
    else if (hit)
        check_hit(rule->info.id, test, hit->why, hit->score, diags);
}

size_t ruleset_test_messages(const struct ruleset *rules, rules_judge_fn *judge, void *ctx,
                             struct diag_list *diags)
{
    struct arena *arena = arena_new();
    size_t run = 0;
    for (size_t i = 0; i < rules->n; i++)
        for (size_t k = 0; k < rules->rules[i].info.n_tests; k++) {
            const struct rule_test *test = &rules->rules[i].tests[k];
            struct rule_hits hits = {0};
            const char *error = "";
            if (!test->message)
                continue;
            if (judge(ctx, rules, test->message, arena, &hits, &error))
                run_message(rules, &rules->rules[i], test, &hits, diags);
            else
                diag_add(diags, DIAG_ERROR, test->at, "the path is relative to the rule's file",
                         "test of %s: cannot read %s: %s", rules->rules[i].info.id, test->message, error);
            arena_reset(arena);
            run++;
        }
    arena_free(&arena);
    return run;
}
