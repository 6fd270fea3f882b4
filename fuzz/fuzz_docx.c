/* The parsers of office documents, RTF and text, as they run inside the worker. */
#include <stdint.h>
#include <stdlib.h>
#include <unistr.h>

#include "worker/codepage.h"
#include "worker/extract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span bytes = {(const char *)data, size};
    struct arena *arena = arena_new();
    struct extraction x = {.sink = {.max = 65536}, .detail = ""};
    enum document_kind kind = document_kind("txt", "", bytes);
    codepage_preload();
    extract_document(&x, arena, kind, bytes);
    if (x.sink.text.n > x.sink.max ||
        (x.sink.text.n && u8_check((const uint8_t *)x.sink.text.p, x.sink.text.n)))
        abort();
    buf_free(&x.sink.text);
    arena_free(&arena);
    return 0;
}
