/*
 * Conditions that can never hold (x > 5 and x < 3; a and not a) or always do. A search for values under which
 * the condition is true (or false): opens and, or, not and references to rules, and collects comparisons until
 * two of them exclude each other. What it does not understand it takes for possible, and it gives up after a
 * bounded effort: then nothing is said.
 */
#include <string.h>
#include <strings.h>

#include "rules/ruleset.h"

enum {
    MAX_ATOMS = 128,  /* comparisons on one branch */
    MAX_STEPS = 4000, /* of the whole search */
    MAX_DEPTH = 1000  /* we recurse once a step */
};

struct atom {
    const struct expr *e;
    bool positive;
};

struct goal {
    struct atom atom;
    const struct goal *next;
};

struct search {
    const struct ruleset *set;
    struct arena *scratch;
    bool strict; /* whether a comparison holds or not, its fact is known */
    unsigned steps, depth, conflicts;
    size_t conflict_at;
    struct atom atoms[MAX_ATOMS];
    size_t n;
};

static const struct expr_env nothing_known; /* evaluates constants */

/* A comparison of anything with a constant number, the constant on the right. */
static bool as_number_test(struct atom atom, const struct expr **left_r, enum expr_op *op_r, int64_t *value_r)
{
    static const struct {
        enum expr_op op, turned, negated;
    } table[] = {{EXPR_EQ, EXPR_EQ, EXPR_NE},
                 {EXPR_LT, EXPR_GT, EXPR_GE},
                 {EXPR_LE, EXPR_GE, EXPR_GT},
                 {EXPR_GT, EXPR_LT, EXPR_LE},
                 {EXPR_GE, EXPR_LE, EXPR_LT}};
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        if (table[i].op != atom.e->op)
            continue;
        struct range right = expr_eval_int(atom.e->kid[1], &nothing_known);
        struct range left = expr_eval_int(atom.e->kid[0], &nothing_known);
        bool turn = left.low == left.high;
        size_t k = i;
        if (!turn && right.low != right.high)
            return false;
        for (size_t j = 0; turn && j < sizeof(table) / sizeof(*table); j++)
            if (table[j].op == table[i].turned)
                k = j;
        *left_r = atom.e->kid[turn ? 1 : 0];
        *value_r = turn ? left.low : right.low;
        *op_r = atom.positive ? table[k].op : table[k].negated;
        return true;
    }
    return false;
}

static void narrow(struct range *range, enum expr_op op, int64_t value)
{
    if ((op == EXPR_EQ || op == EXPR_GE || op == EXPR_GT) && value + (op == EXPR_GT) > range->low)
        range->low = value + (op == EXPR_GT);
    if ((op == EXPR_EQ || op == EXPR_LE || op == EXPR_LT) && value - (op == EXPR_LT) < range->high)
        range->high = value - (op == EXPR_LT);
}

/* Do all number comparisons of what the newest one compares leave no number? */
static bool numbers_conflict(const struct search *s)
{
    const struct expr *left, *other;
    enum expr_op op;
    int64_t value;
    if (!as_number_test(s->atoms[s->n - 1], &left, &op, &value))
        return false;
    struct range range = expr_eval_int(left, &nothing_known);
    for (size_t i = 0; i < s->n; i++)
        if (as_number_test(s->atoms[i], &other, &op, &value) && expr_equal(left, other))
            narrow(&range, op, value);
    if (range.low > range.high)
        return true;
    for (size_t i = 0; range.low == range.high && i < s->n; i++)
        if (as_number_test(s->atoms[i], &other, &op, &value) && op == EXPR_NE && value == range.low &&
            expr_equal(left, other))
            return true;
    return false;
}

/* fact == "a" or fact in ["a", "b"]: what is compared, and with which texts. */
static bool as_text_test(const struct expr *e, const struct expr **left_r, struct expr *const **texts_r,
                         size_t *n_r)
{
    unsigned literal = e->op == EXPR_SAME && e->kid[0]->op == EXPR_STRING ? 0 : 1;
    if (e->op == EXPR_SAME && e->kid[literal]->op == EXPR_STRING) {
        *texts_r = &e->kid[literal];
        *n_r = 1;
    } else if (e->op == EXPR_IN && e->kid[1]->op == EXPR_LITERALS) {
        *texts_r = e->kid[1]->kid;
        *n_r = e->kid[1]->n;
    } else {
        return false;
    }
    *left_r = e->kid[1 - literal];
    return true;
}

/* Does every text test of `left` allow this text? */
static bool text_allowed(const struct search *s, const struct expr *left, const char *text)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct expr *other;
        struct expr *const *texts;
        size_t n;
        bool among = false;
        if (!as_text_test(s->atoms[i].e, &other, &texts, &n) || !expr_equal(left, other))
            continue;
        for (size_t k = 0; k < n; k++)
            among = among || strcasecmp(texts[k]->s, text) == 0;
        if (among != s->atoms[i].positive)
            return false;
    }
    return true;
}

static bool texts_conflict(const struct search *s)
{
    const struct expr *left, *other;
    struct expr *const *texts;
    size_t n;
    if (!as_text_test(s->atoms[s->n - 1].e, &left, &texts, &n))
        return false;
    for (size_t i = 0; i < s->n; i++) {
        if (!s->atoms[i].positive || !as_text_test(s->atoms[i].e, &other, &texts, &n) ||
            !expr_equal(left, other))
            continue;
        for (size_t k = 0; k < n; k++)
            if (text_allowed(s, left, texts[k]->s))
                return false;
        return true; /* one test names all that is possible, and the others leave none of it */
    }
    return false;
}

