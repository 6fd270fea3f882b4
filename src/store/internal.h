#ifndef RINGER_STORE_INTERNAL_H
#define RINGER_STORE_INTERNAL_H
#include <pthread.h>
#include <string.h>
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
struct queued_decision;

struct store {
    const struct db_driver *driver;
    char *url;
    const char *where; /* behind the scheme, in `url` */
    const char *tenant;
    unsigned flags;

    pthread_mutex_t lock; /* for all that follows */
    pthread_cond_t reader_free;
    struct db *reader[STORE_READERS];
    bool reader_busy[STORE_READERS];

    pthread_t writer;
    bool writer_runs, stop;
    pthread_cond_t work, done;
    struct db *writer_db; /* the writer thread's alone */
    struct job *jobs, **jobs_end;
    struct queued_decision *decisions, **decisions_end;
    size_t n_decisions;
    int64_t decisions_due_ms; /* monotonic */
    struct store_stats stats;
};

/* writer.c */
int writer_start(struct store *store, struct store_error *error);
void writer_stop(struct store *store);
/* Runs `fn` in the writer thread and returns once its transaction is durable. `bytes`: how much it writes. */
int writer_run(struct store *store, store_job_fn fn, void *arg, uint64_t bytes, struct store_error *error);
void writer_tidy(struct store *store); /* after a purge: space goes back to the system */

/* reader.c: one statement on a connection of the pool */
int reader_query(struct store *store, enum statement id, const struct db_value *args, size_t n_args,
                 db_row_fn row, void *context, struct store_error *error);
void readers_close(struct store *store);

/* value.c */
int64_t store_now_ms(void);
void store_new_id(char id_r[STORE_ID_SIZE]);
void store_fail(struct store_error *error, enum store_cause cause, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
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
