#ifndef RINGER_LOOKALIKE_WHOLE_H
#define RINGER_LOOKALIKE_WHOLE_H
#include "lookalike/near.h"
#include "lookalike/query.h"

/* Whole names: skeletons, edits and other suffixes. Says first what names shall be found near; then each layer of the index is asked. */
void whole_ask(struct seen *seen, struct near *near);
void whole_match(struct query *q, struct seen *seen, const struct lookalike_index *index,
                 const struct near *near);

#endif
