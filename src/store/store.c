/*
 * Opening and closing a store.
 */
#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>

#include "base/mem.h"

#include "store/internal.h"

struct store *store_open(const char *url, unsigned flags, struct store_error *error)
{
    const char *where;
    const struct db_driver *driver = store_driver(url, &where);
    error->text[0] = '\0';
    if (!driver || sodium_init() < 0) {
        store_fail(error, STORE_INVALID, "%s: no store url; write sqlite:PATH", url);
        return NULL;
    }
    struct store *store = mem_alloc(sizeof(*store));
    store->driver = driver;
    store->url = mem_strdup(url);
    store->where = store->url + (where - url);
    store->tenant = "default";
    store->flags = flags;
    pthread_mutex_init(&store->lock, NULL);
    readers_init(store);
    store->writer_db = store_connect(store, error);
    if (!store->writer_db)
        state_note(store, error);
    else if (flags & STORE_PATIENT)
        driver->reserve(store->writer_db, true);
    struct store_error threads;
    if ((!store->writer_db && !(flags & STORE_PATIENT)) || writer_start(store, &threads)) {
        if (store->writer_db)
            *error = threads;
        store_close(&store);
    }
    return store;
}

void store_close(struct store **store)
{
    struct store *s = *store;
    if (!s)
        return;
    writer_stop(s);
    readers_close(s);
    if (s->writer_db)
        s->driver->close(s->writer_db);
    pthread_mutex_destroy(&s->lock);
    while (s->key) {
        struct store_key *older = s->key->older;
        free(s->key);
        s->key = older;
    }
    free(s->url);
    free(s);
    *store = NULL;
}

void store_leave_soon(struct store *store)
{
    atomic_fetch_or(&store->hurry, HURRY_LEAVING);
}

bool store_leaves(struct store *store)
{
    return (atomic_load(&store->hurry) & HURRY_LEAVING) != 0;
}

void store_stats(struct store *store, struct store_stats *stats_r)
{
    pthread_mutex_lock(&store->lock);
    *stats_r = store->stats;
    for (size_t i = 0; i < BACKGROUND_KINDS; i++)
        stats_r->waiting += store->n_background[i];
    pthread_mutex_unlock(&store->lock);
}

const char *store_state_name(enum store_state state)
{
    static const char *const names[] = {"good", "waiting", "damaged"};
    return names[state];
}

void store_on_event(struct store *store, store_event_fn tell)
{
    pthread_mutex_lock(&store->lock);
    store->tell = tell;
    pthread_mutex_unlock(&store->lock);
}
