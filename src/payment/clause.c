/*
 * Splits folded text into sentences, see clause.h. Works on bytes: folding has made full-width ！？； ASCII.
 * It does not try to understand abbreviations beyond a list: a sentence cut too early only loses words
 * that the window over two sentences (pack.h) may find again.
 */
#include <string.h>

#include "payment/clause.h"

static bool blank(char c)
{
    return c == ' ' || c == '\n';
}

static bool word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool wide(char c)
{
    return (unsigned char)c >= 0x80;
}

static const char *const abbreviations[] = {
    "no",   "nr",   "num",  "mr",  "mrs",  "ms",   "dr",  "st",   "inc",    "ltd",  "co",
    "corp", "sr",   "sra",  "sig", "srl",  "art",  "ul",  "ref",  "tel",    "bzw",  "ca",
    "ggf",  "inkl", "zzgl", "usw", "evtl", "etc",  "acc", "acct", "approx", "dept", "stk",
    "pkt",  "np",   "tj",   "tzn", "dhr",  "mevr", "ing", "prof", "att",    "av",   "mme",
    "mlle", "vs",   "jan",  "feb", "aug",  "sept", "oct", "nov",  "dec",    "dez",  "okt",
};

/* Is the full stop at `at` that of "no." or of an initial? */
static bool abbreviates(struct span text, size_t start, size_t at)
{
    size_t from = at;
    while (from > start && word_byte(text.p[from - 1]))
        from--;
    size_t n = at - from;
    if (n == 1 && text.p[from] >= 'a')
        return true;
    for (size_t i = 0; n && i < sizeof(abbreviations) / sizeof(*abbreviations); i++)
        if (strlen(abbreviations[i]) == n && memcmp(abbreviations[i], text.p + from, n) == 0)
            return true;
    return false;
}

/* Length of the sentence end at `at`, 0 when there is none. */
static size_t ends_here(struct span text, size_t start, size_t at)
{
    char c = text.p[at];
    if (c == ' ' || word_byte(c))
        return 0;
    char next = at + 1 < text.n ? text.p[at + 1] : '\n';
    if (c == '\n')
        return next == '\n' || next == '-' || next == '*' ? 1 : 0;
    if (c == '.')
        return blank(next) && !abbreviates(text, start, at) ? 1 : 0;
    if (c == '!' || c == '?' || c == ';')
        return blank(next) || wide(next) || next == '"' || next == c || at + 1 == text.n ? 1 : 0;
    if (at + 2 < text.n && memcmp(text.p + at, "\xE3\x80\x82", 3) == 0) /* 。 */
        return 3;
    return 0;
}

/* A Japanese question ends in the particle ka and a full stop, without a question mark. */
static bool asks_in_japanese(struct span text, size_t start, size_t at)
{
    return at >= start + 3 && memcmp(text.p + at - 3, "\xE3\x81\x8B", 3) == 0; /* か */
}

/* Where a too long sentence is cut: at its last blank, else before a character. */
static size_t cut_at(struct span text, size_t start)
{
    size_t limit = start + CLAUSE_BYTES;
    for (size_t i = limit; i > start + CLAUSE_BYTES / 2; i--)
        if (blank(text.p[i]))
            return i;
    while (limit > start + 1 && ((unsigned char)text.p[limit] & 0xC0) == 0x80)
        limit--;
    return limit;
}

bool clause_next(struct span text, size_t *pos, struct clause *clause_r)
{
    size_t start = *pos;
    while (start < text.n && blank(text.p[start]))
        start++;
    if (start >= text.n)
        return false;
    *clause_r = (struct clause){.start = start};
    size_t i = start, length = 0;
    for (; i < text.n && !length; i += length ? length : 1) {
        while (i < text.n && i - start < CLAUSE_BYTES && word_byte(text.p[i]))
            i++;
        if (i == text.n)
            break;
        if (i - start >= CLAUSE_BYTES) {
            i = cut_at(text, start);
            clause_r->cut = true;
            break;
        }
        length = ends_here(text, start, i);
        if (length)
            clause_r->question = text.p[i] == '?' || asks_in_japanese(text, start, i);
    }
    *pos = i;
    while (i > start && blank(text.p[i - 1]))
        i--;
    clause_r->end = i;
    return true;
}

/* Length of the opening (or closing) quotation mark at p, 0 when it is none. */
static size_t quote_mark(const char *p, size_t n, bool open, bool close)
{
    if (*p == '"')
        return 1;
    if (n < 3)
        return 0;
    if (open && (memcmp(p, "\xE3\x80\x8C", 3) == 0 || memcmp(p, "\xE3\x80\x8E", 3) == 0)) /* 「 『 */
        return 3;
    if (close && (memcmp(p, "\xE3\x80\x8D", 3) == 0 || memcmp(p, "\xE3\x80\x8F", 3) == 0)) /* 」 』 */
        return 3;
    return 0;
}

bool clause_is_quoted(struct span text, const struct clause *clause, size_t start, size_t end)
{
    size_t opened = 0;
    bool open = false;
    for (size_t i = clause->start; i < clause->end; i++) {
        size_t n = quote_mark(text.p + i, clause->end - i, !open, open);
        if (!n)
            continue;
        if (open && opened <= start && i >= end)
            return opened > clause->start + 1 || i + n + 2 < clause->end;
        open = !open;
        opened = i + n;
        i += n - 1;
    }
    /* A quotation may go on over several sentences: open until the end, with words before it. */
    return open && opened <= start && opened > clause->start + 1;
}
