/*
 * Deletion neighbourhood (after W. Garbe's symmetric delete algorithm): turns "within two edits" into a
 * handful of exact lookups. The hash is a polynomial, so that a string without two of its characters costs four
 * additions.
 */
#include "lookalike/deletes.h"

#define BASE 0x9fb21c651e98df25u
/* BASE * UNBASE = 1 modulo 2^64 */
#define UNBASE 0x2ab9c720d1024adu

/* One of a run of equal characters stands for all of them: deleting another gives the same string. */
static int again(const char *s, size_t i, size_t first)
{
    return i > first && s[i] == s[i - 1];
}

/*
 * behind[i] is the hash of s[i..n), before[i] of s[0..i) moved to the left of what is behind s[i]. With two
 * characters left out, what stands before the second moves one place further right: times UNBASE.
 */
static void two_out(const char *s, size_t n, const uint64_t before[], const uint64_t behind[],
                    struct deletes *d)
{
    uint64_t moved[DELETES_PREFIX + 1];
    for (size_t i = 0; i <= n; i++)
        moved[i] = behind[i] * UNBASE;
    for (size_t i = 0; i + 1 < n; i++) {
        if (again(s, i, 0))
            continue;
        uint64_t left = before[i] * UNBASE + moved[i + 1];
        for (size_t j = i + 1; j < n; j++)
            if (!again(s, j, i + 1))
                d->hash[d->n++] = left - moved[j] + behind[j + 1];
    }
}

void deletes_make(const char *s, size_t n, unsigned edits, struct deletes *d)
{
    uint64_t before[DELETES_PREFIX + 1], behind[DELETES_PREFIX + 1], power = 1, hash = 0;
    d->tail = n < DELETES_TAIL ? 0 : (uint64_t)(unsigned char)s[n - 2] << 8 | (unsigned char)s[n - 1];
    if (n > DELETES_PREFIX)
        n = DELETES_PREFIX;
    behind[n] = 0;
    for (size_t i = n; i-- > 0; power *= BASE)
        behind[i] = behind[i + 1] + (unsigned char)s[i] * power;
    power *= UNBASE;
    for (size_t i = 0; i < n; i++, power *= UNBASE) {
        before[i] = hash * power;
        hash = hash * BASE + (unsigned char)s[i];
    }
    d->hash[0] = behind[0];
    d->n = 1;
    for (size_t i = 0; edits > 0 && i < n; i++)
        if (!again(s, i, 0))
            d->hash[d->n++] = before[i] + behind[i + 1];
    d->n_long = n > DELETES_SHORT + 1 ? d->n : n > DELETES_SHORT ? 1 : 0;
    if (edits > 1)
        two_out(s, n, before, behind, d);
}
