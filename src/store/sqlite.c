/*
 * The embedded driver: one SQLite file in WAL mode, synchronous=FULL, so that a commit is on disk when it
 * returns. Other processes (`ringer quarantine`, the console) may use the same file; who must wait longer
 * than BUSY_MS for their writes gets "locked". Every failure is turned into words with a remedy.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/mem.h"

#include "store/sqlite.h"

enum {
    BUSY_MS = 5000,                   /* well below the MTA's milter timeout */
    QUICK_MS = 50,                    /* while a message waits for what history knows */
    WAL_KEEP_BYTES = 64 * 1024 * 1024 /* the log is cut back to this after a large message */
};

/*
 * A store that root makes (`ringer learn`) is there for the daemon, in whose folder it lies, or whose group may make
 * files there; SQLite gives the log files to the same owner. One that is not empty stays whose it is.
 */
static int give_away(const char *path, int fd)
{
    struct stat file, folder;
    char *copy = mem_strdup(path);
    int failed = 0;
    if (geteuid() == 0 && fstat(fd, &file) == 0 && file.st_size == 0 && file.st_uid == 0 &&
        stat(dirname(copy), &folder) == 0) {
        if (folder.st_uid != 0)
            failed = fchown(fd, folder.st_uid, folder.st_gid);
        else if (folder.st_gid != 0 && folder.st_mode & S_IWGRP)
            failed = fchown(fd, (uid_t)-1, folder.st_gid) != 0 || fchmod(fd, 0660) != 0 ? -1 : 0;
    }
    free(copy);
    return failed;
}

/* Mail is private: a new file is never readable for everybody, whatever the umask says. */
static int create_file(struct sqlite *lite, struct store_error *error)
{
    int fd = open(lite->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0660);
    if (fd < 0) {
        bool denied = errno == EACCES || errno == EROFS || errno == EPERM;
        sqlite_say(error,
                   denied            ? STORE_READ_ONLY
                   : errno == ENOSPC ? STORE_FULL
                                     : STORE_OTHER,
                   "sqlite:%s: cannot create the file: %s", lite->path, strerror(errno));
        return -1;
    }
    int failed = give_away(lite->path, fd);
    if (failed)
        sqlite_say(error, STORE_OTHER, "sqlite:%s: cannot give the file to the owner of its folder: %s",
                   lite->path, strerror(errno));
    close(fd);
    return failed;
}

static int want_wal(void *context, int n, char **values, char **names)
{
    *(bool *)context = n > 0 && values[0] && strcmp(values[0], "wal") == 0;
    return 0;
}

/* Two processes that meet at the first start do not wait for each other in the busy handler: try again. */
static int set_wal(struct sqlite *lite, struct store_error *error)
{
    bool wal = false;
    int code = SQLITE_OK;
    for (int tries = 0; tries < BUSY_MS / 20; tries++) {
        code = sqlite3_exec(lite->handle, "PRAGMA journal_mode = WAL", want_wal, &wal, NULL);
        if ((code & 0xff) != SQLITE_BUSY && (code & 0xff) != SQLITE_LOCKED)
            break;
        nanosleep(&(struct timespec){0, 20000000}, NULL);
    }
    if (code != SQLITE_OK)
        return sqlite_fail(lite, code, error);
    if (!wal) {
        sqlite_say(error, STORE_OTHER,
                   "sqlite:%s: this file system cannot share a write-ahead log; use a local disk",
                   lite->path);
        return -1;
    }
    return 0;
}

