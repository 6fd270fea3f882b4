/* Fuzz target: visible text of HTML, with the styles that decide it; and text turned by bidi controls. */
#include "base/text.h"

#include "mail/bidi.h"
#include "mail/html.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct span in = text_valid_utf8(arena, (struct span){(const char *)data, size});
    struct html_budget budget = html_budget_default;
    const struct html_text *page = html_read(arena, in, 50, &budget);
    for (size_t i = 0; i < page->n; i++)
        if (!text_is_utf8(page->v[i].text))
            __builtin_trap();
    if (!text_is_utf8(page->hidden) || !text_is_utf8(bidi_seen(arena, in)))
        __builtin_trap();
    arena_free(&arena);
    return 0;
}
