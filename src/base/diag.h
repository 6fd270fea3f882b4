#ifndef RINGER_BASE_DIAG_H
#define RINGER_BASE_DIAG_H
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include "base/buf.h"

/*
 * What is wrong with a file that people write: where, what, and what to do about it. Loaders collect
 * these; the caller (cli/, milter/, web/) prints or logs them. Libraries never log.
 */
enum diag_level { DIAG_WARNING, DIAG_ERROR };

struct diag {
    enum diag_level level;
    char *file;
    unsigned line, column; /* 1-based; 0 where there is none */
    char *text;            /* what is wrong */
    char *remedy;          /* what to do; NULL where the text says it all */
    char *source;          /* the line as it stands in the file; NULL when unknown */
};

struct diag_list {
    struct diag *v;
    size_t n;
    size_t errors; /* how many of them are errors */
};

struct diag_at {
    const char *file;
    unsigned line, column;
};

/* Adds one; `remedy` may be NULL. Texts are copied. At most 100 are kept, the rest are only counted. */
void diag_add(struct diag_list *list, enum diag_level level, struct diag_at at, const char *remedy,
              const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/*
 * The text of a file up to `max` bytes (base/file.h); false with an error "cannot read WHAT: reason". `remedy`: NULL
 * for that of the reason.
 */
bool diag_read_file(struct diag_list *list, const char *path, size_t max, const char *what,
                    const char *remedy, struct buf *text_r);
/* Reads the named lines of the files once, to show them under the texts. Call before printing. */
void diag_attach_source(struct diag_list *list);
/* Prints "file:line:column: error: text" with the source line, a caret and the remedy under it. */
void diag_print(const struct diag_list *list, FILE *out);
void diag_free(struct diag_list *list); /* back to {0} */

/* The nearest of `n` names within two edits of `name`, for "did you mean"; NULL when there is none. */
const char *diag_nearest(const char *name, const char *const *names, size_t n);

#endif
