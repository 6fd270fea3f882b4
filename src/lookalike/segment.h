#ifndef RINGER_LOOKALIKE_SEGMENT_H
#define RINGER_LOOKALIKE_SEGMENT_H
#include "lookalike/skeleton.h"

/*
 * What the letters around a name are: known affixes, words, digits, or unknown. Computed once for a label, for
 * every beginning and every end of it.
 */
struct segments {
    uint8_t unknown_before[FORM_MAX + 1]; /* letters of plain[0..i) that no affix, word or number explains */
    uint8_t unknown_behind[FORM_MAX + 1]; /* of plain[i..n) */
    uint8_t kinds_before[FORM_MAX + 1];   /* bits of enum affix_kind and SEGMENT_* of the explained parts */
    uint8_t kinds_behind[FORM_MAX + 1];
    uint64_t cuts; /* bit i: a part begins at i in the best reading of the whole label */
};
enum { SEGMENT_WORD = 32, SEGMENT_DIGITS = 64 };

void segments_make(const struct tables *tables, const struct form *form, struct segments *segments_r);

#endif
