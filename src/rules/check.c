/*
 * The walk that types an expression: leaves, calls of functions, and operators with their operands. Names become
 * what they mean (names.c), calls their operators; operators.c says whether operands fit.
 */
#include <string.h>

#include "rules/names.h"
#include "rules/operators.h"

static struct expr *check(struct expr_unit *unit, struct expr *e);

static bool check_kids(struct expr_unit *unit, struct expr *e)
{
    for (uint32_t i = 0; i < e->n; i++)
        if (!(e->kid[i] = check(unit, e->kid[i])))
            return false;
    return true;
}

static bool check_literals(struct expr_unit *unit, struct expr *list)
{
    for (uint32_t i = 0; i < list->n; i++) {
        struct expr *item = list->kid[i] = check(unit, list->kid[i]);
        if (!item)
            return false;
        if (item->op != EXPR_INT && item->op != EXPR_STRING) {
            expr_fail(unit, item->at, "write: a == b or a == c", "[...] holds only numbers and \"text\"");
            return false;
        }
        if (item->type != list->kid[0]->type) {
            expr_fail(unit, item->at, NULL, "the values of one list are all numbers or all text");
            return false;
        }
    }
    return true;
}

static struct expr *wrong_count(struct expr_unit *unit, const struct expr *e, const char *usage)
{
    return expr_fail(unit, e->at, usage, "%s(...) with %u value%s in it", e->s, e->n, e->n == 1 ? "" : "s");
}

static struct expr *call_known(struct expr_unit *unit, struct expr *e)
{
    if (e->n != 1)
        return wrong_count(unit, e, "write: known(fact)");
    if (!check_kids(unit, e))
        return NULL;
    if (e->kid[0]->op != EXPR_FACT)
        return expr_fail(unit, e->kid[0]->at, "write the name of one fact, without quotes",
                         "known() asks about a fact");
    e->fact = e->kid[0]->fact;
    e->n = 0;
    return expr_boolean(e, EXPR_KNOWN);
}

static struct expr *call_rule(struct expr_unit *unit, struct expr *e)
{
    if (e->n != 1 || e->kid[0]->op != EXPR_STRING)
        return expr_fail(unit, e->at, "write: rule(\"pack.rule-id\")",
                         "rule() needs the id of a rule in quotes");
    const struct expr *name = e->kid[0];
    e->n = 0;
    if (name_rule(unit, e, name->s))
        return e;
    const char *near = name_nearest(unit, name->s, false);
    return expr_fail(unit, name->at,
                     near ? arena_printf(unit->arena, "did you mean '%s'?", near)
                          : "`ringer rules list` lists them",
                     "no rule is called '%s'", name->s);
}

static struct expr *call_extreme(struct expr_unit *unit, struct expr *e)
{
    if (e->n < 2)
        return wrong_count(unit, e, "write: min(a, b) or max(a, b)");
    e->op = strcmp(e->s, "min") == 0 ? EXPR_MIN : EXPR_MAX;
    return check_kids(unit, e) ? operator_arithmetic(unit, e) : NULL;
}

enum set_kind { SET_ANY, SET_ALL, SET_COUNT };

/* any(list, "a", "b"): any of the texts is in the list. */
static struct expr *texts_in_list(struct expr_unit *unit, struct expr *e, enum set_kind kind)
{
    struct expr *set = expr_node(unit, kind == SET_ANY ? EXPR_OR : EXPR_AND, e->at, e->n - 1, NULL, NULL);
    for (uint32_t i = 1; i < e->n; i++) {
        if (!(e->kid[i] = check(unit, e->kid[i])) ||
            !operand_type(unit, e->kid[i], FACT_STRING, "lists hold text"))
            return NULL;
        set->kid[i - 1] =
            expr_boolean(expr_node(unit, EXPR_IN, e->kid[i]->at, 2, e->kid[i], e->kid[0]), EXPR_IN);
    }
    return set;
}

static bool mentions_item(const struct expr *e)
{
    if (e->op == EXPR_ITEM)
        return true;
    for (uint32_t i = 0; i < e->n; i++)
        if (mentions_item(e->kid[i]))
            return true;
    return false;
}

