/*
 * After all files were read: names, expressions, references, order. An id may stand once in all files; a rule
 * may refer to any other, but not, in the end, to itself.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "rules/ruleset.h"

static int by_id(const void *a, const void *b)
{
    const struct expr_rule_name *x = a, *y = b;
    int order = strcmp(x->id, y->id);
    return order ? order : (x->index > y->index) - (x->index < y->index);
}

static bool link_names(struct ruleset *set, struct diag_list *diags)
{
    bool ok = true;
    set->names = arena_array(set->arena, set->n + 1, sizeof(*set->names));
    for (size_t i = 0; i < set->n; i++)
        set->names[i] = (struct expr_rule_name){set->rules[i].info.id, (uint32_t)i};
    if (set->n > 1)
        qsort(set->names, set->n, sizeof(*set->names), by_id);
    for (size_t i = 1; i < set->n; i++) {
        const struct diag_at first = set->rules[set->names[i - 1].index].info.at;
        if (strcmp(set->names[i].id, set->names[i - 1].id) != 0)
            continue;
        diag_add(diags, DIAG_ERROR, set->rules[set->names[i].index].info.at, "give one of the two another id",
                 "rule '%s' is already there: %s:%u", set->names[i].id, first.file, first.line);
        ok = false;
    }
    return ok;
}

static struct expr_unit unit_for(struct ruleset *set, const struct rule *rule, const char *key,
                                 struct diag_list *diags)
{
    const struct yamltree_node *node = yamltree_get(rule->node, key);
    return (struct expr_unit){
        .arena = set->arena,
        .diags = diags,
        .where = {rule->where.file, node},
        .text = node->text,
        .regexes = &set->regexes,
        .rules = set->names,
        .n_rules = set->n,
    };
}

static struct expr *compile(struct ruleset *set, const struct rule *rule, const char *key,
                            enum fact_type type, struct diag_list *diags)
{
    struct expr_unit unit = unit_for(set, rule, key, diags);
    struct expr *e = expr_parse(&unit);
    return e ? expr_check(&unit, e, type) : NULL;
}

static bool is_plain_number(const char *s)
{
    s += *s == '-' || *s == '+';
    return *s && strspn(s, "0123456789") == strlen(s);
}

static bool link_score(struct ruleset *set, struct rule *rule, struct diag_list *diags)
{
    const struct yamltree_node *node = yamltree_get(rule->node, "score");
    int64_t number = 0;
    if (is_plain_number(node->text) && !node->quoted) {
        bool ok = yamltree_int(node, -100, 100, &number, diags);
        rule->fixed_score = (int)number;
        return ok;
    }
    if (!(rule->score = compile(set, rule, "score", FACT_INT, diags)))
        return false;
    struct range range = expr_eval_int(rule->score, &(struct expr_env){0});
    if (range.low <= 100 && range.high >= 0)
        return true;
    diag_add(diags, DIAG_ERROR, node->at, "a computed score lies between 0 and 100",
             "this score is always %s", range.low > 100 ? "above 100" : "below 0");
    return false;
}

static bool link_rule(struct ruleset *set, struct rule *rule, struct diag_list *diags)
{
    if (!rule->info.score) /* incomplete: reported when it was read */
        return false;
    struct expr_unit why = unit_for(set, rule, "why", diags);
    bool ok = why_parse(&why, &rule->why, &rule->n_why);
    rule->when = compile(set, rule, "when", FACT_BOOL, diags);
    ok = link_score(set, rule, diags) && ok;
    return ok && rule->when;
}

static void collect(const struct expr *e, struct buf *references)
{
    if (e->op == EXPR_RULE)
        buf_add(references, &e->rule, sizeof(e->rule));
    for (uint32_t i = 0; i < e->n; i++)
        collect(e->kid[i], references);
}

