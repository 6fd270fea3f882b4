#ifndef RINGER_LOOKALIKE_SCORE_H
#define RINGER_LOOKALIKE_SCORE_H
#include "lookalike/query.h"

/* 0..100 from what was found. */
int score_whole(const struct query *q, struct hit *hit, struct seen *seen);
int score_contained(const struct query *q, struct hit *hit, struct seen *seen);
/* The greatest distance, in hundredths of an edit, at which a name of this length is still taken for the genuine one. */
enum { SCORE_MAX_COST = 200, SHORT_SAME = 25 /* of one to three letters, when some are of another script */ };
unsigned score_allowed_cost(size_t n, bool same_suffix);

#endif
