/*
 * Names and types. Turns what was parsed into what is evaluated: names become facts, rules or `item`, calls
 * become their operators, comparisons are told apart by type. Every mistake names the two things that do not fit.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rules/expr.h"

static struct expr *check(struct expr_unit *unit, struct expr *e);

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

static struct expr *make(struct expr_unit *unit, enum expr_op op, size_t at, size_t n, struct expr *a,
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

static struct expr *boolean(struct expr *e, enum expr_op op)
{
    e->op = op;
    e->type = FACT_BOOL;
    return e;
}

static struct expr *negation(struct expr_unit *unit, struct expr *e)
{
    return make(unit, EXPR_NOT, e->at, 1, e, NULL);
}

static int by_id(const void *key, const void *name)
{
    return strcmp(key, ((const struct expr_rule_name *)name)->id);
}

static struct expr *resolve_rule(struct expr_unit *unit, struct expr *e, const char *id)
{
    const struct expr_rule_name *found =
        unit->n_rules ? bsearch(id, unit->rules, unit->n_rules, sizeof(*unit->rules), by_id) : NULL;
    if (!found)
        return NULL;
    e->rule = found->index;
    return boolean(e, EXPR_RULE);
}

/* The fact that ends as `name` does or that `name` ends as: sender.lookalike.score for lookalike.score. */
static const char *same_tail(const char *name)
{
    for (size_t i = 0; i < FACT_COUNT; i++) {
        const char *fact = fact_info[i].name;
        size_t n = strlen(name), f = strlen(fact);
        const char *tail = n > f ? name + n - f : fact + f - n;
        bool boundary = n != f && (n > f ? tail[-1] : tail[-1]) == '.';
        if (boundary && strcmp(tail, n > f ? fact : name) == 0)
            return fact;
    }
    return NULL;
}

static const char *nearest_name(struct expr_unit *unit, const char *name, bool facts)
{
    size_t n = 0;
    const char **names = mem_array(FACT_COUNT + unit->n_rules, sizeof(*names));
    for (size_t i = 0; facts && i < FACT_COUNT; i++)
        names[n++] = fact_info[i].name;
    for (size_t i = 0; i < unit->n_rules; i++)
        names[n++] = unit->rules[i].id;
    const char *near = diag_nearest(name, names, n);
    free(names);
    return near ? near : facts ? same_tail(name) : NULL;
}

static struct expr *unknown_name(struct expr_unit *unit, const struct expr *e)
{
    const char *near = nearest_name(unit, e->s, true);
    const char *remedy = "`ringer rules facts` lists the facts; text stands in \"...\"";
    if (strcmp(e->s, "item") == 0)
        return expr_fail(unit, e->at, "write: any(list, item == \"...\")",
                         "'item' means something only inside any(list, ...), all and count");
    if (near)
        remedy = arena_printf(unit->arena, "did you mean '%s'?", near);
    else if (strchr(e->s, '-'))
        remedy = "put blanks around '-' for a subtraction; `ringer rules facts` lists the facts";
    else if (!strchr(e->s, '.'))
        remedy = arena_printf(unit->arena,
                              "if it is a text, write \"%.60s\"; `ringer rules facts` lists the facts", e->s);
    return expr_fail(unit, e->at, remedy, "no fact and no rule is called '%s'", e->s);
}

static struct expr *check_name(struct expr_unit *unit, struct expr *e)
{
    enum fact_id fact;
    if (unit->in_item && strcmp(e->s, "item") == 0) {
        e->op = EXPR_ITEM;
        e->type = FACT_STRING;
        return e;
    }
    if (facts_find(e->s, &fact)) {
        e->op = EXPR_FACT;
        e->type = fact_info[fact].type;
        e->fact = fact;
        return e;
    }
    struct expr *rule = resolve_rule(unit, e, e->s);
    return rule ? rule : unknown_name(unit, e);
}

/* A condition that is none: says how to make one of it. */
static struct expr *no_condition(struct expr_unit *unit, const struct expr *e)
{
    const char *remedy = e->type == FACT_INT      ? "compare it, e.g. >= 70"
                         : e->type == FACT_STRING ? "compare it (== \"...\") or ask known(...)"
                                                  : "ask \"...\" in it, or any(it, ...)";
    return expr_fail(unit, e->at, remedy, "a condition is expected, but %s", describe(unit, e));
}

static bool need_bool(struct expr_unit *unit, struct expr *const *kids, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (kids[i]->type != FACT_BOOL) {
            no_condition(unit, kids[i]);
            return false;
        }
    return true;
}

static bool need_type(struct expr_unit *unit, const struct expr *e, enum fact_type type, const char *what)
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

static bool check_kids(struct expr_unit *unit, struct expr *e)
{
    for (uint32_t i = 0; i < e->n; i++)
        if (!(e->kid[i] = check(unit, e->kid[i])))
            return false;
    return true;
}

static struct expr *check_logic(struct expr_unit *unit, struct expr *e)
{
    if (!check_kids(unit, e) || !need_bool(unit, e->kid, e->n))
        return NULL;
    return boolean(e, e->op);
}

static struct expr *check_arithmetic(struct expr_unit *unit, struct expr *e)
{
    if (!check_kids(unit, e))
        return NULL;
    for (uint32_t i = 0; i < e->n; i++)
        if (!need_type(unit, e->kid[i], FACT_INT, "only numbers can be reckoned with"))
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
    if (!check_kids(unit, e) || !need_type(unit, e->kid[0], FACT_INT, "< <= > >= compare numbers") ||
        !need_type(unit, e->kid[1], FACT_INT, "< <= > >= compare numbers"))
        return NULL;
    return boolean(e, e->op);
}

