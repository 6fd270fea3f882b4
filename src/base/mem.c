/*
 * Memory that is never NULL: see mem.h for why running out ends the process.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stdint.h>
#include <unistd.h>

#include "base/mem.h"

static void *checked(void *p)
{
    if (!p) {
        static const char text[] = "ringer: out of memory\n";
        ssize_t ignored = write(STDERR_FILENO, text, sizeof(text) - 1);
        (void)ignored;
        abort();
    }
    return p;
}

void *mem_alloc(size_t size)
{
    return checked(calloc(1, size ? size : 1));
}

void *mem_array(size_t count, size_t size)
{
    return checked(calloc(count ? count : 1, size ? size : 1));
}

void *mem_resize(void *p, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        return checked(NULL);
    size_t bytes = count * size;
    return checked(realloc(p, bytes > 0 ? bytes : 1));
}

char *mem_strdup(const char *s)
{
    return checked(strdup(s));
}

char *mem_strndup(const char *s, size_t n)
{
    return checked(strndup(s, n));
}

char *mem_printf(const char *fmt, ...)
{
    va_list ap;
    char *s = NULL;
    va_start(ap, fmt);
    int n = vasprintf(&s, fmt, ap);
    va_end(ap);
    return checked(n < 0 ? NULL : s);
}
