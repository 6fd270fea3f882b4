/*
 * The readers of attachments that have no magic of their own: the first line of the input is the file name that chooses
 * one (x.svg, x.html, x.ics ...), the document follows; and archives of all of them. Office documents and RTF have
 * fuzz_docx.
 */
#include "extracted.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span bytes = {(const char *)data, size};
    struct span name = span_cut(&bytes, '\n');
    struct arena *arena = arena_new();
    extracted_check(arena, document_kind("", arena_span(arena, name), bytes), bytes,
                    SPAN_LIT("wrong\nTulip 7!\n"));
    arena_free(&arena);
    return 0;
}
