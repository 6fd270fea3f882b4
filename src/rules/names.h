#ifndef RINGER_RULES_NAMES_H
#define RINGER_RULES_NAMES_H
#include "rules/expr.h"

/* EXPR_NAME becomes the fact, rule or item of its name. NULL when there is none (reported). */
struct expr *name_resolve(struct expr_unit *unit, struct expr *e);
/* `e` becomes the rule `id`; NULL when there is none (not reported). */
struct expr *name_rule(struct expr_unit *unit, struct expr *e, const char *id);
/* The rule, or with `facts` also the fact, that `name` looks like; NULL when none does. */
const char *name_nearest(struct expr_unit *unit, const char *name, bool facts);

#endif
