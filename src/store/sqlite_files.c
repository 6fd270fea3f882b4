/*
 * The files of an SQLite data base: its log ("-wal") holds what is committed until a checkpoint, its index ("-shm")
 * keeps processes apart. Whoever removes one of them takes acknowledged mail away with it, so they are watched; as long
 * as we have them open, everything can still be brought into the main file. Beside them lies a reserve, some space
 * that is given back when something must be deleted on a full disk: SQLite writes before it frees.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/mem.h"

#include "store/sqlite.h"

enum {
    CHECKPOINT_FRAMES = 4000, /* 16 MiB of log */
    LOG_HEAD = 32,            /* bytes of the log's header, and of each frame's, in the file format */
    FRAME_HEAD = 24,
    RESERVE_BYTES = 24 * 1024 * 1024, /* the log must go into the file before it can be written again */
    RESERVE_SHARE = 8,                /* no more than this part of a small disk */
    VACUUM_PAGES = 2000,
    VACUUM_PAGES_FULL = 100 /* so little that it fits into what is left */
};

/* --- remembering and watching */

static struct file_id id_of(const struct stat *st)
{
    return (struct file_id){st->st_dev, st->st_ino};
}

static bool is_file(const char *path, struct file_id id, struct stat *st)
{
    return stat(path, st) == 0 && st->st_dev == id.dev && st->st_ino == id.ino;
}

/* As SQLite's own, but it says what came of it. Never an error: the commit is done. */
static int on_commit(void *context, sqlite3 *handle, const char *name, int frames)
{
    struct sqlite *lite = context;
    int logged, done;
    lite->frames = frames;
    lite->settled = false;
    if (frames < CHECKPOINT_FRAMES)
        return SQLITE_OK;
    lite->checkpoint_code =
        sqlite3_wal_checkpoint_v2(handle, name, SQLITE_CHECKPOINT_PASSIVE, &logged, &done);
    lite->settled = lite->checkpoint_code == SQLITE_OK && logged >= 0 && logged == done;
    return SQLITE_OK;
}

static int read_number(void *context, int n, char **values, char **names)
{
    *(int *)context = n > 0 && values[0] ? (int)strtol(values[0], NULL, 10) : 0;
    return 0;
}

