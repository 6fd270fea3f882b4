#ifndef RINGER_LOOKALIKE_DELETES_H
#define RINGER_LOOKALIKE_DELETES_H
#include <stdbool.h>
#include "lookalike/index.h"

/*
 * The deletion neighbourhood of a string. Short names have no edits (nearly every short string is one edit
 * from another), longer ones one or two; only the first DELETES_PREFIX characters count.
 *
 * Six characters of a prefix are common to many names, so the keys of names with two edits that are that short also
 * hold the last two characters: when both edits lie in the prefix, the end is as it was. Given up for it: three cheap
 * edits, two of them in the prefix and one at the very end; in names of nine letters, where the end and the prefix
 * share a letter, two edits of which one stands on that letter.
 */
enum { DELETES_ONE = 4, DELETES_TWO = 9, DELETES_PREFIX = 8, DELETES_MAX = 1 + 8 + 28 };
enum { DELETES_SHORT = 6, DELETES_TAIL = 2 };

struct deletes {
    uint64_t hash[DELETES_MAX]; /* unfinished: deletes_key */
    unsigned n, n_long;         /* the first n_long are longer than DELETES_SHORT */
    uint64_t tail;
};

static inline unsigned deletes_edits(size_t n)
{
    return n >= DELETES_TWO ? 2 : n >= DELETES_ONE ? 1 : 0;
}
/* The string and all that is left of it after up to `edits` deletions. */
void deletes_make(const char *s, size_t n, unsigned edits, struct deletes *deletes_r);
/* Key number i; `tail`: as names of two edits have it. */
static inline uint64_t deletes_key(const struct deletes *deletes, unsigned i, bool tail)
{
    uint64_t end = tail && i >= deletes->n_long ? (deletes->tail + 1) * INDEX_HASH_START : 0;
    return index_hash_finish(deletes->hash[i] + end, KEY_DELETES);
}

#endif
