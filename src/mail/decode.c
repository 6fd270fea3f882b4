/*
 * Contents of a MIME part: Content-Transfer-Encoding undone, format=flowed joined.
 */
#include <string.h>

#include <gmime/gmime.h>

#include "mail/decode.h"

static bool encoding_of(const char *name, GMimeContentEncoding *encoding_r)
{
    if (!*name || strcmp(name, "7bit") == 0 || strcmp(name, "8bit") == 0 || strcmp(name, "binary") == 0)
        *encoding_r = GMIME_CONTENT_ENCODING_DEFAULT;
    else if ((*encoding_r = g_mime_content_encoding_from_string(name)) == GMIME_CONTENT_ENCODING_DEFAULT)
        return false;
    return true;
}

size_t decode_base64(struct span in, char *out)
{
    unsigned bits = 0, have = 0;
    size_t n = 0;
    for (size_t i = 0; i < in.n; i++) {
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

struct span decode_body(struct arena *arena, struct span body, const char *encoding, size_t max,
                        size_t *size_r, bool *known_r)
{
    GMimeContentEncoding kind;
    GMimeEncoding state;
    struct span in = body.n ? body : SPAN_LIT("");
    *known_r = encoding_of(encoding, &kind);
    *size_r = kind == GMIME_CONTENT_ENCODING_BASE64 ? in.n / 78 * 57 + in.n % 78 * 3 / 4 : in.n;
    if (kind == GMIME_CONTENT_ENCODING_DEFAULT) {
        in.n = in.n < max ? in.n : max;
        return in;
    }
    size_t take = max < in.n / 4 ? max * 4 : in.n; /* quoted-printable shrinks to a third, base64 to 3/4 */
    char *out;
    size_t n;
    if (kind == GMIME_CONTENT_ENCODING_BASE64) {
        out = arena_alloc(arena, take / 4 * 3 + 4);
        n = decode_base64((struct span){in.p, take}, out);
    } else {
        g_mime_encoding_init_decode(&state, kind);
        out = arena_alloc(arena, g_mime_encoding_outlen(&state, take) + 1);
        n = g_mime_encoding_flush(&state, in.p ? in.p : "", take, out);
    }
    if (take == in.n)
        *size_r = n;
    return (struct span){out, n < max ? n : max};
}

struct span decode_unflow(struct arena *arena, struct span text, bool delsp)
{
    char *out = arena_alloc(arena, text.n + 1);
    struct span rest = text, line;
    size_t n = 0, depth = 0;
    bool soft = false;
    while (span_line(&rest, &line)) {
        size_t quotes = 0;
        while (quotes < line.n && line.p[quotes] == '>')
            quotes++;
        bool signature = span_eq(line, SPAN_LIT("-- "));
        struct span body = {line.p + quotes, line.n - quotes};
        if (soft && quotes == depth && !signature) { /* goes on: the quote mark and the stuffing go */
            if (body.n && body.p[0] == ' ')
                body.p++, body.n--;
        } else {
            if (n)
                out[n++] = '\n';
            memcpy(out + n, line.p, quotes);
            n += quotes;
            if (!quotes && body.n && body.p[0] == ' ')
                body.p++, body.n--;
        }
        soft = body.n && body.p[body.n - 1] == ' ' && !signature;
        depth = quotes;
        size_t keep = body.n - (soft && delsp);
        memcpy(out + n, body.p, keep);
        n += keep;
    }
    return (struct span){out, n};
}
