/*
 * Names inside longer ones: rexel-groupe, companybilling, walmarkcz, wwwcompany, and misspelt ones
 * (myequifaz). Every substring of the skeleton is looked up by a rolling hash behind a Bloom filter;
 * misspelt ones are found by taking known affixes off and by looking at each hyphenated part.
 */
#include <string.h>

#include "lookalike/contained.h"
#include "lookalike/hits.h"
#include "lookalike/score.h"

enum { MIN_CONTAINED = 3, MIN_TYPO = 5, MAX_TAKEN = 64 /* names found inside one label */ };

struct inside {
    struct query *q;
    struct seen *seen;
    const struct lookalike_index *index;
    uint8_t begin, end; /* in the plain form */
    unsigned taken;
};

static void take_inside(void *context, uint32_t number)
{
    struct inside *in = context;
    if (in->taken >= MAX_TAKEN)
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
        if (distance_align(in->q->tables, f->plain + in->begin, n, key, c->n, score_allowed_cost(c->n, true),
                           &hit.alignment) > score_allowed_cost(c->n, true))
            return;
    }
    in->taken++;
    query_choose(in->q, &hit);
    hit.classes = hit_script_classes(f) |
                  1u << (hit.place == SEEN_REGISTRABLE ? LOOKALIKE_COMBOSQUAT : LOOKALIKE_SUBDOMAIN);
    query_know(in->q, in->seen);
    hit.score = score_contained(in->q, &hit, in->seen);
    hits_take(in->q, &hit, in->seen);
}

/*
 * Every substring of the skeleton that may be a name. Most of the time no name begins with the first characters of
 * one, and then none that is longer has to be tried.
 */
static void substrings(struct inside *in)
{
    const struct form *f = &in->seen->form;
    const struct lookalike_index *x = in->index;
    const struct filter filter = x->inside; /* a copy, which stays in registers */
    unsigned least = x->shortest > MIN_CONTAINED ? x->shortest : MIN_CONTAINED;
    for (unsigned i = 0; i + least <= f->n_skel; i++) {
        uint64_t h = INDEX_HASH_START;
        unsigned end = f->n_skel - (i == 0); /* not the whole */
        if (end > i + x->longest)
            end = i + x->longest;
        for (unsigned j = i; j < end; j++) {
            h = index_hash_extend(h, f->skel[j]);
            if (index_beginning_ends(j + 1 - i) && !filter_has(&filter, index_beginning(h)))
                break;
            if (j + 1 - i < least || !filter_has(&filter, h))
                continue;
            in->begin = f->from[i];
            in->end = f->from[j + 1];
            index_exact(x, index_hash_finish(h, KEY_SKELETON), take_inside, in);
        }
    }
}

/* A part that may be a misspelt name, with at most so many edits in its first characters. */
static void ask_part(const struct form *f, struct near *near, unsigned begin, unsigned end, unsigned edits)
{
    if (end - begin >= MIN_TYPO && (begin > 0 || end < f->n))
        near_ask(near, f->plain + begin, f->same + begin, end - begin, edits);
}

static unsigned next_start(const struct form *f, unsigned at)
{
    for (unsigned i = at + 1; i < f->n; i++)
        if (f->starts >> i & 1)
            return i;
    return f->n;
}

static void ask_tokens(const struct form *f, struct near *near)
{
    unsigned tokens = 0;
    for (unsigned at = 0; at < f->n && tokens < 8; tokens++) {
        unsigned end = next_start(f, at);
        ask_part(f, near, at, end, 2);
        if (end < f->n)
            ask_part(f, near, at, next_start(f, end), 2); /* two tokens: a hyphen inside the name */
        at = end;
    }
}

/*
 * One edit is enough: a name with two of them that runs into a word tells a reader little, and so many parts begin or
 * end like a word that trying two took a third of the time of a lookup.
 */
static void ask_beside_affixes(const struct form *f, const struct tables *t, struct near *near)
{
    uint32_t front = AFFIX_START, back = AFFIX_START;
    for (unsigned n = 1; n <= AFFIX_MAX && n + MIN_TYPO <= f->n; n++) {
        front = affix_extend(front, f->plain[n - 1]);
        back = affix_extend(back, f->plain[f->n - n]);
        if (n < AFFIX_MIN)
            continue;
        if (affix_may_be(t->affix_front, front) && strset_get(&t->affixes, f->plain, n))
            ask_part(f, near, n, f->n, 1);
        if (affix_may_be(t->affix_back, back) && strset_get(&t->affixes, f->plain + f->n - n, n))
            ask_part(f, near, 0, f->n - n, 1);
    }
}

void contained_ask(const struct query *q, const struct seen *seen, struct near *near)
{
    if (seen->form.starts & ~(uint64_t)1)
        ask_tokens(&seen->form, near);
    ask_beside_affixes(&seen->form, q->tables, near);
}

void contained_match(struct query *q, struct seen *seen, const struct lookalike_index *index,
                     const struct near *near)
{
    struct inside in = {.q = q, .seen = seen, .index = index};
    substrings(&in);
    for (unsigned t = seen->n_whole; t < near->n_texts; t++) {
        in.begin = (uint8_t)(near->text[t].plain - seen->form.plain);
        in.end = (uint8_t)(in.begin + near->text[t].n);
        for (unsigned i = 0; i < near->text[t].n_found; i++)
            take_inside(&in, near_cores(near, t)[i]);
    }
}
