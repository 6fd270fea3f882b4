#ifndef RINGER_WORKER_PROGRAMS_H
#define RINGER_WORKER_PROGRAMS_H
#include <limits.h>
#include <stdbool.h>

/* Programs of others, which read a document on their standard input and write to their standard output. */
#define LOOK_PAGES    4  /* drawn and looked at; invoices and letters have one to three */
#define PDF_PAGES_MAX 60 /* a letter with bank details is short; the rest is cut off and said so */

enum program {
    PROGRAM_PDFTOTEXT,
    PROGRAM_PDFDETACH_LIST,
    PROGRAM_PDFDETACH_SAVE, /* of the file whose number is given */
    PROGRAM_CATDOC,
    PROGRAM_XLS2CSV,
    PROGRAM_CATPPT,
    PROGRAM_PDFTOPPM,
    PROGRAM_QR,
    PROGRAM_OCR,
    PROGRAM_COUNT
};

struct program_row {
    const char *path, *package; /* a path without "/": in the worker's own folder */
    bool optional;              /* not installed, it only leaves a format unread */
    bool saves; /* opens its standard output as a file: only where Landlock forbids all others */
    const char *arguments[13]; /* the first is its name; NULL behind the last; PROGRAM_NUMBER: a number */
};
#define PROGRAM_NUMBER "#"
extern const struct program_row program_rows[PROGRAM_COUNT];

/* Where it is: `path` of its row, or in `folder` (the worker's own), which is written to `out`. */
const char *program_path(enum program program, const char *folder, char out[PATH_MAX]);

#endif
