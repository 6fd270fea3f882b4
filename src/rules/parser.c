/*
 * From text to tree. Bounded in length and depth; reports the first mistake and stops.
 *
 *   or      = and { "or" and }
 *   and     = not { "and" not }
 *   not     = "not" not | compare
 *   compare = sum [ ("==" | "!=" | "<" | "<=" | ">" | ">=" | ["not"] "in" | "contains" | "starts_with" |
 *             "ends_with") sum | "matches" "/" pattern "/" ["i"] ]
 *   sum     = product { ("+" | "-") product }
 *   product = unary { "*" unary }
 *   unary   = "-" unary | primary
 *   primary = number | "text" | "true" | "false" | name | name "(" [ or { "," or } ] ")" |
 *             "(" or ")" | "[" or { "," or } "]"
 */
#include <string.h>
#include <strings.h>

#include "rules/lexer.h"

struct parser {
    struct expr_unit *unit;
    struct token t; /* the next one */
    unsigned depth;
};

static struct expr *parse_or(struct parser *p);

static void advance(struct parser *p)
{
    p->t = lexer_next(p->unit, p->t.at + p->t.n);
}

static bool is_op(const struct parser *p, const char *s)
{
    return p->t.kind == TOKEN_OP && strcmp(p->t.s, s) == 0;
}

static bool is_word(const struct parser *p, const char *s)
{
    return p->t.kind == TOKEN_WORD && strcmp(p->t.s, s) == 0;
}

static struct expr *leaf(struct parser *p, enum expr_op op)
{
    struct expr *e = arena_alloc(p->unit->arena, sizeof(*e));
    e->op = op;
    e->at = (uint32_t)p->t.at;
    return e;
}

/* A node over `n` kids; NULL when one of them is (then something was reported) or it gets too deep. */
static struct expr *node(struct parser *p, enum expr_op op, size_t at, struct expr *const *kids, size_t n)
{
    struct expr *e = leaf(p, op);
    e->at = (uint32_t)at;
    e->n = (uint32_t)n;
    e->kid = arena_grow(p->unit->arena, kids, n, n ? n : 1, sizeof(struct expr *));
    for (size_t i = 0; i < n; i++) {
        if (!kids[i])
            return NULL;
        if (kids[i]->depth >= e->depth)
            e->depth = (uint16_t)(kids[i]->depth + 1);
    }
    if (e->depth > EXPR_MAX_DEPTH)
        return expr_fail(p->unit, at, "make a rule of a part and refer to it by its id",
                         "the expression is nested deeper than %d levels", EXPR_MAX_DEPTH);
    return e;
}

struct kids {
    struct expr **v;
    size_t n, cap;
};

static void add_kid(struct parser *p, struct kids *kids, struct expr *e)
{
    if (kids->n == kids->cap) {
        kids->cap = kids->cap ? kids->cap * 2 : 4;
        kids->v = arena_grow(p->unit->arena, kids->v, kids->n, kids->cap, sizeof(struct expr *));
    }
    kids->v[kids->n++] = e;
}

/* Up to `close`; the opening token is the current one. False when it is wrong. */
static bool parse_items(struct parser *p, const char *close, struct kids *kids)
{
    size_t open = p->t.at;
    char opening = p->unit->text[open];
    advance(p);
    if (is_op(p, close)) {
        advance(p);
        return true;
    }
    for (;;) {
        struct expr *item = parse_or(p);
        if (!item)
            return false;
        add_kid(p, kids, item);
        if (is_op(p, close)) {
            advance(p);
            return true;
        }
        if (!is_op(p, ",")) {
            if (p->t.kind == TOKEN_END)
                expr_fail(p->unit, open, NULL, "the '%c' that opens here is not closed", opening);
            else
                expr_fail(p->unit, p->t.at, NULL, "expected ',' or '%s' here", close);
            return false;
        }
        advance(p);
    }
}

static struct expr *parse_name(struct parser *p)
{
    struct expr *e = leaf(p, EXPR_NAME);
    struct kids kids = {0};
    const char *name = p->t.s;
    size_t at = p->t.at;
    advance(p);
    if (!is_op(p, "(")) {
        e->s = name;
        return e;
    }
    if (!parse_items(p, ")", &kids))
        return NULL;
    e = node(p, EXPR_CALL, at, kids.v, kids.n);
    if (e)
        e->s = name;
    return e;
}

static struct expr *parse_group(struct parser *p)
{
    size_t open = p->t.at;
    advance(p);
    struct expr *e = parse_or(p);
    if (!e)
        return NULL;
    if (is_op(p, ","))
        return expr_fail(p->unit, open, "lists of values stand in [...]", "'( ... , ... )' is no list");
    if (!is_op(p, ")"))
        return p->t.kind == TOKEN_END
                   ? expr_fail(p->unit, open, "add a )", "the '(' that opens here is not closed")
                   : expr_fail(p->unit, p->t.at, "join conditions with 'and' or 'or'",
                               "expected ')', 'and' or 'or' here");
    advance(p);
    return e;
}

