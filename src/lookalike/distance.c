/*
 * Weighted Damerau-Levenshtein (optimal string alignment) in a diagonal band, with look-alike sequences of two
 * characters for one (rn/m). Strings are at most DISTANCE_MAX_LENGTH bytes, so time and stack are bounded.
 */
#include <stdbool.h>
#include <string.h>

#include "lookalike/distance.h"

enum {
    COST_REPEAT = 40,
    COST_TRANSPOSE = 50,
    COST_SWAP = 60, /* of two letters around a third: sodoxe */
    COST_PLURAL = 50,
    FIRST_FACTOR = 130, /* per cent: nobody overlooks a first letter as easily */
    FAR = 60000
};

struct cell {
    uint16_t cost;
    uint8_t kind, seen, genuine; /* the step that led here: characters of each side */
};

struct task {
    const struct tables *t;
    const char *a, *b; /* seen, genuine: without what they share at both ends, but for CONTEXT characters */
    size_t na, nb;
    size_t before; /* shared characters taken off the front */
    bool to_end;   /* nothing was taken off the end */
    size_t band;
    struct cell cell[DISTANCE_MAX_LENGTH + 1][DISTANCE_MAX_LENGTH + 1];
};

static bool ascii(char c)
{
    return (unsigned char)c < 0x80;
}

static bool is_vowel(char c)
{
    const uint32_t vowels = 1u << ('a' - 'a') | 1u << ('e' - 'a') | 1u << ('i' - 'a') | 1u << ('o' - 'a') |
                            1u << ('u' - 'a') | 1u << ('y' - 'a');
    return c >= 'a' && c <= 'z' && (vowels >> (c - 'a') & 1);
}

static inline void step(struct task *k, size_t i, size_t j, size_t da, size_t db, enum edit_kind kind,
                        unsigned cost)
{
    size_t pi = i - da, pj = j - db;
    if (pi > pj + k->band || pj > pi + k->band) /* outside the band: never filled */
        return;
    unsigned factor = k->before == 0 && (i == da || j == db) && kind != EDIT_VISUAL ? FIRST_FACTOR : 100;
    unsigned total = k->cell[i - da][j - db].cost + cost * factor / 100;
    if (total < k->cell[i][j].cost)
        k->cell[i][j] = (struct cell){(uint16_t)total, (uint8_t)kind, (uint8_t)da, (uint8_t)db};
}

static enum edit_kind substitution_kind(const struct tables *t, char a, char b, unsigned cost)
{
    if (cost < 60)
        return EDIT_VISUAL;
    if (is_vowel(a) && is_vowel(b))
        return EDIT_VOWEL;
    return ascii(a) && ascii(b) && t->neighbour[(int)a][(int)b] ? EDIT_KEY : EDIT_OTHER;
}

static inline void substitute(struct task *k, size_t i, size_t j)
{
    char a = k->a[i - 1], b = k->b[j - 1];
    unsigned cost = ascii(a) && ascii(b) ? k->t->sub[(int)a][(int)b] : a == b ? 0 : COST_EDIT;
    enum edit_kind kind = substitution_kind(k->t, a, b, cost);
    if (cost == 0) {
        if (k->cell[i - 1][j - 1].cost < k->cell[i][j].cost)
            k->cell[i][j] = (struct cell){k->cell[i - 1][j - 1].cost, EDIT_OTHER, 1, 1};
        return;
    }
    step(k, i, j, 1, 1, kind, cost);
}

static inline void sequences(struct task *k, size_t i, size_t j)
{
    char a = k->a[i - 1], b = k->b[j - 1];
    if (i > 1 && ascii(a) && ascii(k->a[i - 2])) {
        int p = k->t->pair_of[(int)k->a[i - 2]][(int)a];
        if (p && k->t->pairs[p - 1].one == b)
            step(k, i, j, 2, 1, EDIT_VISUAL, k->t->pairs[p - 1].cost);
    }
    if (j > 1 && ascii(b) && ascii(k->b[j - 2])) {
        int p = k->t->pair_of[(int)k->b[j - 2]][(int)b];
        if (p && k->t->pairs[p - 1].one == a)
            step(k, i, j, 1, 2, EDIT_VISUAL, k->t->pairs[p - 1].cost);
    }
    if (i > 1 && j > 1 && a == k->b[j - 2] && k->a[i - 2] == b && a != b)
        step(k, i, j, 2, 2, EDIT_TRANSPOSE, COST_TRANSPOSE);
    if (i > 2 && j > 2 && a == k->b[j - 3] && k->a[i - 3] == b && k->a[i - 2] == k->b[j - 2] && a != b)
        step(k, i, j, 3, 3, EDIT_TRANSPOSE, COST_SWAP);
}

