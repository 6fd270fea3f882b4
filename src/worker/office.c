/*
 * Text out of office documents: DOCX, PPTX, XLSX (ECMA-376) and ODT, ODS, ODP (ISO 26300), by expat out of zip.c.
 * What a reader does not see is left out: deleted and moved-away text, hidden runs, phonetic hints, the fallback
 * copy of drawings. Refused: any DOCTYPE (neither format has one; with it go entities and "billion laughs"),
 * elements nested deeper than DEPTH_MAX, documents that unpack beyond UNPACKED_MAX. Zips inside stay shut.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <expat.h>

#include "base/mem.h"
#include "worker/extraction.h"
#include "worker/zip.h"

enum {
    UNPACKED_MAX = 48 << 20,     /* XML of all parts read: hundreds of times a long contract's */
    DEPTH_MAX = 256,             /* elements; tables in tables in text boxes stay below 100 */
    STRINGS_BYTES_MAX = 8 << 20, /* of a workbook's shared strings */
    STRINGS_MAX = 1 << 18,
    NUMBER_MAX = 16, /* digits of a shared string's index */
};

/* What an element means for the text. */
enum meaning {
    MEANS_NOTHING,
    MEANS_TEXT,      /* its characters are text */
    MEANS_PARAGRAPH, /* ... and it ends a paragraph (ODF) */
    MEANS_BREAK_AFTER,
    MEANS_RUN,
    MEANS_HIDE_RUN,
    MEANS_TAB,
    MEANS_NEWLINE,
    MEANS_BLANKS,
    MEANS_CELL,
    MEANS_ROW,
    MEANS_TABLE,
    MEANS_SKIP,       /* nothing inside counts */
    MEANS_STRING,     /* XLSX: one shared string */
    MEANS_SHEET_CELL, /* XLSX: a cell with its type */
};

struct element {
    const char *name;
    enum meaning meaning;
};

static const struct element in_ooxml[] = {
    {"t", MEANS_TEXT},    {"p", MEANS_BREAK_AFTER}, {"r", MEANS_RUN},         {"vanish", MEANS_HIDE_RUN},
    {"tab", MEANS_TAB},   {"br", MEANS_NEWLINE},    {"cr", MEANS_NEWLINE},    {"tc", MEANS_CELL},
    {"tr", MEANS_ROW},    {"tbl", MEANS_TABLE},     {"Fallback", MEANS_SKIP}, {"moveFrom", MEANS_SKIP},
    {"tabs", MEANS_SKIP}, {NULL, MEANS_NOTHING},
};
static const struct element in_odf[] = {
    {"p", MEANS_PARAGRAPH},        {"h", MEANS_PARAGRAPH}, {"tab", MEANS_TAB},
    {"line-break", MEANS_NEWLINE}, {"s", MEANS_BLANKS},    {"table-cell", MEANS_CELL},
    {"table-row", MEANS_ROW},      {"table", MEANS_TABLE}, {"tracked-changes", MEANS_SKIP},
    {NULL, MEANS_NOTHING},
};
static const struct element in_strings[] = {
    {"si", MEANS_STRING},
    {"t", MEANS_TEXT},
    {"rPh", MEANS_SKIP},
    {NULL, MEANS_NOTHING},
};
static const struct element in_sheet[] = {
    {"c", MEANS_SHEET_CELL},      {"v", MEANS_TEXT},     {"t", MEANS_TEXT},
    {"rPh", MEANS_SKIP},          {"row", MEANS_ROW},    {"f", MEANS_SKIP},
    {"headerFooter", MEANS_SKIP}, {NULL, MEANS_NOTHING},
};

struct strings {
    struct buf bytes;
    size_t *ends; /* of each string */
    size_t n;
};

struct office {
    struct extraction *x;
    const struct zip *zip;
    size_t budget;
    struct strings strings;
    /* of the part being read */
    XML_Parser parser;
    const struct element *elements;
    unsigned depth, skip, text, cell, run;
    bool hidden, shared, in_strings;
    char index[NUMBER_MAX + 1];
    size_t index_n;
};

static void stop(struct office *o, enum worker_status status, const char *detail)
{
    o->x->status = status;
    o->x->detail = detail;
    XML_StopParser(o->parser, XML_FALSE);
}

/* Names come as "namespace|local": prefixes are free, and strict and transitional OOXML differ in namespaces only. */
static enum meaning meaning_of(const struct office *o, const char *name)
{
    const char *bar = strrchr(name, '|');
    const char *local = bar ? bar + 1 : name;
    for (const struct element *e = o->elements; e->name; e++)
        if (strcmp(local, e->name) == 0)
            return e->meaning;
    return MEANS_NOTHING;
}

static const char *attribute(const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2) {
        const char *bar = strrchr(*attributes, '|');
        if (strcmp(bar ? bar + 1 : *attributes, name) == 0)
            return attributes[1];
    }
    return NULL;
}

static bool is_off(const char *value)
{
    return value && (strcmp(value, "0") == 0 || strcmp(value, "false") == 0 || strcmp(value, "off") == 0);
}

