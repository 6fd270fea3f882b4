#ifndef RINGER_LOOKALIKE_DELETES_H
#define RINGER_LOOKALIKE_DELETES_H
#include <stddef.h>
#include <stdint.h>

/*
 * The deletion neighbourhood of a string. Short names have no edits (nearly every short string is one edit
 * from another), longer ones one or two; only the first DELETES_PREFIX characters count.
 */
enum { DELETES_ONE = 4, DELETES_TWO = 9, DELETES_PREFIX = 8, DELETES_MAX = 1 + 8 + 28 };

static inline unsigned deletes_edits(size_t n)
{
    return n >= DELETES_TWO ? 2 : n >= DELETES_ONE ? 1 : 0;
}
/* The keys of the string and all that is left of it after up to `edits` deletions. Returns how many. */
unsigned deletes_keys(const char *s, size_t n, unsigned edits, uint64_t keys[DELETES_MAX]);

#endif
