/*
 * The readers of attachments that have no magic of their own: the first line of the input is the file name that chooses
 * one (x.svg, x.html, x.ics ...), the document follows; and archives of all of them. Office documents and RTF have
 * fuzz_docx.
 */
#include <stdint.h>
#include <stdlib.h>
#include <unistr.h>

#include "worker/codepage.h"
#include "worker/extract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span bytes = {(const char *)data, size};
    struct span name = span_cut(&bytes, '\n');
    struct arena *arena = arena_new();
    struct extraction x = {.sink = {.max = 65536}, .detail = "", .passwords = SPAN_LIT("wrong\nTulip 7!\n")};
    enum document_kind kind = document_kind("", arena_span(arena, name), bytes);
    codepage_preload();
    extract_document(&x, arena, kind, bytes);
    if (x.sink.text.n > x.sink.max ||
        (x.sink.text.n && u8_check((const uint8_t *)x.sink.text.p, x.sink.text.n)))
        abort();
    buf_free(&x.sink.text);
    arena_free(&arena);
    return 0;
}