static inline void insert_or_omit(struct task *k, size_t i, size_t j)
{
    if (i > 0) {
        char c = k->a[i - 1];
        bool repeat = (i > 1 && k->a[i - 2] == c) || (i < k->na && k->a[i] == c);
        bool plural = k->to_end && i == k->na && j == k->nb && c == 's';
        step(k, i, j, 1, 0,
             repeat   ? EDIT_REPEAT
             : plural ? EDIT_PLURAL
                      : EDIT_INSERT,
             repeat   ? COST_REPEAT
             : plural ? COST_PLURAL
                      : COST_EDIT);
    }
    if (j > 0) {
        char c = k->b[j - 1];
        bool repeat = (j > 1 && k->b[j - 2] == c) || (j < k->nb && k->b[j] == c);
        bool plural = k->to_end && i == k->na && j == k->nb && c == 's';
        step(k, i, j, 0, 1,
             repeat   ? EDIT_REPEAT
             : plural ? EDIT_PLURAL
                      : EDIT_OMIT,
             repeat   ? COST_REPEAT
             : plural ? COST_PLURAL
                      : COST_EDIT);
    }
}

/* Fills the band; false as soon as three rows in turn cost more than `limit`: no step reaches over three. */
static bool fill(struct task *k, unsigned limit)
{
    unsigned beyond = 0;
    for (size_t i = 0; i <= k->na; i++) {
        size_t lo = i > k->band ? i - k->band : 0;
        size_t hi = i + k->band < k->nb ? i + k->band : k->nb;
        unsigned best = FAR;
        for (size_t j = lo; j <= hi; j++) {
            k->cell[i][j].cost = i + j == 0 ? 0 : FAR;
            if (i > 0 && j > 0) {
                substitute(k, i, j);
                sequences(k, i, j);
            }
            if (i + j > 0)
                insert_or_omit(k, i, j);
            if (k->cell[i][j].cost < best)
                best = k->cell[i][j].cost;
        }
        beyond = best > limit ? beyond + 1 : 0;
        if (beyond == 3)
            return false;
    }
    return true;
}

/* What both share at the ends costs nothing; the steps look at most CONTEXT characters beyond a difference. */
enum { CONTEXT = 3 };

static void set_up(struct task *k, const struct tables *tables, struct span seen, struct span genuine)
{
    size_t least = seen.n < genuine.n ? seen.n : genuine.n, front = 0, back = 0;
    while (front < least && seen.p[front] == genuine.p[front])
        front++;
    while (back < least - front && seen.p[seen.n - 1 - back] == genuine.p[genuine.n - 1 - back])
        back++;
    front = front > CONTEXT ? front - CONTEXT : 0;
    back = back > CONTEXT ? back - CONTEXT : 0;
    k->t = tables;
    k->before = front;
    k->to_end = back == 0;
    k->a = seen.p + front;
    k->na = seen.n - front - back;
    k->b = genuine.p + front;
    k->nb = genuine.n - front - back;
    k->band = DISTANCE_BAND;
}

static bool hopeless(size_t na, size_t nb)
{
    size_t d = na > nb ? na - nb : nb - na;
    return na > DISTANCE_MAX_LENGTH || nb > DISTANCE_MAX_LENGTH || d > DISTANCE_BAND;
}

static void trace(const struct task *k, struct alignment *out)
{
    struct edit all[2 * DISTANCE_MAX_LENGTH];
    unsigned n = 0;
    for (size_t i = k->na, j = k->nb; i + j > 0;) {
        const struct cell *c = &k->cell[i][j], *before = &k->cell[i - c->seen][j - c->genuine];
        i -= c->seen;
        j -= c->genuine;
        if (c->cost != before->cost)
            all[n++] = (struct edit){.kind = c->kind,
                                     .at = (uint8_t)(i + k->before),
                                     .n = c->seen,
                                     .at_genuine = (uint8_t)(j + k->before),
                                     .n_genuine = c->genuine,
                                     .cost = (uint8_t)(c->cost - before->cost)};
    }
    out->n = n < DISTANCE_MAX_EDITS ? n : DISTANCE_MAX_EDITS;
    for (unsigned i = 0; i < out->n; i++)
        out->edits[i] = all[n - 1 - i];
}

unsigned distance_align(const struct tables *tables, const char *seen, size_t n_seen, const char *genuine,
                        size_t n_genuine, unsigned limit, struct alignment *alignment_r)
{
    struct task k; /* the cells are written before they are read */
    set_up(&k, tables, (struct span){seen, n_seen}, (struct span){genuine, n_genuine});
    *alignment_r = (struct alignment){.cost = FAR};
    if (hopeless(n_seen, n_genuine) || !fill(&k, limit))
        return FAR;
    alignment_r->cost = k.cell[k.na][k.nb].cost;
    if (alignment_r->cost < FAR)
        trace(&k, alignment_r);
    return alignment_r->cost;
}
