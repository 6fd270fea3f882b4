/* See base64.h. */
#include "mail/base64.h"

size_t base64_decode(struct span in, size_t max, char *out)
{
    unsigned bits = 0, have = 0;
    size_t n = 0;
    for (size_t i = 0; i < in.n && n < max; i++) {
        unsigned char c = (unsigned char)in.p[i];
        unsigned v = c >= 'A' && c <= 'Z'   ? c - 65U
                     : c >= 'a' && c <= 'z' ? c - 97U + 26
                     : c >= '0' && c <= '9' ? c - 48U + 52
                     : c == '+'             ? 62
                     : c == '/'             ? 63
                                            : 64;
        if (v < 64) {
            bits = bits << 6 | v;
            have += 6;
            if (have >= 8) {
                have -= 8;
                out[n++] = (char)(bits >> have & 0xFF);
            }
        } else if (c == '=') {
            have = 0;
        }
    }
    return n;
}
