#ifndef RINGER_FACTS_COLLECT_H
#define RINGER_FACTS_COLLECT_H
#include "facts/auth.h"
#include "facts/contact.h"
#include "facts/history.h"
#include "facts/work.h"

/*
 * From a message to the table of facts. One file per family; each fills in its own facts and nothing else.
 */

/* All families, in order. `lookup` is NULL when the client is not known. */
struct facts *facts_collect(const struct fact_sources *sources, struct arena *arena,
                            const struct message *message, const struct auth_lookup *lookup);

#endif
