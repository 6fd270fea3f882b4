#ifndef RINGER_LOOKALIKE_CROWDING_H
#define RINGER_LOOKALIKE_CROWDING_H
#include "lookalike/index.h"

/*
 * How crowded the neighbourhood of a protected name is, in levels: 0 none, 1 one, 2 two or three, 3 four to seven ...
 * 7 sixty-four or more. Popular domains count, and the other names that this index protects (and its base: never the
 * other way round, so that names learned later cannot raise what it takes to be an imitation of a configured one).
 * Counted when first asked and kept; any number of threads may ask.
 */
enum { CROWDING_MOST = 7 };
struct crowding {
    uint8_t one, two; /* names within so many edits */
    uint8_t within;   /* popular labels that hold the name */
    uint8_t equal;    /* popular domains with the same label that are not protected */
    bool popular;     /* the name itself is a popular domain */
};
struct crowding crowding_of(const struct lookalike_index *index, uint32_t core);

#endif
