/*
 * Encoding of added headers (RFC 2047, RFC 5322 2.2.3). Refuses nothing: whatever comes in, a harmless value
 * comes out.
 */
#include <stdbool.h>
#include <string.h>

#include <uninorm.h>

#include "base/buf.h"
#include "base/text.h"

#include "milter/headertext.h"

/*
 * A word is at most 75 bytes long (RFC 2047 section 2): "=?UTF-8?B?" and "?=" leave 63, in base64 of whole
 * groups 60 = 45 bytes of text.
 */
enum { LINE = 76, WORD_BYTES = 45 };

struct folder {
    struct buf out;
    size_t column;
    bool started;
};

/* Appends a token that is not to be broken, with the blank or the fold before it. */
static void add_token(struct folder *f, const char *token, size_t n)
{
    if (f->started && f->column + 1 + n > LINE) {
        buf_adds(&f->out, "\n ");
        f->column = 1;
    } else if (f->started) {
        buf_addc(&f->out, ' ');
        f->column++;
    }
    buf_add(&f->out, token, n);
    f->column += n;
    f->started = true;
}

static size_t utf8_length(unsigned char c)
{
    return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

static void add_encoded(struct folder *f, struct span text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    while (text.n) {
        size_t take = 0;
        for (size_t len; take < text.n; take += len) {
            len = utf8_length((unsigned char)text.p[take]);
            if (take + len > WORD_BYTES || take + len > text.n)
                break;
        }
        if (take == 0)
            return; /* a cut character at the very end */
        struct buf word = {0};
        buf_adds(&word, "=?UTF-8?B?");
        for (size_t i = 0; i < take; i += 3) {
            unsigned char b[3] = {0};
            size_t n = take - i < 3 ? take - i : 3;
            memcpy(b, text.p + i, n);
            buf_addc(&word, digits[b[0] >> 2]);
            buf_addc(&word, digits[(b[0] & 3) << 4 | b[1] >> 4]);
            buf_addc(&word, n > 1 ? digits[(b[1] & 15) << 2 | b[2] >> 6] : '=');
            buf_addc(&word, n > 2 ? digits[b[2] & 63] : '=');
        }
        buf_adds(&word, "?=");
        add_token(f, word.p, word.n);
        buf_free(&word);
        text.p += take;
        text.n -= take;
    }
}

/*
 * One run of words: encoded when it holds anything that is not printable ASCII or looks like an encoded word, which
 * many mail programs decode in the middle of a word, too.
 */
static bool needs_encoding(struct span word)
{
    if (word.n > LINE - 2 || memmem(word.p, word.n, "=?", 2))
        return true;
    for (size_t i = 0; i < word.n; i++)
        if ((unsigned char)word.p[i] <= ' ' || (unsigned char)word.p[i] >= 0x7f)
            return true;
    return false;
}

/* The text with white space and control characters as single blanks, cut at `cap` on a character. */
static struct span tidy(struct arena *arena, const char *text, size_t cap)
{
    struct span in = text_valid_utf8(arena, (struct span){text, strnlen(text, cap * 2)});
    char *out = arena_alloc(arena, in.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < in.n;) {
        size_t len = utf8_length((unsigned char)in.p[i]);
        bool blank = (unsigned char)in.p[i] <= ' ' || in.p[i] == 0x7f;
        if (n + len > cap || i + len > in.n)
            break;
        if (!blank) {
            memcpy(out + n, in.p + i, len);
            n += len;
        } else if (n > 0 && out[n - 1] != ' ') {
            out[n++] = ' ';
        }
        i += len;
    }
    while (n > 0 && out[n - 1] == ' ')
        n--;
    return (struct span){out, n};
}

static void add_text(struct folder *f, struct span rest)
{
    while (rest.n) {
        struct span word = span_cut(&rest, ' ');
        if (!needs_encoding(word)) {
            add_token(f, word.p, word.n);
            continue;
        }
        /* neighbours that need it too go into the same run: blanks between encoded words vanish */
        struct span run = word;
        while (rest.n) {
            struct span ahead = rest;
            struct span next = span_cut(&ahead, ' ');
            if (!needs_encoding(next))
                break;
            run.n = (size_t)(next.p + next.n - run.p);
            rest = ahead;
        }
        add_encoded(f, run);
    }
}

char *headertext_unstructured(struct arena *arena, const char *name, const char *text, size_t cap)
{
    struct folder f = {.column = strlen(name) + 2};
    add_text(&f, tidy(arena, text, cap));
    char *value = arena_strndup(arena, f.out.n ? f.out.p : "", f.out.n);
    buf_free(&f.out);
    return value;
}

/* --- readable as ASCII */

static const char *plain_mark(uint32_t c)
{
    static const struct {
        uint32_t c;
        const char *ascii;
    } marks[] = {
        {0xa0, " "},    {0xab, "\""},   {0xb7, "*"},    {0xbb, "\""},    {0x2010, "-"},
        {0x2011, "-"},  {0x2012, "-"},  {0x2013, "-"},  {0x2014, "-"},   {0x2015, "-"},
        {0x2018, "'"},  {0x2019, "'"},  {0x201a, "'"},  {0x201b, "'"},   {0x201c, "\""},
        {0x201d, "\""}, {0x201e, "\""}, {0x2022, "*"},  {0x2026, "..."}, {0x202f, " "},
        {0x2039, "'"},  {0x203a, "'"},  {0x2192, "->"}, {0x2212, "-"},   {0x20ac, "EUR"},
    };
    for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
        if (marks[i].c == c)
            return marks[i].ascii;
    return NULL;
}

/* The ASCII letter below an accent; 0: none. */
static char without_accents(uint32_t c)
{
    ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];
    int tag;
    while (c >= 0x80) {
        if (uc_decomposition(c, &tag, parts) <= 0 || tag != UC_DECOMP_CANONICAL)
            return 0;
        c = parts[0];
    }
    return (char)c;
}