int sqlite_remember_files(struct sqlite *lite, struct store_error *error)
{
    const char *name = sqlite3_db_filename(lite->handle, "main"); /* where symbolic links lead */
    struct stat log, index;
    int ignored;
    lite->log_path = mem_printf("%s-wal", name);
    lite->index_path = mem_printf("%s-shm", name);
    lite->reserve_path = mem_printf("%s-reserve", name);
    sqlite3_wal_hook(lite->handle, on_commit, lite);
    /* a read makes SQLite open, or create, the log and its index */
    int code = sqlite3_exec(lite->handle, "SELECT count(*) FROM sqlite_master", read_number, &ignored, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(lite->handle, "PRAGMA page_size", read_number, &lite->page_size, NULL);
    if (code != SQLITE_OK)
        return sqlite_fail(lite, code, error);
    if (stat(lite->log_path, &log) == 0)
        lite->log = id_of(&log);
    if (stat(lite->index_path, &index) == 0)
        lite->index = id_of(&index);
    return 0; /* what is not there now, sqlite_watch() will miss */
}

/* The log as we left it may have grown since, by other processes; it shrinks only when it is emptied. */
static bool log_is_short(const struct sqlite *lite, const struct stat *log)
{
    return lite->frames > 0 && !lite->settled &&
           log->st_size < LOG_HEAD + (off_t)lite->frames * (FRAME_HEAD + lite->page_size);
}

int sqlite_watch(struct db *db, struct store_error *error)
{
    struct sqlite *lite = (struct sqlite *)db;
    struct stat st;
    if (!is_file(lite->path, lite->file, &st)) {
        sqlite_say(error, STORE_OTHER,
                   "sqlite:%s: the file was removed or replaced while in use; put it back or restart",
                   lite->path);
        return -1;
    }
    const char *what = !is_file(lite->index_path, lite->index, &st) ? lite->index_path
                       : !is_file(lite->log_path, lite->log, &st)   ? lite->log_path
                       : log_is_short(lite, &st)                    ? lite->log_path
                                                                    : NULL;
    if (!what)
        return 0;
    sqlite_say(error, STORE_OTHER, "sqlite:%s: %s was removed, replaced or cut while in use", lite->path,
               what);
    return 1;
}

int sqlite_settled(struct db *db, struct store_error *error)
{
    struct sqlite *lite = (struct sqlite *)db;
    int code = lite->checkpoint_code;
    lite->checkpoint_code = SQLITE_OK;
    if (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED)
        return lite->settled;
    return sqlite_fail(lite, code, error);
}

int sqlite_save(struct db *db, struct store_error *error)
{
    struct sqlite *lite = (struct sqlite *)db;
    int logged = -1, done = -1;
    struct stat st;
    int code = sqlite3_wal_checkpoint_v2(lite->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, &logged, &done);
    if (code != SQLITE_OK) {
        sqlite_fail(lite, code, error);
        if (code == SQLITE_IOERR_SHORT_READ) /* what was cut off does not come back */
            error->cause = STORE_DAMAGED;
        return -1;
    }
    lite->settled = true;
    lite->frames = 0;
    bool others = stat(lite->log_path, &st) == 0 && st.st_size > 0 && st.st_ino != lite->log.ino;
    return others ? 1 : 0;
}

void sqlite_close(struct db *db)
{
    struct sqlite *lite = (struct sqlite *)db;
    for (size_t i = 0; i < SQL_COUNT; i++)
        sqlite3_finalize(lite->stmt[i]);
    sqlite3_close(lite->handle);
    free(lite->log_path);
    free(lite->index_path);
    free(lite->reserve_path);
    free(lite->path);
    free(lite);
}

/* A file that lies at our log's name may be another process's: closing in the usual way would remove it. */
void sqlite_abandon(struct db *db)
{
    struct sqlite *lite = (struct sqlite *)db;
    int keep = 1;
    sqlite3_db_config(lite->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
    sqlite3_file_control(lite->handle, "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
    sqlite_close(db);
}

/* --- checking */

static int is_stopped(void *context)
{
    return atomic_load((const atomic_uint *)context) != 0;
}

static int first_text(void *context, int n, char **values, char **names)
{
    char *text = context;
    if (!*text && n > 0 && values[0])
        snprintf(text, sizeof(((struct store_error *)NULL)->text) / 2, "%s", values[0]);
    return 0;
}

int sqlite_check(struct db *db, const atomic_uint *stop, struct store_error *error)
{
    enum { STEPS = 100000 }; /* between looks at *stop: some milliseconds */
    struct sqlite *lite = (struct sqlite *)db;
    char text[sizeof(error->text) / 2] = "";
    sqlite3_progress_handler(lite->handle, STEPS, is_stopped, (void *)(uintptr_t)stop);
    int code = sqlite3_exec(lite->handle, "PRAGMA quick_check(1)", first_text, text, NULL);
    sqlite3_progress_handler(lite->handle, 0, NULL, NULL);
    if (code != SQLITE_OK) {
        sqlite_fail(lite, code, error);
        return error->cause == STORE_DAMAGED ? 1 : -1;
    }
    if (strcmp(text, "ok") == 0)
        return 0;
    sqlite_say(error, STORE_DAMAGED,
               "sqlite:%s: the file is damaged: %s; keep a copy and rescue what it holds with "
               "`sqlite3 FILE .recover`",
               lite->path, text);
    return 1;
}

/* --- space */

static void make_reserve(const struct sqlite *lite)
{
    struct statvfs fs;
    struct stat st;
    if (stat(lite->reserve_path, &st) == 0 || statvfs(lite->path, &fs) != 0)
        return;
    uint64_t share = (uint64_t)fs.f_blocks * fs.f_frsize / RESERVE_SHARE;
    uint64_t size = share < RESERVE_BYTES ? share : RESERVE_BYTES;
    if ((uint64_t)fs.f_bavail * fs.f_frsize < 2 * size) /* not the last of what mail could use */
        return;
    int fd = open(lite->reserve_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0660);
    if (fd < 0)
        return;
    bool ok = posix_fallocate(fd, 0, (off_t)size) == 0;
    close(fd);
    if (!ok)
        unlink(lite->reserve_path);
}

void sqlite_reserve(struct db *db, bool keep)
{
    struct sqlite *lite = (struct sqlite *)db;
    if (keep)
        make_reserve(lite);
    else
        unlink(lite->reserve_path);
}

/* In steps, so that another process's writer gets its turn. */
static int vacuum(sqlite3 *handle, int pages, const atomic_uint *stop)
{
    char sql[64];
    int left = 0, before, code;
    snprintf(sql, sizeof(sql), "PRAGMA incremental_vacuum(%d)", pages);
    do {
        before = left;
        if (pages < VACUUM_PAGES) /* the next step can write where the last one did */
            sqlite3_wal_checkpoint_v2(handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
        code = sqlite3_exec(handle, sql, NULL, NULL, NULL);
        if (code == SQLITE_OK)
            code = sqlite3_exec(handle, "PRAGMA freelist_count", read_number, &left, NULL);
    } while (code == SQLITE_OK && left > 0 && left != before && !atomic_load(stop));
    return code & 0xff;
}

void sqlite_tidy(struct db *db, const atomic_uint *stop)
{
    struct sqlite *lite = (struct sqlite *)db;
    int how = SQLITE_CHECKPOINT_PASSIVE; /* the file shrinks with it */
    if (vacuum(lite->handle, VACUUM_PAGES, stop) == SQLITE_FULL) {
        vacuum(lite->handle, VACUUM_PAGES_FULL, stop);
        how = SQLITE_CHECKPOINT_TRUNCATE; /* the log as well */
    }
    sqlite3_wal_checkpoint_v2(lite->handle, NULL, how, NULL, NULL);
}
