#ifndef RINGER_LOOKALIKE_CONTAINED_H
#define RINGER_LOOKALIKE_CONTAINED_H
#include "lookalike/near.h"
#include "lookalike/query.h"

/* Names inside longer ones, separated or not, also misspelt; the same two steps as in whole.h. */
void contained_ask(const struct query *q, const struct seen *seen, struct near *near);
void contained_match(struct query *q, struct seen *seen, const struct lookalike_index *index,
                     const struct near *near);

#endif
