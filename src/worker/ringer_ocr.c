/*
 * ringer-ocr: the words of a picture, or of pages of PGM, on standard input, by tesseract. ringer-worker starts it in its
 * sandbox for one document; a program of its own, since few machines have tesseract. What is hardly letters is left out:
 * photographs have words, too, if one looks long enough.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tesseract/capi.h>

#include "base/mem.h"
#include "worker/picture.h"

enum {
    CONFIDENCE = 40,     /* of 100, in the mean of a page; clean print has 90, a photograph of leaves 20 */
    SMALL = 1000 * 1000, /* pixels: a picture of a screen, whose letters are too low for tesseract */
    RESOLUTION = 200,    /* dots an inch, so that it does not guess */
    EDGE = 16,
};

static const char help[] =
    "usage: ringer-ocr <PICTURE\n\n"
    "Prints the words of a PNG, a JPEG or PGM pages on standard input; a form feed ends a page.\n"
    "ringer-worker starts it. Exit codes: 0 it was looked at, 10 empty, 11 broken, 12 too big, 13 an\n"
    "unknown format, 14 tesseract has no data of a language.\n";

/* English, which reads the letters and digits of all Latin scripts; else what is there. */
static TessBaseAPI *start(void)
{
    TessBaseAPI *api = TessBaseAPICreate();
    char **there;
    if (api && TessBaseAPIInit3(api, NULL, "eng") == 0)
        return api;
    there =
        api && TessBaseAPIInit3(api, NULL, "osd") == 0 ? TessBaseAPIGetAvailableLanguagesAsVector(api) : NULL;
    for (char **l = there; l && *l; l++)
        if (strcmp(*l, "osd") != 0 && TessBaseAPIInit3(api, NULL, *l) == 0) {
            TessDeleteTextArray(there);
            return api;
        }
    if (there)
        TessDeleteTextArray(there);
    TessBaseAPIDelete(api);
    return NULL;
}

static void print_words(void *context, struct picture *picture)
{
    TessBaseAPI *api = context;
    struct picture large = {0};
    const struct picture *p = picture;
    if ((size_t)p->width * p->height <= SMALL) {
        picture_enlarge(picture, 2, EDGE, &large);
        p = &large;
    }
    TessBaseAPISetImage(api, p->gray, (int)p->width, (int)p->height, 1, (int)p->width);
    TessBaseAPISetSourceResolution(api, RESOLUTION);
    char *text = TessBaseAPIGetUTF8Text(api);
    if (text && TessBaseAPIMeanTextConf(api) >= CONFIDENCE)
        fputs(text, stdout);
    TessDeleteText(text);
    picture_free(&large);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--version") == 0)
        return puts("ringer-ocr (" PACKAGE_STRING ")"), 0;
    if (argc > 1)
        return strcmp(argv[1], "--help") == 0 ? (fputs(help, stdout), 0) : (fputs(help, stderr), 2);
    TessBaseAPI *api = start();
    if (!api)
        return PICTURE_NO_WORDS;
    enum picture_result rc = picture_each(stdin, print_words, api);
    TessBaseAPIEnd(api);
    TessBaseAPIDelete(api);
    return (int)rc;
}
