/* Fuzz target: a header block is split, and each value decoded: one line of UTF-8 without controls. */
#include <string.h>

#include "base/text.h"

#include "mail/header.h"
#include "mail/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    message_library_init();
    return 0;
}

static bool is_one_line(const char *s)
{
    uint32_t c;
    if (!text_is_utf8(span_of(s)))
        return false;
    for (size_t n = strlen(s), length; n; s += length, n -= length) {
        length = text_decode(s, n, &c);
        if (c < 0x20 || (c >= 0x7f && c < 0xa0))
            return false;
    }
    return true;
}

static bool inside(struct span part, struct span whole)
{
    return part.p >= whole.p && part.p + part.n <= whole.p + whole.n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct span in = {(const char *)data, size};
    struct header_block block = header_scan(arena, in, 64 * 1024, 100);
    if (size && !inside(block.body, in))
        __builtin_trap();
    for (size_t i = 0; i < block.n; i++)
        if (!inside(block.v[i].name, in) || !inside(block.v[i].raw, in) ||
            !is_one_line(header_decode(arena, block.v[i].raw)))
            __builtin_trap();
    if (!is_one_line(header_decode(arena, in)))
        __builtin_trap();
    arena_free(&arena);
    return 0;
}
