/*
 * Where a host begins and ends in what people and programs write around it. It refuses no script: look-alike letters
 * are for others to judge.
 */
#include <string.h>

#include "base/text.h"

#include "mail/host.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool host_is_blank(uint32_t cp)
{
    return cp <= ' ' || cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200b) || cp == 0x2028 ||
           cp == 0x2029 || cp == 0x202f || cp == 0x205f || cp == 0x3000 || cp == 0xfeff;
}

size_t host_character(const char *p, size_t n)
{
    unsigned char c = (unsigned char)*p;
    uint32_t cp;
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '.' || c == '_';
    size_t length = text_decode(p, n, &cp);
    return host_is_blank(cp) ? 0 : length;
}

struct span host_in(struct span s)
{
    s = span_trim(s);
    const char *bracket = s.n && s.p[0] == '[' ? memchr(s.p, ']', s.n) : NULL;
    if (bracket)
        return (struct span){s.p, (size_t)(bracket - s.p) + 1};
    while (s.n && !host_character(s.p, s.n)) {
        uint32_t cp;
        size_t whole = text_decode(s.p, s.n, &cp); /* half a character left over would pass for one */
        s = (struct span){s.p + whole, s.n - whole};
    }
    size_t n = 0;
    while (n < s.n) {
        size_t step = is_blank(s.p[n]) ? 1 : host_character(s.p + n, s.n - n);
        if (!step)
            break;
        n += step;
    }
    return span_trim((struct span){s.p, n});
}
