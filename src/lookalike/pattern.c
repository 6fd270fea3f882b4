/*
 * Bit-parallel edit distance with transpositions: about one nanosecond a character. Bytes above 127 may be taken for
 * others, which can only make strings more alike; the weighted distance decides in the end.
 */
#include <string.h>

#include "lookalike/pattern.h"

static inline unsigned place(const uint8_t map[256], char c)
{
    return map[(unsigned char)c];
}

void pattern_make(struct pattern *pattern, const uint8_t map[256], const char *s, size_t n)
{
    memset(pattern->at, 0, sizeof(pattern->at));
    pattern->s = s;
    pattern->n = n;
    for (size_t i = 0; i < n; i++)
        pattern->at[place(map, s[i])] |= (uint64_t)1 << i;
}

/* What both have in common at their ends costs nothing, and candidates have much in common. */
static size_t same_front(const struct pattern *p, const uint8_t map[256], const char *s, size_t n)
{
    size_t i = 0;
    while (i < n && i < p->n && place(map, s[i]) == place(map, p->s[i]))
        i++;
    return i;
}

static size_t same_back(const struct pattern *p, const uint8_t map[256], const char *s, size_t n,
                        size_t front)
{
    size_t i = 0, most = (n < p->n ? n : p->n) - front;
    while (i < most && place(map, s[n - 1 - i]) == place(map, p->s[p->n - 1 - i]))
        i++;
    return i;
}

unsigned pattern_edits(const struct pattern *pattern, const uint8_t map[256], const char *s, size_t n)
{
    uint64_t up = ~(uint64_t)0, down = 0, diagonal = 0, before = 0;
    size_t front = same_front(pattern, map, s, n), back = same_back(pattern, map, s, n, front);
    size_t rows = pattern->n - front - back;
    unsigned edits = (unsigned)rows;
    n -= back;
    if (rows == 0 || n == front)
        return (unsigned)(rows + n - front);
    uint64_t last = (uint64_t)1 << (rows - 1);
    for (size_t j = front; j < n; j++) {
        uint64_t here = pattern->at[place(map, s[j])] >> front;
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
        if (edits > PATTERN_MAX_EDITS + (n - 1 - j)) /* each column behind takes off one at most */
            break;
    }
    return edits;
}
