/*
 * Contents of a MIME part: Content-Transfer-Encoding undone, format=flowed joined.
 */
#include <string.h>

#include <gmime/gmime.h>

#include "mail/base64.h"
#include "mail/decode.h"

static bool encoding_of(const char *name, GMimeContentEncoding *encoding_r)
{
    if (!*name || strcmp(name, "7bit") == 0 || strcmp(name, "8bit") == 0 || strcmp(name, "binary") == 0)
        *encoding_r = GMIME_CONTENT_ENCODING_DEFAULT;
    else if ((*encoding_r = g_mime_content_encoding_from_string(name)) == GMIME_CONTENT_ENCODING_DEFAULT)
        return false;
    return true;
}

/* A line of a length character and groups of four (POSIX uuencode); blanks at its end may be gone. */
static size_t uu_line(struct span line, char *out)
{
    size_t want = ((size_t)(line.p[0] - ' ')) & 63, n = 0;
    for (size_t i = 1; n < want; i += 4) {
        unsigned bits = 0;
        for (size_t k = 0; k < 4; k++)
            bits = bits << 6 | (i + k < line.n ? (unsigned)(line.p[i + k] - ' ') & 63 : 0);
        for (int shift = 16; shift >= 0 && n < want; shift -= 8)
            out[n++] = (char)(bits >> shift & 0xFF);
    }
    return n;
}

/* Behind "begin MODE NAME"; false when the text has no such line. */
static bool uu_begin(struct span *rest, struct span *name_r)
{
    struct span line;
    while (span_line(rest, &line)) {
        if (line.n < 11 || memcmp(line.p, "begin ", 6) != 0)
            continue;
        size_t digits = 6;
        while (digits < line.n && line.p[digits] >= '0' && line.p[digits] <= '7')
            digits++;
        if (digits < 9 || digits > 10 || digits >= line.n || line.p[digits] != ' ')
            continue;
        *name_r = span_trim((struct span){line.p + digits, line.n - digits});
        return true;
    }
    return false;
}

bool decode_uu(struct arena *arena, struct span text, size_t max, struct span *name_r, struct span *bytes_r)
{
    enum { LINE = 64 }; /* decoded bytes of a line, at most 63 */
    struct span rest = text, line;
    if (!text.n || !memmem(text.p, text.n, "begin ", 6) || !uu_begin(&rest, name_r))
        return false;
    char *out = arena_bytes(arena, (rest.n < max ? rest.n : max) + 2 * LINE);
    size_t n = 0;
    while (n <= max && span_line(&rest, &line) && line.n && line.p[0] != '`' &&
           !span_eq(line, SPAN_LIT("end"))) {
        if ((((size_t)(line.p[0] - ' ')) & 63) > line.n) /* fewer characters than bytes: no such line */
            break;
        n += uu_line(line, out + n);
    }
    *bytes_r = (struct span){out, n};
    return true;
}

/* RFC 1896: <command>, </command>, "<<" for "<"; a line end is a blank, of several all but one stay. */
struct span decode_enriched(struct arena *arena, struct span text)
{
    char *out = arena_alloc(arena, text.n + 1);
    size_t n = 0, lines = 0;
    bool param = false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '\n') {
            if (!param)
                out[n++] = lines++ ? '\n' : ' ';
            continue;
        }
        lines = 0;
        if (c != '<') {
            if (!param)
                out[n++] = c;
        } else if (i + 1 < text.n && text.p[i + 1] == '<') {
            out[n++] = '<';
            i++;
        } else {
            const char *end = memchr(text.p + i, '>', text.n - i);
            if (!end)
                break;
            struct span command = {text.p + i + 1, (size_t)(end - text.p) - i - 1};
            param = span_eq_nocase(command, SPAN_LIT("param"));
            i += command.n + 1;
        }
    }
    return (struct span){out, n};
}

static bool is_uu(const char *encoding)
{
    static const char *const names[] = {"x-uuencode", "uuencode", "x-uue", "uue"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (strcmp(encoding, names[i]) == 0)
            return true;
    return false;
}

enum { CHUNK = 4096 };

/* Until `max` bytes are there; `out` has room for two chunks more. */
static size_t decode_chunks(GMimeEncoding *state, struct span in, size_t max, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < in.n && n < max; i += CHUNK)
        n += g_mime_encoding_step(state, in.p + i, in.n - i < CHUNK ? in.n - i : CHUNK, out + n);
    return n < max ? n + g_mime_encoding_flush(state, "", 0, out + n) : n;
}

struct span decode_body(struct arena *arena, struct span body, const char *encoding, size_t max,
                        size_t *size_r, bool *known_r)
{
    GMimeContentEncoding kind;
    GMimeEncoding state;
    struct span in = body.n ? body : SPAN_LIT(""), name, bytes;
    if (is_uu(encoding) && decode_uu(arena, in, max, &name, &bytes)) {
        *known_r = true;
        *size_r = bytes.n <= max ? bytes.n : in.n / 62 * 45; /* a line of 45 bytes has 62 with its end */
        return (struct span){bytes.p, bytes.n < max ? bytes.n : max};
    }
    *known_r = encoding_of(encoding, &kind);
    *size_r = kind == GMIME_CONTENT_ENCODING_BASE64 ? in.n / 78 * 57 + in.n % 78 * 3 / 4 : in.n;
    if (kind == GMIME_CONTENT_ENCODING_DEFAULT) {
        in.n = in.n < max ? in.n : max;
        return in;
    }
    in.n = max < in.n / 4 ? max * 4 : in.n; /* quoted-printable shrinks to a third, base64 to 3/4 */
    size_t whole = body.n, n;
    char *out = arena_bytes(arena, (in.n < max ? in.n : max) + 2 * CHUNK);
    if (kind == GMIME_CONTENT_ENCODING_BASE64) {
        n = base64_decode(in, max, out);
    } else {
        g_mime_encoding_init_decode(&state, kind);
        n = decode_chunks(&state, in, max, out);
    }
    if (in.n == whole && n < max)
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
