/*
 * Text out of RTF (specification 1.9.1): what stands in the document's body, with paragraphs, tables, \u and code
 * pages. Groups that hold no text for the reader (fonts, styles, pictures, "\*" destinations, hidden text) are
 * left out. Objects inside are not opened.
 */
#include <stdlib.h>
#include <string.h>

#include "worker/codepage.h"
#include "worker/extraction.h"

enum {
    GROUPS_MAX = 256, /* nesting; writers stay far below */
    WORD_MAX = 32,    /* letters of a control word, by the specification */
    RUN_MAX = 8192,   /* bytes of a code page collected before they are converted */
};

enum word_meaning {
    WORD_SKIP,
    WORD_SHOW,
    WORD_BREAK,
    WORD_NEWLINE,
    WORD_TAB,
    WORD_CELL,
    WORD_ROW,
    WORD_CHAR
};

static const struct {
    const char *name;
    enum word_meaning meaning;
    uint32_t code_point;
} words[] = {
    {"fonttbl", WORD_SKIP, 0},
    {"colortbl", WORD_SKIP, 0},
    {"stylesheet", WORD_SKIP, 0},
    {"info", WORD_SKIP, 0},
    {"pict", WORD_SKIP, 0},
    {"objdata", WORD_SKIP, 0},
    {"fldinst", WORD_SKIP, 0},
    {"themedata", WORD_SKIP, 0},
    {"listtable", WORD_SKIP, 0},
    {"shptxt", WORD_SHOW, 0}, /* text boxes lie inside a "\\*" destination */
    {"par", WORD_BREAK, 0},
    {"sect", WORD_BREAK, 0},
    {"page", WORD_BREAK, 0},
    {"line", WORD_NEWLINE, 0},
    {"tab", WORD_TAB, 0},
    {"cell", WORD_CELL, 0},
    {"nestcell", WORD_CELL, 0},
    {"row", WORD_ROW, 0},
    {"nestrow", WORD_ROW, 0},
    {"emdash", WORD_CHAR, 0x2014},
    {"endash", WORD_CHAR, 0x2013},
    {"lquote", WORD_CHAR, 0x2018},
    {"rquote", WORD_CHAR, 0x2019},
    {"ldblquote", WORD_CHAR, 0x201c},
    {"rdblquote", WORD_CHAR, 0x201d},
    {"bullet", WORD_CHAR, 0x2022},
    {"emspace", WORD_CHAR, ' '},
    {"enspace", WORD_CHAR, ' '},
};

struct group {
    bool skip, hidden;
    unsigned fallback; /* \uc: characters behind each \u that stand for it */
};

struct rtf {
    struct extraction *x;
    struct span rest;
    struct group groups[GROUPS_MAX];
    unsigned depth, codepage, to_skip;
    char run[RUN_MAX];
    size_t run_n;
    uint32_t high; /* first half of a surrogate pair */
};

static void flush(struct rtf *r)
{
    if (r->run_n)
        codepage_text(&r->x->sink, r->codepage, (struct span){r->run, r->run_n});
    r->run_n = 0;
}

static bool silent(const struct rtf *r)
{
    return r->groups[r->depth].skip || r->groups[r->depth].hidden;
}

static void add_byte(struct rtf *r, char c)
{
    if (r->to_skip) {
        r->to_skip--;
        return;
    }
    if (silent(r))
        return;
    if (r->run_n == RUN_MAX)
        flush(r);
    r->run[r->run_n++] = c;
}

static void add_unicode(struct rtf *r, long value)
{
    uint32_t unit = (uint32_t)value & 0xffff; /* written as a signed 16-bit number */
    bool low = unit >= 0xdc00 && unit <= 0xdfff;
    flush(r);
    r->to_skip = r->groups[r->depth].fallback;
    if (silent(r))
        return;
    if (r->high && low)
        sink_char(&r->x->sink, 0x10000 + ((r->high - 0xd800) << 10) + (unit - 0xdc00));
    r->high = unit >= 0xd800 && unit <= 0xdbff ? unit : 0;
    if (!r->high && !low)
        sink_char(&r->x->sink, unit);
}

static void add_word(struct rtf *r, size_t i)
{
    struct sink *sink = &r->x->sink;
    if (words[i].meaning == WORD_SKIP)
        r->groups[r->depth].skip = true;
    if (words[i].meaning == WORD_SHOW)
        r->groups[r->depth].skip = false;
    if (silent(r))
        return;
    flush(r);
    switch (words[i].meaning) {
    case WORD_BREAK:
        sink_break(sink, 2);
        break;
    case WORD_NEWLINE:
        sink_char(sink, '\n');
        break;
    case WORD_TAB:
        sink_char(sink, '\t');
        break;
    case WORD_CELL:
        sink_cell_end(sink);
        break;
    case WORD_ROW:
        sink_row_end(sink);
        break;
    case WORD_CHAR:
        sink_char(sink, words[i].code_point);
        break;
    case WORD_SKIP:
    case WORD_SHOW:
        break;
    }
}

