/* Links: those found in a text, and the whole of it as an address and as what is shown for it. */
#include <stdint.h>
#include <string.h>

#include "base/text.h"

#include "mail/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct message_link *link)
{
    if (!link->url || !link->host || strpbrk(link->host, "\r\n/") || !text_is_utf8(span_of(link->host)) ||
        (link->shown_host && !*link->shown_host))
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct span text = text_clean(arena, text_valid_utf8(arena, (struct span){(const char *)data, size})),
                url;
    const char *all = arena_span(arena, text);
    struct message_link whole = link_make(arena, all, all);
    check(&whole);
    for (struct span rest = text; link_next(&rest, &url);) {
        struct message_link found = link_make(arena, arena_span(arena, url), NULL);
        if (rest.n >= text.n)
            __builtin_trap();
        check(&found);
    }
    arena_free(&arena);
    return 0;
}
