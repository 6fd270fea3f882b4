/*
 * The table of the programs of others.
 */
#include <stdio.h>
#include <string.h>

#include "worker/programs.h"

#define TEXT_OF(number)  TEXT_OF_(number)
#define TEXT_OF_(number) #number
#define STDIN            "/proc/self/fd/0"
#define STDOUT           "/proc/self/fd/1"

const struct program_row program_rows[PROGRAM_COUNT] = {
    /* -enc and -eol: the same text whatever the locale. Reading order, not layout: columns stay whole. */
    [PROGRAM_PDFTOTEXT] = {PDFTOTEXT, "poppler-utils",
                           .arguments = {"pdftotext", "-enc", "UTF-8", "-eol", "unix", "-l",
                                         TEXT_OF(PDF_PAGES_MAX), "-", "-"}},
    /* The others know no "-"; catdoc's take what is on their standard input for the stream inside of the document. */
    [PROGRAM_PDFDETACH_LIST] = {PDFDETACH, "poppler-utils",
                                .arguments = {"pdfdetach", "-list", "-enc", "UTF-8", STDIN}},
    [PROGRAM_PDFDETACH_SAVE] = {PDFDETACH, "poppler-utils", .saves = true,
                                .arguments = {"pdfdetach", "-save", PROGRAM_NUMBER, "-o", STDOUT, STDIN}},
    [PROGRAM_CATDOC] = {CATDOC, "catdoc", .optional = true,
                        .arguments = {"catdoc", "-w", "-s", "cp1252", "-d", "utf-8"}},
    [PROGRAM_XLS2CSV] = {XLS2CSV, "catdoc", .optional = true,
                         .arguments = {"xls2csv", "-q0", "-c\t", "-s", "cp1252", "-d", "utf-8", STDIN}},
    [PROGRAM_CATPPT] = {CATPPT, "catdoc", .optional = true,
                        .arguments = {"catppt", "-s", "cp1252", "-d", "utf-8", STDIN}},
    /* A longer side of 2000 pixels, whatever the size of the page: 170 dots an inch of A4, enough for codes and words. */
    [PROGRAM_PDFTOPPM] = {PDFTOPPM, "poppler-utils",
                          .arguments = {"pdftoppm", "-gray", "-scale-to", "2000", "-l", TEXT_OF(LOOK_PAGES),
                                        "-"}},
    [PROGRAM_QR] = {"ringer-qr", "ringer-pictures", .optional = true, .arguments = {"ringer-qr"}},
    [PROGRAM_OCR] = {"ringer-ocr", "ringer-pictures", .optional = true, .arguments = {"ringer-ocr"}},
};

const char *program_path(enum program program, const char *folder, char out[PATH_MAX])
{
    const char *path = program_rows[program].path;
    if (strchr(path, '/'))
        return path;
    int n = snprintf(out, PATH_MAX, "%s/%s", folder, path);
    return n > 0 && n < PATH_MAX ? out : "";
}
