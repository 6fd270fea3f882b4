#ifndef RINGER_WORKER_SPF_CACHE_H
#define RINGER_WORKER_SPF_CACHE_H
#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"

/* Small answers kept for a while: key -> a number and a text. A fixed number of places; the oldest goes. Thread-safe. */
struct spf_cache;

struct spf_cached {
    unsigned value;
    const char *text; /* NULL when there is none */
    int64_t until;    /* of what was found: as it was put */
};

struct spf_cache *spf_cache_new(void);
void spf_cache_free(struct spf_cache **cache);
/* `now` and `until` in monotonic milliseconds. The text is copied to the arena. */
bool spf_cache_get(struct spf_cache *cache, struct arena *arena, const char *key, int64_t now,
                   struct spf_cached *out_r);
void spf_cache_put(struct spf_cache *cache, const char *key, int64_t until, struct spf_cached value);

#endif
