/*
 * Expressions, straight: parsed, checked, decided and evaluated with nothing known and with every fact known.
 * A condition that can never hold must not hold.
 */
#include <stdint.h>
#include <stdlib.h>

#include "rules/ruleset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct facts *some_facts(struct arena *arena, const char *text)
{
    struct facts *facts = facts_new(arena);
    for (size_t i = 0; i < FACT_COUNT; i++) {
        enum fact_id id = (enum fact_id)i;
        if (fact_info[i].type == FACT_BOOL)
            facts_set_bool(facts, id, i % 2);
        else if (fact_info[i].type == FACT_INT)
            facts_set_int(facts, id, (int64_t)i);
        else if (fact_info[i].type == FACT_STRING)
            facts_set_string(facts, id, i % 2 ? text : "none");
        else
            facts_add(facts, id, text);
    }
    return facts;
}

static void try_rule(struct ruleset *set, struct diag_list *diags, const char *text)
{
    struct rule *rule = set->rules;
    struct rule_hit hit;
    bool decided = rules_decide(set, rule, diags);
    enum tri known = rules_eval_one(set, rule, some_facts(set->arena, text), set->arena, &hit);
    enum tri unknown = rules_eval_one(set, rule, facts_new(set->arena), set->arena, &hit);
    const char *answer = diags->n ? diags->v[diags->n - 1].text : "";
    if (!decided && strstr(answer, "never") && (known == TRI_TRUE || unknown == TRI_TRUE))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct diag_list diags = {0};
    struct arena *arena = arena_new();
    const char *text = arena_strndup(arena, (const char *)data, size);
    const struct yamltree_node scalar = {.kind = YAMLTREE_SCALAR, .at = {"fuzz", 1, 1}, .text = text};
    struct rule rule = {.info.id = "fuzz.rule", .where.scalar = &scalar};
    struct ruleset set = {.arena = arena, .rules = &rule, .n = 1, .order = (uint32_t[]){0}};
    struct expr_unit unit = {
        .arena = arena, .diags = &diags, .where = rule.where, .text = text, .regexes = &set.regexes};
    rule.when = expr_parse(&unit);
    if (rule.when && (rule.when = expr_check(&unit, rule.when, FACT_BOOL)))
        try_rule(&set, &diags, text);
    if (!rule.when && diags.n == 0)
        abort(); /* refused, but nobody is told why */
    regex_list_free(&set.regexes);
    diag_free(&diags);
    arena_free(&arena);
    return 0;
}
