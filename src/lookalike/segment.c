/*
 * Reading a label as a row of known affixes, words and numbers (walmartgroupeinvoice), by dynamic programming
 * with the fewest unexplained letters, then the fewest parts. Parts never reach over a hyphen.
 */
#include <string.h>

#include "lookalike/segment.h"

enum { MAX_PART = 16, MIN_WORD = 4, UNKNOWN = 16 /* cost of a letter, in parts */ };

struct best {
    uint16_t cost;
    uint8_t unknown, kinds, part;
};

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The kinds of the part plain[at..at+n); 0 = not a known part. */
static uint8_t part_kinds(const struct tables *t, const struct form *f, unsigned at, unsigned n)
{
    uint8_t kinds = strset_get(&t->affixes, f->plain + at, n), level;
    bool digits = true;
    for (unsigned i = at; i < at + n; i++)
        digits &= digit(f->plain[i]);
    if (digits)
        return SEGMENT_DIGITS;
    if (n >= MIN_WORD && (level = strset_get(&t->words, f->plain + at, n)) && (level <= 2 || n >= 6))
        kinds |= SEGMENT_WORD;
    return kinds;
}

static void relax(struct best *to, const struct best *from, unsigned cost, unsigned unknown, uint8_t kinds,
                  unsigned n)
{
    unsigned total = from->cost + cost;
    if (total < to->cost)
        *to = (struct best){(uint16_t)total, (uint8_t)(from->unknown + unknown), from->kinds | kinds,
                            (uint8_t)n};
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
    uint8_t parts[FORM_MAX][MAX_PART + 1];
    for (unsigned i = 0; i <= f->n; i++)
        before[i] = behind[i] = (struct best){.cost = UINT16_MAX / 2};
    before[0].cost = behind[f->n].cost = 0;
    for (unsigned i = 0; i < f->n; i++) {
        unsigned most = room(f, i);
        relax(&before[i + 1], &before[i], UNKNOWN, 1, 0, 1);
        for (unsigned n = 1; n <= most; n++) {
            parts[i][n] = part_kinds(tables, f, i, n);
            if (parts[i][n])
                relax(&before[i + n], &before[i], n == 1 ? UNKNOWN / 2 : 1, 0, parts[i][n], n);
        }
    }
    for (unsigned i = f->n; i-- > 0;) {
        unsigned most = room(f, i);
        relax(&behind[i], &behind[i + 1], UNKNOWN, 1, 0, 1);
        for (unsigned n = 1; n <= most; n++)
            if (parts[i][n])
                relax(&behind[i], &behind[i + n], n == 1 ? UNKNOWN / 2 : 1, 0, parts[i][n], n);
    }
    s->cuts = 0;
    for (unsigned i = 0; i <= f->n; i++) {
        s->unknown_before[i] = before[i].unknown;
        s->kinds_before[i] = before[i].kinds;
        s->unknown_behind[i] = behind[i].unknown;
        s->kinds_behind[i] = behind[i].kinds;
    }
    for (unsigned i = 0; i < f->n; i += behind[i].part)
        s->cuts |= (uint64_t)1 << i;
}
