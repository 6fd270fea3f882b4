/*
 * Types of operands: comparisons are told apart by them, and every mistake names the two things that do not fit.
 */
#include <string.h>

#include "rules/operators.h"

static const char *type_text(enum fact_type type)
{
    switch (type) {
    case FACT_BOOL:
        return "true or false";
    case FACT_INT:
        return "a number";
    case FACT_STRING:
        return "a text";
    case FACT_LIST:
        return "a list";
    }
    return "?";
}

/* "lookalike.score is a number" */
static const char *describe(struct expr_unit *unit, const struct expr *e)
{
    const char *type = type_text(e->type);
    if (e->op == EXPR_FACT)
        return arena_printf(unit->arena, "%s is %s", fact_info[e->fact].name, type);
    if (e->op == EXPR_RULE)
        return arena_printf(unit->arena, "a rule is %s", type);
    if (e->op == EXPR_ITEM)
        return "item is a text";
    if (e->op == EXPR_STRING)
        return arena_printf(unit->arena, "\"%s\" is a text", e->s);
    if (e->op == EXPR_LITERALS)
        return "[...] is a list";
    return arena_printf(unit->arena, "this is %s", type);
}

/* A condition that is none: says how to make one of it. */
static struct expr *no_condition(struct expr_unit *unit, const struct expr *e)
{
    const char *remedy = e->type == FACT_INT      ? "compare it, e.g. >= 70"
                         : e->type == FACT_STRING ? "compare it (== \"...\") or ask known(...)"
                                                  : "ask \"...\" in it, or any(it, ...)";
    return expr_fail(unit, e->at, remedy, "a condition is expected, but %s", describe(unit, e));
}

bool operand_bool(struct expr_unit *unit, struct expr *const *kids, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (kids[i]->type != FACT_BOOL) {
            no_condition(unit, kids[i]);
            return false;
        }
    return true;
}

bool operand_type(struct expr_unit *unit, const struct expr *e, enum fact_type type, const char *what)
{
    const char *remedy = NULL;
    if (e->type == type)
        return true;
    if (e->type == FACT_LIST && type == FACT_STRING)
        remedy = "lists are asked with: \"...\" in list, or any(list, item ...)";
    if (e->type == FACT_BOOL)
        remedy = "write it alone, or: not ...";
    if (e->type == FACT_INT && type == FACT_STRING)
        remedy = "numbers are compared with == != < <= > >=";
    if (e->type == FACT_STRING && type == FACT_INT)
        remedy = "numbers stand without quotes; texts are compared with == and !=";
    expr_fail(unit, e->at, remedy, "%s, but %s", what, describe(unit, e));
    return false;
}

static struct expr *check_logic(struct expr_unit *unit, struct expr *e)
{
    if (!operand_bool(unit, e->kid, e->n))
        return NULL;
    return expr_boolean(e, e->op);
}

struct expr *operator_arithmetic(struct expr_unit *unit, struct expr *e)
{
    for (uint32_t i = 0; i < e->n; i++)
        if (!operand_type(unit, e->kid[i], FACT_INT, "arithmetic needs numbers"))
            return NULL;
    e->type = FACT_INT;
    if (e->op == EXPR_NEG && e->kid[0]->op == EXPR_INT) {
        e->i = -e->kid[0]->i;
        e->op = EXPR_INT;
        e->n = 0;
    }
    return e;
}

static struct expr *check_order(struct expr_unit *unit, struct expr *e)
{
    if (!operand_type(unit, e->kid[0], FACT_INT, "< <= > >= compare numbers") ||
        !operand_type(unit, e->kid[1], FACT_INT, "< <= > >= compare numbers"))
        return NULL;
    return expr_boolean(e, e->op);
}

static struct expr *compare_bools(struct expr_unit *unit, struct expr *e)
{
    struct expr *a = e->kid[0], *b = e->kid[1];
    if (a->op == EXPR_BOOL) {
        a = b;
        b = e->kid[0];
    }
    if (b->op != EXPR_BOOL)
        return expr_boolean(e, EXPR_IFF);
    return b->b ? a : expr_not(unit, a);
}

