#ifndef RINGER_RULES_RULES_H
#define RINGER_RULES_RULES_H
#include <stddef.h>
#include "base/arena.h"
#include "base/diag.h"
#include "base/enumname.h"
#include "facts/facts.h"

/*
 * Rules as security staff write them: an expression over facts, a score, an axis, a text for people and tests
 * of their own. A ruleset is immutable after loading and safe for any number of threads.
 */

#define AXIS_LIST(X)                                                                                         \
    X(AXIS_IDENTITY, "identity") /* is the sender who he says he is? */                                      \
    X(AXIS_REQUEST, "request")   /* does the message ask for what fraudsters ask? */                         \
    X(AXIS_CONTEXT, "context")   /* raises or lowers, decides nothing alone */
ENUM_DECLARE(axis, AXIS_LIST)
enum { AXIS_COUNT = AXIS_CONTEXT + 1 };

struct rule_hit {
    const char *id;
    const char *title;
    enum axis axis;
    int score;       /* may be negative */
    const char *why; /* placeholders filled in */
    bool monitor;    /* enabled: monitor: reported, not counted */
};

struct rule_hits {
    const struct rule_hit *v;
    size_t n;
};

struct ruleset;
/* Each path is a YAML file or a folder of *.yaml. NULL on any error (diags says where and what to do). */
struct ruleset *ruleset_load(const char *const *paths, size_t n_paths, struct diag_list *diags);
void ruleset_free(struct ruleset **rules);
size_t ruleset_size(const struct ruleset *rules);
/* Runs the tests that stand in the rules; an error for each that fails. Returns the number run. */
size_t ruleset_test(const struct ruleset *rules, struct diag_list *diags);
/* Evaluates every rule. `why` texts live in `arena`, ids and titles with the ruleset. */
struct rule_hits rules_eval(const struct ruleset *rules, const struct facts *facts, struct arena *arena);

#endif
