#ifndef RINGER_LOOKALIKE_FEATURES_H
#define RINGER_LOOKALIKE_FEATURES_H
#include "lookalike/query.h"

/* Which features of points.def a finding has, for each kind of it. */
void features_whole(const struct query *q, const struct hit *hit, const struct seen *seen,
                    struct features *features);
void features_equal(const struct query *q, const struct hit *hit, const struct seen *seen,
                    struct features *features);
void features_inside(const struct query *q, const struct hit *hit, const struct seen *seen,
                     struct features *features);
/* Those that say how crowded the neighbourhood of the name is, which takes a while when it is first asked. */
void features_crowding(const struct hit *hit, struct features *features);
/* How much of the name the edits leave recognisable, in characters. */
unsigned features_telling_length(const struct query *q, const struct hit *hit);

#endif
