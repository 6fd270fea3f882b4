/*
 * The meaning of expressions. Three-valued (Kleene): what is unknown stays unknown unless the rest decides.
 * Numbers are ranges, so that count() of partly known conditions still decides what it can, and so that the
 * same code finds conditions that are constant. No allocation, no recursion deeper than the tree.
 */
#include <string.h>
#include <strings.h>

#include "rules/expr.h"

#define RANGE_MAX INT64_C(1000000000000000000)

static enum tri tri_not(enum tri t)
{
    return t == TRI_UNKNOWN ? t : t == TRI_TRUE ? TRI_FALSE : TRI_TRUE;
}

static enum tri tri_bool(bool b)
{
    return b ? TRI_TRUE : TRI_FALSE;
}

static int64_t clip(__int128 v)
{
    return v > RANGE_MAX ? RANGE_MAX : v < -RANGE_MAX ? -RANGE_MAX : (int64_t)v;
}

/* NULL when unknown. */
static const char *eval_text(const struct expr *e, const struct expr_env *env)
{
    if (e->op == EXPR_STRING)
        return e->s;
    if (e->op == EXPR_ITEM)
        return env->item;
    if (e->op == EXPR_FACT && env->facts && env->facts->v[e->fact].known)
        return env->facts->v[e->fact].s;
    return NULL;
}

static const struct fact_list *eval_list(const struct expr *e, const struct expr_env *env)
{
    if (e->op == EXPR_FACT && env->facts && env->facts->v[e->fact].known)
        return &env->facts->v[e->fact].list;
    return NULL;
}

static enum tri eval_chain(const struct expr *e, const struct expr_env *env, enum tri decides)
{
    enum tri all = tri_not(decides);
    for (uint32_t i = 0; i < e->n; i++) {
        enum tri t = expr_eval(e->kid[i], env);
        if (t == decides)
            return t;
        if (t == TRI_UNKNOWN)
            all = t;
    }
    return all;
}

static enum tri eval_iff(const struct expr *e, const struct expr_env *env)
{
    enum tri a = expr_eval(e->kid[0], env), b = expr_eval(e->kid[1], env);
    return a == TRI_UNKNOWN || b == TRI_UNKNOWN ? TRI_UNKNOWN : tri_bool(a == b);
}

static enum tri compare(enum expr_op op, struct range a, struct range b)
{
    switch (op) {
    case EXPR_LT:
        return a.high < b.low ? TRI_TRUE : a.low >= b.high ? TRI_FALSE : TRI_UNKNOWN;
    case EXPR_LE:
        return a.high <= b.low ? TRI_TRUE : a.low > b.high ? TRI_FALSE : TRI_UNKNOWN;
    case EXPR_GT:
        return compare(EXPR_LT, b, a);
    case EXPR_GE:
        return compare(EXPR_LE, b, a);
    default:
        if (a.low == a.high && b.low == b.high)
            return tri_bool(a.low == b.low);
        return a.high < b.low || b.high < a.low ? TRI_FALSE : TRI_UNKNOWN;
    }
}

static bool has_text(const char *text, const char *part)
{
    return strcasestr(text, part) != NULL;
}

static bool ends_with(const char *text, const char *tail)
{
    size_t n = strlen(text), t = strlen(tail);
    return n >= t && strcasecmp(text + n - t, tail) == 0;
}

/* ASCII case never matters: addresses, domains and names are written as people like. */
static enum tri eval_text_pair(const struct expr *e, const struct expr_env *env)
{
    const char *a = eval_text(e->kid[0], env), *b = eval_text(e->kid[1], env);
    if (!a || !b)
        return TRI_UNKNOWN;
    switch (e->op) {
    case EXPR_SAME:
        return tri_bool(strcasecmp(a, b) == 0);
    case EXPR_CONTAINS:
        return tri_bool(has_text(a, b));
    case EXPR_STARTS:
        return tri_bool(strncasecmp(a, b, strlen(b)) == 0);
    default:
        return tri_bool(ends_with(a, b));
    }
}

static enum tri eval_in(const struct expr *e, const struct expr_env *env)
{
    const char *text = eval_text(e->kid[0], env);
    const struct expr *right = e->kid[1];
    if (!text)
        return TRI_UNKNOWN;
    if (right->op == EXPR_LITERALS) {
        for (uint32_t i = 0; i < right->n; i++)
            if (strcasecmp(text, right->kid[i]->s) == 0)
                return TRI_TRUE;
        return TRI_FALSE;
    }
    const struct fact_list *list = eval_list(right, env);
    if (!list)
        return TRI_UNKNOWN;
    for (size_t i = 0; i < list->n; i++)
        if (strcasecmp(text, list->v[i]) == 0)
            return TRI_TRUE;
    return TRI_FALSE;
}

static enum tri eval_matches(const struct expr *e, const struct expr_env *env)
{
    const char *text = eval_text(e->kid[0], env);
    if (!text || !env->regex)
        return TRI_UNKNOWN;
    switch (regex_match(env->regex, e->regex, text)) {
    case REGEX_YES:
        return TRI_TRUE;
    case REGEX_NO:
        return TRI_FALSE;
    default:
        return TRI_UNKNOWN;
    }
}

static struct range eval_items(const struct expr *e, const struct expr_env *env)
{
    const struct fact_list *list = eval_list(e->kid[0], env);
    struct expr_env inner = *env;
    struct range count = {0, 0};
    if (!list)
        return (struct range){0, RANGE_MAX};
    for (size_t i = 0; i < list->n; i++) {
        inner.item = list->v[i];
        enum tri t = expr_eval(e->kid[1], &inner);
        count.low += t == TRI_TRUE;
        count.high += t != TRI_FALSE;
        if (e->op == EXPR_ANY_ITEM && count.low)
            break;
    }
    return count;
}

