/* Mail from a file, an mbox or a single message: each message once, none longer than what was asked for. */
#include "cli/mailsource.h"
#include "fuzz/memory_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { MAX_BYTES = 1000 };
    char path[32];
    const char *paths[] = {path};
    int fd = memory_file(data, size, path);
    struct mailsource *source = mailsource_open(paths, 1, MAX_BYTES);
    struct mailsource_message message;
    struct buf raw = {0};
    size_t total = 0;
    while (mailsource_next(source, &raw, &message)) {
        if (raw.n > MAX_BYTES || !message.path)
            abort();
        total += raw.n;
    }
    if (total > size || mailsource_failed(source))
        abort();
    mailsource_close(&source);
    buf_free(&raw);
    close(fd);
    return 0;
}