/* Is the word so foreign that numbers would make it no clearer? Marks do not count. */
static bool is_foreign(struct span word)
{
    size_t ascii = 0, other = 0;
    for (size_t i = 0; i < word.n;) {
        uint32_t c;
        i += text_decode(word.p + i, word.n - i, &c);
        if (c < 0x80)
            ascii++;
        else
            other += !plain_mark(c) && !without_accents(c);
    }
    return other > ascii;
}

static void add_readable(struct buf *out, struct span word)
{
    bool address = memchr(word.p, '@', word.n) || memchr(word.p, '.', word.n);
    for (size_t i = 0; i < word.n;) {
        uint32_t c;
        size_t n = text_decode(word.p + i, word.n - i, &c);
        const char *mark = plain_mark(c);
        char letter = address ? 0 : without_accents(c);
        if (c < 0x80)
            buf_add(out, word.p + i, n);
        else if (mark)
            buf_adds(out, mark);
        else if (letter)
            buf_addc(out, letter);
        else
            buf_printf(out, "<U+%04X>", (unsigned)c);
        i += n;
    }
}

char *headertext_readable(struct arena *arena, const char *name, const char *text, size_t cap)
{
    struct span rest = tidy(arena, text, cap);
    struct buf plain = {0};
    while (rest.n) {
        struct span word = span_cut(&rest, ' ');
        if (is_foreign(word))
            buf_add_span(&plain, word);
        else
            add_readable(&plain, word);
        if (rest.n)
            buf_addc(&plain, ' ');
    }
    char *value = headertext_unstructured(arena, name, plain.n ? plain.p : "", 4 * cap);
    buf_free(&plain);
    return value;
}

char *headertext_subject(struct arena *arena, const char *prefix, const char *subject)
{
    enum { PREFIX_CAP = 200 };
    char *head = headertext_unstructured(arena, "Subject", prefix, PREFIX_CAP);
    struct buf out = {0};
    buf_adds(&out, head);
    buf_addc(&out, ' ');
    for (const char *p = subject; *p; p++) { /* a line end stays only where white space follows: folding */
        if (*p == '\r')
            continue;
        if (*p == '\n' && p[1] != ' ' && p[1] != '\t')
            buf_addc(&out, ' ');
        else
            buf_addc(&out, *p);
    }
    char *value = arena_strndup(arena, out.p, out.n);
    buf_free(&out);
    return value;
}
