/*
 * Takes MIME apart. GMime decodes the contents, the parameters and the words; the splitting is done here,
 * since GMime's tree has no bound on parts and part headers (sixteen megabytes of "--b" lines become
 * gigabytes of objects), and picks silently among two boundaries, where Ringer wants both readings.
 *
 *   entity    = fields [ CRLF body ]
 *   multipart = [preamble CRLF] 1*( "--" boundary *WSP CRLF entity CRLF ) [ "--" boundary "--" ] epilogue
 *
 * Each level searches its own span for its own boundary only; nesting is bounded, so the cost is linear.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <gmime/gmime.h>

#include "base/text.h"

#include "mail/charset.h"
#include "mail/decode.h"
#include "mail/mime.h"
#include "mail/param.h"
#include "mail/word.h"

enum { MAX_BOUNDARY = 16 * 1024 /* RFC 2046 says 70; programs read what fits into a header */ };
enum { MAX_SECOND_READINGS = 4 /* of parts with two boundaries: each costs a whole search */ };
enum { PART_HEADER_BYTES = 64 * 1024, PART_HEADERS = 200 };
enum {
    HEADERS_FACTOR = 4,        /* fields of all parts, in limits->header_bytes */
    PART_HEADER_LEAST = 4096,  /* which each part may have beyond that */
    DECODED_LEAST = 64 * 1024, /* of an attached mail, whatever the others took: its fields and first words */
    SEARCH_FACTOR = 8,         /* each level is searched for its boundary: bytes, in limits->raw_bytes */
};

struct walk {
    struct arena *arena;
    const struct message_limits *limits;
    struct mime_tree tree;
    unsigned alternatives;
    size_t entities; /* leaves and multiparts: these too are bounded by limits->parts */
    unsigned second_readings;
    size_t headers_left, decoded_left, search_left;
    struct span open[64]; /* boundaries of the multiparts around */
    unsigned n_open;
};

/* --- Content-Type */

/* File names may be split and encoded (RFC 2231): GMime puts them together. */
static const char *rfc2231_parameter(struct arena *arena, struct span value, const char *name)
{
    struct span all = {value.p, value.n};
    span_cut(&all, ';');
    if (all.n == 0 || !strcasestr(arena_span(arena, all), name))
        return "";
    char *words = word_as_quoted(arena, all);
    GMimeParamList *params = g_mime_param_list_parse(NULL, words);
    free(words);
    GMimeParam *param = params ? g_mime_param_list_get_parameter(params, name) : NULL;
    const char *text = param ? g_mime_param_get_value(param) : NULL;
    const char *clean = text ? text_clean_line(arena, charset_guess(arena, span_of(text))) : "";
    if (params)
        g_object_unref(params);
    return clean;
}

static void add_boundary(struct mime_type *type, struct span value)
{
    if (value.n == 0 || value.n > MAX_BOUNDARY)
        return;
    for (size_t i = 0; i < type->n_boundaries; i++)
        if (span_eq(type->boundaries[i], value))
            return;
    if (type->n_boundaries < MIME_MAX_BOUNDARIES)
        type->boundaries[type->n_boundaries++] = value;
}

static void add_charset(struct arena *arena, struct mime_type *type, struct span value)
{
    const char *charset = arena_lower(arena, span_trim(value));
    if (!*type->charset)
        type->charset = charset;
    else if (!type->other_charset && strcmp(charset, type->charset) != 0)
        type->other_charset = charset;
}

struct mime_type mime_type_parse(struct arena *arena, struct span value)
{
    struct mime_type type = {.type = "text/plain", .charset = "", .name = ""};
    struct span line = header_unfold(arena, value), head = params_head(arena, line);
    struct params params;
    if (head.n && memchr(head.p, '/', head.n))
        type.type = arena_lower(arena, span_of(text_clean_line(arena, head)));
    params_read(arena, line, &params);
    for (size_t i = 0; i < params.n; i++) {
        const struct param *p = &params.v[i];
        if (span_eq_nocase(p->name, SPAN_LIT("boundary"))) {
            add_boundary(&type, p->value);
            add_boundary(&type, p->other);
        } else if (span_eq_nocase(p->name, SPAN_LIT("charset"))) {
            add_charset(arena, &type, p->value);
        } else if (span_eq_nocase(p->name, SPAN_LIT("format"))) {
            type.flowed = span_eq_nocase(p->value, SPAN_LIT("flowed"));
        } else if (span_eq_nocase(p->name, SPAN_LIT("delsp"))) {
            type.delsp = span_eq_nocase(p->value, SPAN_LIT("yes"));
        }
    }
    type.name = rfc2231_parameter(arena, line, "name");
    return type;
}

