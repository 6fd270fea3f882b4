/*
 * Whole names: does this label read like, or lie within a few edits of, a protected one? Candidates come from
 * the skeleton rows and the deletion neighbourhood; each is verified by the weighted distance.
 */
#include <string.h>

#include "lookalike/hits.h"
#include "lookalike/score.h"
#include "lookalike/whole.h"

enum { SEEN_CACHE = 256, MAX_CANDIDATES = 512 /* verified for one label: bounds the time of one lookup */ };

struct gather {
    struct query *q;
    struct seen *seen;
    const struct lookalike_index *index;
    uint32_t done[SEEN_CACHE]; /* 1 + core, direct-mapped: most repeats are seen here */
    unsigned candidates;
    uint64_t letters;
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

static void consider(void *context, uint32_t number)
{
    struct gather *g = context;
    const struct core *c = &g->index->cores[number];
    const struct form *f = &g->seen->form;
    if (g->done[number % SEEN_CACHE] == number + 1 || g->candidates == MAX_CANDIDATES)
        return;
    g->done[number % SEEN_CACHE] = number + 1;
    if (g->letters == 0) /* of the first candidate: most labels have none */
        g->letters = form_letters(&g->seen->form);
    unsigned letters = letters_differ(g->index->letters[number], g->letters),
             least_cost = letters * LETTERS_COST;
    if (least_cost > SCORE_MAX_COST)
        return;
    int spread = (int)f->n - (int)c->n;
    if (spread > DISTANCE_BAND || spread < -DISTANCE_BAND)
        return;
    g->candidates++;
    const char *key = index_key(g->index, c);
    struct hit hit = {
        .index = g->index, .core = number, .end = f->n, .n_seen = f->n, .place = g->seen->place};
    query_choose(g->q, &hit);
    unsigned limit = score_allowed_cost(c->n, query_suffix_equal(g->q, &hit) || hit.place == SEEN_HOST);
    if (limit < SHORT_SAME && c->n <= 3 &&
        (f->letters || f->marks)) /* all that is left is what looks the same */
        limit = SHORT_SAME;
    if (f->n == c->n && memcmp(f->plain, key, c->n) == 0)
        hit.alignment.cost = 0;
    else if (least_cost > limit ||
             distance_align(g->q->tables, f->plain, f->n, key, c->n, limit, &hit.alignment) > limit)
        return;
    hit.classes = edit_classes(&hit, g->seen, key) | hit_script_classes(f);
    if ((uint32_t)f->starts != c->starts && hit.alignment.cost == 0)
        hit.classes |= 1u << LOOKALIKE_HYPHEN;
    if (g->seen->place == SEEN_HOST)
        hit.classes |= 1u << LOOKALIKE_SUBDOMAIN;
    else if (g->seen->place == SEEN_JOINED)
        hit.classes |= 1u << LOOKALIKE_FOREIGN_SUFFIX;
    else if (!query_suffix_equal(g->q, &hit))
        hit.classes |= 1u << LOOKALIKE_TLD_SWAP;
    query_know(g->q, g->seen);
    hit.score = score_whole(g->q, &hit, g->seen);
    hits_take(g->q, &hit, g->seen);
}

static void gather_from(struct gather *g, const struct near *near)
{
    const struct form *f = &g->seen->form;
    struct listed_keys keys;
    index_listed_keys(f, &keys);
    index_exact(g->index, keys.skeleton, consider, g);
    if (f->n >= KEY_LOOSE_MIN) {
        index_exact(g->index, keys.loose, consider, g);
        index_exact(g->index, keys.vowels, consider, g);
    }
    for (unsigned t = 0; t < g->seen->n_whole; t++)
        for (unsigned i = 0; i < near->text[t].n_found; i++)
            consider(g, near_cores(near, t)[i]);
}

void whole_ask(struct seen *seen, struct near *near)
{
    const struct form *f = &seen->form;
    near_ask(near, f->plain, f->same, f->n, 2);
    if (f->n_skel != f->n)
        near_ask(near, f->skel, f->skel, f->n_skel, 2);
    seen->n_whole = near->n_texts;
}

void whole_match(struct query *q, struct seen *seen, const struct lookalike_index *index,
                 const struct near *near)
{
    struct gather g = {.q = q, .seen = seen, .index = index};
    if (seen->form.n > 0)
        gather_from(&g, near);
}
