/*
 * Bit-parallel edit distance with transpositions: about one nanosecond a character. Bytes above 127 may be taken for
 * others, which can only make strings more alike; the weighted distance decides in the end.
 */
#include <string.h>

#include "lookalike/pattern.h"

static unsigned place(const char map[128], char c)
{
    unsigned char u = (unsigned char)c;
    return u < 128 ? (unsigned char)map[u] & 127 : u & 127;
}

void pattern_make(struct pattern *pattern, const char map[128], const char *s, size_t n)
{
    memset(pattern->at, 0, sizeof(pattern->at));
    pattern->n = n;
    for (size_t i = 0; i < n; i++)
        pattern->at[place(map, s[i])] |= (uint64_t)1 << i;
}

unsigned pattern_edits(const struct pattern *pattern, const char map[128], const char *s, size_t n)
{
    uint64_t up = ~(uint64_t)0, down = 0, diagonal = 0, before = 0;
    unsigned edits = (unsigned)pattern->n;
    if (pattern->n == 0)
        return (unsigned)n;
    uint64_t last = (uint64_t)1 << (pattern->n - 1);
    for (size_t j = 0; j < n; j++) {
        uint64_t here = pattern->at[place(map, s[j])];
        uint64_t turned = ((~diagonal & here) << 1) & before;
        diagonal = (((here & up) + up) ^ up) | here | down | turned;
        uint64_t more = down | ~(diagonal | up), fewer = diagonal & up;
        edits += (more & last) != 0;
        edits -= (fewer & last) != 0;
        more = (more << 1) | 1;
        fewer <<= 1;
        up = fewer | ~(diagonal | more);
        down = more & diagonal;
        before = here;
    }
    return edits;
}
