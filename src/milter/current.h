#ifndef RINGER_MILTER_CURRENT_H
#define RINGER_MILTER_CURRENT_H
#include "judge/services.h"
#include "policy/policy.h"

/*
 * The policy that is in force, and the services. A message keeps the one it began with, while reloads put others in its place.
 */

/* Puts it in force; takes the caller's reference. */
void current_install(struct policy *policy);
/* A reference to the one in force, for policy_unref(); never NULL once one was installed. */
struct policy *current_get(void);

/*
 * The services go their own way: they stay through reloads that do not touch their options, since workers are warm
 * and SPF has answers in store; a judgement ends with those it began with.
 */

/* New ones in force, of this configuration and with this store; NULL conf: none. The old ones end with their last user. */
void current_start_services(const struct conf *conf, struct store *store, worker_log *log);
/* What a judgement may use, for current_release_services(); never NULL while mail is judged. */
struct services *current_services(void);
void current_release_services(struct services **services); /* sets it to NULL */

#endif
