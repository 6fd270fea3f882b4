/*
 * The progress of a command that reads mail.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include "base/clock.h"
#include "cli/progress.h"

void progress_show(const struct mailsource *source, unsigned long long messages, bool last, const char *fmt,
                   ...)
{
    static int64_t drawn_s = -1;
    int64_t now_s = monotonic_ms() / 1000;
    va_list ap;
    if (!last && now_s == drawn_s)
        return;
    drawn_s = now_s;
    fprintf(stderr, "\r%llu messages, %.1f MB, ", messages, (double)mailsource_bytes(source) / 1e6);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputs(last ? "\r\033[K" : " ", stderr);
}