/* --- the tree */

static struct mime_part *add_part(struct walk *w)
{
    struct mime_tree *tree = &w->tree;
    if (tree->n >= w->limits->parts) {
        tree->limits_hit |= LIMIT_PARTS;
        return NULL;
    }
    if (tree->n == tree->cap) {
        size_t cap = tree->cap ? tree->cap * 2 : 4;
        tree->v = arena_grow(w->arena, tree->v, tree->n, cap, sizeof(*tree->v));
        tree->cap = cap;
    }
    return memset(&tree->v[tree->n++], 0, sizeof(struct mime_part));
}

static const char *encoding_in(struct arena *arena, const struct header_field *field)
{
    struct span head = params_head(arena, header_unfold(arena, field->raw));
    if (head.n >= 2 && head.p[0] == '"' && head.p[head.n - 1] == '"') /* many programs do not mind */
        head = span_trim((struct span){head.p + 1, head.n - 2});
    return head.n ? arena_lower(arena, head) : "";
}

/* *second_r: what another field of that name says, when it says something else; NULL. Programs take either. */
static const char *content_encoding(struct arena *arena, const struct header_block *headers,
                                    const char **second_r)
{
    const char *first = NULL;
    *second_r = NULL;
    for (size_t i = 0; i < headers->n; i++) {
        if (!span_eq_nocase(headers->v[i].name, SPAN_LIT("Content-Transfer-Encoding")))
            continue;
        const char *encoding = encoding_in(arena, &headers->v[i]);
        if (!first)
            first = encoding;
        else if (strcmp(first, encoding) != 0)
            *second_r = encoding;
    }
    return first ? first : "";
}

static void read_disposition(struct walk *w, const struct header_block *headers, struct mime_part *part)
{
    const struct header_field *f = header_find(headers, "Content-Disposition");
    struct span value = f ? header_unfold(w->arena, f->raw) : (struct span){0};
    part->attachment = span_starts_nocase(span_trim(value), SPAN_LIT("attachment"));
    part->filename = f ? rfc2231_parameter(w->arena, value, "filename") : "";
    if (!*part->filename)
        part->filename = part->type.name;
}

/* Is there a delimiter line at `p`, behind its boundary at `q`? *next_r is the line after it. */
static bool ends_line(const char *q, const char *end, const char **next_r, bool *last_r)
{
    *last_r = end - q >= 2 && q[0] == '-' && q[1] == '-';
    q += *last_r ? 2 : 0;
    while (q < end && (*q == ' ' || *q == '\t' || *q == '\r'))
        q++;
    *next_r = q + (q < end);
    return q == end || *q == '\n';
}

/*
 * The next line that is "--" boundary; *before_r is what stands before it, *last_r says it closes. `rest`
 * starts at a line; `mark` is "\n--" boundary: as it starts with a line end its hits cannot overlap, which
 * keeps the search linear.
 */
static bool next_delimiter(struct span *rest, struct span mark, struct span *before_r, bool *last_r)
{
    const char *start = rest->p, *end = rest->p + rest->n, *next, *p = start;
    if (rest->n >= mark.n - 1 && memcmp(start, mark.p + 1, mark.n - 1) == 0 &&
        ends_line(start + mark.n - 1, end, &next, last_r)) {
        *before_r = (struct span){start, 0};
        *rest = (struct span){next, (size_t)(end - next)};
        return true;
    }
    while ((p = memmem(p, (size_t)(end - p), mark.p, mark.n))) {
        if (ends_line(p + mark.n, end, &next, last_r)) {
            size_t n = (size_t)(p - start); /* the line end before belongs to the delimiter */
            *before_r = (struct span){start, n && p[-1] == '\r' ? n - 1 : n};
            *rest = (struct span){next, (size_t)(end - next)};
            return true;
        }
        p += mark.n;
    }
    return false;
}

static void walk_entity(struct walk *w, const struct header_block *headers, const struct mime_part *around,
                        unsigned depth, bool digest);

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static struct header_block scan_part(struct walk *w, struct span bytes)
{
    size_t max =
        w->headers_left < PART_HEADER_LEAST ? PART_HEADER_LEAST : least(w->headers_left, PART_HEADER_BYTES);
    struct header_block block = header_scan(w->arena, bytes, max, PART_HEADERS);
    w->headers_left -= least(w->headers_left, bytes.n - block.body.n);
    w->tree.limits_hit |= block.limits_hit;
    return block;
}

