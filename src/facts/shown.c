/*
 * Names as they are seen, see shown.h. Nothing is refused: what is no word parts words.
 */
#include <limits.h>
#include <string.h>

#include "base/text.h"
#include "mail/bidi.h"

#include "facts/shown.h"

enum { MAX_NAME = 8192 /* bytes looked at: room for much that nobody sees */ };

static bool is_word_byte(unsigned char c)
{
    return c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

bool shown_has_capitals(const char *name)
{
    for (const char *p = name; *p; p++)
        if (is_lower(p[0]) && is_upper(p[1]))
            return true;
    return false;
}

static struct span cut_at_capitals(struct arena *arena, struct span text)
{
    char *out = arena_bytes(arena, 2 * text.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (i && is_lower(text.p[i - 1]) && is_upper(text.p[i]))
            out[n++] = ' ';
        out[n++] = text.p[i];
    }
    return (struct span){out, n};
}

/* What stands between two words ends a segment: brackets, bars, a dash between blanks. */
static bool parts(struct span between, unsigned how)
{
    for (size_t i = 0; i < between.n; i++) {
        char c = between.p[i];
        if (strchr("()[]{}<>|/:;@", c) || (c == ',' && how & SHOWN_COMMAS))
            return true;
        if (c == '-' && ((i && between.p[i - 1] == ' ') || (i + 1 < between.n && between.p[i + 1] == ' ')))
            return true;
    }
    return false;
}

/* "&" and "+" between words are read as a word. */
static void add_and(struct shown *shown, struct span between, unsigned segment, bool local)
{
    if (!local && shown->n && shown->n < SHOWN_WORDS && between.n &&
        (memchr(between.p, '&', between.n) || memchr(between.p, '+', between.n)))
        shown->v[shown->n++] = (struct shown_word){SPAN_LIT("and"), segment};
}

static struct span without_digits(struct span word)
{
    size_t n = word.n;
    while (n && word.p[n - 1] >= '0' && word.p[n - 1] <= '9')
        n--;
    return (struct span){word.p, n};
}

static void cut(struct shown *shown, unsigned how)
{
    struct span text = shown->text;
    unsigned segment = 0;
    for (size_t i = 0; i < text.n && shown->n < SHOWN_WORDS;) {
        size_t start = i;
        while (i < text.n && !is_word_byte((unsigned char)text.p[i]))
            i++;
        struct span between = {text.p + start, i - start};
        segment += shown->n && parts(between, how);
        size_t begin = i;
        while (i < text.n && is_word_byte((unsigned char)text.p[i]))
            i++;
        if (i == begin)
            break;
        add_and(shown, between, segment, how & SHOWN_LOCAL);
        struct span word = {text.p + begin, i - begin};
        word = how & SHOWN_LOCAL ? without_digits(word) : word;
        if (word.n && shown->n < SHOWN_WORDS)
            shown->v[shown->n++] = (struct shown_word){word, segment};
    }
}

static bool is_single(const struct shown_word *w)
{
    return w->text.n == 1 && (unsigned char)w->text.p[0] < 0x80;
}

/* Runs of single letters become one word. */
static void join_single(struct arena *arena, struct shown *shown)
{
    size_t to = 0;
    for (size_t i = 0; i < shown->n; to++) {
        size_t end = i + 1;
        while (is_single(&shown->v[i]) && end < shown->n && is_single(&shown->v[end]) &&
               shown->v[end].segment == shown->v[i].segment)
            end++;
        shown->v[to] = shown->v[i];
        if (end - i > 1) {
            char *word = arena_bytes(arena, end - i);
            for (size_t k = i; k < end; k++)
                word[k - i] = shown->v[k].text.p[0];
            shown->v[to].text = (struct span){word, end - i};
        }
        i = end;
    }
    shown->n = to;
}

void shown_read(struct arena *arena, const char *name, unsigned how, struct shown *shown_r)
{
    struct span text = text_cut(text_valid_utf8(arena, span_of(name)), MAX_NAME);
    text = bidi_seen(arena, text);
    if (how & SHOWN_CAPITALS)
        text = cut_at_capitals(arena, text);
    *shown_r = (struct shown){.text = span_trim(text_fold(arena, text)->text)};
    cut(shown_r, how);
    join_single(arena, shown_r);
}

/* What `second` makes of the letter before it: rn is m, vv is w, ae is a; 0 = nothing. */
static char of_two(char first, char second)
{
    if (second == 'n')
        return first == 'r' ? 'm' : 0;
    if (second == 'v')
        return first == 'v' ? 'w' : 0;
    return second == 'e' && (first == 'a' || first == 'o' || first == 'u') ? first : 0;
}

/* What looks like `c`, or is written for it, is `c`: 0 and o; 1, I and l; ae and a. Every word of a signature comes here. */
static void glue_char(struct glued *g, char c)
{
    static const char looks[UCHAR_MAX + 1] = {
        ['0'] = 'o', ['1'] = 'i', ['l'] = 'i', ['5'] = 's', ['3'] = 'e', ['4'] = 'a'};
    char alike = looks[(unsigned char)c];
    c = alike ? alike : c;
    char two = g->n ? of_two(g->p[g->n - 1], c) : 0;
    if (two)
        g->p[g->n - 1] = two;
    else if (g->n < sizeof(g->p))
        g->p[g->n++] = c;
}

void shown_glue(struct glued *g, struct span word)
{
    for (size_t i = 0; i < word.n && g->n < GLUED_MAX; i++)
        if (word.p[i])
            glue_char(g, word.p[i]);
}
