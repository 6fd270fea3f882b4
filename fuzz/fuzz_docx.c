/* The parsers of office documents, RTF and text, as they run inside the worker. */
#include "extracted.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span bytes = {(const char *)data, size};
    struct arena *arena = arena_new();
    extracted_check(arena, document_kind("txt", "", bytes), bytes, (struct span){0});
    arena_free(&arena);
    return 0;
}
