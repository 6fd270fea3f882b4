/*
 * Crowding: counts once what lies near a name, and packs it into one number beside the core.
 */
#include <string.h>

#include "lookalike/crowd.h"
#include "lookalike/crowding.h"
#include "lookalike/near.h"

enum { COUNTED = 1 << 12, POPULAR = 1 << 13, LEVEL_BITS = 3, LEVEL_MASK = (1 << LEVEL_BITS) - 1 };

/* As many as there would be in a crowd of AS_IF, so that the points mean the same whatever list is there. */
static unsigned level(unsigned crowd, unsigned count)
{
    enum { AS_IF = 58000 };
    unsigned l = 0;
    if (crowd > 0)
        count = (unsigned)(((uint64_t)count * AS_IF + crowd / 2) / crowd);
    for (; count > 0 && l < CROWDING_MOST; count >>= 1)
        l++;
    return l;
}

/* The protected ones: within the names of one index. */
static void count_protected(const struct lookalike_index *x, const struct form *form,
                            struct crowd_count *count)
{
    struct near near;
    struct pattern pattern;
    const uint8_t *map = x->tables->pattern;
    near_begin(&near);
    near_ask(&near, form->plain, form->same, form->n, 2);
    near_find(&near, x);
    pattern_make(&pattern, map, form->plain, form->n);
    for (unsigned i = 0; near.n_texts > 0 && i < near.text[0].n_found; i++) {
        const struct core *c = &x->cores[near_cores(&near, 0)[i]];
        if (c->n == form->n && memcmp(index_key(x, c), form->plain, c->n) == 0)
            continue;
        unsigned edits = pattern_edits(&pattern, map, index_key(x, c), c->n);
        count->one += edits <= 1;
        count->two += edits <= 2;
    }
}

/* Protected domains are among the popular ones, too. */
static unsigned popular_themselves(const struct lookalike_index *x, const struct core *c)
{
    enum { MOST = 64 };
    unsigned n = 0;
    for (uint32_t i = 0; i < c->names && i < MOST; i++) {
        const struct name *name = &x->names[c->name + i];
        const char *ascii = x->pool + name->ascii + name->registrable;
        n += strset_get(&x->tables->crowd, ascii, strlen(ascii));
    }
    return n;
}

static unsigned count(const struct lookalike_index *index, uint32_t core)
{
    const struct core *c = &index->cores[core];
    const struct tables *t = index->tables;
    struct form form = {.n = c->n};
    memcpy(form.plain, index_key(index, c), c->n);
    form_skeleton(t, &form);
    struct crowd_count near = crowd_count(t, form.plain, c->n);
    for (const struct lookalike_index *x = index; x; x = x->base)
        count_protected(x, &form, &near);
    unsigned own = popular_themselves(index, c), equal = near.equal > own ? near.equal - own : 0;
    return COUNTED | (own > 0 ? POPULAR : 0) | level(near.all, near.one) |
           level(near.all, near.two) << LEVEL_BITS | level(near.all, near.within) << 2 * LEVEL_BITS |
           level(near.all, equal) << 3 * LEVEL_BITS;
}

struct crowding crowding_of(const struct lookalike_index *index, uint32_t core)
{
    unsigned packed = __atomic_load_n(&index->crowding[core], __ATOMIC_RELAXED);
    if (packed == 0) { /* two threads may count at once: they find the same */
        packed = count(index, core);
        __atomic_store_n(&index->crowding[core], (uint16_t)packed, __ATOMIC_RELAXED);
    }
    return (struct crowding){.one = packed & LEVEL_MASK,
                             .two = packed >> LEVEL_BITS & LEVEL_MASK,
                             .within = packed >> 2 * LEVEL_BITS & LEVEL_MASK,
                             .equal = packed >> 3 * LEVEL_BITS & LEVEL_MASK,
                             .popular = packed & POPULAR};
}
