/*
 * Files by name. What they are is asked before they are opened, since opening a device can do something and opening
 * a pipe wakes who writes into it; and again of what was opened, since the name may mean another file by then.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum { TRIES = 3 }; /* to read a file that changes meanwhile */

/* Says what went wrong; false, for callers to return. */
static bool refuse(struct file_error *error, const char *reason, const char *remedy)
{
    snprintf(error->reason, sizeof(error->reason), "%s", reason);
    error->remedy = remedy;
    return false;
}

static bool refuse_errno(struct file_error *error, int number)
{
    const char *remedy = "check the file and the disk that it lies on";
    if (number == ENOENT || number == ENOTDIR || number == ENAMETOOLONG)
        remedy = "check the name";
    else if (number == EACCES || number == EPERM)
        remedy = "give the user who runs this read permission, and entry to the folders above";
    else if (number == ELOOP)
        remedy = "fix the symbolic link";
    else if (number == EMFILE || number == ENFILE)
        remedy = "raise the limit of open files";
    return refuse(error, strerror(number), remedy);
}

/* "-c /dev/null" is a habit, and harmless: it is always empty and never waits. */
static bool is_null(const struct stat *st)
{
    struct stat null;
    return S_ISCHR(st->st_mode) && stat("/dev/null", &null) == 0 && st->st_rdev == null.st_rdev;
}

static bool is_regular(const struct stat *st, struct file_error *error)
{
    if (S_ISREG(st->st_mode) || is_null(st))
        return true;
    if (S_ISDIR(st->st_mode))
        return refuse(error, "it is a folder", "name a file, not a folder");
    return refuse(error,
                  S_ISFIFO(st->st_mode)   ? "it is a pipe"
                  : S_ISSOCK(st->st_mode) ? "it is a socket"
                                          : "it is a device",
                  "name a regular file; save what a program writes in one first");
}

int file_open(const char *path, struct file_error *error_r)
{
    struct stat st;
    bool known = stat(path, &st) == 0;
    if (known && !is_regular(&st, error_r))
        return -1;
    int fd = known ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;
    if (fd < 0) {
        refuse_errno(error_r, errno);
        return -1;
    }
    bool ok = fstat(fd, &st) == 0 ? is_regular(&st, error_r) : refuse_errno(error_r, errno);
    if (ok)
        return fd;
    close(fd);
    return -1;
}

/* To the end, which must come within `max` bytes. */
static bool read_all(int fd, size_t max, struct buf *text, struct file_error *error)
{
    char chunk[64 * 1024], reason[64];
    ssize_t n = 1;
    buf_clear(text);
    buf_add(text, "", 0);
    while (n != 0 && text->n <= max) {
        n = read(fd, chunk, sizeof(chunk));
        if (n < 0 && errno != EINTR)
            return refuse_errno(error, errno);
        if (n > 0)
            buf_add(text, chunk, (size_t)n);
    }
    if (text->n <= max)
        return true;
    bool whole = max % (1024 * 1024) == 0;
    snprintf(reason, sizeof(reason), "it is larger than %zu %s", whole ? max / (1024 * 1024) : max,
             whole ? "MiB" : "bytes");
    return refuse(error, reason, "check that it is the right file");
}

/* Did nobody write between the two looks? */
static bool same_state(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static bool read_at_rest(int fd, size_t max, struct buf *text, struct file_error *error)
{
    struct stat before, after;
    for (int i = 0; i < TRIES; i++) {
        if (lseek(fd, 0, SEEK_SET) < 0 || fstat(fd, &before) != 0)
            return refuse_errno(error, errno);
        if (!read_all(fd, max, text, error))
            return false;
        if (fstat(fd, &after) != 0)
            return refuse_errno(error, errno);
        if (same_state(&before, &after))
            return true;
    }
    return refuse(error, "it is being written",
                  "write it under another name, and rename it when it is complete");
}

bool file_read(const char *path, size_t max, struct buf *text_r, struct file_error *error_r)
{
    int fd = file_open(path, error_r);
    if (fd < 0)
        return false;
    bool ok = read_at_rest(fd, max, text_r, error_r);
    close(fd);
    if (!ok)
        buf_free(text_r);
    return ok;
}

bool file_read_argument(const char *path, size_t max, struct buf *text_r, struct file_error *error_r)
{
    if (strcmp(path, "-") != 0)
        return file_read(path, max, text_r, error_r);
    bool ok = read_all(STDIN_FILENO, max, text_r, error_r);
    if (!ok)
        buf_free(text_r);
    return ok;
}

bool file_read_arena(struct arena *arena, const char *path, size_t max, struct span *text_r,
                     const char **error_r)
{
    struct buf text = {0};
    struct file_error error;
    if (!file_read(path, max, &text, &error)) {
        *error_r = arena_printf(arena, "%s: %s: %s", path, error.reason, error.remedy);
        return false;
    }
    *text_r = (struct span){arena_strndup(arena, text.p, text.n), text.n};
    buf_free(&text);
    return true;
}

const char *file_folder(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    return !slash ? "." : slash == path ? "/" : arena_strndup(arena, path, (size_t)(slash - path));
}