static struct expr *parse_literal(struct parser *p, enum expr_op op)
{
    struct expr *e = leaf(p, op);
    if (op == EXPR_INT)
        e->i = p->t.i;
    else if (op == EXPR_BOOL)
        e->b = is_word(p, "true");
    else
        e->s = p->t.s;
    advance(p);
    return e;
}

static struct expr *parse_list(struct parser *p)
{
    struct kids kids = {0};
    size_t at = p->t.at;
    if (!parse_items(p, "]", &kids))
        return NULL;
    if (kids.n == 0)
        return expr_fail(p->unit, at, "write the values, e.g. [\"a\", \"b\"]", "this list is empty");
    return node(p, EXPR_LITERALS, at, kids.v, kids.n);
}

static struct expr *expected_value(struct parser *p)
{
    if (p->t.kind == TOKEN_BAD)
        return NULL;
    if (p->t.kind == TOKEN_END)
        return expr_fail(p->unit, p->t.at, "complete it or remove the operator before it",
                         "the expression ends where a value is expected");
    if (is_op(p, ")"))
        return expr_fail(p->unit, p->t.at, "remove it, or write a condition before it",
                         "a ')' where a value is expected");
    return expr_fail(p->unit, p->t.at, "values are facts, rules, numbers and \"text\"",
                     "'%s' stands where a value is expected", p->t.s);
}

static struct expr *parse_primary(struct parser *p)
{
    switch (p->t.kind) {
    case TOKEN_NAME:
        return parse_name(p);
    case TOKEN_INT:
        return parse_literal(p, EXPR_INT);
    case TOKEN_STRING:
        return parse_literal(p, EXPR_STRING);
    case TOKEN_WORD:
        if (is_word(p, "true") || is_word(p, "false"))
            return parse_literal(p, EXPR_BOOL);
        return expected_value(p);
    case TOKEN_OP:
        if (is_op(p, "("))
            return parse_group(p);
        if (is_op(p, "["))
            return parse_list(p);
        return expected_value(p);
    default:
        return expected_value(p);
    }
}

static struct expr *parse_unary(struct parser *p)
{
    size_t at = p->t.at;
    bool minus = false;
    while (is_op(p, "-")) { /* a loop: "-----1" must not recurse */
        minus = !minus;
        advance(p);
    }
    struct expr *e = parse_primary(p);
    return minus ? node(p, EXPR_NEG, at, &e, 1) : e;
}

static struct expr *parse_product(struct parser *p)
{
    struct expr *e = parse_unary(p);
    while (e && is_op(p, "*")) {
        size_t at = p->t.at;
        advance(p);
        struct expr *pair[] = {e, parse_unary(p)};
        e = node(p, EXPR_MUL, at, pair, 2);
    }
    return e;
}

static struct expr *parse_sum(struct parser *p)
{
    struct expr *e = parse_product(p);
    while (e && (is_op(p, "+") || is_op(p, "-"))) {
        size_t at = p->t.at;
        enum expr_op op = is_op(p, "+") ? EXPR_ADD : EXPR_SUB;
        advance(p);
        struct expr *pair[] = {e, parse_product(p)};
        e = node(p, op, at, pair, 2);
    }
    return e;
}

static bool comparison(const struct parser *p, enum expr_op *op_r)
{
    static const struct {
        const char *text;
        enum expr_op op;
    } table[] = {
        {"==", EXPR_EQ},
        {"!=", EXPR_NE},
        {"<", EXPR_LT},
        {"<=", EXPR_LE},
        {">", EXPR_GT},
        {">=", EXPR_GE},
        {"in", EXPR_IN},
        {"not", EXPR_NOT},
        {"contains", EXPR_CONTAINS},
        {"starts_with", EXPR_STARTS},
        {"ends_with", EXPR_ENDS},
        {"matches", EXPR_MATCHES},
    };
    if (p->t.kind != TOKEN_OP && p->t.kind != TOKEN_WORD)
        return false;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
        if (strcmp(p->t.s, table[i].text) == 0) {
            *op_r = table[i].op;
            return true;
        }
    return false;
}

static struct expr *parse_matches(struct parser *p, struct expr *left, size_t at)
{
    size_t end = 0;
    const struct regex *regex = lexer_regex(p->unit, p->t.at + p->t.n, &end);
    if (!regex)
        return NULL;
    struct expr *e = node(p, EXPR_MATCHES, at, &left, 1);
    if (e)
        e->regex = regex;
    p->t = lexer_next(p->unit, end);
    return e;
}

