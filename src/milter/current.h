#ifndef RINGER_MILTER_CURRENT_H
#define RINGER_MILTER_CURRENT_H
#include "policy/policy.h"

/*
 * The policy that is in force. A message keeps the one it began with, while reloads put others in its place.
 */

/* Puts it in force; takes the caller's reference. */
void current_install(struct policy *policy);
/* A reference to the one in force, for policy_unref(); never NULL once one was installed. */
struct policy *current_get(void);

#endif
