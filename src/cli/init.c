/*
 * ringer init: what its parts share.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/init.h"

const char *init_path(const struct init *init, const char *path)
{
    return arena_printf(init->arena, "%s%s", init->root, path);
}

bool init_failed(const char *remedy, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fflush(stdout);
    fputs("ringer init: ", stderr);
    vfprintf(stderr, fmt, ap);
    fprintf(stderr, "; %s\n", remedy);
    va_end(ap);
    return false;
}

void init_add(struct init *init, struct init_words *words, const char *word)
{
    words->v = arena_grow(init->arena, words->v, words->n, words->n + 1, sizeof(*words->v));
    words->v[words->n++] = word;
}

const char *init_read(const struct init *init, const char *path, size_t *n_r)
{
    struct span text;
    const char *error;
    if (!file_read_arena(init->arena, path, FILE_WRITTEN_MAX, &text, &error))
        return NULL;
    *n_r = text.n;
    return text.p;
}

bool init_make_folders(const struct init *init, const char *path)
{
    char *copy = arena_strdup(init->arena, path);
    for (char *p = copy + 1; (p = strchr(p, '/')); *p++ = '/') {
        *p = '\0';
        if (mkdir(copy, 0755) != 0 && errno != EEXIST)
            return false;
    }
    return true;
}

bool init_replace(const struct init *init, const char *path, struct span text, unsigned mode)
{
    struct stat st;
    const char *fresh = arena_printf(init->arena, "%s.ringer-new", path);
    bool there = stat(path, &st) == 0;
    int fd = init_make_folders(init, path)
                 ? open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)
                 : -1;
    bool good = fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n &&
                fchmod(fd, there ? st.st_mode & 07777 : mode) == 0 &&
                (!there || fchown(fd, st.st_uid, st.st_gid) == 0) && fsync(fd) == 0;
    int saved = errno;
    if (fd >= 0 && close(fd) != 0)
        good = false;
    if (good && rename(fresh, path) == 0)
        return true;
    saved = good ? errno : saved;
    unlink(fresh);
    return init_failed(geteuid() == 0 ? "nothing was changed in it" : "run this as root",
                       "cannot write %s: %s", path, strerror(saved));
}

const char *init_copy(const struct init *init, const char *path, const char *suffix)
{
    struct stat st;
    struct span text;
    const char *error = path, *copy = arena_printf(init->arena, "%s.%s", path, suffix);
    for (unsigned i = 2; access(copy, F_OK) == 0; i++)
        copy = arena_printf(init->arena, "%s.%s.%u", path, suffix, i);
    if (!file_read_arena(init->arena, path, FILE_WRITTEN_MAX, &text, &error) || stat(path, &st) != 0) {
        init_failed("nothing was changed", "cannot copy %s", error);
        return NULL;
    }
    return init_replace(init, copy, text, st.st_mode & 07777) ? copy : NULL;
}
