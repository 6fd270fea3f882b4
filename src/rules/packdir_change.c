/*
 * Changing the folder of signed packs: install and rollback. Everything is written beside what is in force and
 * synced; one rename of state.json makes it count.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "rules/packdir_state.h"

static bool failed(struct arena *arena, const char *path, const char **error_r)
{
    *error_r = arena_printf(arena, "%s: %s", path, strerror(errno));
    return false;
}

int packdir_lock(struct arena *arena, const char *dir, const char **error_r)
{
    const char *path = arena_printf(arena, "%s/.lock", dir);
    if (mkdir(dir, 0755) != 0 && errno != EEXIST) {
        failed(arena, dir, error_r);
        return -1;
    }
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            *error_r = arena_printf(arena, "%s: somebody else is changing the packs just now", dir);
        else
            failed(arena, path, error_r);
        if (fd >= 0)
            close(fd);
        return -1;
    }
    return fd;
}

void packdir_unlock(int lock)
{
    if (lock >= 0)
        close(lock);
}

static bool write_all(int fd, struct span data)
{
    while (data.n) {
        ssize_t n = write(fd, data.p, data.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        data = (struct span){data.p + n, data.n - (size_t)n};
    }
    return true;
}

static bool sync_dir(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

/* Replaces the file in one step, or leaves it as it was. */
static bool replace_file(struct arena *arena, const char *dir, const char *path, struct span data,
                         const char **error_r)
{
    const char *temp = arena_printf(arena, "%s.new", path);
    int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    bool ok = fd >= 0 && write_all(fd, data) && fsync(fd) == 0;
    if (fd >= 0 && close(fd) != 0)
        ok = false;
    if (ok && rename(temp, path) == 0 && sync_dir(dir))
        return true;
    failed(arena, path, error_r);
    unlink(temp);
    return false;
}

/* --- the state */

static json_t *pack_json(const struct packdir_pack *pack)
{
    return json_pack("{s:I, s:I, s:I, s:s}", "current", (json_int_t)pack->current, "previous",
                     (json_int_t)pack->previous, "highest", (json_int_t)pack->highest, "digest",
                     pack->digest);
}

/* One line of history.log; who reads it wants to know how things came to be, so it is no part of the state. */
static void write_history(struct arena *arena, const char *dir, const char *what,
                          const struct packdir_pack *pack, int64_t from, const char *who)
{
    json_t *line =
        json_pack("{s:I, s:s, s:s, s:I, s:I, s:s}", "time", (json_int_t)time(NULL), "what", what, "pack",
                  pack->name, "from", (json_int_t)from, "to", (json_int_t)pack->current, "by", who);
    char *text = json_dumps(line, JSON_COMPACT);
    int fd = open(arena_printf(arena, "%s/history.log", dir),
                  O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd >= 0 && text) {
        write_all(fd, span_of(arena_printf(arena, "%s\n", text)));
        fsync(fd);
    }
    if (fd >= 0)
        close(fd);
    free(text);
    json_decref(line);
}

/* `changed` in place of the one of its name, or beside the others. */
static bool write_state(struct arena *arena, const char *dir, const struct packdir *installed,
                        const struct packdir_pack *changed, const char **error_r)
{
    json_t *packs = json_object();
    for (size_t i = 0; i < installed->n; i++)
        json_object_set_new(packs, installed->v[i].name, pack_json(&installed->v[i]));
    json_object_set_new(packs, changed->name, pack_json(changed));
    json_t *root = json_pack("{s:o}", "packs", packs);
    char *text = json_dumps(root, JSON_INDENT(1) | JSON_SORT_KEYS);
    bool ok =
        text && replace_file(arena, dir, arena_printf(arena, "%s/state.json", dir), span_of(text), error_r);
    free(text);
    json_decref(root);
    return ok;
}

static const struct packdir_pack *find(const struct packdir *installed, const char *name)
{
    for (size_t i = 0; i < installed->n; i++)
        if (strcmp(installed->v[i].name, name) == 0)
            return &installed->v[i];
    return NULL;
}

static void drop_version(struct arena *arena, const char *dir, const char *name, int64_t seq)
{
    const char *path = packdir_path(arena, dir, name, seq);
    unlink(path); /* only space: what the state does not name is never read */
    unlink(arena_printf(arena, "%s.minisig", path));
}

/* --- install */

bool packdir_newer(struct arena *arena, const struct packdir *installed, const struct bundle *bundle,
                   struct span tar, const char **error_r)
{
    char digest[PACKDIR_DIGEST_HEX];
    const struct packdir_pack *old = find(installed, bundle->name);
    if (!old && installed->n == PACKDIR_PACKS_MAX) {
        *error_r = "too many packs are installed";
        return false;
    }
    packdir_digest(tar, digest);
    if (!old || bundle->seq > old->highest)
        return true;
    if (bundle->seq == old->highest && strcmp(digest, old->digest) == 0)
        return true; /* again, after a rollback or damage on disk */
    *error_r =
        arena_printf(arena, "seq %lld of pack %s is not newer than seq %lld, which was installed before",
                     (long long)bundle->seq, bundle->name, (long long)old->highest);
    return false;
}

bool packdir_install(struct arena *arena, const char *dir, const struct packdir *installed,
                     const struct bundle *bundle, struct span tar, struct span signature, const char *who,
                     const char **error_r)
{
    char digest[PACKDIR_DIGEST_HEX];
    const struct packdir_pack *old = find(installed, bundle->name);
    const char *path = packdir_path(arena, dir, bundle->name, bundle->seq);
    struct packdir_pack fresh = {.name = bundle->name, .current = bundle->seq, .highest = bundle->seq};
    int64_t unneeded = 0;
    packdir_digest(tar, digest);
    fresh.digest = digest;
    if (old) {
        /* a version that was refused is no version to go back to */
        bool good = old->usable && !old->fallback;
        fresh.previous = old->current == bundle->seq ? old->previous : good ? old->current : old->previous;
        unneeded = fresh.previous == old->previous ? old->current : old->previous;
    }
    if (!packdir_newer(arena, installed, bundle, tar, error_r))
        return false;
    if (!replace_file(arena, dir, path, tar, error_r) ||
        !replace_file(arena, dir, arena_printf(arena, "%s.minisig", path), signature, error_r) ||
        !write_state(arena, dir, installed, &fresh, error_r))
        return false;
    write_history(arena, dir, "install", &fresh, old ? old->current : 0, who);
    if (unneeded && unneeded != fresh.current && unneeded != fresh.previous)
        drop_version(arena, dir, bundle->name, unneeded);
    return true;
}

/* --- rollback */

bool packdir_rollback(struct arena *arena, const char *dir, const struct packdir *installed,
                      const struct bundle_trust *trust, const char *name, const char *who, int64_t *seq_r,
                      const char **error_r)
{
    const struct packdir_pack *old = find(installed, name);
    if (!old || !old->previous) {
        *error_r =
            arena_printf(arena, old ? "pack %s has no previous version" : "no pack %s is installed", name);
        return false;
    }
    struct packdir_pack back = *old;
    if (!packdir_verify(arena, dir, trust, &back, old->previous, error_r))
        return false;
    back.current = old->previous;
    back.previous = 0;
    if (!write_state(arena, dir, installed, &back, error_r))
        return false;
    write_history(arena, dir, "rollback", &back, old->current, who);
    *seq_r = back.current;
    return true;
}