static void walk_child(struct walk *w, struct span bytes, const struct mime_part *around, unsigned depth,
                       bool digest)
{
    struct header_block headers = scan_part(w, bytes);
    w->tree.anomalies |= headers.anomalies;
    walk_entity(w, &headers, around, depth, digest);
}

/* Splits at one boundary; false when the body has no such line. */
static bool walk_boundary(struct walk *w, struct span body, struct span boundary,
                          const struct mime_part *around, unsigned depth, bool digest)
{
    struct span before, rest = body;
    struct span mark = span_of(arena_printf(w->arena, "\n--%.*s", (int)boundary.n, boundary.p));
    bool last;
    if (mark.n != boundary.n + 3 || body.n == 0) /* a NUL in it */
        return false;
    if (body.n > w->search_left) {
        w->tree.limits_hit |= LIMIT_DEPTH;
        return false;
    }
    w->search_left -= body.n;
    if (!next_delimiter(&rest, mark, &before, &last)) /* the preamble is shown by nobody */
        return false;
    while (!last && !(w->tree.limits_hit & LIMIT_PARTS)) {
        struct span child = rest;
        bool more = next_delimiter(&rest, mark, &before, &last);
        walk_child(w, more ? before : child, around, depth, digest);
        if (!more)
            break;
    }
    return true;
}

static void note_boundaries(struct walk *w, const struct mime_type *type)
{
    if (type->n_boundaries > 1)
        w->tree.anomalies |= ANOMALY_BOUNDARY_DUPLICATE;
    for (unsigned i = 0; i < w->n_open; i++)
        for (size_t j = 0; j < type->n_boundaries; j++)
            if (span_eq(w->open[i], type->boundaries[j]))
                w->tree.anomalies |= ANOMALY_BOUNDARY_DUPLICATE;
}

static bool walk_multipart(struct walk *w, struct span body, const struct mime_part *part, unsigned depth)
{
    struct mime_part around = *part;
    bool split = false;
    if (strcmp(part->type.type, "multipart/alternative") == 0)
        around.alternative = ++w->alternatives;
    note_boundaries(w, &part->type);
    for (size_t i = 0; i < part->type.n_boundaries; i++) {
        if (i > 0 && w->second_readings++ >= MAX_SECOND_READINGS)
            break;
        if (w->n_open < sizeof(w->open) / sizeof(*w->open))
            w->open[w->n_open++] = part->type.boundaries[i];
        split |= walk_boundary(w, body, part->type.boundaries[i], &around, depth + 1,
                               strcmp(part->type.type, "multipart/digest") == 0);
        w->n_open -= w->n_open > 0;
    }
    if (!split)
        w->tree.anomalies |= ANOMALY_BOUNDARY_MISSING;
    return split;
}

/*
 * Mail that is attached under any type (RIB.eml as application/octet-stream) opens with a click: it begins with fields of
 * mail.
 */
static bool is_attached_mail(struct walk *w, const struct mime_part *part)
{
    enum { LOOK = 4096, LEAST = 2 };
    static const char *const fields[] = {"From",       "To",           "Subject",  "Date",
                                         "Message-ID", "MIME-Version", "Received", "Content-Type"};
    size_t size, found = 0;
    bool known;
    if (strncmp(part->type.type, "text/", 5) == 0 || strncmp(part->type.type, "multipart/", 10) == 0)
        return false;
    struct span head = decode_body(w->arena, part->body, part->encoding, LOOK, &size, &known);
    if (head.n == 0 || !((*head.p >= 'A' && *head.p <= 'Z') || (*head.p >= 'a' && *head.p <= 'z')))
        return false;
    struct header_block block = header_scan(w->arena, head, LOOK, 50);
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
        found += header_find(&block, fields[i]) != NULL;
    return found >= LEAST;
}

static void walk_message(struct walk *w, struct mime_part *part, unsigned depth)
{
    size_t size, max = w->decoded_left < DECODED_LEAST ? DECODED_LEAST : w->decoded_left;
    bool known;
    struct mime_part around = {.quoted = true, .alternative = 0};
    struct span inner = decode_body(w->arena, part->body, part->encoding, max, &size, &known);
    if (inner.p != part->body.p) /* a copy */
        w->decoded_left -= least(w->decoded_left, inner.n);
    if (inner.n == max && inner.n < size)
        w->tree.limits_hit |= LIMIT_DECODED;
    part->headers = scan_part(w, inner);
    part->message = true;
    struct header_block headers = part->headers;
    walk_entity(w, &headers, &around, depth + 1, false);
}

