/*
 * The cache of SPF results and DMARC records. Keys hold what senders chose, so the number of places is fixed, and
 * a flood of new keys pushes out only what was to end first among a few places; nothing grows.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "worker/spf_cache.h"

enum {
    SETS = 1024, /* times WAYS: answers for some thousand clients and domains in five minutes */
    WAYS = 4,
};

struct place {
    char *key, *text;
    unsigned value;
    int64_t until;
};

struct spf_cache {
    pthread_mutex_t lock;
    uint64_t seed;
    struct place places[SETS][WAYS];
};

struct spf_cache *spf_cache_new(void)
{
    struct spf_cache *cache = mem_alloc(sizeof(*cache));
    pthread_mutex_init(&cache->lock, NULL);
    cache->seed = 0xcbf29ce484222325u ^ (uintptr_t)cache; /* an address that a sender cannot know */
    return cache;
}

static void clear(struct place *place)
{
    free(place->key);
    free(place->text);
    *place = (struct place){0};
}

void spf_cache_free(struct spf_cache **cache)
{
    if (!*cache)
        return;
    for (unsigned s = 0; s < SETS; s++)
        for (unsigned w = 0; w < WAYS; w++)
            clear(&(*cache)->places[s][w]);
    pthread_mutex_destroy(&(*cache)->lock);
    free(*cache);
    *cache = NULL;
}

static struct place *set_of(struct spf_cache *cache, const char *key)
{
    uint64_t h = cache->seed;
    for (const char *p = key; *p; p++)
        h = (h ^ (unsigned char)*p) * 0x100000001b3u;
    return cache->places[(h ^ h >> 32) % SETS];
}

bool spf_cache_get(struct spf_cache *cache, struct arena *arena, const char *key, int64_t now,
                   struct spf_cached *out_r)
{
    bool found = false;
    pthread_mutex_lock(&cache->lock);
    struct place *set = set_of(cache, key);
    for (unsigned w = 0; w < WAYS && !found; w++) {
        if (!set[w].key || set[w].until <= now || strcmp(set[w].key, key) != 0)
            continue;
        *out_r = (struct spf_cached){set[w].value, set[w].text ? arena_strdup(arena, set[w].text) : NULL,
                                     set[w].until};
        found = true;
    }
    pthread_mutex_unlock(&cache->lock);
    return found;
}

void spf_cache_put(struct spf_cache *cache, const char *key, int64_t until, struct spf_cached value)
{
    pthread_mutex_lock(&cache->lock);
    struct place *set = set_of(cache, key), *place = &set[0];
    for (unsigned w = 0; w < WAYS; w++) {
        if (set[w].key && strcmp(set[w].key, key) == 0) {
            place = &set[w];
            break;
        }
        if (set[w].until < place->until)
            place = &set[w];
    }
    clear(place);
    *place = (struct place){mem_strdup(key), value.text ? mem_strdup(value.text) : NULL, value.value, until};
    pthread_mutex_unlock(&cache->lock);
}
