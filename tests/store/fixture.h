/* For tests with a real SQLite store: a folder for its file, and a store that is open in it. */
#ifndef RINGER_TESTS_STORE_FIXTURE_H
#define RINGER_TESTS_STORE_FIXTURE_H
#include <stdbool.h>
#include <stdint.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "store/history.h"
#include "store/store.h"

struct place {
    char dir[64], path[96], url[112];
};

static inline bool place_make(struct place *at)
{
    strcpy(at->dir, "/tmp/ringer-test-XXXXXX");
    if (!mkdtemp(at->dir))
        return false;
    snprintf(at->path, sizeof(at->path), "%s/ringer.db", at->dir);
    snprintf(at->url, sizeof(at->url), "sqlite:%s", at->path);
    return true;
}

/* 0 when it is gone. */
static inline int place_remove(const struct place *at)
{
    char command[128];
    snprintf(command, sizeof(command), "rm -rf %s", at->dir);
    return system(command);
}

static inline int64_t now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

struct store_fixture {
    struct place at;
    struct store *store;
    struct arena *arena;
    struct store_error error;
    struct history_options options;
    int64_t now; /* when the test began */
};

static inline int store_setup(void **state)
{
    struct store_fixture *f = calloc(1, sizeof(*f));
    *state = f;
    if (!f || !place_make(&f->at))
        return -1;
    f->options = history_options_default;
    f->now = now_ms();
    f->arena = arena_new();
    f->store = store_open(f->at.url, STORE_CREATE, &f->error);
    return f->store ? 0 : -1;
}

static inline int store_teardown(void **state)
{
    struct store_fixture *f = *state;
    store_close(&f->store);
    arena_free(&f->arena);
    int failed = place_remove(&f->at);
    free(f);
    return failed;
}

/* One number out of the file, by a connection of our own: what is not committed is not there. */
static inline int64_t store_number(const char *path, const char *sql)
{
    sqlite3 *handle;
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_open(path, &handle), SQLITE_OK);
    sqlite3_busy_timeout(handle, 5000);
    assert_int_equal(sqlite3_prepare_v2(handle, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(handle);
    return n;
}

#endif
