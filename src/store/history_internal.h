#ifndef RINGER_STORE_HISTORY_INTERNAL_H
#define RINGER_STORE_HISTORY_INTERNAL_H
#include "store/history.h"
#include "store/internal.h"

/* What history's own files share. */
enum {
    HASH_BYTES = 16,
    PARTY_BYTES = 8,
    PARTIES = 16, /* of a thread; with more it is not known who took part */
    PEER_COLUMNS = 8
};

struct history_hash {
    unsigned char bytes[HASH_BYTES];
};

/* The single values, and the store's key. begin_ms 0: nothing learned yet; `key` is NULL then. */
struct history_meta {
    const unsigned char *key;
    bool has_key; /* it stands in the store */
    int64_t begin_ms;
    uint64_t received, sent;
};
/* NULL: not known yet. What it points to stays as it is until the store is closed. */
const unsigned char *history_key(struct store *store);
int history_meta(struct store *store, struct db *db, struct history_meta *meta_r, struct store_error *error);

/* Keyed hash of a value; `what` keeps hashes of different things apart. */
struct history_hash history_hash(const unsigned char *key, const char *what, const char *value);
struct db_value history_hash_value(const struct history_hash *hash);
/* An address with '#' and a hash in place of its local part. */
const char *history_hidden(const unsigned char *key, struct arena *arena, const char *address);
/* A row of PEER in statements.def. */
void history_peer_row(struct arena *arena, const struct history_options *options,
                      const struct db_value *columns, struct history_peer *peer_r);

#endif
