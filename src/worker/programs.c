/*
 * The table of the programs of others.
 */
#include "worker/programs.h"

#define TEXT_OF(number)  TEXT_OF_(number)
#define TEXT_OF_(number) #number

const struct program_row program_rows[PROGRAM_COUNT] = {
    /* -enc and -eol: the same text whatever the locale. Reading order, not layout: columns stay whole. */
    [PROGRAM_PDFTOTEXT] = {PDFTOTEXT,
                           "poppler-utils",
                           false,
                           {"pdftotext", "-enc", "UTF-8", "-eol", "unix", "-l", TEXT_OF(PDF_PAGES_MAX), "-",
                            "-"}},
    [PROGRAM_CATDOC] = {CATDOC, "catdoc", true, {"catdoc", "-w", "-s", "cp1252", "-d", "utf-8"}},
    /* These two take what is on their standard input for the stream inside of the document. */
    [PROGRAM_XLS2CSV] = {XLS2CSV,
                         "catdoc",
                         true,
                         {"xls2csv", "-q0", "-c\t", "-s", "cp1252", "-d", "utf-8", "/proc/self/fd/0"}},
    [PROGRAM_CATPPT] = {CATPPT, "catdoc", true, {"catppt", "-s", "cp1252", "-d", "utf-8", "/proc/self/fd/0"}},
};
