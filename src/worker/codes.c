/*
 * QR codes by zbar. Only QR is switched on: bars of goods say nothing to the reader of a mail, and less code is reached.
 */
#include <stdlib.h>
#include <zbar.h>

#include "base/mem.h"
#include "worker/codes.h"

enum {
    SMALL = 500 * 500,   /* pixels, up to which a picture is looked at again, enlarged */
    TIMES = 3,           /* zbar wants three pixels for a square of the code */
    EDGE = 16,           /* pixels of quiet zone */
    TEXT_MAX = 3 * 4296, /* of a code of 4296 letters at most, as UTF-8 */
};

struct codes {
    zbar_image_scanner_t *scanner;
};

struct codes *codes_new(void)
{
    struct codes *codes = mem_alloc(sizeof(*codes));
    codes->scanner = zbar_image_scanner_create();
    if (!codes->scanner) {
        codes_free(&codes);
        return NULL;
    }
    zbar_image_scanner_set_config(codes->scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
    zbar_image_scanner_set_config(codes->scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
    return codes;
}

void codes_free(struct codes **codes)
{
    if (*codes && (*codes)->scanner)
        zbar_image_scanner_destroy((*codes)->scanner);
    free(*codes);
    *codes = NULL;
}

/* zbar only reads the pixels, though its prototype does not say so. */
static unsigned scan(struct codes *codes, const struct picture *p, void (*found)(void *, struct span),
                     void *context)
{
    unsigned n = 0;
    zbar_image_t *image = zbar_image_create();
    if (!image)
        return 0;
    zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
    zbar_image_set_size(image, p->width, p->height);
    zbar_image_set_data(image, p->gray, (unsigned long)p->width * p->height, NULL);
    if (zbar_scan_image(codes->scanner, image) > 0)
        for (const zbar_symbol_t *s = zbar_image_first_symbol(image); s && n < CODES_MAX;
             s = zbar_symbol_next(s), n++) {
            size_t length = zbar_symbol_get_data_length(s);
            found(context, (struct span){zbar_symbol_get_data(s), length < TEXT_MAX ? length : TEXT_MAX});
        }
    zbar_image_destroy(image);
    return n;
}

static unsigned scan_enlarged(struct codes *codes, const struct picture *p,
                              void (*found)(void *, struct span), void *context)
{
    struct picture large;
    if ((size_t)p->width * p->height > SMALL)
        return 0;
    picture_enlarge(p, TIMES, EDGE, &large);
    unsigned n = scan(codes, &large, found, context);
    picture_free(&large);
    return n;
}

static void turn_negative(struct picture *p)
{
    for (size_t i = 0; i < (size_t)p->width * p->height; i++)
        p->gray[i] = (unsigned char)~p->gray[i];
}

unsigned codes_read(struct codes *codes, struct picture *p, void (*found)(void *, struct span), void *context)
{
    for (int negative = 0; negative < 2; negative++) {
        unsigned n = scan(codes, p, found, context);
        if (n == 0)
            n = scan_enlarged(codes, p, found, context);
        if (n)
            return n;
        turn_negative(p);
    }
    return 0;
}
