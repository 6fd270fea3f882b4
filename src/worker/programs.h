#ifndef RINGER_WORKER_PROGRAMS_H
#define RINGER_WORKER_PROGRAMS_H
#include <stdbool.h>

/* Programs of others, which read a document on their standard input and write to their standard output. */
#define PDF_PAGES_MAX 60 /* a letter with bank details is short; the rest is cut off and said so */

enum program { PROGRAM_PDFTOTEXT, PROGRAM_CATDOC, PROGRAM_XLS2CSV, PROGRAM_CATPPT, PROGRAM_COUNT };

struct program_row {
    const char *path, *package;
    bool optional;             /* not installed, it only leaves a format unread */
    const char *arguments[13]; /* the first is its name; NULL behind the last */
};
extern const struct program_row program_rows[PROGRAM_COUNT];

#endif
