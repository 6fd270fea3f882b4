/*
 * Parameters of MIME fields. Refuses nothing: attackers write what strict parsers drop and mail programs read.
 *
 *   parameters = *( ";" name [ "*" number ] [ "*" ] "=" value )
 *   value      = token / quoted-string                with comments (RFC 5322 3.2.2) around
 *   first segment of an encoded one = charset "'" [ language ] "'" *( character / "%" hex hex )   RFC 2231 4
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mail/param.h"

/* A parameter as it stands. */
struct piece {
    struct span name; /* with its marks */
    struct span value, other;
};

enum { PIECES_MAX = 256 /* segments of all parameters together */ };

/* Behind the ")" that closes the comment at the front of `s`; 0 when nothing does. */
static size_t comment_length(struct span s)
{
    unsigned depth = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\\')
            i++;
        else if (s.p[i] == '(')
            depth++;
        else if (s.p[i] == ')' && --depth == 0)
            return i + 1;
    }
    return 0;
}

static struct span skip_blanks(struct span s, bool comments)
{
    size_t n;
    for (;;) {
        while (s.n && isspace((unsigned char)*s.p))
            s.p++, s.n--;
        if (!comments || !s.n || *s.p != '(' || !(n = comment_length(s)))
            return s;
        s = (struct span){s.p + n, s.n - n};
    }
}

/* '"' stands at the front of *rest. */
static struct span quoted_value(struct arena *arena, struct span *rest)
{
    char *value = arena_alloc(arena, rest->n);
    size_t n = 0, i = 1;
    for (; i < rest->n && rest->p[i] != '"'; i++) {
        if (rest->p[i] == '\\' && i + 1 < rest->n)
            i++;
        value[n++] = rest->p[i];
    }
    i += i < rest->n;
    *rest = (struct span){rest->p + i, rest->n - i};
    return (struct span){value, n};
}

static void read_value(struct arena *arena, struct span *rest, struct piece *piece)
{
    *rest = skip_blanks(*rest, true);
    if (rest->n && *rest->p == '"') {
        piece->other = quoted_value(arena, rest);
        piece->value = span_trim(piece->other);
        return;
    }
    size_t n = 0, comment;
    struct span whole = *rest;
    while (n < whole.n && whole.p[n] != ';')
        n++;
    piece->other = span_trim((struct span){whole.p, n});
    *rest = (struct span){whole.p + n, whole.n - n};
    for (n = 0; n < piece->other.n; n++)
        if (piece->other.p[n] == '(' &&
            (comment = comment_length((struct span){piece->other.p + n, piece->other.n - n})) > 0)
            break;
    piece->value = span_trim((struct span){piece->other.p, n});
}

/* The next one off the front of *rest; false at the end. */
static bool next_piece(struct arena *arena, struct span *rest, struct piece *piece)
{
    for (;;) {
        span_cut(rest, ';');
        *rest = skip_blanks(*rest, true);
        if (rest->n == 0)
            return false;
        size_t n = 0;
        while (n < rest->n && rest->p[n] != '=' && rest->p[n] != ';' && rest->p[n] != '(')
            n++;
        piece->name = span_trim((struct span){rest->p, n});
        *rest = skip_blanks((struct span){rest->p + n, rest->n - n}, true);
        if (rest->n && *rest->p == '=')
            break;
    }
    rest->p++, rest->n--;
    read_value(arena, rest, piece);
    if (span_eq(piece->value, piece->other))
        piece->other = (struct span){"", 0};
    return true;
}

/* --- RFC 2231 */

/* The name without its marks; *segment_r is its number (-1: not in segments), *encoded_r whether "%" has a meaning. */
static struct span marks_of(struct span name, long *segment_r, bool *encoded_r)
{
    struct span rest = name, base = span_cut(&rest, '*');
    *segment_r = -1;
    *encoded_r = base.n < name.n && name.p[name.n - 1] == '*';
    if (rest.n && isdigit((unsigned char)*rest.p)) {
        *segment_r = 0;
        for (size_t i = 0; i < rest.n && isdigit((unsigned char)rest.p[i]) && *segment_r < PIECES_MAX; i++)
            *segment_r = *segment_r * 10 + (rest.p[i] - '0');
    }
    return base;
}

/* Appends a segment to out[n]; returns the new n. The charset of the first one is left to whoever reads the value. */
static size_t add_segment(char *out, size_t n, struct span value, bool encoded, bool first)
{
    if (encoded && first) {
        struct span rest = value;
        span_cut(&rest, '\'');
        struct span text = rest;
        span_cut(&text, '\'');
        if (rest.n && (size_t)(value.p + value.n - rest.p) == rest.n && memchr(rest.p, '\'', rest.n))
            value = text;
    }
    if (encoded)
        return n + span_percent_decode(value, out + n);
    if (value.n)
        memcpy(out + n, value.p, value.n);
    return n + value.n;
}

/* All segments of that name, in the order of their numbers. */
static struct span join(struct arena *arena, const struct piece *pieces, size_t n, struct span base)
{
    size_t room = 1, used = 0;
    for (size_t i = 0; i < n; i++)
        room += pieces[i].value.n;
    char *out = arena_alloc(arena, room);
    for (long want = 0; want < PIECES_MAX; want++) {
        bool found = false;
        for (size_t i = 0; i < n && !found; i++) {
            long segment;
            bool encoded;
            struct span name = marks_of(pieces[i].name, &segment, &encoded);
            found = segment == want && span_eq_nocase(name, base);
            if (found)
                used = add_segment(out, used, pieces[i].value, encoded, want == 0);
        }
        if (!found)
            break;
    }
    return (struct span){out, used};
}

static void add(struct params *params, struct span name, struct span value, struct span other)
{
    if (params->n < PARAMS_MAX)
        params->v[params->n++] = (struct param){name, value, other};
}

void params_read(struct arena *arena, struct span line, struct params *params_r)
{
    struct piece *pieces = arena_array(arena, PIECES_MAX, sizeof(*pieces));
    struct span rest = line;
    size_t n = 0;
    params_r->n = 0;
    while (n < PIECES_MAX && next_piece(arena, &rest, &pieces[n]))
        n++;
    for (size_t i = 0; i < n; i++) {
        long segment;
        bool encoded;
        struct span base = marks_of(pieces[i].name, &segment, &encoded);
        if (segment == 0) {
            add(params_r, base, join(arena, pieces, n, base), (struct span){"", 0});
        } else if (segment < 0 && encoded) {
            char *out = arena_alloc(arena, pieces[i].value.n + 1);
            size_t used = add_segment(out, 0, pieces[i].value, true, true);
            add(params_r, base, (struct span){out, used}, (struct span){"", 0});
        } else if (segment < 0) {
            add(params_r, pieces[i].name, pieces[i].value, pieces[i].other);
        }
    }
}

struct span params_head(struct arena *arena, struct span line)
{
    char *out = arena_alloc(arena, line.n + 1);
    size_t n = 0;
    for (struct span s = line; (s = skip_blanks(s, true)).n && *s.p != ';'; s.p++, s.n--)
        out[n++] = *s.p;
    return (struct span){out, n};
}
