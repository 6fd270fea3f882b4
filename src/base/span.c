/*
 * Spans: looking at text without owning it.
 */
#include <string.h>
#include <strings.h>

#include "base/span.h"

struct span span_of(const char *s)
{
    return (struct span){s, s ? strlen(s) : 0};
}

bool span_eq(struct span a, struct span b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool span_eq_nocase(struct span a, struct span b)
{
    return a.n == b.n && (a.n == 0 || strncasecmp(a.p, b.p, a.n) == 0);
}

bool span_starts_nocase(struct span s, struct span head)
{
    return s.n >= head.n && (head.n == 0 || strncasecmp(s.p, head.p, head.n) == 0);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

struct span span_trim(struct span s)
{
    while (s.n && is_space(s.p[0]))
        s.p++, s.n--;
    while (s.n && is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

struct span span_cut(struct span *rest, char c)
{
    const char *hit = rest->n ? memchr(rest->p, c, rest->n) : NULL;
    if (!hit) {
        struct span all = *rest;
        *rest = (struct span){rest->n ? rest->p + rest->n : rest->p, 0}; /* p may be NULL */
        return all;
    }
    struct span head = {rest->p, (size_t)(hit - rest->p)};
    rest->n -= head.n + 1;
    rest->p = hit + 1;
    return head;
}

bool span_line(struct span *rest, struct span *line_r)
{
    if (rest->n == 0)
        return false;
    *line_r = span_cut(rest, '\n');
    if (line_r->n && line_r->p[line_r->n - 1] == '\r')
        line_r->n--;
    return true;
}

const char *span_find_nocase(struct span s, struct span word)
{
    for (; s.n >= word.n; s = (struct span){s.p + 1, s.n - 1})
        if (word.n && char_lower(*s.p) == char_lower(*word.p) && span_starts_nocase(s, word))
            return s.p;
    return NULL;
}

size_t span_percent_decode(struct span s, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        bool escape = s.p[i] == '%' && i + 2 < s.n && char_hex(s.p[i + 1]) >= 0 && char_hex(s.p[i + 2]) >= 0;
        out[n++] = escape ? (char)(char_hex(s.p[i + 1]) << 4 | char_hex(s.p[i + 2])) : s.p[i];
        i += escape ? 2 : 0;
    }
    return n;
}
