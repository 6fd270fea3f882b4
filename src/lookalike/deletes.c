/*
 * Deletion neighbourhood (after W. Garbe's symmetric delete algorithm): turns "within two edits" into a
 * handful of exact lookups. The hash is a polynomial, so that a string without two of its characters costs four
 * additions.
 */
#include "lookalike/deletes.h"

#define BASE 0x9fb21c651e98df25u
/* BASE * UNBASE = 1 modulo 2^64 */
#define UNBASE 0x2ab9c720d1024adu

/*
 * behind[i] is the hash of s[i..n), before[i] of s[0..i) moved to the left of what is behind s[i]. With two
 * characters left out, what stands before the second moves one place further right: times UNBASE. The last character
 * counts BASE, not 1, so that each of them reaches the upper bits.
 */
struct sides {
    uint64_t before[DELETES_PREFIX + 1], behind[DELETES_PREFIX + 1];
};

/* Always inline: with a constant length the loops unroll. Each returns the number of keys. */
#define UNROLLED static inline __attribute__((always_inline))

UNROLLED unsigned one_out(const struct sides *x, size_t n, uint64_t *keys)
{
    for (size_t i = 0; i < n; i++)
        keys[i] = x->before[i] + x->behind[i + 1];
    return (unsigned)n;
}

UNROLLED unsigned two_out(const struct sides *x, size_t n, uint64_t *keys)
{
    uint64_t moved[DELETES_PREFIX + 1], gap[DELETES_PREFIX + 1];
    unsigned count = 0;
    for (size_t i = 0; i < n; i++) {
        moved[i] = x->behind[i] * UNBASE;
        gap[i] = x->behind[i + 1] - moved[i];
    }
#pragma GCC unroll 8
    for (size_t i = 0; i + 1 < n; i++) {
        uint64_t left = x->before[i] * UNBASE + moved[i + 1];
#pragma GCC unroll 8
        for (size_t j = i + 1; j < n; j++)
            keys[count++] = left + gap[j];
    }
    return count;
}

UNROLLED void make(const char *s, size_t n, unsigned edits, struct deletes *d)
{
    struct sides x;
    uint64_t power = BASE, hash = 0;
    unsigned upto[3]; /* keys with at most so many characters out */
    x.behind[n] = 0;
#pragma GCC unroll 8
    for (size_t i = n; i-- > 0; power *= BASE)
        x.behind[i] = x.behind[i + 1] + (unsigned char)s[i] * power;
    power *= UNBASE;
#pragma GCC unroll 8
    for (size_t i = 0; i < n; i++, power *= UNBASE) {
        x.before[i] = hash * power;
        hash = hash * BASE + (unsigned char)s[i];
    }
    if (n < DELETES_PREFIX)
        d->key[0] = x.behind[0];
    upto[0] = n < DELETES_PREFIX;
    upto[1] = upto[0] + (edits > 0 ? one_out(&x, n, d->key + upto[0]) : 0);
    upto[2] = upto[1] + (edits > 1 ? two_out(&x, n, d->key + upto[1]) : 0);
    d->n = upto[2];
    d->n_long = n > DELETES_SHORT ? upto[n - DELETES_SHORT - 1] : 0;
    d->n_short = n >= DELETES_SHORT ? upto[n - DELETES_SHORT] - d->n_long : 0;
}

void deletes_make(const char *s, size_t n, unsigned edits, struct deletes *d)
{
    if (n >= DELETES_PREFIX && edits == 2)
        make(s, DELETES_PREFIX, 2, d); /* the usual cases, unrolled */
    else if (n >= DELETES_PREFIX && edits == 1)
        make(s, DELETES_PREFIX, 1, d);
    else
        make(s, n < DELETES_PREFIX ? n : DELETES_PREFIX, edits, d);
}

unsigned deletes_of_name(const char *s, size_t n, uint64_t keys[DELETES_MAX])
{
    struct deletes d;
    uint64_t tail = deletes_tail(s, n);
    unsigned count = 0;
    deletes_make(s, n, deletes_edits(n), &d);
    for (unsigned i = 0; i < d.n; i++) {
        uint64_t key = d.key[i] + (n >= DELETES_TWO && i >= d.n_long ? tail : 0);
        unsigned j = 0;
        while (j < count && keys[j] != key)
            j++;
        keys[j] = key;
        count += j == count;
    }
    return count;
}
