#ifndef RINGER_RULES_RULES_H
#define RINGER_RULES_RULES_H
#include <stddef.h>
#include "base/arena.h"
#include "base/diag.h"
#include "base/enumname.h"
#include "facts/facts.h"

/*
 * Rules as security staff write them: an expression over facts, a score, an axis, a text for people and tests
 * of their own (ringer-rules(5)). A ruleset is immutable after loading and safe for any number of threads.
 */

#define AXIS_LIST(X)                                                                                         \
    X(AXIS_IDENTITY, "identity") /* is the sender who he says he is? */                                      \
    X(AXIS_REQUEST, "request")   /* does the message ask for what fraudsters ask? */                         \
    X(AXIS_CONTEXT, "context")   /* raises or lowers, decides nothing alone */
ENUM_DECLARE(axis, AXIS_LIST)
enum { AXIS_COUNT = AXIS_CONTEXT + 1 };

#define RULE_STATE_LIST(X)                                                                                   \
    X(RULE_ON, "on")                                                                                         \
    X(RULE_MONITOR, "monitor") /* reported, not counted */                                                   \
    X(RULE_OFF, "off")         /* never hits; false where other rules refer to it */
ENUM_DECLARE(rule_state, RULE_STATE_LIST)

#define RULE_ALONE_LIST(X)                                                                                   \
    X(RULE_ALONE_SCORE, "by score") /* what one axis adds up to is tagged at most */                         \
    X(RULE_ALONE_YES, "yes")        /* suffices by itself: such a message is held */                         \
    X(RULE_ALONE_NO, "no")          /* says nothing as long as nothing else speaks against a message */
ENUM_DECLARE(rule_alone, RULE_ALONE_LIST)

#define SEVERITY_LIST(X)                                                                                     \
    X(SEVERITY_INFO, "info")                                                                                 \
    X(SEVERITY_LOW, "low")                                                                                   \
    X(SEVERITY_MEDIUM, "medium") X(SEVERITY_HIGH, "high") X(SEVERITY_CRITICAL, "critical")
ENUM_DECLARE(severity, SEVERITY_LIST)

struct rule_hit {
    const char *id;
    const char *title;
    enum axis axis;
    int score;       /* may be negative */
    const char *why; /* placeholders filled in */
    bool monitor;    /* enabled: monitor: reported, not counted */
    enum rule_alone alone;
    bool booster;        /* counts, but no message is held that would not be without it */
    const char *group;   /* of the hits of a group only the highest counts on each axis; NULL = none */
    const char *allowed; /* why it does not count for this sender; NULL: it does */
    bool counted;        /* set by verdict_decide(): false for monitor and for the lower ones of a group */
};

struct rule_hits {
    const struct rule_hit *v;
    size_t n;
    unsigned limits; /* patterns that hit a limit on this message: those conditions are unknown, not false */
};

/* What is written about a rule, for lists and reports. Lives with the ruleset. */
struct rule_info {
    const char *id, *title, *why, *when, *score, *group, *pack;
    enum axis axis;
    enum severity severity;
    enum rule_state state;
    enum rule_alone alone;
    bool booster;
    const char *const *tags;
    size_t n_tags, n_tests;
    struct diag_at at;
};

/* Where rules come from. */
struct ruleset_source {
    const char *path;          /* a YAML file, or a folder of *.yaml; with `text`: its name in messages */
    struct span text;          /* with p: the file's text, and nothing is read from disk */
    const char *const *except; /* names of files that are left out of the folder */
    size_t n_except;
    bool may_not_lower; /* a negative score is an error */
};

struct ruleset;
/* All of them as one set. NULL on any error (diags says where and what to do). */
struct ruleset *ruleset_load_from(const struct ruleset_source *sources, size_t n, struct diag_list *diags);
/* Hexadecimal digest of the texts of all files, in their order. Lives with the ruleset. */
const char *ruleset_digest(const struct ruleset *rules);
/* Each path is a YAML file or a folder of *.yaml. NULL on any error (diags says where and what to do). */
struct ruleset *ruleset_load(const char *const *paths, size_t n_paths, struct diag_list *diags);
/* The same from a text in memory; `name` stands for the file in messages. */
struct ruleset *ruleset_parse(const char *name, struct span text, struct diag_list *diags);
void ruleset_free(struct ruleset **rules);
size_t ruleset_size(const struct ruleset *rules);
const struct rule_info *ruleset_info(const struct ruleset *rules, size_t i); /* in the order of the files */
/* Switches a rule off, before the ruleset is used. False when there is no rule of that id. */
bool ruleset_disable(struct ruleset *rules, const char *id);
/* Runs the tests that stand in the rules; an error for each that fails. Returns the number run. */
size_t ruleset_test(const struct ruleset *rules, struct diag_list *diags);
/* Judges one message file by these rules into *hits_r; false with the reason (in arena) when it cannot be read. */
typedef bool rules_judge_fn(void *ctx, const struct ruleset *rules, const char *path, struct arena *arena,
                            struct rule_hits *hits_r, const char **error_r);
/* Runs those tests that name a message file (relative to the rule's own file). Returns the number run. */
size_t ruleset_test_messages(const struct ruleset *rules, rules_judge_fn *judge, void *ctx,
                             struct diag_list *diags);
/* Evaluates every rule. `why` texts live in `arena`, ids and titles with the ruleset. */
struct rule_hits rules_eval(const struct ruleset *rules, const struct facts *facts, struct arena *arena);

struct rule_cost {
    double nanoseconds;
    unsigned long long hits, unknown;
};
/* Adds what each rule costs on these facts to costs[ruleset_size()]. Much slower than rules_eval(). */
void rules_profile(const struct ruleset *rules, const struct facts *facts, struct arena *arena,
                   struct rule_cost *costs);

#endif
