#ifndef RINGER_POLICY_SHIPPED_H
#define RINGER_POLICY_SHIPPED_H
#include "base/diag.h"

/*
 * Are the shipped rules on disk those that this Ringer was built with? Signed packs carry a signature; of the shipped
 * files the program knows the digests.
 */
enum shipped { SHIPPED_RULES, SHIPPED_PHRASES };

/* Tells, as `level`, each file that was changed, is missing, or lies there without belonging there. */
void shipped_check(enum shipped what, enum diag_level level, struct diag_list *diags);

#endif
