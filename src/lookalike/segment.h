#ifndef RINGER_LOOKALIKE_SEGMENT_H
#define RINGER_LOOKALIKE_SEGMENT_H
#include "lookalike/skeleton.h"

/*
 * What the letters around a name are: known affixes, words, digits, or unknown. Computed once for a label, for
 * every beginning and every end of it.
 */
struct reading {     /* of plain[0..i) or plain[i..n) */
    uint8_t unknown; /* letters that no affix, word or number explains */
    uint8_t lures;   /* parts that are AFFIX_LURE */
    uint8_t parts;
    uint16_t kinds; /* bits of enum affix_kind and SEGMENT_* of the explained parts */
    uint16_t next;  /* of the part that touches i; 0 = an unknown letter, or nothing */
};

struct segments {
    struct reading before[FORM_MAX + 1], behind[FORM_MAX + 1];
    uint64_t cuts; /* bit i: a part begins at i in the best reading of the whole label */
};
enum { SEGMENT_WORD = 128, SEGMENT_DIGITS = 256 };

void segments_make(const struct tables *tables, const struct form *form, struct segments *segments_r);

#endif
