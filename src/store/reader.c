/*
 * Connections for reading, opened when first needed, so that nobody who reads waits for the writer. Two pools:
 * a patient one for the console and reports, and a quick one for messages that wait for an answer. A connection
 * is held for a few statements only: an open read would keep the log from shrinking.
 */
#include "base/clock.h"

#include "store/internal.h"

static void pool_init(struct reader_pool *pool, unsigned flags)
{
    cond_init_monotonic(&pool->free);
    pool->flags = flags;
}

void readers_init(struct store *store)
{
    pool_init(&store->readers, STORE_RDONLY | (store->flags & STORE_PATIENT));
    pool_init(&store->quick, STORE_RDONLY | DB_QUICK | (store->flags & STORE_PATIENT));
}

static bool wait_for_slot(struct store *store, struct reader_pool *pool, int64_t until_ms)
{
    if (until_ms < 0)
        return pthread_cond_wait(&pool->free, &store->lock) == 0;
    return cond_wait_until(&pool->free, &store->lock, until_ms);
}

/* STORE_READERS when none came free in time. */
static size_t take_slot(struct store *store, struct reader_pool *pool, int wait_ms)
{
    int64_t until_ms = wait_ms < 0 ? -1 : monotonic_ms() + wait_ms;
    size_t slot;
    pthread_mutex_lock(&store->lock);
    do {
        for (slot = 0; slot < STORE_READERS && (store->closing || pool->busy[slot]); slot++)
            ;
    } while (slot == STORE_READERS && wait_for_slot(store, pool, until_ms));
    if (slot < STORE_READERS)
        pool->busy[slot] = true;
    pthread_mutex_unlock(&store->lock);
    return slot;
}

void reader_give(struct store *store, struct reader_pool *pool, size_t slot, struct db *db)
{
    pthread_mutex_lock(&store->lock);
    pool->db[slot] = db;
    pool->busy[slot] = false;
    pthread_cond_broadcast(&pool->free); /* who closes waits for all of them */
    pthread_mutex_unlock(&store->lock);
}

static bool is_busy(const struct reader_pool *pool)
{
    for (size_t i = 0; i < STORE_READERS; i++)
        if (pool->busy[i])
            return true;
    return false;
}

static void close_all(struct store *store, struct reader_pool *pool)
{
    for (size_t i = 0; i < STORE_READERS; i++) {
        if (pool->db[i])
            store->driver->close(pool->db[i]);
        pool->db[i] = NULL;
    }
}

bool readers_stop(struct store *store, int wait_ms)
{
    struct reader_pool *pools[] = {&store->readers, &store->quick};
    int64_t until_ms = monotonic_ms() + wait_ms;
    bool idle = true;
    atomic_fetch_or(&store->hurry, HURRY_REOPENING);
    pthread_mutex_lock(&store->lock);
    store->closing = true;
    for (size_t i = 0; i < 2 && idle; i++)
        while (is_busy(pools[i]) && (idle = wait_for_slot(store, pools[i], until_ms)))
            ;
    if (idle) {
        close_all(store, pools[0]);
        close_all(store, pools[1]);
    }
    pthread_mutex_unlock(&store->lock);
    atomic_fetch_and(&store->hurry, ~(unsigned)HURRY_REOPENING);
    if (!idle)
        readers_go(store);
    return idle;
}

void readers_go(struct store *store)
{
    pthread_mutex_lock(&store->lock);
    store->closing = false;
    pthread_cond_broadcast(&store->readers.free);
    pthread_cond_broadcast(&store->quick.free);
    pthread_mutex_unlock(&store->lock);
}

struct db *reader_take(struct store *store, struct reader_pool *pool, size_t *slot_r, int wait_ms,
                       struct store_error *error)
{
    *slot_r = take_slot(store, pool, wait_ms);
    if (*slot_r == STORE_READERS) {
        store_fail(error, STORE_LOCKED, "%s: no connection became free in time", store->url);
        return NULL;
    }
    struct db *db = pool->db[*slot_r]; /* whoever holds a slot alone uses its connection */
    if (!db)
        db = store->driver->open(store->where, pool->flags, error);
    if (!db)
        reader_give(store, pool, *slot_r, NULL);
    return db;
}

int reader_query(struct store *store, enum statement id, const struct db_value *args, size_t n_args,
                 db_row_fn row, void *context, struct store_error *error)
{
    size_t slot;
    struct db *db = reader_take(store, &store->readers, &slot, -1, error);
    if (!db)
        return -1;
    int result = store->driver->run(db, id, args, n_args, row, context, NULL, error);
    if (result)
        state_note(store, error);
    reader_give(store, &store->readers, slot, db);
    return result;
}

void readers_close(struct store *store)
{
    close_all(store, &store->readers);
    close_all(store, &store->quick);
    pthread_cond_destroy(&store->readers.free);
    pthread_cond_destroy(&store->quick.free);
}