static struct expr *over_items(struct expr_unit *unit, struct expr *e, enum set_kind kind)
{
    static const enum expr_op ops[] = {EXPR_ANY_ITEM, EXPR_ALL_ITEM, EXPR_COUNT_ITEM};
    if (unit->in_item)
        return expr_fail(unit, e->at, "make a rule of the inner one and refer to it",
                         "any, all and count over lists cannot stand inside each other");
    if (e->n == 1 && kind == SET_COUNT) {
        e->op = EXPR_LENGTH;
        e->type = FACT_INT;
        return e;
    }
    if (e->n < 2)
        return wrong_count(unit, e, "write: any(list, item == \"...\"), or: count(list)");
    if (kind != SET_COUNT && e->kid[1]->op == EXPR_STRING)
        return texts_in_list(unit, e, kind);
    if (e->n != 2)
        return wrong_count(unit, e, "write: any(list, item ...), with one condition");
    unit->in_item = true;
    struct expr *condition = e->kid[1] = check(unit, e->kid[1]);
    unit->in_item = false;
    if (!condition || !operand_bool(unit, &condition, 1))
        return NULL;
    if (!mentions_item(condition))
        return expr_fail(unit, condition->at, "write: any(list, item == \"...\")",
                         "this condition does not speak of 'item', the list's member");
    e->op = ops[kind];
    e->type = kind == SET_COUNT ? FACT_INT : FACT_BOOL;
    return e;
}

static struct expr *call_set(struct expr_unit *unit, struct expr *e)
{
    static const enum expr_op ops[] = {EXPR_OR, EXPR_AND, EXPR_COUNT_OF};
    enum set_kind kind = strcmp(e->s, "any") == 0 ? SET_ANY : strcmp(e->s, "all") == 0 ? SET_ALL : SET_COUNT;
    if (e->n == 0)
        return wrong_count(unit, e, "write: any(condition, ...), or: any(list, item ...)");
    if (!(e->kid[0] = check(unit, e->kid[0])))
        return NULL;
    if (e->kid[0]->type == FACT_LIST)
        return over_items(unit, e, kind);
    for (uint32_t i = 1; i < e->n; i++)
        if (!(e->kid[i] = check(unit, e->kid[i])))
            return NULL;
    if (!operand_bool(unit, e->kid, e->n))
        return NULL;
    e->op = ops[kind];
    e->type = kind == SET_COUNT ? FACT_INT : FACT_BOOL;
    return e;
}

static struct expr *check_call(struct expr_unit *unit, struct expr *e)
{
    static const struct {
        const char *name;
        struct expr *(*check)(struct expr_unit *unit, struct expr *e);
    } functions[] = {{"any", call_set},   {"all", call_set},     {"count", call_set},  {"known", call_known},
                     {"rule", call_rule}, {"min", call_extreme}, {"max", call_extreme}};
    const char *names[sizeof(functions) / sizeof(*functions)];
    for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
        if (strcmp(e->s, functions[i].name) == 0)
            return functions[i].check(unit, e);
        names[i] = functions[i].name;
    }
    const char *near = diag_nearest(e->s, names, sizeof(names) / sizeof(*names));
    return expr_fail(unit, e->at,
                     near ? arena_printf(unit->arena, "did you mean '%s'?", near)
                          : "there are: any, all, count, known, rule, min, max",
                     "no function is called '%s'", e->s);
}

static struct expr *check(struct expr_unit *unit, struct expr *e)
{
    switch (e->op) {
    case EXPR_NAME:
        return name_resolve(unit, e);
    case EXPR_CALL:
        return check_call(unit, e);
    case EXPR_BOOL:
        return expr_boolean(e, EXPR_BOOL);
    case EXPR_INT:
        e->type = FACT_INT;
        return e;
    case EXPR_STRING:
        e->type = FACT_STRING;
        return e;
    case EXPR_LITERALS:
        e->type = FACT_LIST;
        return check_literals(unit, e) ? e : NULL;
    default:
        return check_kids(unit, e) ? operator_check(unit, e) : NULL;
    }
}

struct expr *expr_check(struct expr_unit *unit, struct expr *root, enum fact_type want)
{
    struct expr *e = check(unit, root);
    if (!e)
        return NULL;
    if (want == FACT_BOOL)
        return operand_bool(unit, &e, 1) ? e : NULL;
    return operand_type(unit, e, want, "a score is a number") ? e : NULL;
}
