#ifndef RINGER_LOOKALIKE_LOOKUP_H
#define RINGER_LOOKALIKE_LOOKUP_H
#include "lookalike/query.h"

/* The lookup with the caller's points and eyes: index, arena and points are set, the rest is filled. */
const struct lookalike_result *lookup_match(struct query *q, const char *domain);

#endif
