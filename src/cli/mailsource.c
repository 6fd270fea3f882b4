/*
 * Walks paths and takes messages out of them. Symbolic links to folders are not followed (a loop would
 * never end); files that cannot be read are counted and named, and the walk goes on.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/mailsource.h"

enum { MAX_DEPTH = 64 }; /* of folders: deeper is a mistake */

struct folder {
    char *path;
    struct dirent **entries;
    int n, next;
};

struct mailsource {
    const char *const *paths;
    size_t n_paths, next_path, max_bytes;
    struct folder stack[MAX_DEPTH];
    size_t depth;
    FILE *file; /* the one being read; NULL between files */
    char *file_path;
    char *shown; /* what mailsource_message.path points at */
    bool mbox;
    unsigned long number; /* of the message in an mbox */
    char *line;           /* the line in hand */
    size_t line_cap;
    size_t pending; /* bytes of `line` that belong to the message and were not given yet */
    size_t failed;
    char *error;
    unsigned long long bytes;
};

struct mailsource *mailsource_open(const char *const *paths, size_t n_paths, size_t max_bytes)
{
    struct mailsource *s = mem_alloc(sizeof(*s));
    s->paths = paths;
    s->n_paths = n_paths;
    s->max_bytes = max_bytes;
    return s;
}

static void close_file(struct mailsource *s)
{
    if (s->file && s->file != stdin)
        fclose(s->file);
    s->file = NULL;
    free(s->file_path);
    s->file_path = NULL;
}

static void close_folder(struct folder *f)
{
    for (int i = 0; i < f->n; i++)
        free(f->entries[i]);
    free(f->entries);
    free(f->path);
}

void mailsource_close(struct mailsource **source)
{
    struct mailsource *s = *source;
    if (!s)
        return;
    close_file(s);
    while (s->depth)
        close_folder(&s->stack[--s->depth]);
    free(s->shown);
    free(s->line);
    free(s->error);
    free(s);
    *source = NULL;
}

static void fail(struct mailsource *s, const char *path, const char *why)
{
    s->failed++;
    free(s->error);
    s->error = mem_printf("%s: %s", path, why);
}

static int visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static void open_folder(struct mailsource *s, const char *path)
{
    if (s->depth == MAX_DEPTH) {
        fail(s, path, "folders are nested too deep");
        return;
    }
    struct folder *f = &s->stack[s->depth];
    f->n = scandir(path, &f->entries, visible, alphasort);
    if (f->n < 0) {
        fail(s, path, strerror(errno));
        return;
    }
    f->path = mem_strdup(path);
    f->next = 0;
    s->depth++;
}

/* `file`: NULL when it could not be opened, errno says why. */
static void begin_file(struct mailsource *s, const char *path, FILE *file)
{
    if (!file) {
        fail(s, path, strerror(errno));
        return;
    }
    s->file = file;
    s->file_path = mem_strdup(path);
    s->number = 0;
    int c = getc(s->file);
    s->mbox = false;
    if (c == 'F') { /* "From " makes an mbox; "From:" is a header */
        ungetc(c, s->file);
        ssize_t n = getline(&s->line, &s->line_cap, s->file);
        s->mbox = n > 5 && memcmp(s->line, "From ", 5) == 0;
        if (n > 0 && s->mbox)
            s->bytes += (size_t)n;
        else if (n > 0)
            s->pending = (size_t)n;
    } else if (c != EOF) {
        ungetc(c, s->file);
    }
}

/* Only regular files, whatever has the name by now: what a walk finds must not keep it waiting. */
static void open_regular(struct mailsource *s, const char *path)
{
    struct file_error error;
    int fd = file_open(path, &error);
    if (fd < 0)
        fail(s, path, error.reason);
    else
        begin_file(s, path, fdopen(fd, "rb"));
}

