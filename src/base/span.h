#ifndef RINGER_BASE_SPAN_H
#define RINGER_BASE_SPAN_H
#include <stdbool.h>
#include <stddef.h>

/* A piece of text that somebody else owns; not NUL-terminated. An empty span may have p == NULL. */
struct span {
    const char *p;
    size_t n;
};

#define SPAN_LIT(s) ((struct span){(s), sizeof(s) - 1})

/* ASCII only, whatever the locale is. */
static inline char char_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* The value of a hexadecimal digit; -1 = it is none. */
static inline int char_hex(char c)
{
    char small = char_lower(c);
    return c >= '0' && c <= '9' ? c - '0' : small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

struct span span_of(const char *s); /* NULL gives the empty span */
bool span_eq(struct span a, struct span b);
bool span_eq_nocase(struct span a, struct span b);        /* ASCII case only */
bool span_starts_nocase(struct span s, struct span head); /* ASCII case only */
struct span span_trim(struct span s);                     /* ASCII white space off both ends */
/* Cuts `*rest` at the first `c`: returns what stands before it, leaves what stands behind. */
struct span span_cut(struct span *rest, char c);
/* Where `word` first stands, ASCII case aside; NULL = nowhere. */
const char *span_find_nocase(struct span s, struct span word);
/* Percent-encoding (RFC 3986 2.1) undone; `out` has room for s.n bytes and may be s.p. How many there are. */
size_t span_percent_decode(struct span s, char *out);
/* The next line without its CR LF or LF; false when nothing is left. */
bool span_line(struct span *rest, struct span *line_r);

#endif
