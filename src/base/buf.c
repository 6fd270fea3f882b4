/*
 * A byte string that grows by doubling.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

static void reserve(struct buf *buf, size_t more)
{
    size_t want = buf->n + more + 1;
    if (want <= buf->cap)
        return;
    size_t cap = buf->cap ? buf->cap : 64;
    while (cap < want)
        cap *= 2;
    buf->p = mem_resize(buf->p, cap, 1);
    buf->cap = cap;
}

void buf_add(struct buf *buf, const void *data, size_t n)
{
    reserve(buf, n);
    if (n)
        memcpy(buf->p + buf->n, data, n);
    buf->n += n;
    buf->p[buf->n] = '\0';
}

void buf_addc(struct buf *buf, char c)
{
    reserve(buf, 1);
    buf->p[buf->n++] = c;
    buf->p[buf->n] = '\0';
}

void buf_adds(struct buf *buf, const char *s)
{
    buf_add(buf, s, strlen(s));
}

void buf_add_span(struct buf *buf, struct span s)
{
    buf_add(buf, s.p, s.n);
}

void buf_printf(struct buf *buf, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n > 0) {
        reserve(buf, (size_t)n);
        vsnprintf(buf->p + buf->n, (size_t)n + 1, fmt, again);
        buf->n += (size_t)n;
    }
    va_end(again);
}

void buf_clear(struct buf *buf)
{
    buf->n = 0;
    if (buf->p)
        buf->p[0] = '\0';
}

void buf_free(struct buf *buf)
{
    free(buf->p);
    *buf = (struct buf){0};
}

struct span buf_span(const struct buf *buf)
{
    return (struct span){buf->p, buf->n};
}
