/*
 * Own words against quoted mail, signature and legal footer; see quote.h and the tables. Lines are marked
 * one after the other, then runs of a kind become segments. A signature or footer is believed only where it
 * is short and at the end: text must not become harmless by standing behind "-- ".
 */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#include "mail/address.h"
#include "mail/quote.h"
#include "mail/quote_tables.h"

enum {
    MAX_LINE_LOOKED_AT = 400, /* labels, separators and attributions are shorter */
    MAX_MARK_INDENT = 4,      /* blanks before ">" */
    BARE_SEPARATOR = 36,      /* bytes of a separator without hyphens or colon */
    MAX_LABEL_BYTES = 48,
    BLOCK_LINES = 12,      /* a header block's labels stand within so many lines */
    ATTRIBUTION_LINES = 3, /* mail programs fold "On ... wrote:" */
    SIGNATURE_LINES = 15,  /* not blank ones; RFC 3676 says 4, people use more */
    SIGNATURE_BYTES = 1500,
    SIGNATURE_LINE = 120,  /* a longer line is a sentence, not an address */
    MAX_END_LINES = 60,    /* with the blank ones: how far up a signature is looked for */
    DISCLAIMER_BYTES = 60, /* shorter paragraphs are no legal footer */
};

#define WIDE_COLON "\xEF\xBC\x9A"

struct line {
    uint32_t start, end; /* in the text, without the line end */
    uint16_t marks;      /* bytes of quote marks in front */
    uint8_t kind;        /* enum text_kind */
};

struct split {
    struct arena *arena;
    struct span text;
    struct line *v;
    size_t n;
    size_t max, room; /* of out->addresses */
    bool evidence;    /* an attribution, a separator or the head of a mail was seen */
    struct quote_result *out;
};

static struct span line_text(const struct split *s, size_t i)
{
    const struct line *l = &s->v[i];
    return (struct span){s->text.p + l->start + l->marks, l->end - l->start - l->marks};
}

static bool is_empty(const struct split *s, size_t i)
{
    return span_trim(line_text(s, i)).n == 0;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Before the costly folding: as far as its first letters are plain, may `line` say one of the folded words? */
static bool may_say(struct span line, const char *const *words, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        size_t i = 0;
        while (i < line.n && is_letter(line.p[i]) && (line.p[i] | 0x20) == words[k][i])
            i++;
        if (i == line.n || !is_letter(line.p[i]))
            return true;
    }
    return false;
}

static bool ends_in_colon(struct span line)
{
    return line.p[line.n - 1] == ':' ||
           (line.n >= 3 && memcmp(line.p + line.n - 3, WIDE_COLON, strlen(WIDE_COLON)) == 0);
}

/* Small letters, no accents; short-lived, in the message's arena. */
static struct span folded_line(const struct split *s, size_t i)
{
    struct span line = span_trim(line_text(s, i));
    line.n = line.n < MAX_LINE_LOOKED_AT ? line.n : MAX_LINE_LOOKED_AT;
    return text_fold(s->arena, line)->text;
}

static bool contains(struct span s, const char *needle)
{
    return s.n && memmem(s.p, s.n, needle, strlen(needle));
}

/* --- lines */

/* "> > text": marks and the blank behind them. ">From " of mbox files is no quote. */
static size_t quote_marks(struct span line)
{
    size_t i = 0, end = 0;
    while (i < line.n && i < MAX_MARK_INDENT && line.p[i] == ' ')
        i++;
    size_t initials = i; /* "GS> text", as Gnus and Becky! quote */
    while (initials < line.n && initials < i + 3 && line.p[initials] >= 'A' && line.p[initials] <= 'Z')
        initials++;
    if (initials > i && initials < line.n && line.p[initials] == '>')
        i = initials;
    while (i < line.n && i < UINT16_MAX) {
        if (line.p[i] == '>')
            end = i + 1;
        else if (line.p[i] != ' ' || !end)
            break;
        i++;
    }
    if (end == 1 && span_starts_nocase(line, SPAN_LIT(">From ")))
        return 0;
    return end && end < line.n && line.p[end] == ' ' ? end + 1 : end;
}

