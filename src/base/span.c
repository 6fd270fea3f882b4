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
