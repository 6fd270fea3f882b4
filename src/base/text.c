/*
 * UTF-8: characters, and copies of hostile bytes that are valid and hold no controls, see text.h. It refuses nothing:
 * what is not UTF-8 becomes U+FFFD.
 */
#include <string.h>

#include "base/text.h"

enum { REPLACEMENT = 0xFFFD };

size_t text_decode(const char *p, size_t n, uint32_t *c_r)
{
    const unsigned char *s = (const unsigned char *)p;
    unsigned length = s[0] < 0x80 ? 1 : s[0] >= 0xC2 && s[0] < 0xE0 ? 2 : s[0] >= 0xE0 && s[0] < 0xF0 ? 3 : 4;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    *c_r = REPLACEMENT;
    if (length == 1) {
        *c_r = s[0];
        return 1;
    }
    if (s[0] < 0xC2 || s[0] > 0xF4 || length > n)
        return 1;
    uint32_t c = s[0] & (0x7Fu >> length);
    for (unsigned i = 1; i < length; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 1;
        c = c << 6 | (s[i] & 0x3Fu);
    }
    if (c < least[length] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        return 1;
    *c_r = c;
    return length;
}

size_t text_encode(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char head[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = n; i-- > 1; c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(head[n] | c);
    return n;
}

struct span text_cut(struct span text, size_t n)
{
    if (text.n <= n)
        return text;
    while (n && ((unsigned char)text.p[n] & 0xC0) == 0x80)
        n--;
    return (struct span){text.p, n};
}

/* Where the plain ASCII at `i` ends: eight bytes at a time. Stops early rather than late. */
static size_t skip_ascii(struct span s, size_t i)
{
    uint64_t eight;
    while (s.n - i >= sizeof(eight)) {
        memcpy(&eight, s.p + i, sizeof(eight));
        if (eight & 0x8080808080808080U)
            break;
        i += sizeof(eight);
    }
    return i;
}

/* Where the printable ASCII at `i` ends: eight bytes at a time. Stops early rather than late. */
static size_t skip_printable(struct span s, size_t i)
{
    static const uint64_t ones = 0x0101010101010101U, tops = 0x8080808080808080U;
    uint64_t eight;
    while (s.n - i >= sizeof(eight)) {
        memcpy(&eight, s.p + i, sizeof(eight));
        uint64_t del = eight ^ ones * 0x7F;
        if ((eight | ((eight - ones * ' ') & ~eight) | ((del - ones) & ~del)) & tops)
            break;
        i += sizeof(eight);
    }
    return i;
}

static size_t valid_prefix(struct span bytes)
{
    size_t i = 0;
    uint32_t c;
    while ((i = skip_printable(bytes, i)) < bytes.n) {
        unsigned char b = (unsigned char)bytes.p[i];
        if (b && b < 0x80) {
            i++;
            continue;
        }
        size_t length = text_decode(bytes.p + i, bytes.n - i, &c);
        if (b == 0 || (c == REPLACEMENT && length == 1))
            return i;
        i += length;
    }
    return i;
}

bool text_is_utf8(struct span bytes)
{
    uint32_t c;
    for (size_t i = 0; i < bytes.n;) {
        if ((unsigned char)bytes.p[i] < 0x80) {
            i = skip_ascii(bytes, i + 1);
            continue;
        }
        size_t length = text_decode(bytes.p + i, bytes.n - i, &c);
        if (length == 1)
            return false;
        i += length;
    }
    return true;
}

struct span text_valid_utf8(struct arena *arena, struct span bytes)
{
    size_t good = valid_prefix(bytes), n = good;
    uint32_t c;
    if (good == bytes.n)
        return bytes;
    char *out = arena_bytes(arena, good + (bytes.n - good) * 3 + 1);
    memcpy(out, bytes.p, good);
    for (size_t i = good; i < bytes.n;) {
        i += text_decode(bytes.p + i, bytes.n - i, &c);
        n += text_encode(c ? c : REPLACEMENT, out + n);
    }
    out[n] = '\0'; /* callers may take it for a string, as they may the original */
    return (struct span){out, n};
}

static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

static char *clean(struct arena *arena, struct span bytes, bool one_line, size_t *n_r)
{
    struct span s = text_valid_utf8(arena, bytes);
    char *out = arena_bytes(arena, s.n + 1);
    size_t n = 0, plain;
    uint32_t c;
    for (size_t i = 0, length; i < s.n; i += length) {
        if ((plain = skip_printable(s, i)) > i) {
            length = plain - i;
            memcpy(out + n, s.p + i, length);
            n += length;
            continue;
        }
        length = text_decode(s.p + i, s.n - i, &c);
        if (c == '\n' || c == '\t')
            out[n++] = one_line ? ' ' : (char)c;
        else if (!is_control(c)) {
            memcpy(out + n, s.p + i, length);
            n += length;
        }
    }
    out[n] = '\0';
    *n_r = n;
    return out;
}

struct span text_clean(struct arena *arena, struct span bytes)
{
    size_t n;
    char *out = clean(arena, bytes, false, &n);
    return (struct span){out, n};
}

const char *text_clean_line(struct arena *arena, struct span bytes)
{
    size_t n;
    return clean(arena, bytes, true, &n);
}
