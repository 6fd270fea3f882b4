/*
 * What a name in an expression means: a fact, a rule, or `item`. A name that means nothing is answered with the one
 * that was meant, as far as that can be guessed.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rules/names.h"

static int by_id(const void *key, const void *name)
{
    return strcmp(key, ((const struct expr_rule_name *)name)->id);
}

struct expr *name_rule(struct expr_unit *unit, struct expr *e, const char *id)
{
    const struct expr_rule_name *found =
        unit->n_rules ? bsearch(id, unit->rules, unit->n_rules, sizeof(*unit->rules), by_id) : NULL;
    if (!found)
        return NULL;
    e->rule = found->index;
    return expr_boolean(e, EXPR_RULE);
}

/* The fact that ends as `name` does or that `name` ends as: sender.lookalike.score for lookalike.score. */
static const char *same_tail(const char *name)
{
    for (size_t i = 0; i < FACT_COUNT; i++) {
        const char *fact = fact_info[i].name;
        size_t n = strlen(name), f = strlen(fact);
        const char *tail = n > f ? name + n - f : fact + f - n;
        bool boundary = n != f && tail[-1] == '.'; /* the tail is of the longer one */
        if (boundary && strcmp(tail, n > f ? fact : name) == 0)
            return fact;
    }
    return NULL;
}

const char *name_nearest(struct expr_unit *unit, const char *name, bool facts)
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
    const char *near = name_nearest(unit, e->s, true);
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

struct expr *name_resolve(struct expr_unit *unit, struct expr *e)
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
    struct expr *rule = name_rule(unit, e, e->s);
    return rule ? rule : unknown_name(unit, e);
}
