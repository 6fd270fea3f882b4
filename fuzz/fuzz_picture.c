/* Pictures of all formats to gray, and the QR codes in them, as ringer-qr reads its standard input. */
#include <stdint.h>
#include <stdlib.h>

#include "worker/codes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void found(void *context, struct span text)
{
    size_t *bytes = context;
    *bytes += text.n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { PIXELS = 300 * 300 /* larger ones are decoded, but not scanned: that is slow */ };
    struct picture picture;
    size_t bytes = 0;
    FILE *in = size ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;
    struct codes *codes = codes_new();
    enum picture_result rc = PICTURE_END;
    while (in && codes) {
        rc = picture_next(in, &picture);
        if (!picture.gray)
            break;
        if (!picture.width || !picture.height ||
            (size_t)picture.width * picture.height > PICTURE_DECLARED_MAX)
            abort();
        if ((size_t)picture.width * picture.height <= PIXELS)
            codes_read(codes, &picture, found, &bytes);
        picture_free(&picture);
        if (rc != PICTURE_OK)
            break;
    }
    codes_free(&codes);
    if (in)
        fclose(in);
    return 0;
}
