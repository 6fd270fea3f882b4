#ifndef RINGER_STORE_INTERNAL_H
#define RINGER_STORE_INTERNAL_H
#include <pthread.h>
#include <string.h>
#include <sodium.h>
#include "base/arena.h"
#include "store/db.h"
#include "store/store.h"

/* What the store's own files share. Nobody outside src/store/ includes this. */

enum {
    STORE_READERS = 4, /* connections for reading; a fifth reader waits for one of them */
    MAIL_COLUMNS = 17  /* the list MAIL in statements.def */
};

/* Runs inside a transaction of the writer thread. 0 = keep, 1 = refused, -1 = failed (then undone). */
typedef int (*store_job_fn)(struct store *store, struct db *db, void *arg, struct store_error *error);
struct job;
struct job_queue {
    struct job *first, **end;
};

/* What is written in the background; `run` works inside a transaction of the writer thread, which frees it. */
enum background_kind { BACKGROUND_DECISION, BACKGROUND_HISTORY, BACKGROUND_KINDS };
struct background {
    struct background *next;
    enum background_kind kind;
    size_t bytes; /* that it takes in memory */
    int (*run)(struct store *store, struct db *db, const struct background *item, struct store_error *error);
};

struct reader_pool {
    unsigned flags; /* of its connections */
    pthread_cond_t free;
    struct db *db[STORE_READERS];
    bool busy[STORE_READERS];
};

/* A held message that may stand in the log only. */
enum { STORE_RISK_MOST = 2000 };
struct store_risk {
    char id[STORE_ID_SIZE], queue_id[32];
};

/* A store has one key; another file in its place has another one. Kept as long as the store is open. */
struct store_key {
    unsigned char bytes[32];
    struct store_key *older;
};

enum hurry { HURRY_REOPENING = 1, HURRY_LEAVING = 2 };

struct store {
    const struct db_driver *driver;
    char *url;
    const char *where; /* behind the scheme, in `url` */
    const char *tenant;
    unsigned flags;

    pthread_mutex_t lock; /* for all that follows */
    struct reader_pool readers, quick;
    struct store_key *key;    /* of history's hashes; NULL: not known yet */
    int64_t history_pause_ms; /* monotonic: history is not asked before */

    pthread_t writer;
    bool writer_runs, stop;
    pthread_cond_t work, done;
    struct db *writer_db;        /* the writer thread's alone */
    struct job_queue jobs, bulk; /* bulk: what takes long to write waits for what does not */
    struct background *background, **background_end;
    size_t n_background[BACKGROUND_KINDS], background_bytes[BACKGROUND_KINDS];
    int64_t background_due_ms; /* monotonic */
    struct store_stats stats;
    struct store_risk risk[STORE_RISK_MOST];
    size_t n_risk; /* may be more than there is room for */
    bool closing;  /* no reader begins */

    atomic_uint hurry; /* who checks, tidies up or purges is to stop: enum hurry */
    store_event_fn tell;
    bool opened; /* once: it is not created again */
    bool untold; /* what was lost in a mishap is not known yet; the writer thread's alone */
    int64_t retry_ms, recheck_ms, reserve_ms; /* monotonic; the writer thread's alone */
};

/* store.c: what can be done later is done by the next daemon */
bool store_leaves(struct store *store);

/* state.c, any thread: how a patient store does */
enum store_state state_get(struct store *store, struct store_error *why_r);
void state_set(struct store *store, enum store_state state, const struct store_error *why);
/* Something went well (NULL), or an error says something of the store. */
void state_note(struct store *store, const struct store_error *error);
void state_tell(struct store *store, enum store_event event, const char *text);
void state_say(struct store *store, enum store_event event, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* This message was acknowledged: it is named, should it be in danger. */
void state_held(struct store *store, const char *id, const char *queue_id);
void state_nothing_at_risk(struct store *store);
/* A copy, to be freed; *more_r: how many there was no room for. */
size_t state_risk(struct store *store, struct store_risk **risk_r, size_t *more_r);

/*
 * sound.c, the writer's thread: whether the store can be trusted with mail. 0 = yes, -1 = `error`. Before a
 * transaction; between a commit and its answer; and each second while there is nothing else to do.
 */
int sound_before(struct store *store, struct store_error *error);
int sound_after(struct store *store, struct store_error *error);
void sound_tick(struct store *store);
void sound_end(struct store *store); /* at the end of the writer's thread */

/* connect.c: a connection that writes, with the schema of today; NULL on error */
struct db *store_connect(struct store *store, struct store_error *error);
const struct db_driver *store_driver(const char *url, const char **where_r); /* NULL: no such url */

/* writer.c */
int writer_start(struct store *store, struct store_error *error);
void writer_stop(struct store *store);
/* Runs `fn` in the writer thread and returns once its transaction is durable. `bytes`: how much it writes. */
int writer_run(struct store *store, store_job_fn fn, void *arg, uint64_t bytes, struct store_error *error);
/* The same for what makes room: on a full disk it may use the reserve. */
int writer_free(struct store *store, store_job_fn fn, void *arg, struct store_error *error);
void writer_tidy(struct store *store); /* after a purge: space goes back to the system */
/* Takes the item, unless `most` of its kind, or STORE_QUEUED_BYTES of them, are waiting: then false. */
bool writer_background(struct store *store, struct background *item, size_t most);

/* reader.c: a connection of a pool, for one thread; NULL when none is free within wait_ms (-1: waits) */
void readers_init(struct store *store);
struct db *reader_take(struct store *store, struct reader_pool *pool, size_t *slot_r, int wait_ms,
                       struct store_error *error);
void reader_give(struct store *store, struct reader_pool *pool, size_t slot, struct db *db);
/* Ends all reading; false when somebody reads for longer than wait_ms: then nothing is changed. */
bool readers_stop(struct store *store, int wait_ms);
void readers_go(struct store *store);
/* One statement on a connection of the patient pool. */
int reader_query(struct store *store, enum statement id, const struct db_value *args, size_t n_args,
                 db_row_fn row, void *context, struct store_error *error);
void readers_close(struct store *store);

/* history_key.c: the key of all its hashes, made when a store is first opened for writing */
int history_make_key(struct store *store, struct db *db, struct store_error *error);

/* value.c */
void store_new_id(char id_r[STORE_ID_SIZE]);
void store_fail(struct store_error *error, enum store_cause cause, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* How the bytes of held mail are told apart: by their SHA-256 in hexadecimal. Ends the hash. */
enum { BYTES_HEX_SIZE = 2 * crypto_hash_sha256_BYTES + 1 };
void bytes_hash_hex(crypto_hash_sha256_state *hash, char hex_r[BYTES_HEX_SIZE]);
struct db_value value_int(int64_t i);
struct db_value value_text(const char *s); /* NULL gives NULL; must be valid UTF-8 */
/* As value_text for text from outside: what is not valid UTF-8 is replaced, in `arena`. */
struct db_value value_foreign(struct arena *arena, const char *s);
struct db_value value_bytes(struct span bytes);
/* MAIL_COLUMNS values in the order of MAIL, and back. */
void mail_values(struct arena *arena, const struct store_mail *mail, struct db_value *values_r);
void mail_from_values(struct arena *arena, const struct db_value *values, struct store_mail *mail_r);
const char *column_text(struct arena *arena, const struct db_value *value); /* NULL for NULL */

#endif
