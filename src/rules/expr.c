/*
 * Nodes of an expression, and the one error that is reported for it.
 */
#include <stdarg.h>
#include <string.h>

#include "rules/expr.h"

struct expr *expr_fail(struct expr_unit *unit, size_t at, const char *remedy, const char *fmt, ...)
{
    char *text = NULL;
    va_list ap;
    if (unit->failed)
        return NULL;
    unit->failed = true;
    va_start(ap, fmt);
    text = arena_vprintf(unit->arena, fmt, ap);
    va_end(ap);
    diag_add(unit->diags, DIAG_ERROR, locate_at(&unit->where, at), remedy, "%s", text);
    return NULL;
}

struct expr *expr_node(struct expr_unit *unit, enum expr_op op, size_t at, size_t n, struct expr *a,
                       struct expr *b)
{
    struct expr *e = arena_alloc(unit->arena, sizeof(*e));
    struct expr *kids[] = {a, b};
    e->op = op;
    e->at = (uint32_t)at;
    e->n = (uint32_t)n;
    e->kid = n <= 2 ? arena_grow(unit->arena, kids, n, 2, sizeof(a)) : arena_array(unit->arena, n, sizeof(a));
    return e;
}

struct expr *expr_boolean(struct expr *e, enum expr_op op)
{
    e->op = op;
    e->type = FACT_BOOL;
    return e;
}

struct expr *expr_not(struct expr_unit *unit, struct expr *e)
{
    return expr_node(unit, EXPR_NOT, e->at, 1, e, NULL);
}

bool expr_equal(const struct expr *a, const struct expr *b)
{
    if (a == b)
        return true;
    if (a->op != b->op || a->n != b->n || a->type != b->type)
        return false;
    switch (a->op) {
    case EXPR_BOOL:
        return a->b == b->b;
    case EXPR_INT:
        return a->i == b->i;
    case EXPR_STRING:
        return strcmp(a->s, b->s) == 0;
    case EXPR_FACT:
    case EXPR_KNOWN:
        return a->fact == b->fact;
    case EXPR_RULE:
        return a->rule == b->rule;
    case EXPR_MATCHES:
        if (a->regex != b->regex)
            return false;
        break;
    default:
        break;
    }
    for (uint32_t i = 0; i < a->n; i++)
        if (!expr_equal(a->kid[i], b->kid[i]))
            return false;
    return true;
}
