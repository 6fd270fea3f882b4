#ifndef RINGER_BASE_BUF_H
#define RINGER_BASE_BUF_H
#include <stddef.h>
#include "base/span.h"

/* A byte string that grows. Start with {0}; `p` is always NUL-terminated once something was added. */
struct buf {
    char *p;
    size_t n, cap;
};

void buf_add(struct buf *buf, const void *data, size_t n);
void buf_addc(struct buf *buf, char c);
void buf_adds(struct buf *buf, const char *s);
void buf_add_span(struct buf *buf, struct span s);
void buf_printf(struct buf *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_clear(struct buf *buf); /* empties it, keeps the memory */
void buf_free(struct buf *buf);  /* back to {0} */
struct span buf_span(const struct buf *buf);

#endif
