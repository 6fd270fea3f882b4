/* Parameters of MIME fields: no more than there is room for, and none longer than the field. */
#include <stdint.h>

#include "mail/param.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span line = {(const char *)data, size};
    struct arena *arena = arena_new();
    struct params params;
    params_read(arena, line, &params);
    if (params.n > PARAMS_MAX || params_head(arena, line).n > size)
        __builtin_trap();
    for (size_t i = 0; i < params.n; i++)
        if (params.v[i].name.n > size || params.v[i].value.n > size || params.v[i].other.n > size)
            __builtin_trap();
    arena_free(&arena);
    return 0;
}
