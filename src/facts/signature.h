#ifndef RINGER_FACTS_SIGNATURE_H
#define RINGER_FACTS_SIGNATURE_H
#include "facts/work.h"

/* The last lines of the sender's own words, from the last one up, until `look` returns true. */
void signature_lines(struct fact_work *work, bool (*look)(void *context, const char *line), void *context);

#endif