static void read_lines(struct split *s, bool quoted)
{
    struct span rest = s->text, line;
    size_t lines = 1, i = 0;
    for (const char *p = s->text.p; p && (p = memchr(p, '\n', s->text.n - (size_t)(p - s->text.p))); p++)
        lines++;
    s->v = arena_array(s->arena, lines, sizeof(*s->v));
    while (i < lines && span_line(&rest, &line)) {
        size_t marks = quote_marks(line);
        uint32_t start = (uint32_t)(line.p - s->text.p);
        s->v[i++] = (struct line){start, (uint32_t)(start + line.n), (uint16_t)marks,
                                  quoted || marks ? TEXT_QUOTED : TEXT_OWN};
    }
    s->n = i;
}

/* --- header blocks */

static bool may_be_label(struct span line)
{
    for (size_t k = 0; k < sizeof(labels) / sizeof(*labels); k++)
        if (may_say(line, &labels[k].text, 1))
            return true;
    return false;
}

/* "De :", "*Von:*", "件名：" and what stands behind; LABEL_NONE for other lines. */
static enum label label_of(const struct split *s, size_t i, struct span *value_r)
{
    struct span line = span_trim(line_text(s, i));
    while (line.n && line.p[0] == '*')
        line.p++, line.n--;
    size_t look = line.n < MAX_LABEL_BYTES ? line.n : MAX_LABEL_BYTES, width = 1;
    const char *colon = look ? memchr(line.p, ':', look) : NULL;
    const char *wide = look && memchr(line.p, WIDE_COLON[0], look)
                           ? memmem(line.p, look, WIDE_COLON, strlen(WIDE_COLON))
                           : NULL;
    if (wide && (!colon || wide < colon))
        colon = wide, width = strlen(WIDE_COLON);
    if (!colon || !may_be_label(line))
        return LABEL_NONE;
    struct span head = text_fold(s->arena, (struct span){line.p, (size_t)(colon - line.p)})->text;
    struct span value = {colon + width, (size_t)(line.p + line.n - colon - width)};
    while (value.n && (value.p[0] == '*' || value.p[0] == ' '))
        value.p++, value.n--;
    *value_r = span_trim(value);
    for (size_t k = 0; k < sizeof(labels) / sizeof(*labels); k++)
        if (head.n && labels[k].text[0] == head.p[0] && span_eq(head, span_of(labels[k].text)))
            return labels[k].label;
    return LABEL_NONE;
}

/* Is line `i` the "From:" of a header block? With at least a date or subject, and three labels in all. */
static bool is_block(const struct split *s, size_t i)
{
    struct span value;
    unsigned seen = 0, other = 0, labels_seen = 1;
    if (label_of(s, i, &value) != LABEL_FROM)
        return false;
    for (size_t j = i + 1; j < s->n && j < i + BLOCK_LINES && other < 3; j++) {
        enum label label = label_of(s, j, &value);
        if (label == LABEL_FROM)
            break;
        if (label != LABEL_NONE && !(seen & 1u << label)) {
            seen |= 1u << label;
            labels_seen++;
        } else if (!is_empty(s, j)) {
            other++;
        }
    }
    return labels_seen >= 3 && (seen & (1u << LABEL_DATE | 1u << LABEL_SUBJECT));
}

static void add_addresses(struct split *s, struct span value, const char *role)
{
    struct address_list list = {0};
    struct buf plain = {0};
    for (size_t i = 0; i < value.n; i++) { /* Outlook writes "Name [mailto:a@b]" */
        if (span_starts_nocase((struct span){value.p + i, value.n - i}, SPAN_LIT("mailto:")))
            i += 7;
        if (i + 1 < value.n && (unsigned char)value.p[i] == 0xC2 && (unsigned char)value.p[i + 1] == 0xA0)
            buf_addc(&plain, ' '), i++; /* no-break space */
        else if (i < value.n)
            buf_addc(&plain, value.p[i] == '[' ? '<' : value.p[i] == ']' ? '>' : value.p[i]);
    }
    address_parse(s->arena, buf_span(&plain), s->max - s->out->n_addresses, &list);
    for (size_t i = 0; i < list.n; i++) {
        struct quote_result *out = s->out;
        if (!*list.v[i].domain && !*list.v[i].name)
            continue;
        if (out->n_addresses == s->room) {
            s->room = s->room ? s->room * 2 : 8;
            out->addresses =
                arena_grow(s->arena, out->addresses, out->n_addresses, s->room, sizeof(*out->addresses));
        }
        out->addresses[out->n_addresses++] = (struct quoted_address){role, list.v[i]};
    }
    buf_free(&plain);
}

