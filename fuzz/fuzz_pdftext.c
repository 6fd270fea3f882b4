/* What comes out of pdftotext: the first byte parts the input into its text and its complaints. */
#include <unistr.h>

#include "fuzz/memory_file.h"
#include "worker/programtext.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    char path[32];
    size_t text = (size - 1) * data[0] / 255;
    struct program_pipes pipes = {.out = memory_file(data + 1, text, path),
                                  .err = memory_file(data + 1 + text, size - 1 - text, path),
                                  .pid = getpid() /* no child: its end is not judged */};
    struct program_end end;
    struct arena *arena = arena_new();
    struct extraction x = {.sink = {.max = 4096}, .detail = ""};
    program_text_from(&x, arena, PROGRAM_PDFTOTEXT, &pipes, &end);
    buf_free(&end.messages);
    if (x.sink.text.n > x.sink.max ||
        (x.sink.text.n && u8_check((const uint8_t *)x.sink.text.p, x.sink.text.n)))
        abort();
    buf_free(&x.sink.text);
    arena_free(&arena);
    return 0;
}
