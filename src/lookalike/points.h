#ifndef RINGER_LOOKALIKE_POINTS_H
#define RINGER_LOOKALIKE_POINTS_H
#include <stdbool.h>
#include <stdint.h>

/*
 * What a score is made of: each feature of a finding (features.c says what they mean) adds its points, in tenths. One
 * list, points.def: W_ of whole names, E_ of equal names under other suffixes, I_ of names inside longer ones.
 *
 * Where the points come from: bench/fit_lookalike fits a ridge logistic regression for each kind, on adjudicated
 * squats, phishing hosts and typosquats (counted tenfold, since there are few) against popular domains; its defaults
 * say how many findings it allows among harmless domains, in all some 160 weak and 7 strong ones of 10,000 with some
 * 4,700 protected names, before weigh.c takes off what a long list costs. The harmless domains are those of one half of
 * the crowd, what lies near a name is counted in the other. Of the target's suffix nothing is asked but how it compares with the seen one, since lists
 * mirror how they were collected. HAND are those that such lists say nothing about. A new feature is a row with 0
 * points, then the fit is run again.
 */
#define FEATURE(id, value, points, how) id,
enum feature {
#include "lookalike/points.def"
    N_FEATURES
};
#undef FEATURE

struct features { /* of one finding, a bit each; none when a guard alone has scored it */
    uint64_t set[(N_FEATURES + 63) / 64];
};
static inline bool feature_is_set(const struct features *f, unsigned feature)
{
    return f->set[feature / 64] >> (feature % 64) & 1;
}

enum { FEATURE_EVEN = 32 /* W_ODD: the seen name is as rare as the genuine one */ };
extern const uint16_t feature_value[N_FEATURES]; /* bound, kind of edit, part or word; 0 where it has none */
extern const int16_t feature_points[N_FEATURES]; /* the shipped ones */

#endif
