/*
 * Arena: blocks that grow, freed together. Large requests get a block of their own so that they
 * do not waste the rest of the current one. Only what is asked for is zeroed: most of a message's bytes are
 * copies that are written at once.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"

enum { FIRST_BLOCK = 8 * 1024, MAX_BLOCK = 256 * 1024, ALIGN = 16 };

struct block {
    struct block *next;
    size_t size, used;
    _Alignas(16) char data[];
};

struct arena {
    struct block *blocks; /* the current block first */
    size_t used;
    size_t work;
};

static struct block *block_new(size_t size)
{
    struct block *b = mem_resize(NULL, sizeof(*b) + size, 1);
    *b = (struct block){.size = size};
    return b;
}

struct arena *arena_new(void)
{
    struct arena *arena = mem_alloc(sizeof(*arena));
    arena->blocks = block_new(FIRST_BLOCK);
    return arena;
}

static void free_blocks(struct block *b)
{
    while (b) {
        struct block *next = b->next;
        free(b);
        b = next;
    }
}

void arena_free(struct arena **arena)
{
    if (!*arena)
        return;
    free_blocks((*arena)->blocks);
    free(*arena);
    *arena = NULL;
}

void arena_reset(struct arena *arena)
{
    free_blocks(arena->blocks);
    arena->blocks = block_new(FIRST_BLOCK);
    arena->used = 0;
    arena->work = 0;
}

size_t arena_used(const struct arena *arena)
{
    return arena->used;
}

size_t arena_work(struct arena *arena, size_t steps)
{
    arena->work += steps;
    return arena->work;
}

void *arena_bytes(struct arena *arena, size_t size)
{
    struct block *b = arena->blocks;
    if (size > SIZE_MAX / 2)
        abort();
    size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    arena->used += size;
    if (size > b->size - b->used) {
        size_t next = b->size * 2 < MAX_BLOCK ? b->size * 2 : MAX_BLOCK;
        if (size > next / 2) { /* its own block, behind the current one */
            struct block *own = block_new(size);
            own->used = size;
            own->next = b->next;
            b->next = own;
            return own->data;
        }
        b = block_new(next);
        b->next = arena->blocks;
        arena->blocks = b;
    }
    void *p = b->data + b->used;
    b->used += size;
    return p;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return memset(arena_bytes(arena, size), 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / 2 / size)
        abort();
    return arena_alloc(arena, count * size);
}

void *arena_grow(struct arena *arena, const void *old, size_t count, size_t new_count, size_t size)
{
    if (size && new_count > SIZE_MAX / 2 / size)
        abort();
    char *p = arena_bytes(arena, new_count * size);
    if (count)
        memcpy(p, old, count * size);
    memset(p + count * size, 0, (new_count - count) * size);
    return p;
}

char *arena_strndup(struct arena *arena, const char *s, size_t n)
{
    char *p = arena_bytes(arena, n + 1);
    if (n)
        memcpy(p, s, n);
    p[n] = '\0';
    return p;
}

char *arena_strdup(struct arena *arena, const char *s)
{
    return arena_strndup(arena, s, strlen(s));
}

char *arena_span(struct arena *arena, struct span s)
{
    return arena_strndup(arena, s.p, s.n);
}

char *arena_lower(struct arena *arena, struct span s)
{
    char *copy = arena_span(arena, s);
    for (size_t i = 0; i < s.n; i++)
        copy[i] = char_lower(copy[i]);
    return copy;
}

char *arena_vprintf(struct arena *arena, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (n < 0)
        return arena_strdup(arena, "");
    char *p = arena_bytes(arena, (size_t)n + 1);
    vsnprintf(p, (size_t)n + 1, fmt, ap);
    return p;
}

char *arena_printf(struct arena *arena, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *p = arena_vprintf(arena, fmt, ap);
    va_end(ap);
    return p;
}
