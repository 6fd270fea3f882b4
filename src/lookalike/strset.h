#ifndef RINGER_LOOKALIKE_STRSET_H
#define RINGER_LOOKALIKE_STRSET_H
#include <stddef.h>
#include <stdint.h>
#include "base/span.h"

/* A set of short strings with a byte each: open addressing, for look-ups in tens of nanoseconds. {0} is empty. */
struct strset_slot {
    uint32_t hash, at; /* at: offset in text + 1 */
    uint8_t n, value;
};

struct strset {
    struct strset_slot *slots;
    char *text;
    uint32_t mask, n;
    size_t used, cap;
    size_t max_len; /* of all members */
};

uint32_t strset_hash(const char *p, size_t n);
void strset_add(struct strset *set, struct span s, uint8_t value); /* ORs the value into an old member's */
/* 0 when it is no member. */
uint8_t strset_get(const struct strset *set, const char *p, size_t n);
void strset_free(struct strset *set);

#endif
