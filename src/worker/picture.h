#ifndef RINGER_WORKER_PICTURE_H
#define RINGER_WORKER_PICTURE_H
#include <stdio.h>
#include "worker/picturelook.h"

/*
 * Pictures as the readers of codes and of words want them: one byte a pixel, 0 black, 255 white; what is transparent is
 * white. PNG, JPEG, and pages as pdftoppm draws them (binary PGM, any number one behind the other). For ringer-qr and
 * ringer-ocr, which are programs of their own: the worker links no picture library.
 */
struct picture {
    unsigned width, height;
    unsigned char *gray; /* width * height; to be freed with picture_free() */
};
enum {
    PICTURE_DECLARED_MAX =
        40 * 1000 * 1000, /* pixels that a picture may say it has: more than telephones take */
    PICTURE_SIDE_MAX = 30000,
    PICTURE_KEPT_MAX =
        4 * 1000 * 1000, /* pixels that are looked at; larger ones are made smaller: a page at 200 dpi */
    PICTURE_BYTES_MAX = 32 * 1024 * 1024, /* of a file */
};

/*
 * The next picture of the stream, which holds one PNG or JPEG, or pages. PICTURE_OK; PICTURE_END when there is no other;
 * else why there is none. Of a picture that is cut off what is there is given, with PICTURE_BROKEN.
 */
enum picture_result picture_next(FILE *in, struct picture *picture_r);
void picture_free(struct picture *picture);
/*
 * Every picture of the stream to `read`, with a form feed on standard output behind what that writes. The exit code of the
 * program: PICTURE_OK when there was one and nothing went wrong.
 */
enum picture_result picture_each(FILE *in, void (*read)(void *context, struct picture *picture),
                                 void *context);
/* `times` as large, with a white edge around it: for codes that are drawn too small or up to the edge. In *out_r. */
void picture_enlarge(const struct picture *picture, unsigned times, unsigned edge, struct picture *out_r);

#endif
