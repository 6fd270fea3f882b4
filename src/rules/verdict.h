#ifndef RINGER_RULES_VERDICT_H
#define RINGER_RULES_VERDICT_H
#include "base/enumname.h"
#include "rules/rules.h"

#define ACTION_LIST(X)                                                                                       \
    X(ACTION_PASS, "pass")                                                                                   \
    X(ACTION_TAG, "tag")                                                                                     \
    X(ACTION_QUARANTINE, "quarantine")                                                                       \
    X(ACTION_REJECT, "reject")
ENUM_DECLARE(action, ACTION_LIST)

/*
 * When scores become actions. Identity and request trade: a message is held only when
 * both axes reach their floor and their sum reaches `hold`; each axis alone is at most tagged. Rules may say otherwise
 * (enum rule_alone): a hit that suffices alone holds whatever the scores are, but never rejects.
 */
struct verdict_policy {
    int tag;            /* total from which a message is tagged */
    int hold;           /* sum of identity and request (and context) from which it is held */
    int identity_floor; /* least identity score for holding */
    int request_floor;  /* least request score for holding */
    int reject;         /* total from which it is rejected; 0 = never (the default) */
};
extern const struct verdict_policy verdict_policy_default;

struct verdict {
    enum action action;         /* what enforce mode would do */
    int score;                  /* 0..100 */
    int axis_score[AXIS_COUNT]; /* each 0..100, context may be negative */
    unsigned axes;              /* bits 1 << AXIS_IDENTITY, AXIS_REQUEST: those that reached their floor */
    const char *allowed;        /* why it is not held; NULL: no allow entry was needed */
    struct rule_hits hits;      /* highest score first */
};

struct verdict verdict_decide(const struct verdict_policy *policy, struct rule_hits hits,
                              struct arena *arena);

#endif
