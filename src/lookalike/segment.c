/*
 * Reading a label as a row of known affixes, words and numbers (walmartgroupeinvoice), by dynamic programming
 * with the fewest unexplained letters, then the fewest parts. Parts never reach over a hyphen.
 */
#include <string.h>

#include "lookalike/segment.h"

enum { MAX_PART = 16, MIN_WORD = 4, UNKNOWN = 16 /* cost of a letter, in parts */ };

struct best {
    uint16_t cost;
    uint8_t part; /* length of the part that touches */
    struct reading reading;
};

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The kinds of the part plain[at..at+n); 0 = not a known part. */
static uint16_t part_kinds(const struct tables *t, const struct form *f, unsigned at, unsigned n)
{
    uint16_t kinds = strset_get(&t->affixes, f->plain + at, n), level;
    bool digits = true;
    for (unsigned i = at; i < at + n; i++)
        digits &= digit(f->plain[i]);
    if (digits)
        return SEGMENT_DIGITS;
    if (n >= MIN_WORD && (level = strset_get(&t->words, f->plain + at, n)) && (level <= 2 || n >= 6))
        kinds |= SEGMENT_WORD;
    return kinds;
}

/* A part of `n` letters more; without kinds it is an unknown letter. */
static void relax(struct best *to, const struct best *from, uint16_t kinds, unsigned n)
{
    unsigned total = from->cost + (!kinds ? UNKNOWN : n == 1 ? UNKNOWN / 2 : 1);
    const struct reading *r = &from->reading;
    if (total >= to->cost)
        return;
    to->cost = (uint16_t)total;
    to->part = (uint8_t)n;
    to->reading = (struct reading){.unknown = (uint8_t)(r->unknown + !kinds),
                                   .lures = (uint8_t)(r->lures + !!(kinds & AFFIX_LURE)),
                                   .parts = (uint8_t)(r->parts + 1),
                                   .kinds = r->kinds | kinds,
                                   .next = kinds};
}

static unsigned room(const struct form *f, unsigned at)
{
    unsigned n = 1;
    while (n < MAX_PART && at + n < f->n && !(f->starts >> (at + n) & 1))
        n++;
    return at + n > f->n ? f->n - at : n;
}

void segments_make(const struct tables *tables, const struct form *f, struct segments *s)
{
    struct best before[FORM_MAX + 1], behind[FORM_MAX + 1];
    uint16_t parts[FORM_MAX][MAX_PART + 1];
    for (unsigned i = 0; i <= f->n; i++)
        before[i] = behind[i] = (struct best){.cost = UINT16_MAX / 2};
    before[0].cost = behind[f->n].cost = 0;
    for (unsigned i = 0; i < f->n; i++) {
        unsigned most = room(f, i);
        relax(&before[i + 1], &before[i], 0, 1);
        for (unsigned n = 1; n <= most; n++) {
            parts[i][n] = part_kinds(tables, f, i, n);
            if (parts[i][n])
                relax(&before[i + n], &before[i], parts[i][n], n);
        }
    }
    for (unsigned i = f->n; i-- > 0;) {
        unsigned most = room(f, i);
        relax(&behind[i], &behind[i + 1], 0, 1);
        for (unsigned n = 1; n <= most; n++)
            if (parts[i][n])
                relax(&behind[i], &behind[i + n], parts[i][n], n);
    }
    s->cuts = 0;
    for (unsigned i = 0; i <= f->n; i++) {
        s->before[i] = before[i].reading;
        s->behind[i] = behind[i].reading;
    }
    for (unsigned i = 0; i < f->n; i += behind[i].part)
        s->cuts |= (uint64_t)1 << i;
}
