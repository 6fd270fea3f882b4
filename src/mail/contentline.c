/*
 * Calendar entries and cards: content lines.
 *
 *   line  = [group "."] name *(";" parameter) ":" value
 *   fold  = CRLF (SP / HTAB)                    removed before anything else is looked at
 *
 * A quoted parameter may hold ":" and ";". Values of vCalendar 1.0 and vCard 2.1 may be quoted-printable, with soft
 * line breaks. Properties that nobody sees are named; an unknown one is taken for seen, so that a new name hides nothing.
 */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "mail/contentline.h"
#include "mail/html.h"

bool contentline_is(struct span text)
{
    if (text.n >= 3 && memcmp(text.p, "\xEF\xBB\xBF", 3) == 0)
        text = (struct span){text.p + 3, text.n - 3};
    text = span_trim(text);
    return span_starts_nocase(text, SPAN_LIT("BEGIN:VCALENDAR")) ||
           span_starts_nocase(text, SPAN_LIT("BEGIN:VCARD"));
}

/* One unfolded line off `rest`; false at the end. `line` is emptied first. */
static bool next_line(struct span *rest, struct buf *line, bool soft_breaks)
{
    struct span piece;
    buf_clear(line);
    if (!span_line(rest, &piece))
        return false;
    buf_add_span(line, piece);
    for (;;) {
        bool soft = soft_breaks && line->n && line->p[line->n - 1] == '=';
        if (!rest->n || (!soft && *rest->p != ' ' && *rest->p != '\t'))
            return true;
        if (soft)
            line->n--;
        else
            *rest = (struct span){rest->p + 1, rest->n - 1};
        if (!span_line(rest, &piece))
            return true;
        buf_add_span(line, piece);
    }
}

/* The end of `s` up to one of `marks` outside quotes. */
static size_t find_outside_quotes(struct span s, const char *marks)
{
    bool quoted = false;
    for (size_t i = 0; i < s.n; i++) {
        quoted ^= s.p[i] == '"';
        if (!quoted && s.p[i] && strchr(marks, s.p[i]))
            return i;
    }
    return s.n;
}

static bool is_unseen(struct span name)
{
    static const char *const unseen[] = {
        "BEGIN",   "END",      "VERSION",       "PRODID",       "CALSCALE", "METHOD",   "UID",
        "DTSTAMP", "CREATED",  "LAST-MODIFIED", "SEQUENCE",     "RRULE",    "EXDATE",   "TZID",
        "TRIGGER", "ACTION",   "TZOFFSETTO",    "TZOFFSETFROM", "TRANSP",   "PRIORITY", "CLASS",
        "STATUS",  "PHOTO",    "LOGO",          "SOUND",        "KEY",      "REV",      "DTSTART",
        "DTEND",   "DURATION", "RECURRENCE-ID",
    };
    for (size_t i = 0; i < sizeof(unseen) / sizeof(*unseen); i++)
        if (span_eq_nocase(name, span_of(unseen[i])))
            return true;
    return false;
}

static void undo_quoted_printable(struct buf *value)
{
    size_t n = 0;
    for (size_t i = 0; i < value->n; i++) {
        int high = value->n - i > 2 && value->p[i] == '=' ? char_hex(value->p[i + 1]) : -1,
            low = high >= 0 ? char_hex(value->p[i + 2]) : -1;
        value->p[n++] = low >= 0 ? (char)(high << 4 | low) : value->p[i];
        i += low >= 0 ? 2 : 0;
    }
    value->n = n;
}

/* "\n" is a line end, "\," "\;" and "\\" are what they escape; ";" between the parts of a name or address is a blank. */
static void undo_escapes(struct buf *value)
{
    size_t n = 0;
    for (size_t i = 0; i < value->n; i++) {
        char c = value->p[i];
        if (c == '\\' && i + 1 < value->n) {
            c = value->p[++i];
            c = c == 'n' || c == 'N' ? '\n' : c;
        } else if (c == ';') {
            c = ' ';
        }
        value->p[n++] = c;
    }
    value->n = n;
}

struct content {
    struct span name, parameters, value;
};

static struct content split(struct span line)
{
    struct content c = {line, {NULL, 0}, {NULL, 0}};
    size_t colon = find_outside_quotes(line, ":"), semicolon = find_outside_quotes(line, ":;");
    c.name.n = semicolon;
    if (colon < line.n)
        c.value = (struct span){line.p + colon + 1, line.n - colon - 1};
    if (semicolon < colon)
        c.parameters = (struct span){line.p + semicolon + 1, colon - semicolon - 1};
    const char *dot = memchr(c.name.p, '.', c.name.n);
    if (dot) /* "item1.URL" */
        c.name = (struct span){dot + 1, c.name.n - (size_t)(dot + 1 - c.name.p)};
    return c;
}

static bool has(struct span parameters, const char *words)
{
    struct span w = span_of(words);
    for (size_t i = 0; i + w.n <= parameters.n; i++)
        if (span_starts_nocase((struct span){parameters.p + i, parameters.n - i}, w))
            return true;
    return false;
}

/* The name of who is invited or invites stands in CN="...". */
static void add_names(struct buf *out, struct span parameters)
{
    while (parameters.n) {
        size_t end = find_outside_quotes(parameters, ";");
        struct span one = {parameters.p, end};
        if (span_starts_nocase(one, SPAN_LIT("CN="))) {
            for (size_t i = 3; i < one.n; i++)
                if (one.p[i] != '"')
                    buf_addc(out, one.p[i]);
            buf_addc(out, ' ');
        }
        end += end < parameters.n;
        parameters = (struct span){parameters.p + end, parameters.n - end};
    }
}

static void add_page(struct arena *arena, struct html_budget *budget, struct buf *out, struct span page)
{
    const struct html_text *html = html_read(arena, page, 0, budget);
    for (size_t i = 0; i < html->n; i++) {
        buf_add_span(out, html->v[i].text);
        buf_addc(out, '\n');
    }
}

static void add_property(struct arena *arena, struct html_budget *budget, struct buf *out, struct content c)
{
    struct buf value = {0};
    size_t before = out->n;
    if (is_unseen(c.name) || !c.value.n || has(c.parameters, "ENCODING=B") ||
        has(c.parameters, "VALUE=BINARY"))
        return;
    buf_add_span(&value, c.value);
    if (has(c.parameters, "QUOTED-PRINTABLE"))
        undo_quoted_printable(&value);
    undo_escapes(&value);
    if (has(c.parameters, "text/html"))
        add_page(arena, budget, out, buf_span(&value));
    else {
        add_names(out, c.parameters);
        buf_add_span(out, buf_span(&value));
    }
    if (out->n > before)
        buf_adds(out, "\n\n");
    buf_free(&value);
}

struct span contentline_text(struct arena *arena, struct span text)
{
    struct buf line = {0}, out = {0};
    struct html_budget budget = html_budget_default;
    bool old = has((struct span){text.p, text.n < 65536 ? text.n : 65536}, "QUOTED-PRINTABLE");
    while (next_line(&text, &line, old))
        if (line.n)
            add_property(arena, &budget, &out, split(buf_span(&line)));
    struct span kept =
        text_valid_utf8(arena, (struct span){arena_strndup(arena, out.n ? out.p : "", out.n), out.n});
    buf_free(&line);
    buf_free(&out);
    return kept;
}
