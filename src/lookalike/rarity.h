#ifndef RINGER_LOOKALIKE_RARITY_H
#define RINGER_LOOKALIKE_RARITY_H
#include <stddef.h>
#include <stdint.h>
#include "lookalike/strset.h"

/*
 * How surprising a row of letters is, to somebody who knows the shipped words only: a rare row inside a longer
 * name is seldom there by chance, and a misspelling is usually rarer than what it imitates.
 */
enum { RARITY_LETTERS = 28 /* a to z, the beginning, anything else */, RARITY_BIT = 16 };

struct rarity {
    uint8_t cost[RARITY_LETTERS][RARITY_LETTERS]
                [RARITY_LETTERS]; /* of the third letter after the first two */
};

/* Learns from the members of the sets. */
void rarity_learn(struct rarity *rarity, const struct strset *const sets[], size_t n_sets);
/* In sixteenths of a bit, for the whole row. */
unsigned rarity_of(const struct rarity *rarity, const char *p, size_t n);

#endif
