#ifndef RINGER_STORE_SQLITE_H
#define RINGER_STORE_SQLITE_H
#include <sqlite3.h>
#include <sys/types.h>
#include "store/db.h"

/* What the files of the SQLite driver share: sqlite.c runs statements, sqlite_files.c looks after the files. */
struct file_id {
    dev_t dev;
    ino_t ino;
};

struct sqlite {
    struct db db;
    sqlite3 *handle;
    char *path;
    struct file_id file;
    /* of connections that write: */
    char *log_path, *index_path, *reserve_path; /* "-wal", "-shm" and "-reserve" behind the file's name */
    struct file_id log, index;
    int page_size;
    int frames;   /* pages in the log after our last commit */
    bool settled; /* and all of them are in the file */
    int checkpoint_code;
    sqlite3_stmt *stmt[SQL_COUNT];
};

void sqlite_say(struct store_error *error, enum store_cause cause, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* -1, and what the result code means, with a remedy, in `error`. */
int sqlite_fail(struct sqlite *lite, int code, struct store_error *error);
void sqlite_close(struct db *db);

/* Which files they are, at the opening. */
int sqlite_remember_files(struct sqlite *lite, struct store_error *error);
/* As in struct db_driver. */
void sqlite_tidy(struct db *db, const atomic_uint *stop);
int sqlite_watch(struct db *db, struct store_error *error);
int sqlite_save(struct db *db, struct store_error *error);
int sqlite_settled(struct db *db, struct store_error *error);
void sqlite_abandon(struct db *db);
int sqlite_check(struct db *db, const atomic_uint *stop, struct store_error *error);
void sqlite_reserve(struct db *db, bool keep);

#endif