static struct expr *check_equal(struct expr_unit *unit, struct expr *e)
{
    bool negate = e->op == EXPR_NE;
    const struct expr *a = e->kid[0], *b = e->kid[1];
    if (a->type == FACT_LIST || b->type == FACT_LIST)
        return expr_fail(unit, e->at, "write: \"...\" in list, or: fact in [\"a\", \"b\"]",
                         "%s; == and != compare single values", describe(unit, a->type == FACT_LIST ? a : b));
    if (a->type != b->type)
        return expr_fail(unit, e->at,
                         b->op == EXPR_STRING && a->type != FACT_STRING
                             ? "write numbers and true or false without quotes"
                         : a->type == FACT_STRING && b->op == EXPR_INT ? "put the text in quotes"
                                                                       : NULL,
                         "%s, but %s", describe(unit, a), describe(unit, b));
    if (a->type == FACT_BOOL)
        e = compare_bools(unit, e);
    else
        e = expr_boolean(e, a->type == FACT_INT ? EXPR_EQ : EXPR_SAME);
    return negate ? expr_not(unit, e) : e;
}

/* left OP [a, b, c] as (left OP a) or (left OP b) or (left OP c). */
static struct expr *distribute(struct expr_unit *unit, struct expr *e, enum expr_op op)
{
    struct expr *list = e->kid[1], *any = expr_node(unit, EXPR_OR, e->at, list->n, NULL, NULL);
    for (uint32_t i = 0; i < list->n; i++)
        any->kid[i] = expr_boolean(expr_node(unit, op, e->at, 2, e->kid[0], list->kid[i]), op);
    return any;
}

static struct expr *check_in(struct expr_unit *unit, struct expr *e)
{
    struct expr *left = e->kid[0], *right = e->kid[1];
    if (right->op == EXPR_LITERALS) {
        if (left->type == FACT_LIST)
            return expr_fail(unit, e->at, "write: any(list, item in [...])",
                             "'in' looks for one value, but %s", describe(unit, left));
        if (left->type != right->kid[0]->type)
            return expr_fail(unit, e->at, NULL, "%s, but the list holds %s", describe(unit, left),
                             right->kid[0]->type == FACT_INT ? "numbers" : "text");
        return left->type == FACT_INT ? distribute(unit, e, EXPR_EQ) : expr_boolean(e, EXPR_IN);
    }
    if (right->type == FACT_STRING)
        return expr_fail(unit, e->at, "write: fact contains \"...\", or: fact in [\"...\", \"...\"]",
                         "'in' needs a list, but %s", describe(unit, right));
    if (!operand_type(unit, right, FACT_LIST, "'in' needs a list") ||
        !operand_type(unit, left, FACT_STRING, "lists hold text"))
        return NULL;
    return expr_boolean(e, EXPR_IN);
}

static struct expr *check_text(struct expr_unit *unit, struct expr *e)
{
    static const char what[] = "contains, starts_with, ends_with and matches ask about text";
    struct expr *left = e->kid[0], *right = e->n > 1 ? e->kid[1] : NULL;
    if (e->op == EXPR_CONTAINS && left->type == FACT_LIST && right->type == FACT_STRING) {
        e->kid[0] = right;
        e->kid[1] = left;
        return expr_boolean(e, EXPR_IN);
    }
    if (!operand_type(unit, left, FACT_STRING, what))
        return NULL;
    if (right && right->op == EXPR_LITERALS && right->kid[0]->type == FACT_STRING)
        return distribute(unit, e, e->op);
    if (right && !operand_type(unit, right, FACT_STRING, what))
        return NULL;
    return expr_boolean(e, e->op);
}

struct expr *operator_check(struct expr_unit *unit, struct expr *e)
{
    switch (e->op) {
    case EXPR_NOT:
    case EXPR_AND:
    case EXPR_OR:
        return check_logic(unit, e);
    case EXPR_EQ:
    case EXPR_NE:
        return check_equal(unit, e);
    case EXPR_LT:
    case EXPR_LE:
    case EXPR_GT:
    case EXPR_GE:
        return check_order(unit, e);
    case EXPR_IN:
        return check_in(unit, e);
    case EXPR_CONTAINS:
    case EXPR_STARTS:
    case EXPR_ENDS:
    case EXPR_MATCHES:
        return check_text(unit, e);
    case EXPR_NEG:
    case EXPR_ADD:
    case EXPR_SUB:
    case EXPR_MUL:
        return operator_arithmetic(unit, e);
    default: /* made by a check, so already checked */
        return e;
    }
}
