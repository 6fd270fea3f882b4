#ifndef RINGER_RULES_EXPR_H
#define RINGER_RULES_EXPR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "facts/facts.h"
#include "rules/locate.h"
#include "rules/regex.h"

/*
 * Expressions over facts (grammar: parser.c; types: check.c; meaning: eval.c and ringer-rules(5)). A tree in the
 * ruleset's arena. After expr_check() EXPR_NAME, EXPR_CALL and EXPR_NE are gone and every node has its type.
 */
enum expr_op {
    EXPR_NAME,
    EXPR_CALL, /* as parsed */
    EXPR_BOOL,
    EXPR_INT,
    EXPR_STRING,
    EXPR_LITERALS, /* LITERALS: a list of EXPR_STRING or EXPR_INT */
    EXPR_FACT,
    EXPR_RULE,
    EXPR_ITEM,
    EXPR_NOT,
    EXPR_AND,
    EXPR_OR,
    EXPR_IFF,
    EXPR_EQ,
    EXPR_NE,
    EXPR_LT,
    EXPR_LE,
    EXPR_GT,
    EXPR_GE, /* numbers */
    EXPR_SAME,
    EXPR_IN,
    EXPR_CONTAINS,
    EXPR_STARTS,
    EXPR_ENDS,
    EXPR_MATCHES, /* text and lists */
    EXPR_NEG,
    EXPR_ADD,
    EXPR_SUB,
    EXPR_MUL,
    EXPR_MIN,
    EXPR_MAX,
    EXPR_KNOWN,
    EXPR_COUNT_OF, /* how many of some conditions hold (any and all become OR and AND) */
    EXPR_ANY_ITEM,
    EXPR_ALL_ITEM,
    EXPR_COUNT_ITEM,
    EXPR_LENGTH /* over the items of a list */
};

/* Hostile rules: nobody writes deeper or longer, and we recurse. */
enum { EXPR_MAX_TEXT = 16 * 1024, EXPR_MAX_DEPTH = 64, EXPR_MAX_INT = 1000000000 };

struct expr {
    enum expr_op op;
    enum fact_type type;
    uint32_t at; /* offset in the text, for messages */
    uint16_t depth;
    uint32_t n;
    struct expr **kid;
    union {
        int64_t i;
        bool b;
        const char *s; /* STRING; NAME, CALL: the name */
        enum fact_id fact;
        uint32_t rule;
        const struct regex *regex;
    };
};

struct expr_rule_name {
    const char *id;
    uint32_t index;
};

/* One expression on its way from text to tree. At most one error is reported for it. */
struct expr_unit {
    struct arena *arena;
    struct diag_list *diags;
    struct locate where; /* where its text stands */
    const char *text;
    struct regex_list *regexes;
    const struct expr_rule_name *rules; /* that may be referred to, sorted by id */
    size_t n_rules;
    bool in_item; /* inside any(list, ...): `item` means something */
    bool failed;
};

/* NULL when the text is no expression (reported). Needs arena, diags, where, text, regexes. */
struct expr *expr_parse(struct expr_unit *unit);
/* Resolves names, checks types. NULL when it is wrong (reported). Needs `rules`, too. */
struct expr *expr_check(struct expr_unit *unit, struct expr *root, enum fact_type want);
/* Reports at byte `at` of the text. Returns NULL. */
struct expr *expr_fail(struct expr_unit *unit, size_t at, const char *remedy, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
bool expr_equal(const struct expr *a, const struct expr *b);
/* A node over `n` kids: up to two are given, of more there is only the room. */
struct expr *expr_node(struct expr_unit *unit, enum expr_op op, size_t at, size_t n, struct expr *a,
                       struct expr *b);
struct expr *expr_boolean(struct expr *e, enum expr_op op); /* makes `e` that operator, with a truth value */
struct expr *expr_not(struct expr_unit *unit, struct expr *e);

/* Three-valued: unknown and false = false, unknown or true = true, not unknown = unknown. */
enum tri { TRI_FALSE, TRI_TRUE, TRI_UNKNOWN };
/* A number that is not known lies between two bounds: count() of conditions, some of them unknown, is known in part. */
struct range {
    int64_t low, high;
};
struct expr_env {
    const struct facts *facts;  /* NULL: nothing is known, not even what is known */
    const unsigned char *rules; /* enum tri of every rule; NULL: unknown */
    struct regex_run *regex;    /* NULL: matches are unknown */
    const char *item;
};
enum tri expr_eval(const struct expr *expr, const struct expr_env *env);
struct range expr_eval_int(const struct expr *expr, const struct expr_env *env);

#endif