/* Is the value of `fact` needed for the comparison to be true or false? */
static bool needs_fact(const struct expr *e, enum fact_id fact)
{
    if (e->op == EXPR_FACT)
        return e->fact == fact;
    if (e->op == EXPR_COUNT_OF || e->op == EXPR_IFF)
        return false;
    for (uint32_t i = 0; i < e->n && i < 2; i++)
        if (e->kid[i]->op == EXPR_FACT && e->kid[i]->fact == fact)
            return true;
    return false;
}

static bool known_conflict(const struct search *s, struct atom a, struct atom b)
{
    if (a.e->op != EXPR_KNOWN)
        return b.e->op == EXPR_KNOWN && known_conflict(s, b, a);
    return s->strict && !a.positive && needs_fact(b.e, a.e->fact);
}

static bool conflicts(const struct search *s)
{
    struct atom newest = s->atoms[s->n - 1];
    for (size_t i = 0; i + 1 < s->n; i++) {
        if (s->atoms[i].positive != newest.positive && expr_equal(s->atoms[i].e, newest.e))
            return true;
        if (known_conflict(s, s->atoms[i], newest))
            return true;
    }
    return numbers_conflict(s) || texts_conflict(s);
}

static bool possible(struct search *s, const struct goal *goals);

static const struct goal *add_goal(struct search *s, const struct expr *e, bool positive,
                                   const struct goal *next)
{
    struct goal *goal = arena_alloc(s->scratch, sizeof(*goal));
    *goal = (struct goal){{e, positive}, next};
    return goal;
}

static bool possible_atom(struct search *s, struct atom atom, const struct goal *rest)
{
    enum tri constant = expr_eval(atom.e, &nothing_known);
    bool impossible = constant != TRI_UNKNOWN && (constant == TRI_TRUE) != atom.positive;
    if (!impossible && constant != TRI_UNKNOWN)
        return possible(s, rest);
    if (s->n == MAX_ATOMS)
        return true;
    s->atoms[s->n++] = atom;
    impossible = impossible || conflicts(s);
    if (impossible) {
        s->conflicts++;
        s->conflict_at = atom.e->at;
    }
    bool answer = !impossible && possible(s, rest);
    s->n--;
    return answer;
}

static bool possible_rule(struct search *s, struct atom atom, const struct goal *rest)
{
    const struct rule *rule = &s->set->rules[atom.e->rule];
    if (rule->info.state ==
        RULE_OFF) /* switching a rule off must not make errors of those that refer to it */
        return possible_atom(s, atom, rest);
    return possible(s, add_goal(s, rule->when, atom.positive, rest));
}

static bool possible_chain(struct search *s, struct atom atom, const struct goal *rest)
{
    bool all = (atom.e->op == EXPR_AND) == atom.positive;
    if (all) {
        for (uint32_t i = atom.e->n; i > 0; i--)
            rest = add_goal(s, atom.e->kid[i - 1], atom.positive, rest);
        return possible(s, rest);
    }
    for (uint32_t i = 0; i < atom.e->n; i++)
        if (possible(s, add_goal(s, atom.e->kid[i], atom.positive, rest)))
            return true;
    return false;
}

static bool open_goal(struct search *s, struct atom atom, const struct goal *rest)
{
    switch (atom.e->op) {
    case EXPR_NOT:
        return possible(s, add_goal(s, atom.e->kid[0], !atom.positive, rest));
    case EXPR_AND:
    case EXPR_OR:
        return possible_chain(s, atom, rest);
    case EXPR_RULE:
        return possible_rule(s, atom, rest);
    default:
        return possible_atom(s, atom, rest);
    }
}

static bool possible(struct search *s, const struct goal *goals)
{
    if (!goals || s->steps++ > MAX_STEPS || s->depth > MAX_DEPTH)
        return true;
    s->depth++;
    bool answer = open_goal(s, goals->atom, goals->next);
    s->depth--;
    return answer;
}

static bool search(struct search *s, const struct expr *e, bool positive)
{
    return possible(s, add_goal(s, e, positive, NULL));
}

bool rules_decide(const struct ruleset *set, const struct rule *rule, struct diag_list *diags)
{
    struct arena *scratch = arena_new();
    struct search never = {.set = set, .scratch = scratch, .strict = true};
    struct search always = {.set = set, .scratch = scratch};
    struct locate where = rule->where;
    bool can_hold = search(&never, rule->when, true);
    bool can_fail = search(&always, rule->when, false);
    arena_free(&scratch);
    if (!can_hold)
        diag_add(diags, DIAG_ERROR, locate_at(&where, never.conflicts == 1 ? never.conflict_at : 0),
                 "one part excludes another, or a part is always false", "the condition of %s can never hold",
                 rule->info.id);
    else if (!can_fail)
        diag_add(diags, DIAG_ERROR, locate_at(&where, 0),
                 "to ask whether a fact is there at all, write: known(fact)",
                 "the condition of %s holds for every message whose facts are known", rule->info.id);
    return can_hold && can_fail;
}