static void open_path(struct mailsource *s, const char *path, bool named)
{
    struct stat st;
    if (strcmp(path, "-") == 0) {
        begin_file(s, path, stdin);
        return;
    }
    if ((named ? stat : lstat)(path, &st) != 0) {
        fail(s, path, strerror(errno));
        return;
    }
    if (S_ISLNK(st.st_mode) && (stat(path, &st) != 0 || S_ISDIR(st.st_mode)))
        return;
    if (S_ISDIR(st.st_mode))
        open_folder(s, path);
    else if (named && S_ISFIFO(st.st_mode)) /* <(zcat old.mbox.gz), waited for because it was asked for */
        begin_file(s, path, fopen(path, "rbe"));
    else if (named || S_ISREG(st.st_mode))
        open_regular(s, path);
}

/* The next file of the walk; false when there is none. */
static bool advance(struct mailsource *s)
{
    while (!s->file) {
        if (s->depth) {
            struct folder *f = &s->stack[s->depth - 1];
            if (f->next == f->n) {
                close_folder(f);
                s->depth--;
                continue;
            }
            char *path = mem_printf("%s/%s", f->path, f->entries[f->next++]->d_name);
            open_path(s, path, false);
            free(path);
        } else if (s->next_path < s->n_paths) {
            open_path(s, s->paths[s->next_path++], true);
        } else {
            return false;
        }
    }
    return true;
}

static void keep(struct mailsource *s, struct buf *raw, const char *data, size_t n, bool *truncated)
{
    size_t room = s->max_bytes - raw->n;
    s->bytes += n;
    if (n > room) {
        *truncated = true;
        n = room;
    }
    buf_add(raw, data, n);
}

/* "From " at the start of a line ends a message; ">From " loses one '>' (mboxrd). */
static void read_mbox(struct mailsource *s, struct buf *raw, bool *truncated)
{
    ssize_t n;
    bool blank = true;
    while ((n = getline(&s->line, &s->line_cap, s->file)) > 0) {
        if (blank && n > 5 && memcmp(s->line, "From ", 5) == 0) {
            s->bytes += (size_t)n;
            return;
        }
        size_t quotes = strspn(s->line, ">");
        bool quoted = quotes && strncmp(s->line + quotes, "From ", 5) == 0;
        blank = s->line[0] == '\n' || (s->line[0] == '\r' && n == 2);
        keep(s, raw, s->line + quoted, (size_t)n - quoted, truncated);
    }
    close_file(s);
}

static void read_single(struct mailsource *s, struct buf *raw, bool *truncated)
{
    char chunk[16384];
    size_t n;
    if (s->pending) { /* the first line was read to tell an mbox from a message */
        keep(s, raw, s->line, s->pending, truncated);
        s->pending = 0;
    }
    while ((n = fread(chunk, 1, sizeof(chunk), s->file)) > 0)
        keep(s, raw, chunk, n, truncated);
    if (ferror(s->file))
        fail(s, s->file_path, strerror(errno));
    close_file(s);
}

bool mailsource_next(struct mailsource *s, struct buf *raw, struct mailsource_message *message_r)
{
    do {
        if (!advance(s))
            return false;
        buf_clear(raw);
        buf_add(raw, "", 0);
        message_r->truncated = false;
        free(s->shown);
        s->shown = s->mbox ? mem_printf("%s#%lu", s->file_path, ++s->number) : mem_strdup(s->file_path);
        message_r->path = s->shown;
        if (s->mbox)
            read_mbox(s, raw, &message_r->truncated);
        else
            read_single(s, raw, &message_r->truncated);
    } while (raw->n == 0 && s->mbox && !s->file);
    return true;
}

size_t mailsource_failed(const struct mailsource *s)
{
    return s->failed;
}

const char *mailsource_error(struct mailsource *s)
{
    const char *error = s->error;
    static _Thread_local char text[512];
    if (!error)
        return NULL;
    snprintf(text, sizeof(text), "%s", error);
    free(s->error);
    s->error = NULL;
    return text;
}

unsigned long long mailsource_bytes(const struct mailsource *s)
{
    return s->bytes;
}
