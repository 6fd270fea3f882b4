/* One address, as people and mail programs read it: what comes out is UTF-8 on one line, and its parts are in it. */
#include <stdint.h>
#include <string.h>

#include "base/text.h"

#include "mail/addrspec.h"
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
    bool malformed = false;
    struct mailbox box = addrspec_read(arena, (struct span){(const char *)data, size}, &malformed);
    const char *texts[] = {box.address, box.local, box.domain, box.name};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        if (!texts[i] || !text_is_utf8(span_of(texts[i])) || strpbrk(texts[i], "\r\n"))
            __builtin_trap();
    arena_free(&arena);
    return 0;
}