static void skip_binary(struct rtf *r, long n)
{
    size_t bytes = n > 0 ? (size_t)n : 0;
    if (bytes > r->rest.n)
        bytes = r->rest.n;
    r->rest = (struct span){r->rest.p + bytes, r->rest.n - bytes};
}

static void control_word(struct rtf *r, const char *word, bool has_number, long number)
{
    if (strcmp(word, "u") == 0)
        add_unicode(r, number);
    else if (strcmp(word, "uc") == 0)
        r->groups[r->depth].fallback = number > 0 && number < 16 ? (unsigned)number : 0;
    else if (strcmp(word, "bin") == 0)
        skip_binary(r, number);
    else if (strcmp(word, "ansicpg") == 0 && number > 0 && number < 65536)
        r->codepage = (unsigned)number;
    else if (strcmp(word, "v") == 0)
        flush(r), r->groups[r->depth].hidden = !has_number || number != 0;
    else if (strcmp(word, "plain") == 0)
        flush(r), r->groups[r->depth].hidden = false;
    else
        for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
            if (strcmp(word, words[i].name) == 0)
                add_word(r, i);
}

static int take(struct rtf *r)
{
    if (!r->rest.n)
        return -1;
    int c = (unsigned char)*r->rest.p++;
    r->rest.n--;
    return c;
}

static bool peek_in(const struct rtf *r, char from, char to)
{
    return r->rest.n && *r->rest.p >= from && *r->rest.p <= to;
}

static void read_word(struct rtf *r)
{
    char word[WORD_MAX + 1];
    size_t n = 0;
    long number = 0;
    bool negative = false, has_number = false;
    while (peek_in(r, 'a', 'z') || peek_in(r, 'A', 'Z')) {
        int c = take(r);
        if (n < WORD_MAX)
            word[n++] = (char)c;
    }
    word[n] = '\0';
    if (r->rest.n > 1 && *r->rest.p == '-')
        negative = true, take(r);
    while (peek_in(r, '0', '9')) {
        int digit = take(r) - '0';
        has_number = true;
        if (number < 100000000)
            number = number * 10 + digit;
    }
    if (peek_in(r, ' ', ' '))
        take(r);
    control_word(r, word, has_number, negative ? -number : number);
}

static void read_control(struct rtf *r)
{
    if (peek_in(r, 'a', 'z') || peek_in(r, 'A', 'Z')) {
        read_word(r);
        return;
    }
    int c = take(r);
    if (c == '\'') {
        int high = char_hex((char)take(r)), low = char_hex((char)take(r));
        if (high >= 0 && low >= 0)
            add_byte(r, (char)(high << 4 | low));
    } else if (c == '*') {
        r->groups[r->depth].skip = true;
    } else if (c == '\n' || c == '\r') {
        if (!silent(r))
            flush(r), sink_break(&r->x->sink, 2);
    } else if (c == '~') {
        add_byte(r, ' ');
    } else if (c == '_') {
        add_byte(r, '-');
    } else if (c == '\\' || c == '{' || c == '}') {
        add_byte(r, (char)c);
    }
}

/* false at the end of the document */
static bool step(struct rtf *r)
{
    int c = take(r);
    if (c == '{') {
        flush(r);
        if (r->depth + 1 == GROUPS_MAX) {
            r->x->status = WORKER_BROKEN;
            r->x->detail = "groups are nested too deep";
            return false;
        }
        r->groups[r->depth + 1] = r->groups[r->depth];
        r->depth++;
        r->to_skip = 0;
    } else if (c == '}') {
        flush(r);
        r->to_skip = 0;
        if (r->depth == 0 || --r->depth == 0)
            return false;
    } else if (c == '\\') {
        read_control(r);
    } else if (c >= 0 && c != '\n' && c != '\r') {
        add_byte(r, (char)c);
    }
    return c >= 0;
}

void extract_rtf(struct extraction *x, struct span document)
{
    struct rtf r = {.x = x, .rest = document, .codepage = 1252, .groups = {{.fallback = 1}}};
    for (size_t steps = 1; step(&r) && !x->sink.truncated; steps++)
        if (steps % 65536 == 0 && extract_late(x)) {
            x->status = WORKER_TIMEOUT;
            x->detail = "the document is too much work";
            break;
        }
    flush(&r);
}
