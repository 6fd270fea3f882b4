#ifndef RINGER_FACTS_AUTH_H
#define RINGER_FACTS_AUTH_H
#include "facts/work.h"

/* No trusted header says anything about authentication: the DNS is worth asking. */
bool facts_auth_needed(const struct fact_sources *sources, struct arena *arena,
                       const struct message *message);
/* Does SPF or DKIM pass for an organisation, whoever From is? `registrable`: its registrable domain. */
bool auth_passes_for(struct fact_work *work, const char *registrable);

/*
 * Authentication-Results under a configured name that claim a pass which the topmost denies: at most `max` of their
 * numbers (1 = the topmost of all fields of that name), in order. Returns how many.
 */
size_t facts_auth_forged(const struct fact_sources *sources, struct arena *arena,
                         const struct message *message, size_t *numbers, size_t max);

#endif
