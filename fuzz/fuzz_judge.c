/* Whole messages through everything but the worker: parse, facts, phrases, rules, verdict. */
#include "judged.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    judged_check(arena, judged_parse(arena, data, size));
    arena_free(&arena);
    return 0;
}
