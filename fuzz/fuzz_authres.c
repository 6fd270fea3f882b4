/* Fuzz target: Authentication-Results. */
#include <stdint.h>
#include <string.h>

#include "mail/authres.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct authres a;
    int rc = authres_parse(arena, (struct span){(const char *)data, size}, &a);
    if (rc == 0 && !*a.authserv_id && !memchr(data, '"', size))
        __builtin_trap();
    arena_free(&arena);
    return 0;
}
