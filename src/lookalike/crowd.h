#ifndef RINGER_LOOKALIKE_CROWD_H
#define RINGER_LOOKALIKE_CROWD_H
#include "lookalike/tables.h"

/*
 * Popular domains (data/lookalike/crowd.txt), to count those that lie near a name: where many honest ones do, one more
 * is no finding. A name is counted by looking at all of them, which takes some tenths of a millisecond.
 */
struct crowd_count {   /* of other labels */
    unsigned one, two; /* within so many edits, when look-alikes count as equal */
    unsigned within;   /* that hold the name */
    unsigned equal;    /* the same label, under whatever suffix */
    unsigned all;      /* labels there are */
};

/* Counts what lies near `key`, n characters of a plain form. The first one arranges the list for it. */
struct crowd_count crowd_count(const struct tables *tables, const char *key, unsigned n);

#endif
