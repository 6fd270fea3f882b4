/*
 * Letters that stand apart, see spaced.h. One pass over the text; the distance that is between most letters is that of
 * the first two letters of a run, so nothing need be counted.
 */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#include "mail/spaced.h"

enum {
    LEAST_LETTERS = 16, /* of a text, that stand apart in runs: a short sentence */
    LEAST_RUN = 3,      /* two are initials */
    MOST_APART = 12,    /* bytes between two letters of one run: four em spaces */
};

struct letters {
    struct span text;
    size_t at, end;    /* the letter that is looked at */
    struct span apart; /* what stands between it and the word before */
};

static bool is_apart(const char *p, size_t n, size_t *length_r)
{
    static const bool marks[0x80] = {
        ['.'] = true, [','] = true,  ['-'] = true, ['_'] = true, ['*'] = true, ['|'] = true, ['/'] = true,
        ['~'] = true, ['\''] = true, ['`'] = true, ['+'] = true, [':'] = true, [';'] = true};
    uint32_t c = (unsigned char)*p;
    *length_r = 1;
    if (c < 0x80)
        return c <= ' ' || marks[c];
    *length_r = text_decode(p, n, &c);
    return c <= ' ' || c == 0xA0 || c == 0xB7 || (c >= 0x2000 && c <= 0x206F) || c == 0x3000;
}

/* The next word; false at the end. */
static bool next_word(struct letters *l)
{
    size_t from = l->end, length;
    for (l->at = from; l->at < l->text.n && is_apart(l->text.p + l->at, l->text.n - l->at, &length);)
        l->at += length;
    l->apart = (struct span){l->text.p + from, l->at - from};
    l->end = l->at;
    while (l->end < l->text.n && !is_apart(l->text.p + l->end, l->text.n - l->end, &length))
        l->end += length;
    return l->end > l->at;
}

static bool is_letter(const struct letters *l)
{
    uint32_t c;
    return l->end > l->at && text_decode(l->text.p + l->at, l->end - l->at, &c) == l->end - l->at;
}

/* Writes the run of letters that begins at `l` to `out`, joined where it is long enough; its length. Ends behind it. */
static size_t take_run(struct letters *l, struct buf *out)
{
    size_t start = out->n, from = l->at, n = 1;
    struct span usual = {NULL, 0};
    buf_add(out, l->text.p + l->at, l->end - l->at);
    struct letters next = *l;
    while (next_word(&next) && is_letter(&next) && next.apart.n <= MOST_APART) {
        if (n++ == 1)
            usual = next.apart;
        if (!span_eq(next.apart, usual))
            buf_addc(out, ' ');
        buf_add(out, next.text.p + next.at, next.end - next.at);
        *l = next;
    }
    if (n < LEAST_RUN) {
        out->n = start;
        buf_add(out, l->text.p + from, l->end - from);
        return 0;
    }
    return n;
}

/* Most texts hold nearly none: a look at the bytes says so, far cheaper than one at the characters. */
static bool may_hold_runs(struct span text)
{
    size_t words = 0, length = 0;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        if (letter || (c >= '0' && c <= '9') || (c >= 0xC3 && c != 0xE2)) {
            length++;
        } else if (c < 0x80 || c >= 0xC0) { /* neither a letter nor the rest of a character */
            words += length == 1;
            length = 0;
        }
    }
    return words + (length == 1) >= LEAST_LETTERS / 2;
}

struct span spaced_joined(struct arena *arena, struct span text)
{
    if (!may_hold_runs(text))
        return (struct span){NULL, 0};
    struct letters l = {.text = text};
    struct buf out = {0};
    size_t letters = 0;
    while (next_word(&l)) {
        buf_add_span(&out, l.apart);
        if (is_letter(&l))
            letters += take_run(&l, &out);
        else
            buf_add(&out, l.text.p + l.at, l.end - l.at);
    }
    struct span joined = {NULL, 0};
    if (letters >= LEAST_LETTERS)
        joined = (struct span){arena_strndup(arena, out.p, out.n), out.n};
    buf_free(&out);
    return joined;
}
