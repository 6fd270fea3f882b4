#ifndef RINGER_RULES_RULESET_H
#define RINGER_RULES_RULESET_H
#include <sodium.h>
#include "rules/expr.h"
#include "rules/rules.h"

/* The inside of a ruleset, for the files of this folder alone. */

struct why_part { /* a text, or the value of a fact behind it */
    struct span text;
    bool has_fact;
    enum fact_id fact;
};

struct rule_test {
    struct diag_at at;
    const struct facts *facts; /* NULL when a message file is named */
    const char *message;       /* path, ready to be opened */
    bool hit;
    const char *why; /* must stand in the rule's text; NULL = not asked */
    bool has_score;
    int64_t score;
};

struct rule {
    struct rule_info info;
    struct expr *when, *score; /* score is NULL for a plain number */
    int fixed_score;
    bool refers; /* to other rules */
    bool may_not_lower;
    const struct why_part *why;
    size_t n_why;
    const struct rule_test *tests;
    const struct yamltree_node *node;
    struct locate where; /* of the condition */
};

struct ruleset {
    struct arena *arena;
    struct rule *rules; /* in the order of the files */
    size_t n;
    uint32_t *order; /* indexes: a rule stands behind those it refers to */
    struct expr_rule_name *names;
    struct regex_list regexes;
    crypto_generichash_state *hash; /* of the texts read so far; while loading */
    const char *digest;
};

enum {
    RULES_MAX = 20000,   /* an expression refers to rules by number; nobody maintains more */
    RULE_TESTS_MAX = 200 /* a rule */
};

/* One file; adds its rules. False when something is wrong (reported). */
bool rules_read_file(struct ruleset *set, const struct yamltree_node *root, struct span file,
                     struct diag_list *diags);
/* Names, references, order, decidable conditions: after all files were read. */
bool rules_link(struct ruleset *set, struct diag_list *diags);
bool rules_order(struct ruleset *set, struct diag_list *diags);
/* Conditions that never hold or always do. */
bool rules_decide(const struct ruleset *set, const struct rule *rule, struct diag_list *diags);

/* The text for people and its placeholders. */
bool why_parse(struct expr_unit *unit, const struct why_part **parts_r, size_t *n_r);
const char *why_fill(const struct rule *rule, const struct facts *facts, struct arena *arena);

/* One rule alone, whatever its state (and those it refers to); *hit_r is filled in when it is TRI_TRUE. */
enum tri rules_eval_one(const struct ruleset *set, const struct rule *rule, const struct facts *facts,
                        struct arena *arena, struct rule_hit *hit_r);

/* `tests:` of a rule. */
bool rule_tests_read(struct ruleset *set, struct rule *rule, const struct yamltree_node *list,
                     struct diag_list *diags);

#endif
