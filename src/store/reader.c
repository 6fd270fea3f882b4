/*
 * A few connections for reading, opened when first needed, so that the console and reports never wait for
 * the writer. A connection is held for one statement only: an open read would keep the log from shrinking.
 */
#include "store/internal.h"

static size_t take_slot(struct store *store)
{
    size_t slot;
    pthread_mutex_lock(&store->lock);
    for (;;) {
        for (slot = 0; slot < STORE_READERS && store->reader_busy[slot]; slot++)
            ;
        if (slot < STORE_READERS)
            break;
        pthread_cond_wait(&store->reader_free, &store->lock);
    }
    store->reader_busy[slot] = true;
    pthread_mutex_unlock(&store->lock);
    return slot;
}

static void give_slot(struct store *store, size_t slot)
{
    pthread_mutex_lock(&store->lock);
    store->reader_busy[slot] = false;
    pthread_cond_signal(&store->reader_free);
    pthread_mutex_unlock(&store->lock);
}

int reader_query(struct store *store, enum statement id, const struct db_value *args, size_t n_args,
                 db_row_fn row, void *context, struct store_error *error)
{
    int result = -1;
    size_t slot = take_slot(store); /* whoever holds a slot alone uses its connection */
    if (!store->reader[slot])
        store->reader[slot] = store->driver->open(store->where, STORE_RDONLY, error);
    if (store->reader[slot])
        result = store->driver->run(store->reader[slot], id, args, n_args, row, context, NULL, error);
    give_slot(store, slot);
    return result;
}

void readers_close(struct store *store)
{
    for (size_t i = 0; i < STORE_READERS; i++)
        if (store->reader[i])
            store->driver->close(store->reader[i]);
}
