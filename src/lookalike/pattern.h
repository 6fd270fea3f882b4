#ifndef RINGER_LOOKALIKE_PATTERN_H
#define RINGER_LOOKALIKE_PATTERN_H
#include <stddef.h>
#include <stdint.h>

/*
 * The number of edits between one string and many others, bit-parallel: all of a column at once (H. Hyyrö, "A
 * bit-vector algorithm for computing Levenshtein and Damerau edit distances", 2003). Characters are first mapped, so
 * that look-alikes count as equal. It sorts out candidates before the weighted distance, which takes far longer.
 */
enum { PATTERN_MAX_EDITS = 3 /* two, and one more for a look-alike sequence that counts as two */ };
/* What so few edits can change in form_letters: two bits each, and one more where a sequence is broken. */
enum { PATTERN_MAX_LETTERS = 2 * PATTERN_MAX_EDITS + 1 };

struct pattern {
    uint64_t
        at[128];   /* where each character stands; the upper half of the bytes shares places with the lower */
    const char *s; /* borrowed */
    size_t n;
};

/* At most 63 bytes. `map` gives what each byte counts as, below 128. */
void pattern_make(struct pattern *pattern, const uint8_t map[256], const char *s, size_t n);
/* The number of edits, or some number above PATTERN_MAX_EDITS when there are more than those. */
unsigned pattern_edits(const struct pattern *pattern, const uint8_t map[256], const char *s, size_t n);

#endif
