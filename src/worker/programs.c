/*
 * The table of the programs of others.
 */
#include <stdio.h>
#include <string.h>

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
    /* A longer side of 2000 pixels, whatever the size of the page: 170 dots an inch of A4, enough for codes and words. */
    [PROGRAM_PDFTOPPM] = {PDFTOPPM,
                          "poppler-utils",
                          false,
                          {"pdftoppm", "-gray", "-scale-to", "2000", "-l", TEXT_OF(LOOK_PAGES), "-"}},
    [PROGRAM_QR] = {"ringer-qr", "ringer-pictures", true, {"ringer-qr"}},
    [PROGRAM_OCR] = {"ringer-ocr", "ringer-pictures", true, {"ringer-ocr"}},
};

const char *program_path(enum program program, const char *folder, char out[PATH_MAX])
{
    const char *path = program_rows[program].path;
    if (strchr(path, '/'))
        return path;
    int n = snprintf(out, PATH_MAX, "%s/%s", folder, path);
    return n > 0 && n < PATH_MAX ? out : "";
}