static struct expr *parse_compare(struct parser *p)
{
    struct expr *e = parse_sum(p);
    enum expr_op op, more;
    bool negate = false;
    size_t at = p->t.at;
    if (!e || !comparison(p, &op))
        return e;
    if (op == EXPR_NOT) { /* "not in" */
        negate = true;
        advance(p);
        if (!is_word(p, "in"))
            return expr_fail(p->unit, p->t.at, "write: not (a == b), or: a not in [...]",
                             "behind a value 'not' needs 'in'");
        op = EXPR_IN;
    }
    if (op == EXPR_MATCHES) {
        e = parse_matches(p, e, at);
    } else {
        advance(p);
        struct expr *pair[] = {e, parse_sum(p)};
        e = node(p, op, at, pair, 2);
    }
    if (e && comparison(p, &more))
        return expr_fail(p->unit, p->t.at, "write: a < b and b < c", "comparisons cannot be chained");
    return negate ? node(p, EXPR_NOT, at, &e, 1) : e;
}

static struct expr *parse_not(struct parser *p)
{
    size_t at = p->t.at;
    bool negate = false, any = false;
    while (is_word(p, "not")) {
        negate = !negate;
        any = true;
        advance(p);
    }
    struct expr *e = parse_compare(p);
    return any && negate ? node(p, EXPR_NOT, at, &e, 1) : e;
}

/* Chains are one node with many kids: their length does not make the tree deep. */
static struct expr *parse_chain(struct parser *p, const char *word, enum expr_op op,
                                struct expr *(*parse)(struct parser *))
{
    struct expr *e = parse(p);
    struct kids kids = {0};
    size_t at = p->t.at;
    if (!e || !is_word(p, word))
        return e;
    add_kid(p, &kids, e);
    while (is_word(p, word)) {
        advance(p);
        struct expr *next = parse(p);
        if (!next)
            return NULL;
        add_kid(p, &kids, next);
    }
    return node(p, op, at, kids.v, kids.n);
}

static struct expr *parse_and(struct parser *p)
{
    return parse_chain(p, "and", EXPR_AND, parse_not);
}

static struct expr *parse_or(struct parser *p)
{
    struct expr *e;
    if (p->depth >= EXPR_MAX_DEPTH)
        return expr_fail(p->unit, p->t.at, "make a rule of a part and refer to it by its id",
                         "the expression is nested deeper than %d levels", EXPR_MAX_DEPTH);
    p->depth++;
    e = parse_chain(p, "or", EXPR_OR, parse_and);
    p->depth--;
    return e;
}

/* Words of other languages that stand where an operator is expected. */
static const char *other_word(const char *s)
{
    static const struct {
        const char *word, *remedy;
    } table[] = {{"is", "write ==, or the condition alone"},
                 {"equals", "write =="},
                 {"like", "write: contains \"...\", or: matches /pattern/i"},
                 {"includes", "write: contains \"...\""},
                 {"has", "write: contains \"...\""},
                 {"xor", "write: a != b"}};
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
        if (strcasecmp(s, table[i].word) == 0)
            return table[i].remedy;
    return "join conditions with 'and' or 'or'; text stands in \"...\"";
}

static struct expr *trailing(struct parser *p)
{
    if (p->t.kind == TOKEN_BAD)
        return NULL;
    if (is_op(p, ")"))
        return expr_fail(p->unit, p->t.at, "remove it, or add a ( before", "this ')' closes nothing");
    if (is_op(p, ","))
        return expr_fail(p->unit, p->t.at, "join conditions with 'and' or 'or'", "a ',' joins no conditions");
    if (p->t.kind == TOKEN_OP)
        return expr_fail(p->unit, p->t.at, "comparisons bind one pair; join them with 'and' or 'or'",
                         "'%s' is not expected here", p->t.s);
    return expr_fail(p->unit, p->t.at, other_word(p->t.kind == TOKEN_NAME ? p->t.s : ""),
                     "expected 'and', 'or' or the end here");
}

struct expr *expr_parse(struct expr_unit *unit)
{
    struct parser p = {.unit = unit};
    size_t n = strlen(unit->text);
    if (n > EXPR_MAX_TEXT)
        return expr_fail(unit, 0, "make rules of its parts and refer to them by their ids",
                         "the expression is longer than %d bytes", EXPR_MAX_TEXT);
    p.t = lexer_next(unit, 0);
    if (p.t.kind == TOKEN_END)
        return expr_fail(unit, 0, "write a condition, e.g. lookalike.score >= 70", "the expression is empty");
    struct expr *e = parse_or(&p);
    if (!e)
        return NULL;
    return p.t.kind == TOKEN_END ? e : trailing(&p);
}
