/* Fuzz target: a header value as an address list. */
#include "base/text.h"

#include "mail/address.h"
#include "mail/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    message_library_init();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct address_list list = {0};
    address_parse(arena, (struct span){(const char *)data, size}, 100, &list);
    for (size_t i = 0; i < list.n; i++)
        if (!text_is_utf8(span_of(list.v[i].address)) || !text_is_utf8(span_of(list.v[i].name)) ||
            !text_is_utf8(span_of(list.v[i].domain)) || !text_is_utf8(span_of(list.v[i].local)))
            __builtin_trap();
    arena_free(&arena);
    return 0;
}
