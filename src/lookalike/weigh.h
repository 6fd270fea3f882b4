#ifndef RINGER_LOOKALIKE_WEIGH_H
#define RINGER_LOOKALIKE_WEIGH_H
#include "lookalike/query.h"

/*
 * The score of a finding in a registrable name, once its surroundings are known: how crowded the neighbourhood of the
 * name is, and how long the list of protected names. What nobody overlooks by chance is strong whatever the list.
 */
int weigh(const struct query *q, const struct hit *hit, const struct seen *seen, int score);

#endif
