/*
 * Names inside longer ones: rexel-groupe, companybilling, walmarkcz, wwwcompany, and misspelt ones
 * (myequifaz). Every substring of the skeleton is looked up by a rolling hash behind a Bloom filter;
 * misspelt ones are found by taking known affixes off and by looking at each hyphenated part.
 */
#include <string.h>

#include "lookalike/match.h"
#include "lookalike/pattern.h"

enum { MIN_CONTAINED = 3, MIN_TYPO = 5, MAX_TAKEN = 64 /* names found inside one label */ };
enum { SEEN_CACHE = 64 };

struct inside {
    struct query *q;
    struct seen *seen;
    const struct lookalike_index *index;
    uint8_t begin, end; /* in the plain form */
    unsigned taken;
    const struct pattern *pattern; /* as in whole.c */
    uint32_t letters;              /* of the part, with `pattern` */
    uint32_t part;                 /* which one: 12 bits, in `done` */
    uint32_t done[SEEN_CACHE];     /* part << 20 | core, direct-mapped */
};

/* A candidate of the deletion neighbourhood that the part can be. */
static bool worth_aligning(struct inside *in, uint32_t number)
{
    const struct lookalike_index *x = in->index;
    uint32_t *done = &in->done[number % SEEN_CACHE], mark = in->part << 20 | number;
    unsigned letters = (unsigned)__builtin_popcount(x->letters[number] ^ in->letters);
    if (*done == mark || letters * LETTERS_COST > MAX_COST)
        return false;
    *done = mark;
    const struct core *c = &x->cores[number];
    return letters * LETTERS_COST <= allowed_cost(c->n, true) &&
           pattern_edits(in->pattern, in->q->tables->loose, index_key(x, c), c->n) <= PATTERN_MAX_EDITS;
}

static void take_inside(void *context, uint32_t number)
{
    struct inside *in = context;
    if (in->taken >= MAX_TAKEN || (in->pattern && !worth_aligning(in, number)))
        return;
    const struct core *c = &in->index->cores[number];
    const struct form *f = &in->seen->form;
    const char *key = index_key(in->index, c);
    size_t n = (size_t)(in->end - in->begin);
    struct hit hit = {.index = in->index,
                      .core = number,
                      .begin = in->begin,
                      .end = in->end,
                      .n_seen = f->n,
                      .contained = true,
                      .place = in->seen->place};
    if (n != c->n || memcmp(f->plain + in->begin, key, n) != 0) {
        if (distance_align(in->q->tables, f->plain + in->begin, n, key, c->n, allowed_cost(c->n, true),
                           &hit.alignment) > allowed_cost(c->n, true))
            return;
    }
    in->taken++;
    query_choose(in->q, &hit);
    hit.classes = script_classes(f) |
                  1u << (hit.place == PLACE_REGISTRABLE ? LOOKALIKE_COMBOSQUAT : LOOKALIKE_SUBDOMAIN);
    hit.score = score_contained(in->q, &hit, in->seen);
    query_take(in->q, &hit, in->seen);
}

static void substrings(struct inside *in)
{
    const struct form *f = &in->seen->form;
    const struct lookalike_index *x = in->index;
    unsigned least = x->shortest > MIN_CONTAINED ? x->shortest : MIN_CONTAINED;
    for (unsigned i = 0; i + least <= f->n_skel; i++) {
        uint64_t h = INDEX_HASH_START;
        for (unsigned j = i; j < f->n_skel && j - i < x->longest; j++) {
            h = index_hash_extend(h, f->skel[j]);
            if (j - i + 1 < least || (i == 0 && j + 1 == f->n_skel))
                continue;
            uint64_t key = index_hash_finish(h, KEY_SKELETON);
            if (!index_may_have(x, key))
                continue;
            in->begin = f->from[i];
            in->end = f->from[j + 1];
            index_exact(x, key, take_inside, in);
        }
    }
}

/* A part that may be a misspelt name: looked up like a whole one. */
static void near_part(struct inside *in, unsigned begin, unsigned end)
{
    const struct form *f = &in->seen->form;
    char folded[FORM_MAX];
    struct form part;
    if (end - begin < MIN_TYPO || (begin == 0 && end == f->n))
        return;
    in->begin = (uint8_t)begin;
    in->end = (uint8_t)end;
    for (unsigned i = begin; i < end; i++)
        folded[i - begin] =
            (unsigned char)f->plain[i] < 0x80 ? in->q->tables->same[(int)f->plain[i]] : f->plain[i];
    part.n = (uint8_t)(end - begin);
    memcpy(part.plain, f->plain + begin, part.n);
    part.plain[part.n] = '\0';
    form_skeleton(in->q->tables, &part);
    in->letters = form_letters(&part);
    in->part = (in->part + 1) & 0xfff;
    struct pattern pattern;
    pattern_make(&pattern, in->q->tables->loose, f->plain + begin, end - begin);
    in->pattern = &pattern;
    index_near(in->index, folded, end - begin, take_inside, in);
    in->pattern = NULL;
}

static unsigned next_start(const struct form *f, unsigned at)
{
    for (unsigned i = at + 1; i < f->n; i++)
        if (f->starts >> i & 1)
            return i;
    return f->n;
}

static void misspelt_tokens(struct inside *in)
{
    const struct form *f = &in->seen->form;
    unsigned tokens = 0;
    for (unsigned at = 0; at < f->n && tokens < 8; tokens++) {
        unsigned end = next_start(f, at);
        near_part(in, at, end);
        if (end < f->n)
            near_part(in, at, next_start(f, end)); /* two tokens: a hyphen inside the name */
        at = end;
    }
}

static void misspelt_beside_affix(struct inside *in)
{
    const struct form *f = &in->seen->form;
    const struct strset *affixes = &in->q->tables->affixes;
    for (unsigned n = 2; n <= 14 && n + MIN_TYPO <= f->n; n++) {
        if (strset_get(affixes, f->plain, n))
            near_part(in, n, f->n);
        if (strset_get(affixes, f->plain + f->n - n, n))
            near_part(in, 0, f->n - n);
    }
}

void match_contained(struct query *q, struct seen *seen)
{
    for (const struct lookalike_index *x = q->index; x; x = x->base) {
        struct inside in = {.q = q, .seen = seen, .index = x};
        substrings(&in);
        if (seen->form.starts & ~(uint64_t)1)
            misspelt_tokens(&in);
        misspelt_beside_affix(&in);
    }
}
