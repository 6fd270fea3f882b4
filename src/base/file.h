#ifndef RINGER_BASE_FILE_H
#define RINGER_BASE_FILE_H
#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "base/buf.h"

/*
 * The one reader of files by name. Only regular files (and /dev/null) are read: a pipe, device, socket or folder is refused before
 * it is opened, so that no path can keep a reload waiting or fill the memory. A file that is written meanwhile is
 * read again, and refused when it does not come to rest: half a list would leave names unprotected.
 */
enum {
    FILE_WRITTEN_MAX = 16 * 1024 * 1024, /* what people write: configuration, rules, phrases, tables */
    FILE_LIST_MAX = 128 * 1024 * 1024    /* what programs export: some millions of domains */
};

struct file_error {
    char reason[128];   /* "it is a pipe", "No such file or directory" */
    const char *remedy; /* what to do about it; never NULL, lives for ever */
};

/* The whole of a file up to `max` bytes, added to the empty `text_r`, whose `p` is then not NULL. False with the reason. */
bool file_read(const char *path, size_t max, struct buf *text_r, struct file_error *error_r);
/* The same for an argument of a command, where "-" is standard input, whatever that is. */
bool file_read_argument(const char *path, size_t max, struct buf *text_r, struct file_error *error_r);
/* The same into `arena`, NUL-terminated; the error says "PATH: reason: remedy". */
bool file_read_arena(struct arena *arena, const char *path, size_t max, struct span *text_r,
                     const char **error_r);
/* A descriptor of a regular file, for what is too long to be read at once; -1 with the reason. */
int file_open(const char *path, struct file_error *error_r);

/* The folder of a path, as dirname(3) has it: "." without a slash, "/" of what lies there; in `arena` or constant. */
const char *file_folder(struct arena *arena, const char *path);

#endif
