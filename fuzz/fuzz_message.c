/* Fuzz target: a whole message, with small limits so that they are hit too. */
#include "base/text.h"

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
    static const struct envelope envelope;
    static const struct message_limits limits = {.raw_bytes = 100000,
                                                 .header_bytes = 4000,
                                                 .headers = 40,
                                                 .parts = 20,
                                                 .depth = 5,
                                                 .text_bytes = 8000,
                                                 .attachment_bytes = 5000,
                                                 .addresses = 10,
                                                 .links = 10};
    struct arena *arena = arena_new();
    const struct message *m =
        message_parse(arena, &envelope, (struct span){(const char *)data, size}, false, &limits);
    for (size_t i = 0; i < m->n_texts; i++)
        if (!text_is_utf8(m->texts[i].text))
            __builtin_trap();
    for (size_t i = 0; i < m->n_links; i++)
        if (!text_is_utf8(span_of(m->links[i].url)) || !text_is_utf8(span_of(m->links[i].host)))
            __builtin_trap();
    for (size_t i = 0; i < m->n_headers; i++)
        if (!text_is_utf8(span_of(m->headers[i].value)))
            __builtin_trap();
    arena_free(&arena);
    return 0;
}
