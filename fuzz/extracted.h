#ifndef RINGER_FUZZ_EXTRACTED_H
#define RINGER_FUZZ_EXTRACTED_H
#include <stdint.h>
#include <stdlib.h>
#include <unistr.h>

#include "worker/codepage.h"
#include "worker/extract.h"

/* The text of a document, read as inside the worker: within its bound, and UTF-8. */
static void extracted_check(struct arena *arena, enum document_kind kind, struct span bytes,
                            struct span passwords)
{
    struct extraction x = {.sink = {.max = 65536}, .detail = "", .passwords = passwords};
    codepage_preload();
    extract_document(&x, arena, kind, bytes);
    if (x.sink.text.n > x.sink.max ||
        (x.sink.text.n && u8_check((const uint8_t *)x.sink.text.p, x.sink.text.n)))
        abort();
    buf_free(&x.sink.text);
}

#endif
