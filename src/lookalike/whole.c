/*
 * Whole names: does this label read like, or lie within a few edits of, a protected one? Candidates come from
 * the skeleton rows and the deletion neighbourhood; each is verified by the weighted distance.
 */
#include <string.h>

#include "lookalike/match.h"
#include "lookalike/pattern.h"

enum { SEEN_CACHE = 256, MAX_CANDIDATES = 512 /* verified for one label: bounds the time of one lookup */ };

struct gather {
    struct query *q;
    struct seen *seen;
    const struct lookalike_index *index;
    uint32_t done[SEEN_CACHE]; /* 1 + core, direct-mapped: most repeats are seen here */
    unsigned candidates;
    uint32_t letters;
    const struct pattern
        *pattern; /* for candidates of the deletion neighbourhood; NULL for equal skeletons */
};

static uint32_t class_of_edit(const struct edit *e)
{
    static const enum lookalike_class classes[] = {[EDIT_VISUAL] = LOOKALIKE_CONFUSABLE,
                                                   [EDIT_REPEAT] = LOOKALIKE_REPETITION,
                                                   [EDIT_TRANSPOSE] = LOOKALIKE_TRANSPOSITION,
                                                   [EDIT_PLURAL] = LOOKALIKE_PLURAL,
                                                   [EDIT_VOWEL] = LOOKALIKE_VOWEL,
                                                   [EDIT_KEY] = LOOKALIKE_KEYBOARD,
                                                   [EDIT_OMIT] = LOOKALIKE_OMISSION,
                                                   [EDIT_INSERT] = LOOKALIKE_INSERTION,
                                                   [EDIT_OTHER] = LOOKALIKE_SUBSTITUTION};
    return 1u << classes[e->kind];
}

static bool one_bit(char a, char b)
{
    unsigned x = (unsigned char)a ^ (unsigned char)b;
    return x != 0 && (x & (x - 1)) == 0;
}

static uint32_t edit_classes(const struct hit *hit, const struct seen *seen, const char *key)
{
    uint32_t classes = 0;
    for (unsigned i = 0; i < hit->alignment.n; i++) {
        const struct edit *e = &hit->alignment.edits[i];
        classes |= class_of_edit(e);
        if (e->n == 1 && e->n_genuine == 1 && e->kind != EDIT_VISUAL &&
            one_bit(seen->form.plain[hit->begin + e->at], key[e->at_genuine]))
            classes |= 1u << LOOKALIKE_BITFLIP;
    }
    return classes;
}

uint32_t script_classes(const struct form *f)
{
    uint32_t classes = 0;
    if (f->letters)
        classes |= 1u << LOOKALIKE_IDN_HOMOGRAPH;
    if (f->marks)
        classes |= 1u << LOOKALIKE_DIACRITIC;
    if (f->latin && f->foreign)
        classes |= 1u << LOOKALIKE_MIXED_SCRIPT;
    return classes;
}

static void consider(void *context, uint32_t number)
{
    struct gather *g = context;
    const struct core *c = &g->index->cores[number];
    const struct form *f = &g->seen->form;
    if (g->done[number % SEEN_CACHE] == number + 1 || g->candidates == MAX_CANDIDATES)
        return;
    g->done[number % SEEN_CACHE] = number + 1;
    unsigned least_cost = (unsigned)__builtin_popcount(g->index->letters[number] ^ g->letters) * LETTERS_COST;
    if (least_cost > MAX_COST)
        return;
    int spread = (int)f->n - (int)c->n;
    if (spread > DISTANCE_BAND || spread < -DISTANCE_BAND)
        return;
    if (g->pattern &&
        pattern_edits(g->pattern, g->q->tables->loose, index_key(g->index, c), c->n) > PATTERN_MAX_EDITS)
        return;
    g->candidates++;
    const char *key = index_key(g->index, c);
    struct hit hit = {
        .index = g->index, .core = number, .end = f->n, .n_seen = f->n, .place = g->seen->place};
    query_choose(g->q, &hit);
    unsigned limit = allowed_cost(c->n, suffix_equal(g->q, &hit) || hit.place == PLACE_HOST);
    if (f->n == c->n && memcmp(f->plain, key, c->n) == 0)
        hit.alignment.cost = 0;
    else if (least_cost > limit ||
             distance_align(g->q->tables, f->plain, f->n, key, c->n, limit, &hit.alignment) > limit)
        return;
    hit.classes = edit_classes(&hit, g->seen, key) | script_classes(f);
    if (f->starts != c->starts && hit.alignment.cost == 0)
        hit.classes |= 1u << LOOKALIKE_HYPHEN;
    if (g->seen->place == PLACE_HOST)
        hit.classes |= 1u << LOOKALIKE_SUBDOMAIN;
    else if (g->seen->place == PLACE_JOINED)
        hit.classes |= 1u << LOOKALIKE_FOREIGN_SUFFIX;
    else if (!suffix_equal(g->q, &hit))
        hit.classes |= 1u << LOOKALIKE_TLD_SWAP;
    hit.score = score_whole(g->q, &hit, g->seen);
    query_take(g->q, &hit, g->seen);
}

static void gather_from(struct gather *g)
{
    const struct form *f = &g->seen->form;
    char folded[FORM_MAX];
    for (unsigned i = 0; i < f->n; i++)
        folded[i] = (unsigned char)f->plain[i] < 0x80 ? g->q->tables->same[(int)f->plain[i]] : f->plain[i];
    index_exact(g->index, index_hash(f->skel, f->n_skel, KEY_SKELETON), consider, g);
    if (f->n >= KEY_LOOSE_MIN) {
        index_exact(g->index, index_hash(f->loose, f->n_skel, KEY_LOOSE), consider, g);
        index_exact(g->index, index_vowel_key(f), consider, g);
    }
    struct pattern pattern;
    g->pattern = &pattern;
    pattern_make(&pattern, g->q->tables->loose, f->plain, f->n);
    index_near(g->index, folded, f->n, consider, g);
    if (f->n_skel == f->n)
        return;
    pattern_make(&pattern, g->q->tables->loose, f->skel, f->n_skel);
    index_near(g->index, f->skel, f->n_skel, consider, g);
}

void match_whole(struct query *q, struct seen *seen)
{
    for (const struct lookalike_index *x = q->index; x; x = x->base) {
        struct gather g = {.q = q, .seen = seen, .index = x, .letters = form_letters(&seen->form)};
        if (seen->form.n > 0)
            gather_from(&g);
    }
}
