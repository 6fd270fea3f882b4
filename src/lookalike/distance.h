#ifndef RINGER_LOOKALIKE_DISTANCE_H
#define RINGER_LOOKALIKE_DISTANCE_H
#include <stddef.h>
#include <stdint.h>
#include "lookalike/tables.h"

/*
 * Weighted, banded Damerau-Levenshtein distance: what it costs to turn the genuine name into the seen one, in
 * hundredths of an edit. Look-alikes, repetitions, transpositions, plurals, vowels and neighbouring keys cost
 * less than an arbitrary edit, one in the first character costs more. Not symmetric in the plural only.
 */
enum edit_kind {
    EDIT_VISUAL,
    EDIT_REPEAT,
    EDIT_TRANSPOSE,
    EDIT_PLURAL,
    EDIT_VOWEL,
    EDIT_KEY,
    EDIT_OMIT,
    EDIT_INSERT,
    EDIT_OTHER
};
enum { DISTANCE_BAND = 3, DISTANCE_MAX_EDITS = 8, DISTANCE_MAX_LENGTH = 63 };

struct edit {
    uint8_t kind;  /* enum edit_kind */
    uint8_t at, n; /* in the seen name */
    uint8_t at_genuine, n_genuine;
    uint8_t cost;
};

struct alignment {
    unsigned cost;
    unsigned n;
    struct edit edits[DISTANCE_MAX_EDITS]; /* left to right */
};

/* The cost, or more than `limit` when it is more; with the edits, the first DISTANCE_MAX_EDITS. */
unsigned distance_align(const struct tables *tables, const char *seen, size_t n_seen, const char *genuine,
                        size_t n_genuine, unsigned limit, struct alignment *alignment_r);

#endif
