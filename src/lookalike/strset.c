/*
 * A small hash set of strings for the tables that every lookup asks many times. Members longer than 255
 * bytes are not kept: no table has them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#include "lookalike/strset.h"

uint32_t strset_hash(const char *p, size_t n)
{
    uint64_t h = 0x9e3779b97f4a7c15u ^ n;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)p[i]) * 0x100000001b3u;
    return (uint32_t)(h ^ (h >> 29) ^ (h >> 43));
}

static struct strset_slot *find(const struct strset *set, const char *p, size_t n, uint32_t hash)
{
    for (uint32_t i = hash & set->mask;; i = (i + 1) & set->mask) {
        struct strset_slot *s = &set->slots[i];
        if (s->at == 0 || (s->hash == hash && s->n == n && memcmp(set->text + s->at - 1, p, n) == 0))
            return s;
    }
}

static void grow(struct strset *set)
{
    struct strset old = *set;
    uint32_t size = old.slots ? 2 * (old.mask + 1) : 256;
    set->slots = mem_array(size, sizeof(*set->slots));
    set->mask = size - 1;
    for (uint32_t i = 0; old.slots && i <= old.mask; i++) {
        const struct strset_slot *s = &old.slots[i];
        if (s->at)
            *find(set, set->text + s->at - 1, s->n, s->hash) = *s;
    }
    free(old.slots);
}

void strset_add(struct strset *set, struct span s, uint8_t value)
{
    if (s.n == 0 || s.n > UINT8_MAX)
        return;
    if (!set->slots || 2 * (set->n + 1) > set->mask)
        grow(set);
    uint32_t hash = strset_hash(s.p, s.n);
    struct strset_slot *slot = find(set, s.p, s.n, hash);
    if (slot->at) {
        slot->value |= value;
        return;
    }
    if (set->used + s.n > set->cap) {
        set->cap = 2 * (set->cap + s.n);
        set->text = mem_resize(set->text, set->cap, 1);
    }
    memcpy(set->text + set->used, s.p, s.n);
    *slot = (struct strset_slot){hash, (uint32_t)set->used + 1, (uint8_t)s.n, value};
    set->used += s.n;
    set->n++;
    if (s.n > set->max_len)
        set->max_len = s.n;
}

uint8_t strset_get(const struct strset *set, const char *p, size_t n)
{
    if (!set->slots || n == 0 || n > set->max_len)
        return 0;
    const struct strset_slot *slot = find(set, p, n, strset_hash(p, n));
    return slot->at ? slot->value : 0;
}

void strset_free(struct strset *set)
{
    free(set->slots);
    free(set->text);
    *set = (struct strset){0};
}
