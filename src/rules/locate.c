/*
 * Positions inside YAML scalars. libyaml tells where a scalar begins; folding, block indentation and quotes
 * stand between that and the value. Blanks and line ends may change on the way, other characters do not
 * (but for escapes), so the value's n-th character that is no blank is the n-th such one in the file.
 */
#include <string.h>

#include "rules/locate.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t line_start(struct span file, unsigned line)
{
    size_t at = 0;
    for (unsigned i = 1; i < line; i++) {
        const char *end = memchr(file.p + at, '\n', file.n - at);
        if (!end)
            return file.n;
        at = (size_t)(end - file.p) + 1;
    }
    return at;
}

static size_t skip_blanks(struct span file, size_t at)
{
    while (at < file.n && is_blank(file.p[at]))
        at++;
    return at;
}

/* Bytes in the file that give one character of the value: more than one only for escapes. */
static size_t unit_bytes(struct span file, size_t at, char quote)
{
    static const char hex[] = "xuU";
    if (quote == '\'' && file.n - at > 1 && file.p[at] == '\'' && file.p[at + 1] == '\'')
        return 2;
    if (quote != '"' || file.p[at] != '\\' || file.n - at < 2)
        return 1;
    const char *kind = memchr(hex, file.p[at + 1], 3);
    return kind ? 2 + ((size_t)2 << (kind - hex)) : 2;
}

/* Where the value's first character stands. */
static size_t value_start(struct span file, size_t at, char *quote_r)
{
    char c = at < file.n ? file.p[at] : ' ';
    if (c == '"' || c == '\'') {
        *quote_r = c;
        return skip_blanks(file, at + 1);
    }
    if (c == '|' || c == '>') { /* the rest of the line is indicators and a comment */
        const char *end = memchr(file.p + at, '\n', file.n - at);
        return skip_blanks(file, end ? (size_t)(end - file.p) : file.n);
    }
    return at;
}

static struct diag_at at_byte(const struct locate *where, size_t at, unsigned line, size_t start)
{
    for (size_t i = start; i < at; i++)
        if (where->file.p[i] == '\n') {
            line++;
            start = i + 1;
        }
    return (struct diag_at){where->scalar->at.file, line, (unsigned)(at - start) + 1};
}

struct diag_at locate_at(const struct locate *where, size_t offset)
{
    struct diag_at begin = where->scalar->at;
    const char *text = where->scalar->text;
    char quote = 0;
    if (where->file.n == 0 || begin.line == 0)
        return begin;
    size_t start = line_start(where->file, begin.line);
    if (start + begin.column - 1 > where->file.n)
        return begin;
    size_t at = value_start(where->file, start + begin.column - 1, &quote);
    for (size_t i = 0; i < offset && text[i] && at < where->file.n; i++) {
        if (is_blank(text[i]))
            continue; /* blanks are skipped below, however many the file has */
        at += unit_bytes(where->file, at, quote);
        if (is_blank(text[i + 1]))
            at = skip_blanks(where->file, at);
    }
    return at_byte(where, at < where->file.n ? at : where->file.n, begin.line, start);
}
