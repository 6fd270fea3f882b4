#ifndef RINGER_LOOKALIKE_NEAR_H
#define RINGER_LOOKALIKE_NEAR_H
#include "lookalike/deletes.h"
#include "lookalike/index.h"
#include "lookalike/pattern.h"

/*
 * The names within a few edits of some texts, without their costs: those that share a key of the deletion
 * neighbourhood, have much the same letters and at most PATTERN_MAX_EDITS edits when look-alikes count as equal.
 * A label and its parts are asked for together, since in a large index each step waits for memory.
 */
enum {
    NEAR_SPREAD = 3, /* lengths differ by at most that much */
    /* Bounds of one lookup's time and space. There is room for all parts that contained.c asks for: 2 whole forms,
       16 tokens and pairs, 26 beside affixes. Names beyond NEAR_MAX are left out. */
    NEAR_TEXTS = 48,
    NEAR_KEYS = 2048,
    NEAR_MAX = 512
};

struct near_text {
    const char *plain; /* n characters, as struct form has them */
    size_t n;
    unsigned keys;               /* where its keys end, in near.key */
    unsigned n_found, end_found; /* how many names were found, and where they end in near.found */
};

struct near {
    struct near_text text[NEAR_TEXTS];
    unsigned n_texts, n_keys, n_found;
    uint64_t key[NEAR_KEYS];
    uint32_t found[NEAR_MAX + 1]; /* cores */
};

void near_begin(struct near *near);
/* `plain` with single look-alikes made equal is `same`; names up to `edits` away, 1 or 2. Both are kept, not copied. */
void near_ask(struct near *near, const char *plain, const char *same, size_t n, unsigned edits);
void near_find(struct near *near, const struct lookalike_index *index);
/* The cores found for text number i, each once. */
static inline const uint32_t *near_cores(const struct near *near, unsigned i)
{
    return near->found + near->text[i].end_found - near->text[i].n_found;
}

#endif
