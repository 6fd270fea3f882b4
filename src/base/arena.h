#ifndef RINGER_BASE_ARENA_H
#define RINGER_BASE_ARENA_H
#include <stdarg.h>
#include <stddef.h>
#include "base/span.h"

/*
 * An arena owns everything that belongs to one message (or one loaded file) and frees it at once.
 * Not for use by two threads at the same time. Allocations are never NULL (see mem.h).
 */
struct arena;

struct arena *arena_new(void);
void arena_free(struct arena **arena);        /* accepts a NULL arena; sets it to NULL */
void arena_reset(struct arena *arena);        /* empties it for the next message */
size_t arena_used(const struct arena *arena); /* bytes handed out */
/*
 * Work that was done for what lives in the arena, in steps of whoever counts them (mail/effort.h): adds `steps`, returns
 * the sum since arena_new() or arena_reset().
 */
size_t arena_work(struct arena *arena, size_t steps);

void *arena_alloc(struct arena *arena, size_t size); /* zeroed, aligned for any type */
void *arena_bytes(struct arena *arena, size_t size); /* not zeroed: for what is written in full */
void *arena_array(struct arena *arena, size_t count, size_t size);
/* Grows an array: copies `count` old elements; the old space stays with the arena. */
void *arena_grow(struct arena *arena, const void *old, size_t count, size_t new_count, size_t size);
char *arena_strdup(struct arena *arena, const char *s);
char *arena_strndup(struct arena *arena, const char *s, size_t n);
char *arena_span(struct arena *arena, struct span s);  /* NUL-terminated copy */
char *arena_lower(struct arena *arena, struct span s); /* a copy in small letters, ASCII only */
char *arena_printf(struct arena *arena, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

#endif
