#ifndef RINGER_LOOKALIKE_HITS_H
#define RINGER_LOOKALIKE_HITS_H
#include "lookalike/query.h"

/* Keeps the hit when it scores and is among the best. */
void hits_take(struct query *q, struct hit *hit, const struct seen *seen);
/* Puts the best findings first, and into the result. */
void hits_rank(struct query *q);
void hits_publish(struct query *q, struct lookalike_result *r);

#endif
