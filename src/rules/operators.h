#ifndef RINGER_RULES_OPERATORS_H
#define RINGER_RULES_OPERATORS_H
#include "rules/expr.h"

/* Types an operator whose operands have been checked. NULL when they do not fit (reported). */
struct expr *operator_check(struct expr_unit *unit, struct expr *e);
struct expr *operator_arithmetic(struct expr_unit *unit, struct expr *e); /* also min and max */
/* Are all of them conditions? False when not (reported). */
bool operand_bool(struct expr_unit *unit, struct expr *const *kids, size_t n);
/* Is it of that type? False when not: "WHAT, but ... is ..." (reported). */
bool operand_type(struct expr_unit *unit, const struct expr *e, enum fact_type type, const char *what);

#endif
