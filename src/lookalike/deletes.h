#ifndef RINGER_LOOKALIKE_DELETES_H
#define RINGER_LOOKALIKE_DELETES_H
#include <stdbool.h>
#include "lookalike/index.h"

/*
 * The deletion neighbourhood of a string. Short names have no edits (nearly every short string is one edit
 * from another), longer ones one or two; only the first DELETES_PREFIX characters count. Of those, the whole prefix
 * is no key: strings that share it share what is left without one of its characters.
 *
 * Six characters of a prefix are common to many names, so the keys of names with two edits that are that short also
 * hold the last two characters: when both edits lie in the prefix, the end is as it was. Given up for it: three cheap
 * edits, two of them in the prefix and one at the very end; in names of nine letters, where the end and the prefix
 * share a letter, two edits of which one stands on that letter.
 */
enum { DELETES_ONE = 4, DELETES_TWO = 9, DELETES_PREFIX = 8, DELETES_MAX = 8 + 28 };
enum { DELETES_SHORT = 6, DELETES_TAIL = 2 };

struct deletes {
    uint64_t
        key[DELETES_MAX]; /* unfinished, but its upper bits are mixed; by falling length of what is left */
    unsigned n_long, n_short; /* first those longer than DELETES_SHORT, then those that long */
    unsigned n;
};

static inline unsigned deletes_edits(size_t n)
{
    return n >= DELETES_TWO ? 2 : n >= DELETES_ONE ? 1 : 0;
}
/* The last characters of a string: added to a key that shall hold them. */
static inline uint64_t deletes_tail(const char *s, size_t n)
{
    uint64_t tail = 0;
    for (size_t i = n < DELETES_TAIL ? 0 : n - DELETES_TAIL; i < n; i++)
        tail = (tail + (unsigned char)s[i] + 1) * INDEX_HASH_START;
    return tail;
}
/* What is left of the string after up to `edits` deletions. A key may come twice when characters repeat. */
void deletes_make(const char *s, size_t n, unsigned edits, struct deletes *deletes_r);
/* What a lookup asks for: a name up to two characters longer may be of the next tier. */
static inline unsigned deletes_asked(size_t n)
{
    return n + 2 >= DELETES_TWO ? 2 : n + 1 >= DELETES_ONE ? 1 : 0;
}
/* The keys under which a name is kept, each once. */
unsigned deletes_of_name(const char *s, size_t n, uint64_t keys_r[DELETES_MAX]);

#endif