static enum tri eval_quantifier(const struct expr *e, const struct expr_env *env)
{
    struct range count = eval_items(e, env);
    const struct fact_list *list = eval_list(e->kid[0], env);
    if (!list)
        return TRI_UNKNOWN;
    struct range least = {e->op == EXPR_ANY_ITEM ? 1 : (int64_t)list->n, 0};
    least.high = least.low;
    return compare(EXPR_GE, count, least);
}

static enum tri eval_fact(const struct expr *e, const struct expr_env *env)
{
    const struct fact_value *v = env->facts ? &env->facts->v[e->fact] : NULL;
    if (e->op == EXPR_KNOWN)
        return v ? tri_bool(v->known) : TRI_UNKNOWN;
    return v && v->known ? tri_bool(v->b) : TRI_UNKNOWN;
}

enum tri expr_eval(const struct expr *e, const struct expr_env *env)
{
    switch (e->op) {
    case EXPR_BOOL:
        return tri_bool(e->b);
    case EXPR_FACT:
    case EXPR_KNOWN:
        return eval_fact(e, env);
    case EXPR_RULE:
        return env->rules ? (enum tri)env->rules[e->rule] : TRI_UNKNOWN;
    case EXPR_NOT:
        return tri_not(expr_eval(e->kid[0], env));
    case EXPR_AND:
        return eval_chain(e, env, TRI_FALSE);
    case EXPR_OR:
        return eval_chain(e, env, TRI_TRUE);
    case EXPR_IFF:
        return eval_iff(e, env);
    case EXPR_EQ:
    case EXPR_LT:
    case EXPR_LE:
    case EXPR_GT:
    case EXPR_GE:
        return compare(e->op, expr_eval_int(e->kid[0], env), expr_eval_int(e->kid[1], env));
    case EXPR_SAME:
    case EXPR_CONTAINS:
    case EXPR_STARTS:
    case EXPR_ENDS:
        return eval_text_pair(e, env);
    case EXPR_IN:
        return eval_in(e, env);
    case EXPR_MATCHES:
        return eval_matches(e, env);
    case EXPR_ANY_ITEM:
    case EXPR_ALL_ITEM:
        return eval_quantifier(e, env);
    default: /* numbers are asked for by expr_eval_int */
        return TRI_UNKNOWN;
    }
}

static struct range multiply(struct range a, struct range b)
{
    int64_t p[] = {clip((__int128)a.low * b.low), clip((__int128)a.low * b.high),
                   clip((__int128)a.high * b.low), clip((__int128)a.high * b.high)};
    struct range r = {p[0], p[0]};
    for (size_t i = 1; i < 4; i++) {
        r.low = p[i] < r.low ? p[i] : r.low;
        r.high = p[i] > r.high ? p[i] : r.high;
    }
    return r;
}

static struct range eval_extreme(const struct expr *e, const struct expr_env *env)
{
    struct range r = expr_eval_int(e->kid[0], env);
    bool max = e->op == EXPR_MAX;
    for (uint32_t i = 1; i < e->n; i++) {
        struct range k = expr_eval_int(e->kid[i], env);
        r.low = (k.low > r.low) == max ? k.low : r.low;
        r.high = (k.high > r.high) == max ? k.high : r.high;
    }
    return r;
}

static struct range eval_count(const struct expr *e, const struct expr_env *env)
{
    struct range count = {0, 0};
    for (uint32_t i = 0; i < e->n; i++) {
        enum tri t = expr_eval(e->kid[i], env);
        count.low += t == TRI_TRUE;
        count.high += t != TRI_FALSE;
    }
    return count;
}

static struct range eval_number(const struct expr *e, const struct expr_env *env)
{
    const struct fact_value *v = env->facts ? &env->facts->v[e->fact] : NULL;
    if (v && v->known)
        return (struct range){clip(v->i), clip(v->i)};
    return (struct range){-RANGE_MAX, RANGE_MAX};
}

static struct range eval_length(const struct expr *e, const struct expr_env *env)
{
    const struct fact_list *list = eval_list(e->kid[0], env);
    if (list)
        return (struct range){(int64_t)list->n, (int64_t)list->n};
    return (struct range){0, RANGE_MAX};
}

struct range expr_eval_int(const struct expr *e, const struct expr_env *env)
{
    struct range a, b;
    switch (e->op) {
    case EXPR_INT:
        return (struct range){e->i, e->i};
    case EXPR_FACT:
        return eval_number(e, env);
    case EXPR_NEG:
        a = expr_eval_int(e->kid[0], env);
        return (struct range){-a.high, -a.low};
    case EXPR_ADD:
    case EXPR_SUB:
        a = expr_eval_int(e->kid[0], env);
        b = expr_eval_int(e->kid[1], env);
        if (e->op == EXPR_SUB)
            b = (struct range){-b.high, -b.low};
        return (struct range){clip((__int128)a.low + b.low), clip((__int128)a.high + b.high)};
    case EXPR_MUL:
        return multiply(expr_eval_int(e->kid[0], env), expr_eval_int(e->kid[1], env));
    case EXPR_MIN:
    case EXPR_MAX:
        return eval_extreme(e, env);
    case EXPR_COUNT_OF:
        return eval_count(e, env);
    case EXPR_COUNT_ITEM:
        return eval_items(e, env);
    case EXPR_LENGTH:
        return eval_length(e, env);
    default:
        return (struct range){-RANGE_MAX, RANGE_MAX};
    }
}
