#ifndef RINGER_BASE_MEM_H
#define RINGER_BASE_MEM_H
#include <stddef.h>

/*
 * Memory that is never NULL. GLib (below GMime) ends the process when memory runs out, so we do the same,
 * in one place and with a message: the MTA then sees a closed milter connection and applies its own
 * default action; a mail that was not answered is not lost. Sizes that the sender controls are bounded
 * by the message limits long before this. Free with free().
 */
void *mem_alloc(size_t size);                         /* zeroed */
void *mem_array(size_t count, size_t size);           /* zeroed; refuses overflow */
void *mem_resize(void *p, size_t count, size_t size); /* new bytes are not zeroed */
char *mem_strdup(const char *s);
char *mem_strndup(const char *s, size_t n);
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
