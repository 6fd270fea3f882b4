/*
 * ringer-qr: the QR codes of a picture, or of pages of PGM, on standard input. ringer-worker starts it in its sandbox for
 * one document; it is a program (and a package) of its own, since zbar brings X11 and D-Bus along.
 */
#include <stdio.h>
#include <string.h>

#include "worker/codes.h"

static const char help[] =
    "usage: ringer-qr <PICTURE\n\n"
    "Prints the QR codes of a PNG, a JPEG or PGM pages on standard input; a form feed ends a page.\n"
    "ringer-worker starts it. Exit codes: 0 it was looked at, 10 empty, 11 broken, 12 too big, 13 an\n"
    "unknown format.\n";

static void print_code(void *context, struct span text)
{
    fwrite(text.p, 1, text.n, stdout);
    fputs("\n\n", stdout);
}

static void print_codes(void *context, struct picture *picture)
{
    codes_read(context, picture, print_code, NULL);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--version") == 0)
        return puts("ringer-qr (" PACKAGE_STRING ")"), 0;
    if (argc > 1)
        return strcmp(argv[1], "--help") == 0 ? (fputs(help, stdout), 0) : (fputs(help, stderr), 2);
    struct codes *codes = codes_new();
    if (!codes)
        return PICTURE_TOO_BIG;
    enum picture_result rc = picture_each(stdin, print_codes, codes);
    codes_free(&codes);
    return (int)rc;
}
