#ifndef RINGER_LOOKALIKE_FEATURES_H
#define RINGER_LOOKALIKE_FEATURES_H
#include <stdbool.h>
#include <stdint.h>

#include "lookalike/points.h"

/*
 * What a score is made of: each feature of a finding (features.c says what they mean) adds its points (points.h), in
 * tenths. One list for each kind of finding: W_ whole names, E_ equal names under other suffixes, I_ names inside
 * longer ones.
 *
 * Where the points come from: bench/fit_lookalike fits a ridge logistic regression for each kind, on adjudicated
 * squats, phishing hosts and typosquats (counted tenfold, since there are few) against popular domains; its defaults
 * say how many findings it allows among harmless domains, in all some 190 weak and 10 strong ones of 10,000 with some
 * 4,700 protected names. Of the target's suffix nothing is asked but how it compares with the seen one, since lists
 * mirror how they were collected. A new feature is added to its list in points.h with 0 points, then the fit is run
 * again.
 *
 * Set by hand (HAND), because those lists say nothing about them:
 * W_READ, I_READ  letters of other scripts or marks in a name that is near besides: no harmless list has any
 * W_ROOT          the edits lie in what is left of the name without a known word: W_LEN4.. count that part only
 * E_SUFFIX_NEAR   .co for .com: mail fraud chooses it, complaints about names do not
 * I_TYPO_PLAIN    one light misspelling in a long name that reads as nothing else, beside known words only
 *                 (myequifaz): the same
 */

#define FEATURE_ID_(id, points, how) id,
enum feature {
    WHOLE_FEATURES(FEATURE_ID_) EQUAL_FEATURES(FEATURE_ID_) INSIDE_FEATURES(FEATURE_ID_) N_FEATURES
};

struct features { /* of one finding, a bit each; none when a guard alone has scored it */
    uint64_t set[(N_FEATURES + 63) / 64];
};
static inline bool feature_is_set(const struct features *f, unsigned feature)
{
    return f->set[feature / 64] >> (feature % 64) & 1;
}
extern const int16_t feature_points[N_FEATURES]; /* the shipped ones; score.c */

#endif