static struct expr *compare_bools(struct expr_unit *unit, struct expr *e)
{
    struct expr *a = e->kid[0], *b = e->kid[1];
    if (a->op == EXPR_BOOL) {
        a = b;
        b = e->kid[0];
    }
    if (b->op != EXPR_BOOL)
        return boolean(e, EXPR_IFF);
    return b->b ? a : negation(unit, a);
}

static struct expr *check_equal(struct expr_unit *unit, struct expr *e)
{
    bool negate = e->op == EXPR_NE;
    if (!check_kids(unit, e))
        return NULL;
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
        e = boolean(e, a->type == FACT_INT ? EXPR_EQ : EXPR_SAME);
    return negate ? negation(unit, e) : e;
}

/* left OP [a, b, c] as (left OP a) or (left OP b) or (left OP c). */
static struct expr *distribute(struct expr_unit *unit, struct expr *e, enum expr_op op)
{
    struct expr *list = e->kid[1], *any = make(unit, EXPR_OR, e->at, list->n, NULL, NULL);
    for (uint32_t i = 0; i < list->n; i++)
        any->kid[i] = boolean(make(unit, op, e->at, 2, e->kid[0], list->kid[i]), op);
    return any;
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

static struct expr *check_in(struct expr_unit *unit, struct expr *e)
{
    if (!check_kids(unit, e))
        return NULL;
    struct expr *left = e->kid[0], *right = e->kid[1];
    if (right->op == EXPR_LITERALS) {
        if (left->type == FACT_LIST)
            return expr_fail(unit, e->at, "write: any(list, item in [...])",
                             "'in' looks for one value, but %s", describe(unit, left));
        if (left->type != right->kid[0]->type)
            return expr_fail(unit, e->at, NULL, "%s, but the list holds %s", describe(unit, left),
                             right->kid[0]->type == FACT_INT ? "numbers" : "text");
        return left->type == FACT_INT ? distribute(unit, e, EXPR_EQ) : boolean(e, EXPR_IN);
    }
    if (right->type == FACT_STRING)
        return expr_fail(unit, e->at, "write: fact contains \"...\", or: fact in [\"...\", \"...\"]",
                         "'in' needs a list, but %s", describe(unit, right));
    if (!need_type(unit, right, FACT_LIST, "'in' needs a list") ||
        !need_type(unit, left, FACT_STRING, "lists hold text"))
        return NULL;
    return boolean(e, EXPR_IN);
}

static struct expr *check_text(struct expr_unit *unit, struct expr *e)
{
    static const char what[] = "contains, starts_with, ends_with and matches ask about text";
    if (!check_kids(unit, e))
        return NULL;
    struct expr *left = e->kid[0], *right = e->n > 1 ? e->kid[1] : NULL;
    if (e->op == EXPR_CONTAINS && left->type == FACT_LIST && right->type == FACT_STRING) {
        e->kid[0] = right;
        e->kid[1] = left;
        return boolean(e, EXPR_IN);
    }
    if (!need_type(unit, left, FACT_STRING, what))
        return NULL;
    if (right && right->op == EXPR_LITERALS && right->kid[0]->type == FACT_STRING)
        return distribute(unit, e, e->op);
    if (right && !need_type(unit, right, FACT_STRING, what))
        return NULL;
    return boolean(e, e->op);
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
    return boolean(e, EXPR_KNOWN);
}

static struct expr *call_rule(struct expr_unit *unit, struct expr *e)
{
    if (e->n != 1 || e->kid[0]->op != EXPR_STRING)
        return expr_fail(unit, e->at, "write: rule(\"pack.rule-id\")",
                         "rule() needs the id of a rule in quotes");
    const struct expr *name = e->kid[0];
    e->n = 0;
    if (resolve_rule(unit, e, name->s))
        return e;
    const char *near = nearest_name(unit, name->s, false);
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
    return check_arithmetic(unit, e);
}

enum set_kind { SET_ANY, SET_ALL, SET_COUNT };

/* any(list, "a", "b"): any of the texts is in the list. */
static struct expr *texts_in_list(struct expr_unit *unit, struct expr *e, enum set_kind kind)
{
    struct expr *set = make(unit, kind == SET_ANY ? EXPR_OR : EXPR_AND, e->at, e->n - 1, NULL, NULL);
    for (uint32_t i = 1; i < e->n; i++) {
        if (!(e->kid[i] = check(unit, e->kid[i])) ||
            !need_type(unit, e->kid[i], FACT_STRING, "lists hold text"))
            return NULL;
        set->kid[i - 1] = boolean(make(unit, EXPR_IN, e->kid[i]->at, 2, e->kid[i], e->kid[0]), EXPR_IN);
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
    if (!condition || !need_bool(unit, &condition, 1))
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
    if (!need_bool(unit, e->kid, e->n))
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
        return check_name(unit, e);
    case EXPR_CALL:
        return check_call(unit, e);
    case EXPR_BOOL:
        return boolean(e, EXPR_BOOL);
    case EXPR_INT:
        e->type = FACT_INT;
        return e;
    case EXPR_STRING:
        e->type = FACT_STRING;
        return e;
    case EXPR_LITERALS:
        e->type = FACT_LIST;
        return check_literals(unit, e) ? e : NULL;
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
        return check_arithmetic(unit, e);
    default: /* made here, so already checked */
        return e;
    }
}

struct expr *expr_check(struct expr_unit *unit, struct expr *root, enum fact_type want)
{
    struct expr *e = check(unit, root);
    if (!e)
        return NULL;
    if (want == FACT_BOOL)
        return need_bool(unit, &e, 1) ? e : NULL;
    return need_type(unit, e, want, "a score is a number") ? e : NULL;
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