static void add_blanks(struct sink *sink, const char *count)
{
    long n = count ? strtol(count, NULL, 10) : 1;
    for (long i = 0; i < n && i < 100; i++)
        sink_char(sink, ' ');
}

static void XMLCALL on_start(void *ctx, const char *name, const char **attributes)
{
    struct office *o = ctx;
    struct sink *sink = &o->x->sink;
    enum meaning meaning = meaning_of(o, name);
    if (++o->depth > DEPTH_MAX) {
        stop(o, WORKER_BROKEN, "elements are nested too deep");
        return;
    }
    if (o->skip || meaning == MEANS_SKIP) {
        o->skip++;
        return;
    }
    switch (meaning) {
    case MEANS_TEXT:
    case MEANS_PARAGRAPH:
        o->text++;
        break;
    case MEANS_RUN:
        o->run++;
        o->hidden = false;
        break;
    case MEANS_HIDE_RUN:
        o->hidden = o->run && !is_off(attribute(attributes, "val"));
        break;
    case MEANS_TAB:
        sink_char(sink, '\t');
        break;
    case MEANS_NEWLINE:
        sink_char(sink, '\n');
        break;
    case MEANS_BLANKS:
        add_blanks(sink, attribute(attributes, "c"));
        break;
    case MEANS_SHEET_CELL: {
        const char *type = attribute(attributes, "t");
        o->shared = type && strcmp(type, "s") == 0;
        o->index_n = 0;
    } /* fall through */
    case MEANS_CELL:
        o->cell++;
        sink_cell_start(sink);
        break;
    default:
        break;
    }
}

static void end_string(struct office *o)
{
    struct strings *s = &o->strings;
    if (s->n == STRINGS_MAX)
        return;
    if ((s->n & (s->n - 1)) == 0) /* room for powers of two */
        s->ends = mem_resize(s->ends, s->n ? s->n * 2 : 1, sizeof(*s->ends));
    s->ends[s->n++] = s->bytes.n;
}

static void add_shared(struct office *o)
{
    o->index[o->index_n] = '\0';
    char *end;
    unsigned long i = strtoul(o->index, &end, 10);
    if (end == o->index || *end || i >= o->strings.n)
        return;
    size_t from = i ? o->strings.ends[i - 1] : 0;
    sink_text(&o->x->sink, (struct span){o->strings.bytes.p + from, o->strings.ends[i] - from});
}

static void XMLCALL on_end(void *ctx, const char *name)
{
    struct office *o = ctx;
    struct sink *sink = &o->x->sink;
    o->depth--;
    if (o->skip) {
        o->skip--;
        return;
    }
    switch (meaning_of(o, name)) {
    case MEANS_TEXT:
        o->text--;
        break;
    case MEANS_PARAGRAPH:
        o->text--;
        sink_break(sink, o->cell ? 1 : 2);
        break;
    case MEANS_BREAK_AFTER:
        sink_break(sink, o->cell ? 1 : 2);
        break;
    case MEANS_RUN:
        o->run--;
        o->hidden = false;
        break;
    case MEANS_SHEET_CELL:
        if (o->shared)
            add_shared(o);
        o->shared = false;
        /* fall through */
    case MEANS_CELL:
        o->cell--;
        sink_cell_end(sink);
        break;
    case MEANS_ROW:
        sink_row_end(sink);
        break;
    case MEANS_TABLE:
        sink_break(sink, 2);
        break;
    case MEANS_STRING:
        end_string(o);
        break;
    default:
        break;
    }
    if (sink->truncated)
        XML_StopParser(o->parser, XML_FALSE);
}

static void XMLCALL on_text(void *ctx, const char *text, int n)
{
    struct office *o = ctx;
    struct span s = {text, (size_t)n};
    if (!o->text || o->skip || o->hidden)
        return;
    if (o->in_strings) {
        if (o->strings.bytes.n + s.n <= STRINGS_BYTES_MAX)
            buf_add_span(&o->strings.bytes, s);
    } else if (o->shared) {
        for (size_t i = 0; i < s.n && o->index_n < NUMBER_MAX; i++)
            o->index[o->index_n++] = s.p[i];
    } else {
        sink_text(&o->x->sink, s);
    }
}

static void XMLCALL on_doctype(void *ctx, const char *name, const char *system_id, const char *public_id,
                               int has_internal_subset)
{
    stop(ctx, WORKER_BROKEN, "XML with a DOCTYPE");
}

static bool on_piece(void *ctx, struct span piece)
{
    struct office *o = ctx;
    if (extract_late(o->x)) {
        o->x->status = WORKER_TIMEOUT;
        o->x->detail = "the document is too much work";
        return false;
    }
    if (XML_Parse(o->parser, piece.p, (int)piece.n, 0) == XML_STATUS_OK)
        return true;
    if (o->x->status == WORKER_OK && !o->x->sink.truncated) {
        o->x->status = WORKER_BROKEN;
        o->x->detail = "XML that is not well-formed";
    }
    return false;
}

