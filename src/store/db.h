#ifndef RINGER_STORE_DB_H
#define RINGER_STORE_DB_H
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/span.h"
#include "store/store.h"

/*
 * What a database driver does for the store. A connection is used by one thread at a time. All statements
 * stand in statements.def; a driver prepares each when it is first run. Returns: 0 = done, -1 = `error`.
 */
enum db_type { DB_NULL, DB_INT, DB_TEXT, DB_BYTES };
struct db_value {
    enum db_type type;
    int64_t i;
    struct span s; /* text (UTF-8 without NUL bytes; NUL-terminated in results) and bytes */
};

enum statement {
#define STATEMENT(id, sql) SQL_##id,
#include "store/statements.def"
#undef STATEMENT
    SQL_COUNT
};
extern const char *const statement_sql[SQL_COUNT];

enum { DB_MAX_COLUMNS = 32 };

/* One row of the result, valid until it returns; non-zero stops. It must not run statements on that connection. */
typedef int (*db_row_fn)(void *context, const struct db_value *columns, size_t n);

enum { DB_QUICK = 1 << 8 }; /* beside enum store_flags: waits for locks for some milliseconds only */

struct db;
struct db_driver {
    const char *scheme; /* of the url */
    struct db *(*open)(const char *where, unsigned flags, struct store_error *error);
    void (*close)(struct db *db);
    int (*run)(struct db *db, enum statement id, const struct db_value *args, size_t n_args, db_row_fn row,
               void *context, uint64_t *changed_r, struct store_error *error);
    int (*script)(struct db *db, const char *sql,
                  struct store_error *error);                /* several statements, no result */
    int (*begin)(struct db *db, struct store_error *error);  /* for writing: waits for other writers */
    int (*commit)(struct db *db, struct store_error *error); /* durable on return; rolled back on error */
    void (*rollback)(struct db *db);
    bool (*in_transaction)(struct db *db); /* false when an error has already rolled it back */
    void (*tidy)(struct db *db,
                 const atomic_uint *stop); /* after a purge: give space back, until *stop is set */
    /*
     * Are the files still those that it opened? 0 = yes; 1 = its log was taken away, and what is committed can perhaps
     * be saved; -1 = the file itself was: nobody will find what is written.
     */
    int (*watch)(struct db *db, struct store_error *error);
    /* All that is committed goes into the file itself. 1 = done, but another process has begun a log of its own. */
    int (*save)(struct db *db, struct store_error *error);
    int (*settled)(struct db *db,
                   struct store_error *error); /* 1 = all that is committed stands in the file itself */
    void (*abandon)(struct db *db);            /* closes; touches no file by its name */
    /* 0 = sound, 1 = damaged, -1 = could not find out, or *stop was set */
    int (*check)(struct db *db, const atomic_uint *stop, struct store_error *error);
    void (*reserve)(struct db *db,
                    bool keep); /* space put aside for deletions on a full disk; !keep: gives it back */
};
struct db { /* first member of a driver's own connection */
    const struct db_driver *driver;
};

extern const struct db_driver db_sqlite;

#endif
