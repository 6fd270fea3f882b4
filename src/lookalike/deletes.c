/*
 * Deletion neighbourhood (after W. Garbe's symmetric delete algorithm): turns "within two edits" into a
 * handful of exact lookups.
 */
#include "lookalike/deletes.h"
#include "lookalike/index.h"

static uint64_t key_without(const char *s, size_t n, size_t skip, size_t skip2)
{
    uint64_t h = INDEX_HASH_START;
    for (size_t i = 0; i < n; i++)
        if (i != skip && i != skip2)
            h = index_hash_extend(h, s[i]);
    return index_hash_finish(h, KEY_DELETES);
}

/* One of a run of equal characters stands for all of them: deleting another gives the same string. */
static int again(const char *s, size_t i, size_t first)
{
    return i > first && s[i] == s[i - 1];
}

unsigned deletes_keys(const char *s, size_t n, unsigned edits, uint64_t keys[DELETES_MAX])
{
    unsigned count = 0;
    if (n > DELETES_PREFIX)
        n = DELETES_PREFIX;
    keys[count++] = key_without(s, n, n, n);
    for (size_t i = 0; edits > 0 && i < n; i++)
        if (!again(s, i, 0))
            keys[count++] = key_without(s, n, i, n);
    for (size_t i = 0; edits > 1 && i < n; i++)
        for (size_t j = i + 1; j < n && !again(s, i, 0); j++)
            if (!again(s, j, i + 1))
                keys[count++] = key_without(s, n, i, j);
    return count;
}
