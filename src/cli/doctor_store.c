/*
 * ringer doctor: the store: there, writable for ringerd, whole, with room, and with a clock that agrees with ours.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/clock.h"
#include "base/file.h"
#include "store/retention.h"
#include "store/store.h"

#include "cli/doctor_checks.h"

enum { MB = 1024 * 1024, LEAST_MB = 64, FEW_MB = 512, HOUR_MS = 3600 * 1000, BUSY_MS = 5000 };

/* Takes the right to write and gives it back: store_open() would bring an old schema forward. */
static int open_and_write(struct doctor *d, char *text, size_t size)
{
    sqlite3 *db = NULL;
    const char *path = doctor_store_path(d), *folder = file_folder(d->arena, path);
    bool closed = access(folder, W_OK | X_OK) != 0; /* -wal and -shm are made there */
    if (closed || access(path, W_OK) != 0) {
        snprintf(text, size, "%s: %s", closed ? folder : path, strerror(errno));
        return 1;
    }
    int code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL);
    sqlite3_busy_timeout(db, BUSY_MS);
    if (code == SQLITE_OK)
        code = sqlite3_exec(db, "BEGIN IMMEDIATE; ROLLBACK", NULL, NULL, NULL);
    if (code != SQLITE_OK)
        snprintf(text, size, "%s: %s", path, sqlite3_errmsg(db));
    sqlite3_close(db);
    return code != SQLITE_OK;
}

static void check_writable(struct doctor *d)
{
    const char *why, *path = doctor_store_path(d);
    if (!path)
        return;
    if (!store_exists(d->conf->store))
        doctor_fail(d, "`ringer init` makes it; ringerd does so at its start, too", "there is no store %s",
                    d->conf->store);
    else if (doctor_as_user(d, open_and_write, &why) != 0)
        doctor_fail(
            d,
            arena_printf(d->arena,
                         "chown %s %s* and let it write into %s; is the file system mounted read-only?",
                         d->user ? d->user->pw_name : "ringer", path, file_folder(d->arena, path)),
            "ringerd's user cannot write the store: %s", why);
    else
        doctor_ok(d, "%s can be written", d->conf->store);
}

static void check_space(struct doctor *d)
{
    struct statvfs fs;
    const char *path = doctor_store_path(d), *folder = path ? file_folder(d->arena, path) : "";
    if (!path || statvfs(folder, &fs) != 0 || fs.f_blocks == 0)
        return;
    unsigned long long free_mb = (unsigned long long)fs.f_bavail * fs.f_frsize / MB;
    double share = 100.0 * (double)fs.f_bavail / (double)fs.f_blocks;
    static const char remedy[] = "make room, or drop old mail with `ringer quarantine purge`";
    if (free_mb < LEAST_MB)
        doctor_fail(d, remedy, "%llu MB are free in %s: held mail will be refused soon", free_mb, folder);
    else if (fs.f_files && fs.f_favail == 0)
        doctor_fail(d, remedy, "no inode is free in %s", folder);
    else if (free_mb < FEW_MB || share < 5)
        doctor_warn(d, remedy, "%llu MB (%.0f %%) are free in %s", free_mb, share, folder);
    else
        doctor_ok(d, "%llu MB (%.0f %%) are free in %s", free_mb, share, folder);
}

static void check_integrity(struct doctor *d)
{
    struct store_error error = {0};
    if (!store_exists(d->conf->store))
        return;
    struct store *store = store_open(d->conf->store, STORE_RDONLY, &error);
    if (store && store_check(store, &error) == 0)
        doctor_ok(d, "the data base is whole");
    else
        doctor_fail(d, "stop ringerd, keep a copy, restore a backup or use `sqlite3 FILE .recover`", "%s",
                    arena_strdup(d->arena, error.text));
    store_close(&store);
}

/* A clock that is wrong makes everything old, or nothing: purging waits for one that agrees with the store. */
static void check_clock(struct doctor *d)
{
    struct store_error error;
    int64_t believed = 0, newest = 0, now = wall_ms();
    struct store *store =
        store_exists(d->conf->store) ? store_open(d->conf->store, STORE_RDONLY, &error) : NULL;
    int result = store ? store_clock_known(store, &believed, &newest, &error) : -1;
    const json_t *health = json_object_get(json_object_get(d->status, "store"), "health");
    int64_t known = believed ? believed : newest;
    static const char confirm[] = "set the clock; if it is right: `ringer quarantine purge --confirm-clock`";
    store_close(&store);
    if (result != 0)
        return;
    if (newest > now + HOUR_MS)
        doctor_fail(d, confirm, "the store holds rows from the future: the clock was wrong, or is now");
    else if (known && !clock_is_near(now, known))
        doctor_fail(d, confirm, "the clock is days away from what the store knows: nothing is purged");
    else if (json_is_false(json_object_get(health, "purges")))
        doctor_warn(d, confirm, "ringerd does not trust the clock yet: nothing is purged");
    else
        doctor_ok(d, "the clock agrees with the store");
}

static void check_daemon_store(struct doctor *d)
{
    const json_t *stats = json_object_get(d->status, "store");
    const char *last = json_string_value(json_object_get(stats, "last_error"));
    const json_t *health = json_object_get(stats, "health");
    const char *state = json_string_value(json_object_get(health, "state"));
    const char *why = json_string_value(json_object_get(health, "why"));
    json_int_t failures = json_integer_value(json_object_get(stats, "failures"));
    json_int_t dropped = json_integer_value(json_object_get(stats, "decisions_dropped"));
    if (!d->status)
        return;
    if (state && strcmp(state, "good") != 0)
        doctor_fail(d, "see the other checks of the store; it recovers by itself",
                    "ringerd's store is %s: %s", state, why ? why : "");
    else if (failures || dropped)
        doctor_warn(d, "ringerd's log says when",
                    "since its start ringerd failed to write %lld times and dropped %lld decisions%s%s",
                    (long long)failures, (long long)dropped, last && *last ? ", last: " : "",
                    last ? last : "");
    else
        doctor_ok(d, "ringerd wrote everything it was to write");
}

static const struct doctor_check checks[] = {
    {"store", check_writable}, {"space", check_space},          {"integrity", check_integrity},
    {"clock", check_clock},    {"written", check_daemon_store},
};
const struct doctor_family doctor_store = {checks, sizeof(checks) / sizeof(*checks)};
