/*
 * Diagnostics for files that people write: collected here, printed by whoever talks to people.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/mem.h"

enum { MAX_KEPT = 100, MAX_NAME = 64 };

void diag_add(struct diag_list *list, enum diag_level level, struct diag_at at, const char *remedy,
              const char *fmt, ...)
{
    va_list ap;
    char *text = NULL;
    if (level == DIAG_ERROR)
        list->errors++;
    if (list->n >= MAX_KEPT)
        return;
    va_start(ap, fmt);
    if (vasprintf(&text, fmt, ap) < 0)
        text = mem_strdup(fmt);
    va_end(ap);
    list->v = mem_resize(list->v, list->n + 1, sizeof(*list->v));
    list->v[list->n++] = (struct diag){
        .level = level,
        .file = at.file ? mem_strdup(at.file) : NULL,
        .line = at.line,
        .column = at.column,
        .text = text,
        .remedy = remedy ? mem_strdup(remedy) : NULL,
    };
}

bool diag_read_file(struct diag_list *list, const char *path, size_t max, const char *what,
                    const char *remedy, struct buf *text_r)
{
    struct file_error error;
    if (file_read(path, max, text_r, &error))
        return true;
    diag_add(list, DIAG_ERROR, (struct diag_at){path, 0, 0}, remedy ? remedy : error.remedy,
             "cannot read %s: %s", what, error.reason);
    return false;
}

/* The line of that number, to be freed; NULL when there are not so many. */
static char *copy_line(struct span text, unsigned number)
{
    struct span line = {0};
    for (unsigned i = 0; i < number; i++)
        if (!span_line(&text, &line))
            return NULL;
    return mem_strndup(line.p, line.n);
}

void diag_attach_source(struct diag_list *list)
{
    const char *in_hand = NULL; /* what `text` holds: most of a list is about one file */
    struct buf text = {0};
    struct file_error error;
    for (size_t i = 0; i < list->n; i++) {
        struct diag *d = &list->v[i];
        if (d->source || !d->file || !d->line)
            continue;
        if (!in_hand || strcmp(in_hand, d->file) != 0) {
            buf_free(&text);
            file_read(d->file, FILE_LIST_MAX, &text, &error); /* without it, the place is told all the same */
            in_hand = d->file;
        }
        d->source = copy_line(buf_span(&text), d->line);
    }
    buf_free(&text);
}

static void print_source(const struct diag *d, FILE *out)
{
    fprintf(out, "  %5u | %s\n        | ", d->line, d->source);
    for (unsigned i = 1; i < d->column && d->source[i - 1]; i++) {
        unsigned char c = (unsigned char)d->source[i - 1];
        if ((c & 0xC0) != 0x80) /* one blank a character, not a byte; columns count bytes */
            fputc(c == '\t' ? '\t' : ' ', out);
    }
    fputs("^\n", out);
}

void diag_print(const struct diag_list *list, FILE *out)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct diag *d = &list->v[i];
        if (d->file)
            fprintf(out, "%s:", d->file);
        if (d->line)
            fprintf(out, "%u:%u:", d->line, d->column);
        fprintf(out, "%s%s: %s\n", d->file ? " " : "", d->level == DIAG_ERROR ? "error" : "warning", d->text);
        if (d->source)
            print_source(d, out);
        if (d->remedy)
            fprintf(out, "        = %s\n", d->remedy);
    }
}

void diag_free(struct diag_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        free(list->v[i].file);
        free(list->v[i].text);
        free(list->v[i].remedy);
        free(list->v[i].source);
    }
    free(list->v);
    *list = (struct diag_list){0};
}

/* Plain Levenshtein over short ASCII names: good enough for a hint, and bounded. */
static unsigned distance(const char *a, const char *b)
{
    size_t na = strlen(a), nb = strlen(b);
    unsigned row[MAX_NAME + 1];
    if (na > MAX_NAME || nb > MAX_NAME)
        return MAX_NAME;
    for (size_t j = 0; j <= nb; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; i <= na; i++) {
        unsigned left_up = row[0];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= nb; j++) {
            unsigned up = row[j];
            unsigned best = left_up + (a[i - 1] != b[j - 1]);
            if (up + 1 < best)
                best = up + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
            left_up = up;
        }
    }
    return row[nb];
}

const char *diag_nearest(const char *name, const char *const *names, size_t n)
{
    const char *best = NULL;
    unsigned best_distance = 3;
    for (size_t i = 0; i < n; i++) {
        unsigned d = distance(name, names[i]);
        if (d < best_distance && d < strlen(name)) {
            best_distance = d;
            best = names[i];
        }
    }
    return best;
}
