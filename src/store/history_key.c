/*
 * The single values of history, and the key of all its hashes: the store's own, so that two stores cannot be compared.
 */
#include <string.h>

#include <sodium.h>

#include "base/mem.h"

#include "store/history_internal.h"

struct meta_read {
    struct store *store;
    struct history_meta *meta;
};

/* The one that is read may be another than the one before: somebody put another file in the store's place. */
static void keep_key(struct store *store, const struct db_value *value)
{
    if (value->type != DB_BYTES || value->s.n != sizeof(store->key->bytes))
        return;
    pthread_mutex_lock(&store->lock);
    if (!store->key || memcmp(store->key->bytes, value->s.p, value->s.n) != 0) {
        struct store_key *key = mem_alloc(sizeof(*key)); /* others may be using the older one */
        memcpy(key->bytes, value->s.p, value->s.n);
        key->older = store->key;
        store->key = key;
    }
    pthread_mutex_unlock(&store->lock);
}

static int read_meta(void *context, const struct db_value *c, size_t n)
{
    struct meta_read *read = context;
    const char *name = c[0].type == DB_TEXT ? c[0].s.p : "";
    if (strcmp(name, "key") == 0) {
        keep_key(read->store, &c[2]);
        read->meta->has_key = true;
    } else if (strcmp(name, "begin") == 0)
        read->meta->begin_ms = c[1].i;
    else if (strcmp(name, "received") == 0)
        read->meta->received = (uint64_t)c[1].i;
    else if (strcmp(name, "sent") == 0)
        read->meta->sent = (uint64_t)c[1].i;
    return 0;
}

/* What it points to stays as it is until the store is closed. */
const unsigned char *history_key(struct store *store)
{
    pthread_mutex_lock(&store->lock);
    const unsigned char *bytes = store->key ? store->key->bytes : NULL;
    pthread_mutex_unlock(&store->lock);
    return bytes;
}

int history_meta(struct store *store, struct db *db, struct history_meta *meta_r, struct store_error *error)
{
    struct db_value args[] = {value_text(store->tenant)};
    *meta_r = (struct history_meta){.key = NULL};
    struct meta_read read = {store, meta_r};
    if (db->driver->run(db, SQL_HISTORY_META_GET, args, 1, read_meta, &read, NULL, error))
        return -1;
    meta_r->key = history_key(store);
    return 0;
}

int history_make_key(struct store *store, struct db *db, struct store_error *error)
{
    struct history_meta meta;
    unsigned char key[sizeof(store->key->bytes)];
    if (history_meta(store, db, &meta, error))
        return -1;
    if (meta.has_key && meta.key)
        return 0;
    randombytes_buf(key, sizeof(key));
    struct db_value args[] = {value_text(store->tenant),
                              value_bytes((struct span){(const char *)key, sizeof(key)})};
    if (db->driver->run(db, SQL_HISTORY_META_KEY, args, 2, NULL, NULL, NULL, error) ||
        history_meta(store, db, &meta, error))
        return -1;
    if (meta.key)
        return 0;
    store_fail(error, STORE_DAMAGED, "%s: the key of the history is damaged", store->url);
    return -1;
}
