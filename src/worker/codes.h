#ifndef RINGER_WORKER_CODES_H
#define RINGER_WORKER_CODES_H
#include "base/span.h"
#include "worker/picture.h"

/*
 * The QR codes of a picture, by zbar: each text (UTF-8 as far as zbar can tell) once, CODES_MAX at most. Codes that are
 * drawn a pixel a square, up to the edge of the picture, or white on black are found too; telephones read them as well.
 */
enum { CODES_MAX = 50 };
struct codes;
struct codes *codes_new(void); /* NULL without memory */
void codes_free(struct codes **codes);
/* How many there were; each goes to `found`. The picture may be turned into its negative. */
unsigned codes_read(struct codes *codes, struct picture *picture,
                    void (*found)(void *context, struct span text), void *context);

#endif