/* A part with two encodings or two charsets is looked at as each of them. */
static void add_second_reading(struct walk *w, struct mime_part part, const char *encoding,
                               const char *charset)
{
    struct mime_part *second = add_part(w);
    w->tree.anomalies |= ANOMALY_DUPLICATE_HEADER;
    part.encoding = encoding;
    part.type.charset = charset;
    if (second)
        *second = part;
}

static bool has_content_fields(const struct header_block *block)
{
    return header_find(block, "Content-Type") || header_find(block, "Content-Transfer-Encoding");
}

/*
 * A line that is no field ends the header for strict readers, and the fields behind it are text; others skip it and show
 * the part as those fields say. So it is read that way, too.
 */
static void walk_displaced(struct walk *w, const struct header_block *headers, const struct mime_part *around,
                           unsigned depth, bool digest)
{
    enum { JUNK_LINES = 8 };
    struct span rest = headers->body, line;
    if (has_content_fields(headers) || depth >= w->limits->depth)
        return;
    for (int i = 0; i < JUNK_LINES && span_line(&rest, &line) && span_trim(line).n; i++) {
        if (!span_starts_nocase(rest, SPAN_LIT("Content-")) && !span_starts_nocase(rest, SPAN_LIT("MIME-")))
            continue;
        struct header_block found = scan_part(w, rest);
        if (!has_content_fields(&found))
            return;
        w->tree.anomalies |= ANOMALY_HEADER_DISPLACED;
        walk_entity(w, &found, around, depth + 1, digest);
        return;
    }
}

static void walk_entity(struct walk *w, const struct header_block *headers, const struct mime_part *around,
                        unsigned depth, bool digest)
{
    struct mime_part part = {.quoted = around->quoted, .alternative = around->alternative};
    const struct header_field *f = header_find(headers, "Content-Type");
    if (w->entities++ > w->limits->parts) {
        w->tree.limits_hit |= LIMIT_PARTS;
        return;
    }
    part.type = mime_type_parse(w->arena, f ? f->raw : (struct span){0});
    if (digest && !f)
        part.type.type = "message/rfc822";
    const char *other_encoding;
    part.encoding = content_encoding(w->arena, headers, &other_encoding);
    part.headers = *headers;
    part.body = headers->body;
    bool multipart = strncmp(part.type.type, "multipart/", 10) == 0;
    bool message = strcmp(part.type.type, "message/rfc822") == 0 ||
                   strcmp(part.type.type, "message/global") == 0 || is_attached_mail(w, &part);
    if (header_count(headers, "Content-Type") > 1)
        w->tree.anomalies |= ANOMALY_DUPLICATE_HEADER;
    if ((multipart || message) && depth >= w->limits->depth) {
        w->tree.limits_hit |= LIMIT_DEPTH;
        multipart = message = false; /* kept as text, so that it is still looked at */
        part.type.type = "text/plain";
    }
    if (multipart && walk_multipart(w, part.body, &part, depth))
        return;
    if (multipart)
        part.type.type = "text/plain";
    read_disposition(w, headers, &part);
    struct mime_part *kept = add_part(w);
    if (!kept)
        return;
    *kept = part;
    if (other_encoding && !message)
        add_second_reading(w, part, other_encoding, part.type.charset);
    if (part.type.other_charset && !message)
        add_second_reading(w, part, part.encoding, part.type.other_charset);
    if (message) {
        struct mime_part copy = part; /* the array may move */
        size_t at = (size_t)(kept - w->tree.v);
        walk_message(w, &copy, depth);
        w->tree.v[at] = copy;
    } else {
        walk_displaced(w, headers, around, depth, digest);
    }
}

struct mime_tree mime_walk(struct arena *arena, const struct header_block *top,
                           const struct message_limits *limits)
{
    struct walk w = {.arena = arena,
                     .limits = limits,
                     .headers_left = HEADERS_FACTOR * limits->header_bytes,
                     .decoded_left = limits->raw_bytes,
                     .search_left = SEARCH_FACTOR * limits->raw_bytes};
    struct mime_part around = {0};
    walk_entity(&w, top, &around, 0, false);
    return w.tree;
}
