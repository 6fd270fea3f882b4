#ifndef RINGER_FACTS_CONTACT_H
#define RINGER_FACTS_CONTACT_H
#include "facts/work.h"
#include "store/contact.h"

/* A message of ours as history sees it: who of us writes to whom. */
const struct contact *contact_sent(const struct fact_sources *sources, struct arena *arena,
                                   const struct message *message);

#endif
