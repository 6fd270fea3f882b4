/*
 * Header blocks. Ringer splits them itself and does not leave it to GMime, because what it looks for is
 * what parsers disagree on: repeated fields, bare CR, control characters, lines that are no fields.
 * Decoding of encoded words is GMime's.
 */
#include <stdlib.h>
#include <string.h>

#include <gmime/gmime.h>

#include "base/text.h"

#include "mail/charset.h"
#include "mail/header.h"
#include "mail/limits.h"
#include "mail/word.h"

/* A field name is printable ASCII without ':' (RFC 5322 2.2); blanks before the colon are tolerated. */
static size_t name_length(struct span line)
{
    size_t n = 0;
    while (n < line.n && line.p[n] > ' ' && line.p[n] < 0x7F && line.p[n] != ':')
        n++;
    size_t colon = n;
    while (colon < line.n && (line.p[colon] == ' ' || line.p[colon] == '\t'))
        colon++;
    return n && colon < line.n && line.p[colon] == ':' ? n : 0;
}

static bool has_control(struct span raw)
{
    for (size_t i = 0; i < raw.n; i++) {
        unsigned char c = (unsigned char)raw.p[i];
        bool line_end = c == '\n' || (c == '\r' && i + 1 < raw.n && raw.p[i + 1] == '\n');
        if ((c < 0x20 && c != '\t' && !line_end) || c == 0x7F)
            return true;
    }
    return false;
}

/* One field with its continuation lines off the front of `rest`; false at the end of the block. */
static bool next_field(struct span *rest, struct header_field *field_r)
{
    struct span before = *rest, line;
    if (!span_line(rest, &line) || line.n == 0)
        return false;
    size_t n = name_length(line);
    if (n == 0) {
        *rest = before;
        return false;
    }
    const char *colon = memchr(line.p + n, ':', line.n - n);
    while (rest->n && (rest->p[0] == ' ' || rest->p[0] == '\t'))
        span_line(rest, &line);
    field_r->name = (struct span){before.p, n};
    field_r->raw = (struct span){colon + 1, (size_t)(line.p + line.n - (colon + 1))};
    return true;
}

/*
 * Fields that are kept whatever the limits say: behind a thousand others they would make a mail without a sender and
 * without a subject.
 */
static bool is_essential(struct span name)
{
    static const char *const names[] = {"From",
                                        "Sender",
                                        "Reply-To",
                                        "To",
                                        "Cc",
                                        "Subject",
                                        "Date",
                                        "Message-ID",
                                        "Content-Type",
                                        "Content-Transfer-Encoding",
                                        "Content-Disposition"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (span_eq_nocase(name, span_of(names[i])))
            return true;
    return false;
}

struct header_block header_scan(struct arena *arena, struct span bytes, size_t max_bytes, size_t max_fields)
{
    struct header_block block = {0};
    struct header_field *v = NULL, field;
    if (bytes.n == 0)
        bytes.p = "";
    struct span rest = bytes, line;
    enum { ESSENTIAL_MAX = 64, FIELD_MAX = 16 * 1024, FIELD_MIN = 1024 }; /* beyond the limits */
    size_t cap = 0, beyond = 0, bytes_beyond = 0;
    while (span_starts_nocase(rest, SPAN_LIT("From ")) || span_starts_nocase(rest, SPAN_LIT(">From ")))
        span_line(&rest, &line); /* mbox */
    while (next_field(&rest, &field)) {
        if ((size_t)(rest.p - bytes.p) > max_bytes)
            block.limits_hit |= LIMIT_HEADER_BYTES;
        if (block.n >= max_fields)
            block.limits_hit |= LIMIT_HEADERS;
        if (block.limits_hit &&
            (!is_essential(field.name) || field.raw.n > FIELD_MAX || beyond++ >= ESSENTIAL_MAX ||
             (bytes_beyond += field.raw.n) > max_bytes + FIELD_MIN))
            continue; /* the body must still be found */
        if (block.n == cap) {
            size_t more = cap ? cap * 2 : 32;
            v = arena_grow(arena, v, cap, more, sizeof(*v));
            cap = more;
        }
        v[block.n++] = field;
        if (has_control(field.raw))
            block.anomalies |= ANOMALY_HEADER_CONTROL;
    }
    block.v = v;
    block.body = rest;
    return block;
}

const struct header_field *header_find(const struct header_block *block, const char *name)
{
    struct span want = span_of(name);
    for (size_t i = 0; i < block->n; i++)
        if (block->v[i].name.n == want.n && span_eq_nocase(block->v[i].name, want))
            return &block->v[i];
    return NULL;
}

size_t header_count(const struct header_block *block, const char *name)
{
    struct span want = span_of(name);
    size_t n = 0;
    for (size_t i = 0; i < block->n; i++)
        n += span_eq_nocase(block->v[i].name, want);
    return n;
}

struct span header_unfold(struct arena *arena, struct span raw)
{
    raw = span_trim(raw);
    if (raw.n == 0 || (!memchr(raw.p, '\n', raw.n) && !memchr(raw.p, '\r', raw.n)))
        return raw;
    char *out = arena_alloc(arena, raw.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < raw.n; i++)
        if (raw.p[i] != '\r' && raw.p[i] != '\n')
            out[n++] = raw.p[i];
    return (struct span){out, n};
}

const char *header_decode(struct arena *arena, struct span raw)
{
    struct span line = header_unfold(arena, raw);
    if (line.n == 0)
        return "";
    if (!memchr(line.p, '?', line.n) || !memmem(line.p, line.n, "=?", 2))
        return text_clean_line(arena, charset_guess(arena, line));
    /* GMime would ask iconv about each byte that is no UTF-8 */
    char *words = word_as_quoted(arena, charset_guess(arena, line)),
         *decoded = g_mime_utils_header_decode_text(NULL, words);
    const char *clean = text_clean_line(arena, charset_guess(arena, span_of(decoded)));
    g_free(decoded);
    free(words);
    return clean;
}
