/* Fuzz target: folding. The result is valid, the map points forward and into the original. */
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct span in = {(const char *)data, size};
    const struct folded_text *f = text_fold(arena, in);
    if (!text_is_utf8(f->text) || f->map[f->text.n] != size)
        __builtin_trap();
    for (size_t i = 0; i < f->text.n; i++) {
        struct span at = text_fold_original(f, i, i + 1);
        if (f->map[i] > f->map[i + 1] || at.n == 0 || at.p + at.n > in.p + in.n)
            __builtin_trap();
    }
    if (!text_is_utf8(text_clean(arena, in)) || !text_is_utf8(text_valid_utf8(arena, in)))
        __builtin_trap();
    arena_free(&arena);
    return 0;
}