static void read_block(struct split *s, size_t i)
{
    struct span value;
    bool subject = false;
    for (size_t j = i; j < s->n && j < i + BLOCK_LINES && !subject && s->out->n_addresses < s->max; j++) {
        enum label label = label_of(s, j, &value);
        if (label == LABEL_FROM && j > i)
            return;
        subject = label == LABEL_SUBJECT;
        if (label == LABEL_FROM || label == LABEL_TO || label == LABEL_CC)
            add_addresses(s, value, label == LABEL_FROM ? "from" : label == LABEL_TO ? "to" : "cc");
    }
}

/* --- separators and attributions */

static bool is_separator(const struct split *s, size_t i)
{
    struct span line = span_trim(line_text(s, i));
    if (line.n < 12 || line.n > 120)
        return false;
    if (line.n > BARE_SEPARATOR && !strchr("-_=*", line.p[0]) && line.p[line.n - 1] != ':')
        return false; /* before the costly folding: without any mark a separator is short */
    if (!may_say(line, separators, sizeof(separators) / sizeof(*separators)))
        return false;
    struct span f = folded_line(s, i);
    while (f.n && strchr("-_=* \t", f.p[0]))
        f.p++, f.n--;
    while (f.n && strchr("-_=* \t:", f.p[f.n - 1]))
        f.n--;
    for (size_t k = 0; k < sizeof(separators) / sizeof(*separators); k++) {
        struct span want = span_of(separators[k]);
        if (span_eq(f, want))
            return true;
        if (line.p[0] == '-' && span_starts_nocase(f, want)) /* "--- Forwarded by NAME on DATE ---" */
            return true;
    }
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* An attribution names a time, a year or an address; "as our bank wrote:" is somebody's own words. */
static bool names_time_or_address(struct span f)
{
    for (size_t i = 0; i < f.n; i++) {
        if (f.p[i] == '@')
            return true;
        if (i + 4 < f.n && is_digit(f.p[i]) && is_digit(f.p[i + 1]) &&
            ((is_digit(f.p[i + 2]) && is_digit(f.p[i + 3])) || (f.p[i + 2] == ':' && is_digit(f.p[i + 3]))))
            return true;
    }
    return false;
}

static bool is_attribution_text(struct span f)
{
    if (f.n < 10 || !names_time_or_address(f))
        return false;
    for (size_t k = 0; k < sizeof(attributions) / sizeof(*attributions); k++)
        if (span_starts_nocase(f, span_of(attributions[k].start)) && contains(f, attributions[k].verb))
            return true;
    return false;
}

/* Lines [i, i + n) as one, folded. */
static struct span joined_lines(const struct split *s, size_t i, size_t n)
{
    struct buf joined = {0};
    for (size_t j = i; j < i + n; j++) {
        buf_addc(&joined, ' ');
        buf_add_span(&joined, span_trim(line_text(s, j)));
    }
    struct span folded = text_fold(s->arena, buf_span(&joined))->text;
    buf_free(&joined);
    return folded;
}

/* Does an attribution start at line `i`? Returns its number of lines, 0 when not. */
static size_t attribution_lines(const struct split *s, size_t i)
{
    size_t bytes = 0;
    for (size_t n = 1; n <= ATTRIBUTION_LINES && i + n <= s->n; n++) {
        struct span line = span_trim(line_text(s, i + n - 1));
        if (line.n == 0 || bytes + line.n > MAX_LINE_LOOKED_AT ||
            (n > 1 && s->v[i + n - 1].marks != s->v[i].marks))
            return 0;
        bytes += line.n + 1;
        if (ends_in_colon(line) && is_attribution_text(joined_lines(s, i, n)))
            return n;
    }
    return 0;
}

static void read_attribution(struct split *s, size_t i, size_t n)
{
    for (size_t j = i; j < i + n && s->out->n_addresses < s->max; j++) {
        struct span line = line_text(s, j);
        const char *at = line.n ? memchr(line.p, '@', line.n) : NULL;
        if (!at)
            continue;
        const char *start = at, *end = at, *stop = line.p + line.n;
        while (start > line.p && !strchr(" <>()[]\"',:;", start[-1]))
            start--;
        while (end < stop && !strchr(" <>()[]\"',:;", *end))
            end++;
        add_addresses(s, (struct span){start, (size_t)(end - start)}, "from");
        return;
    }
}

/* --- marking */

static void mark(struct split *s, size_t from, size_t to, enum text_kind kind)
{
    for (size_t i = from; i < to; i++)
        if (s->v[i].kind == TEXT_OWN)
            s->v[i].kind = (uint8_t)kind;
}

static size_t next_line_with_text(const struct split *s, size_t i)
{
    while (i < s->n && is_empty(s, i))
        i++;
    return i;
}

/* Cheap: can line `i` start quoted mail at all? */
static bool is_candidate(const struct split *s, size_t i)
{
    struct span line = line_text(s, i);
    return line.n &&
           (memchr(line.p, ':', line.n) || memchr(line.p, '-', line.n) || (line.p[0] & 0x80) || line.n < 120);
}

/* Other labels may stand before the "From:" (To: ... From: ... Subject: ...). */
static size_t block_begin(const struct split *s, size_t i)
{
    struct span value;
    while (i > 0 && label_of(s, i - 1, &value) != LABEL_NONE)
        i--;
    return i;
}

static void mark_quoted(struct split *s)
{
    for (size_t i = 0; i < s->n; i++) {
        size_t n;
        if (is_empty(s, i) || !is_candidate(s, i))
            continue;
        bool own = s->v[i].kind == TEXT_OWN;
        if (is_block(s, i)) {
            s->evidence = true;
            if (own)
                mark(s, block_begin(s, i), s->n, TEXT_QUOTED);
            read_block(s, i);
        } else if (own && is_separator(s, i)) {
            s->evidence = true;
            mark(s, i, s->n, TEXT_QUOTED);
        } else if ((n = attribution_lines(s, i))) {
            size_t next = next_line_with_text(s, i + n);
            s->evidence = true;
            bool marked = next < s->n && s->v[next].marks > s->v[i].marks;
            if (own)
                mark(s, i, marked ? i + n : s->n, TEXT_QUOTED);
            read_attribution(s, i, n);
            i += n - 1;
        }
    }
}

/* How many different words of legal footers stand in lines [from, to). */
static unsigned disclaimer_score(const struct split *s, size_t from, size_t to)
{
    struct span all = {s->text.p + s->v[from].start, s->v[to - 1].end - s->v[from].start};
    unsigned score = 0;
    if (all.n < DISCLAIMER_BYTES)
        return 0;
    struct span f = text_fold(s->arena, all)->text;
    for (char *p = memchr(f.p, '\n', f.n); p; p = memchr(p, '\n', f.n - (size_t)(p - f.p)))
        *p = ' ';
    for (size_t k = 0; k < sizeof(disclaimer_words) / sizeof(*disclaimer_words); k++)
        score += contains(f, disclaimer_words[k]);
    return score;
}

static bool is_rule(struct span line)
{
    size_t n = 0;
    while (n < line.n && (line.p[n] == '_' || line.p[n] == '-' || line.p[n] == '='))
        n++;
    return n >= 20 && n == line.n;
}

/* Legal footers and list footers off the end of the run [from, to); returns the new end. */
static size_t mark_footer(struct split *s, size_t from, size_t to)
{
    while (to > from) {
        size_t end = to, start;
        while (end > from && is_empty(s, end - 1))
            end--;
        for (start = end; start > from && !is_empty(s, start - 1); start--)
            ;
        if (start == end || start == from)
            return to;
        bool ruled = is_rule(span_trim(line_text(s, start))) && end - start <= SIGNATURE_LINES;
        if (!ruled && disclaimer_score(s, start, end) < 2)
            return to;
        mark(s, start, to, TEXT_DISCLAIMER);
        to = start;
    }
    return to;
}

static bool is_closing(const struct split *s, size_t i)
{
    struct span line = span_trim(line_text(s, i));
    if (line.n == 0 || line.n > 80 || !may_say(line, closings, sizeof(closings) / sizeof(*closings)))
        return false;
    struct span f = folded_line(s, i);
    while (f.n && strchr(",.!;- ", f.p[f.n - 1]))
        f.n--;
    for (size_t k = 0; k < sizeof(closings) / sizeof(*closings); k++)
        if (f.n && closings[k][0] == f.p[0] && span_eq(f, span_of(closings[k])))
            return true;
    return false;
}

/* Are the lines [from, to) like a name and address: few, short, no postscript? */
static bool is_signature(const struct split *s, size_t from, size_t to)
{
    size_t lines = 0;
    if (from >= to || s->v[to - 1].end - s->v[from].start > SIGNATURE_BYTES)
        return false;
    for (size_t i = from; i < to; i++) {
        struct span line = span_trim(line_text(s, i));
        lines += line.n > 0;
        if (lines > SIGNATURE_LINES || line.n > SIGNATURE_LINE || span_starts_nocase(line, SPAN_LIT("ps:")) ||
            span_starts_nocase(line, SPAN_LIT("p.s")) || span_starts_nocase(line, SPAN_LIT("ps ")))
            return false;
    }
    return true;
}

static void mark_signature(struct split *s, size_t from, size_t to)
{
    size_t first = to - from > MAX_END_LINES ? to - MAX_END_LINES : from;
    for (size_t i = to; i-- > first;) {
        struct span line = line_text(s, i);
        bool dashes = span_eq(line, SPAN_LIT("-- ")) || span_eq(line, SPAN_LIT("--"));
        if (!dashes && !is_closing(s, i))
            continue;
        if (is_signature(s, i, to))
            mark(s, i, to, TEXT_SIGNATURE);
        if (dashes)
            return;
    }
}

static void mark_ends(struct split *s)
{
    for (size_t i = 0; i < s->n;) {
        size_t from = i;
        while (i < s->n && s->v[i].kind == TEXT_OWN)
            i++;
        if (i > from)
            mark_signature(s, from, mark_footer(s, from, i));
        while (i < s->n && s->v[i].kind != TEXT_OWN)
            i++;
    }
}

/* --- segments */

static struct span segment_text(struct split *s, size_t from, size_t to)
{
    bool marks = false;
    for (size_t i = from; i < to && !marks; i++)
        marks = s->v[i].marks > 0;
    struct span all = {s->text.p + s->v[from].start, s->v[to - 1].end - s->v[from].start};
    if (!marks)
        return all;
    char *out = arena_alloc(s->arena, all.n + 1);
    size_t n = 0;
    for (size_t i = from; i < to; i++) {
        struct span line = line_text(s, i);
        memcpy(out + n, line.p, line.n);
        n += line.n;
        if (i + 1 < to)
            out[n++] = '\n';
    }
    return (struct span){out, n};
}

/* Marks that nothing speaks for. */
static void disbelieve_marks(struct split *s)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->v[i].marks)
            s->v[i].kind = TEXT_OWN;
}

struct quote_result quote_split(struct arena *arena, struct span text, bool quoted, bool reply, size_t max)
{
    struct quote_result out = {0};
    struct split s = {.arena = arena, .text = text, .max = max, .out = &out};
    size_t cap = 0;
    if (span_trim(text).n == 0 || text.n > UINT32_MAX)
        return out;
    read_lines(&s, quoted);
    mark_quoted(&s);
    if (!quoted && !reply && !s.evidence)
        disbelieve_marks(&s);
    mark_ends(&s);
    for (size_t i = 0, from; i < s.n;) {
        for (from = i; i < s.n && (s.v[i].kind == s.v[from].kind || is_empty(&s, i)); i++)
            ;
        if (out.n == cap) {
            size_t more = cap ? cap * 2 : 4;
            out.v = arena_grow(arena, out.v, out.n, more, sizeof(*out.v));
            cap = more;
        }
        struct span whole = segment_text(&s, from, i);
        if (span_trim(whole).n)
            out.v[out.n++] = (struct quote_segment){(enum text_kind)s.v[from].kind, whole};
    }
    return out;
}