static void set_result(struct extraction *x, enum zip_result result)
{
    if (result == ZIP_OK || result == ZIP_STOPPED || x->status != WORKER_OK)
        return;
    x->status = result == ZIP_ENCRYPTED ? WORKER_ENCRYPTED
                : result == ZIP_LIMIT   ? WORKER_TOO_BIG
                                        : WORKER_BROKEN;
    x->detail = result == ZIP_ENCRYPTED ? "the zip entry has a password"
                : result == ZIP_LIMIT   ? "unpacks beyond the limit"
                                        : "the zip does not keep to its format";
}

static void read_part(struct office *o, const struct zip_entry *entry, const struct element *elements)
{
    if (o->x->status != WORKER_OK || o->x->sink.truncated)
        return;
    o->parser = XML_ParserCreateNS(NULL, '|');
    if (!o->parser) {
        o->x->status = WORKER_TOO_BIG;
        return;
    }
    o->elements = elements;
    o->in_strings = elements == in_strings;
    o->depth = o->skip = o->text = o->cell = o->run = 0;
    o->hidden = o->shared = false;
    XML_SetUserData(o->parser, o);
    XML_SetElementHandler(o->parser, on_start, on_end);
    XML_SetCharacterDataHandler(o->parser, on_text);
    XML_SetStartDoctypeDeclHandler(o->parser, on_doctype);
    set_result(o->x, zip_read(o->zip, entry, &o->budget, on_piece, o));
    if (o->x->status == WORKER_OK && !o->x->sink.truncated &&
        XML_Parse(o->parser, "", 0, 1) != XML_STATUS_OK) {
        o->x->status = WORKER_BROKEN;
        o->x->detail = "XML that ends too early";
    }
    XML_ParserFree(o->parser);
    o->parser = NULL;
    sink_break(&o->x->sink, 2);
}

static bool named(const struct zip_entry *entry, const char *head)
{
    size_t n = strlen(head);
    return span_starts_nocase(entry->name, (struct span){head, n}) && entry->name.n > n + 4 &&
           span_eq_nocase((struct span){entry->name.p + entry->name.n - 4, 4}, SPAN_LIT(".xml")) &&
           !memchr(entry->name.p + n, '/', entry->name.n - n);
}

/* All parts whose names start so, in the archive's order; how many there were. */
static unsigned read_parts(struct office *o, const char *head, const struct element *elements)
{
    unsigned n = 0;
    for (size_t i = 0; i < o->zip->n; i++)
        if (named(&o->zip->entries[i], head)) {
            read_part(o, &o->zip->entries[i], elements);
            n++;
        }
    return n;
}

static void read_word(struct office *o, const struct zip_entry *document)
{
    static const char *const more[] = {"word/header", "word/footer", "word/footnotes", "word/endnotes",
                                       "word/comments"};
    read_part(o, document, in_ooxml);
    for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++)
        read_parts(o, more[i], in_ooxml);
}

static void read_workbook(struct office *o)
{
    const struct zip_entry *strings = zip_find(o->zip, "xl/sharedStrings.xml");
    if (strings)
        read_part(o, strings, in_strings);
    o->x->pages = read_parts(o, "xl/worksheets/sheet", in_sheet);
    read_parts(o, "xl/drawings/drawing", in_ooxml); /* text boxes */
}

static bool find_encryption(void *ctx, struct span piece)
{
    /* An entry's encryption-data stands next to its name; one cut in two between pieces is not the only one. */
    bool *found = ctx;
    *found = memmem(piece.p, piece.n, "encryption-data", 15) != NULL;
    return !*found;
}

static void read_opendocument(struct office *o, const struct zip_entry *content)
{
    const struct zip_entry *manifest = zip_find(o->zip, "META-INF/manifest.xml");
    bool encrypted = false;
    if (manifest)
        zip_read(o->zip, manifest, &o->budget, find_encryption, &encrypted);
    if (encrypted) {
        o->x->status = WORKER_ENCRYPTED;
        o->x->detail = "the document has a password";
        return;
    }
    read_part(o, content, in_odf);
}

void extract_office(struct extraction *x, struct arena *arena, struct span document)
{
    struct zip zip;
    struct office o = {.x = x, .zip = &zip, .budget = UNPACKED_MAX};
    const struct zip_entry *entry;
    set_result(x, zip_open(&zip, arena, document));
    if (x->status != WORKER_OK)
        return;
    if ((entry = zip_find(&zip, "word/document.xml")))
        read_word(&o, entry);
    else if (zip_find(&zip, "xl/workbook.xml") || zip_find(&zip, "xl/workbook.bin"))
        read_workbook(&o);
    else if (zip_find(&zip, "ppt/presentation.xml"))
        x->pages = read_parts(&o, "ppt/slides/slide", in_ooxml);
    else if (zip_find(&zip, "mimetype") && (entry = zip_find(&zip, "content.xml")))
        read_opendocument(&o, entry);
    else
        x->status = WORKER_UNSUPPORTED, x->detail = "a zip that is no office document";
    buf_free(&o.strings.bytes);
    free(o.strings.ends);
}