static int configure(struct sqlite *lite, unsigned flags, struct store_error *error)
{
    char sql[400];
    snprintf(sql, sizeof(sql),
             "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = %d; "
             "PRAGMA cell_size_check = ON; PRAGMA secure_delete = FAST; PRAGMA trusted_schema = OFF; PRAGMA "
             "temp_store = MEMORY",
             WAL_KEEP_BYTES);
    sqlite3_extended_result_codes(lite->handle, 1);
    sqlite3_busy_timeout(lite->handle, flags & DB_QUICK ? QUICK_MS : BUSY_MS);
    sqlite3_db_config(lite->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
    if (!(flags & STORE_RDONLY)) { /* auto_vacuum counts only before the first table */
        sqlite3_exec(lite->handle, "PRAGMA auto_vacuum = INCREMENTAL", NULL, NULL, NULL);
        if (set_wal(lite, error))
            return -1;
    }
    int code = sqlite3_exec(lite->handle, sql, NULL, NULL, NULL);
    if (code != SQLITE_OK)
        return sqlite_fail(lite, code, error);
    return flags & STORE_RDONLY ? 0 : sqlite_remember_files(lite, error);
}

static struct db *open_once(const char *where, unsigned flags, struct store_error *error)
{
    struct sqlite *lite = mem_alloc(sizeof(*lite));
    struct stat st;
    lite->db.driver = &db_sqlite;
    lite->path = mem_strdup(where);
    if ((flags & STORE_CREATE) && create_file(lite, error))
        goto failed;
    if (stat(where, &st)) {
        sqlite_say(error, errno == EACCES ? STORE_READ_ONLY : STORE_OTHER, "sqlite:%s: %s%s", where,
                   strerror(errno), errno == ENOENT ? "; ringerd creates it when it first starts" : "");
        goto failed;
    }
    if (!S_ISREG(st.st_mode)) { /* reading a pipe, SQLite would wait for ever */
        sqlite_say(error, STORE_OTHER, "sqlite:%s: it is no regular file: name the file of the data base",
                   where);
        goto failed;
    }
    lite->file = (struct file_id){st.st_dev, st.st_ino};
    int mode = (flags & STORE_RDONLY ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOMUTEX;
    int code = sqlite3_open_v2(where, &lite->handle, mode, NULL);
    if (code != SQLITE_OK) {
        sqlite_fail(lite, code, error);
        goto failed;
    }
    if (configure(lite, flags, error))
        goto failed;
    return &lite->db;
failed:
    sqlite_close(&lite->db);
    return NULL;
}

/* On a full disk not even reading begins without the index: who looks gets a little of the reserve, who deletes all. */
static bool give_reserve(const char *where, unsigned flags)
{
    enum { LITTLE = 256 * 1024 };
    struct stat st;
    char *reserve = mem_printf("%s-reserve", where);
    bool given = stat(reserve, &st) == 0 && st.st_size > 0;
    if (given && flags & STORE_RDONLY)
        given = truncate(reserve, st.st_size > LITTLE ? st.st_size - LITTLE : 0) == 0;
    else if (given)
        given = unlink(reserve) == 0;
    free(reserve);
    return given;
}

static struct db *lite_open(const char *where, unsigned flags, struct store_error *error)
{
    struct db *db = open_once(where, flags, error);
    bool ours = !(flags & (STORE_PATIENT | DB_QUICK)); /* mail must not use it up */
    if (!db && error->cause == STORE_FULL && ours && give_reserve(where, flags))
        db = open_once(where, flags, error);
    return db;
}

static int bind_all(sqlite3_stmt *stmt, const struct db_value *args, size_t n_args)
{
    int code = SQLITE_OK;
    for (int i = 0; i < (int)n_args && code == SQLITE_OK; i++) {
        const struct db_value *v = &args[i];
        const char *p = v->s.p ? v->s.p : "";
        switch (v->type) {
        case DB_NULL:
            code = sqlite3_bind_null(stmt, i + 1);
            break;
        case DB_INT:
            code = sqlite3_bind_int64(stmt, i + 1, v->i);
            break;
        case DB_TEXT:
            code = sqlite3_bind_text64(stmt, i + 1, p, v->s.n, SQLITE_STATIC, SQLITE_UTF8);
            break;
        case DB_BYTES:
            code = sqlite3_bind_blob64(stmt, i + 1, p, v->s.n, SQLITE_STATIC);
            break;
        }
    }
    return code;
}

static size_t fetch(sqlite3_stmt *stmt, struct db_value *columns)
{
    size_t n = (size_t)sqlite3_column_count(stmt);
    for (size_t i = 0; i < n && i < DB_MAX_COLUMNS; i++) {
        struct db_value *v = &columns[i];
        *v = (struct db_value){.type = DB_NULL};
        switch (sqlite3_column_type(stmt, (int)i)) {
        case SQLITE_INTEGER:
            *v = (struct db_value){.type = DB_INT, .i = sqlite3_column_int64(stmt, (int)i)};
            break;
        case SQLITE_TEXT:
            v->type = DB_TEXT;
            v->s.p = (const char *)sqlite3_column_text(stmt, (int)i);
            v->s.n = (size_t)sqlite3_column_bytes(stmt, (int)i);
            break;
        case SQLITE_BLOB:
            v->type = DB_BYTES;
            v->s.p = sqlite3_column_blob(stmt, (int)i);
            v->s.n = (size_t)sqlite3_column_bytes(stmt, (int)i);
            break;
        }
    }
    return n < DB_MAX_COLUMNS ? n : DB_MAX_COLUMNS;
}

static int step_all(sqlite3_stmt *stmt, db_row_fn row, void *context)
{
    struct db_value columns[DB_MAX_COLUMNS];
    int code;
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
        size_t n = fetch(stmt, columns);
        if (row && row(context, columns, n))
            return SQLITE_DONE;
    }
    return code;
}

static int lite_run(struct db *db, enum statement id, const struct db_value *args, size_t n_args,
                    db_row_fn row, void *context, uint64_t *changed_r, struct store_error *error)
{
    struct sqlite *lite = (struct sqlite *)db;
    sqlite3_stmt **stmt = &lite->stmt[id];
    int code = SQLITE_OK;
    if (!*stmt)
        code = sqlite3_prepare_v3(lite->handle, statement_sql[id], -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL);
    if (code == SQLITE_OK)
        code = bind_all(*stmt, args, n_args);
    if (code == SQLITE_OK)
        code = step_all(*stmt, row, context);
    int failed = code == SQLITE_DONE ? 0 : sqlite_fail(lite, code, error);
    if (changed_r && !failed)
        *changed_r = (uint64_t)sqlite3_changes(lite->handle);
    if (*stmt) {
        sqlite3_reset(*stmt);
        sqlite3_clear_bindings(*stmt);
    }
    return failed;
}

static int lite_script(struct db *db, const char *sql, struct store_error *error)
{
    struct sqlite *lite = (struct sqlite *)db;
    int code = sqlite3_exec(lite->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? 0 : sqlite_fail(lite, code, error);
}

static int lite_begin(struct db *db, struct store_error *error)
{
    return lite_script(db, "BEGIN IMMEDIATE", error);
}

static bool lite_in_transaction(struct db *db)
{
    return !sqlite3_get_autocommit(((struct sqlite *)db)->handle);
}

static void lite_rollback(struct db *db)
{
    struct store_error ignored;
    if (lite_in_transaction(db))
        lite_script(db, "ROLLBACK", &ignored);
}

static int lite_commit(struct db *db, struct store_error *error)
{
    if (lite_script(db, "COMMIT", error) == 0)
        return 0;
    lite_rollback(db);
    return -1;
}

const struct db_driver db_sqlite = {
    .scheme = "sqlite",
    .open = lite_open,
    .close = sqlite_close,
    .run = lite_run,
    .script = lite_script,
    .begin = lite_begin,
    .commit = lite_commit,
    .rollback = lite_rollback,
    .in_transaction = lite_in_transaction,
    .tidy = sqlite_tidy,
    .watch = sqlite_watch,
    .save = sqlite_save,
    .settled = sqlite_settled,
    .abandon = sqlite_abandon,
    .check = sqlite_check,
    .reserve = sqlite_reserve,
};