/* Depth-first without recursion: chains of rules may be as long as the set. */
struct walk {
    struct ruleset *set;
    struct diag_list *diags;
    struct buf *references; /* of each rule: uint32_t after uint32_t */
    size_t *next;           /* of each rule: how far its references were followed */
    unsigned char *state;   /* 0 new, 1 on the path, 2 done */
    uint32_t *path;
    size_t n_path, n_order;
};

static bool report_cycle(struct walk *w, uint32_t index)
{
    struct buf text = {0};
    size_t i = w->n_path;
    while (i > 0 && w->path[i - 1] != index)
        i--;
    for (i = i ? i - 1 : 0; i < w->n_path; i++)
        buf_printf(&text, "%s -> ", w->set->rules[w->path[i]].info.id);
    diag_add(w->diags, DIAG_ERROR, w->set->rules[index].info.at, "take one of the references away",
             "rules refer to each other in a circle: %s%s", text.p ? text.p : "",
             w->set->rules[index].info.id);
    buf_free(&text);
    return false;
}

static bool visit(struct walk *w, uint32_t start)
{
    w->path[0] = start;
    w->n_path = 1;
    w->state[start] = 1;
    while (w->n_path) {
        uint32_t top = w->path[w->n_path - 1], next;
        if (w->next[top] == w->references[top].n / sizeof(next)) {
            w->state[top] = 2;
            w->set->order[w->n_order++] = top;
            w->n_path--;
            continue;
        }
        memcpy(&next, w->references[top].p + w->next[top]++ * sizeof(next), sizeof(next));
        if (w->state[next] == 1)
            return report_cycle(w, next);
        if (w->state[next] == 0) {
            w->state[next] = 1;
            w->path[w->n_path++] = next;
        }
    }
    return true;
}

/* It is allowed, since switching a rule off must always work; but the others change their meaning. */
static void warn_off(const struct ruleset *set, const struct rule *rule, const struct buf *references,
                     struct diag_list *diags)
{
    for (size_t i = 0; i < references->n / sizeof(uint32_t); i++) {
        uint32_t index;
        memcpy(&index, references->p + i * sizeof(index), sizeof(index));
        if (set->rules[index].info.state == RULE_OFF && rule->info.state != RULE_OFF)
            diag_add(diags, DIAG_WARNING, rule->info.at, "its value here is false; 'monitor' keeps it alive",
                     "rule %s refers to %s, which is off", rule->info.id, set->rules[index].info.id);
    }
}

bool rules_order(struct ruleset *set, struct diag_list *diags)
{
    size_t n = set->n + 1;
    struct walk w = {.set = set, .diags = diags};
    bool ok = true;
    set->order = arena_array(set->arena, n, sizeof(*set->order));
    w.references = mem_array(n, sizeof(*w.references));
    w.next = mem_array(n, sizeof(*w.next));
    w.state = mem_array(n, 1);
    w.path = mem_array(n, sizeof(*w.path));
    for (size_t i = 0; i < set->n; i++) {
        collect(set->rules[i].when, &w.references[i]);
        if (set->rules[i].score)
            collect(set->rules[i].score, &w.references[i]);
        set->rules[i].refers = w.references[i].n > 0;
        warn_off(set, &set->rules[i], &w.references[i], diags);
    }
    for (size_t i = 0; i < set->n && ok; i++)
        if (w.state[i] == 0)
            ok = visit(&w, (uint32_t)i);
    for (size_t i = 0; i < set->n; i++)
        buf_free(&w.references[i]);
    free(w.references);
    free(w.next);
    free(w.state);
    free(w.path);
    return ok;
}

bool rules_link(struct ruleset *set, struct diag_list *diags)
{
    bool ok = link_names(set, diags);
    for (size_t i = 0; i < set->n; i++)
        ok = link_rule(set, &set->rules[i], diags) && ok;
    ok = ok && rules_order(set, diags);
    for (size_t i = 0; ok && i < set->n; i++)
        ok = rules_decide(set, &set->rules[i], diags) && ok;
    return ok;
}
