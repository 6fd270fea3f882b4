/*
 * Text out of office documents: DOCX, PPTX, XLSX (ECMA-376) and ODT, ODS, ODP (ISO 26300), by xmltext.c out of zip.c.
 * The parts of a package are found as Office finds them: by relationships from _rels/.rels on, whatever their names
 * are; by the usual names only where no relationship leads to a document. Refused: any DOCTYPE (neither format has one;
 * with it go entities and "billion laughs"), documents that unpack beyond UNPACKED_MAX.
 */
#include <stdlib.h>
#include <string.h>
#include <expat.h>

#include "base/buf.h"

#include "mail/attachment.h"

#include "worker/extraction.h"
#include "worker/xmltext.h"
#include "worker/zip.h"

enum {
    UNPACKED_MAX = 48 << 20, /* XML of all parts read: hundreds of times a long contract's */
    RELATED_MAX = 512,       /* relationships followed from one part; a long deck has 200 slides */
    RELATED_DEPTH = 4,       /* package, document, sheet, drawing */
    TARGET_MAX = 512,        /* bytes of a part's name */
};

struct office {
    struct extraction *x;
    struct arena *arena;
    const struct zip *zip;
    size_t budget;
    bool *seen;                      /* each entry, once */
    enum worker_status chunk_status; /* of documents inside: what is around them is read all the same */
    const char *chunk_detail;
    struct xmltext xml;
};

static bool on_piece(void *ctx, struct span piece)
{
    return xmltext_feed(ctx, piece);
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

static void read_part(struct office *o, const struct zip_entry *entry, enum xml_format format)
{
    bool *seen = &o->seen[entry - o->zip->entries];
    if (*seen || o->x->status != WORKER_OK || o->x->sink.truncated)
        return;
    *seen = true;
    if (!xmltext_begin(&o->xml, format, true))
        return;
    set_result(o->x, zip_read(o->zip, entry, &o->budget, on_piece, &o->xml));
    xmltext_end(&o->xml);
}

/* --- relationships (ECMA-376 part 2, 9.3) */

struct relation {
    const char *kind; /* last word of its type */
    const char *target;
};

struct relations {
    struct arena *arena;
    XML_Parser parser;
    struct relation *v;
    size_t n;
};

static void XMLCALL on_relation(void *ctx, const char *name, const char **attributes)
{
    struct relations *r = ctx;
    const char *type = NULL, *target = NULL;
    bool external = false;
    for (; *attributes; attributes += 2) {
        if (strcmp(*attributes, "Type") == 0)
            type = attributes[1];
        else if (strcmp(*attributes, "Target") == 0)
            target = attributes[1];
        else if (strcmp(*attributes, "TargetMode") == 0)
            external = strcmp(attributes[1], "External") == 0;
    }
    const char *slash = type ? strrchr(type, '/') : NULL;
    if (!slash || !target || external || r->n == RELATED_MAX)
        return;
    r->v[r->n++] = (struct relation){arena_strdup(r->arena, slash + 1), arena_strdup(r->arena, target)};
}

static void XMLCALL refuse_doctype(void *ctx, const char *name, const char *system_id, const char *public_id,
                                   int has_internal_subset)
{
    XML_StopParser(((struct relations *)ctx)->parser, XML_FALSE);
}

static bool on_relations(void *ctx, struct span piece)
{
    return XML_Parse(((struct relations *)ctx)->parser, piece.p, (int)piece.n, 0) == XML_STATUS_OK;
}

/* Those of the part "a/b.xml" stand in "a/_rels/b.xml.rels"; of the package, whose name is "", in "_rels/.rels". */
static struct relations relations_of(struct office *o, struct span part)
{
    struct relations r = {.arena = o->arena};
    size_t dir = part.n;
    while (dir && part.p[dir - 1] != '/')
        dir--;
    const struct zip_entry *entry = zip_find(o->zip, arena_printf(o->arena, "%.*s_rels/%.*s.rels", (int)dir,
                                                                  part.p, (int)(part.n - dir), part.p + dir));
    r.parser = entry ? XML_ParserCreate(NULL) : NULL;
    if (!r.parser)
        return r;
    r.v = arena_array(o->arena, RELATED_MAX, sizeof(*r.v));
    XML_SetUserData(r.parser, &r);
    XML_SetStartElementHandler(r.parser, on_relation);
    XML_SetStartDoctypeDeclHandler(r.parser, refuse_doctype);
    zip_read(o->zip, entry, &o->budget, on_relations, &r);
    XML_ParserFree(r.parser);
    return r;
}

/* "%20" undone. */
static struct span unescape(struct arena *arena, const char *target)
{
    char *out = arena_strdup(arena, target);
    size_t n = 0;
    for (const char *p = target; *p; p++) {
        int high = *p == '%' ? char_hex(p[1]) : -1, low = high >= 0 ? char_hex(p[2]) : -1;
        out[n++] = low >= 0 ? (char)(high << 4 | low) : *p;
        p += low >= 0 ? 2 : 0;
    }
    return (struct span){out, n};
}

/* A target as a part's name: taken from the folder of `part`, or from the root where it starts with "/". */
static const struct zip_entry *resolve(struct office *o, struct span part, const char *target)
{
    char name[TARGET_MAX + 1];
    struct span rest = unescape(o->arena, target);
    size_t n = 0;
    if (*target != '/')
        for (n = part.n < TARGET_MAX ? part.n : TARGET_MAX; n && part.p[n - 1] != '/';)
            n--;
    memcpy(name, part.p, n);
    while (rest.n) {
        bool last = !memchr(rest.p, '/', rest.n);
        struct span step = span_cut(&rest, '/');
        if (span_eq(step, SPAN_LIT(".."))) {
            for (n -= n > 0; n && name[n - 1] != '/';)
                n--;
        } else if (step.n && !span_eq(step, SPAN_LIT("."))) {
            if (n + step.n + 1 > TARGET_MAX)
                return NULL;
            memcpy(name + n, step.p, step.n);
            n += step.n;
            if (!last)
                name[n++] = '/';
        }
    }
    name[n] = '\0';
    return zip_find(o->zip, name);
}

static void follow(struct office *o, struct span part, unsigned depth);

static bool keep(void *ctx, struct span piece)
{
    buf_add_span(ctx, piece);
    return true;
}

/* w:altChunk: a page, RTF or another document that Word shows as if it stood in this one (ECMA-376 part 1, 17.17.2.1). */
static void read_chunk(struct office *o, const struct zip_entry *entry)
{
    struct extraction *x = o->x;
    struct buf bytes = {0};
    bool *seen = &o->seen[entry - o->zip->entries];
    if (*seen || x->status != WORKER_OK)
        return;
    *seen = true;
    if (x->depth >= ARCHIVE_DEPTH_MAX) {
        x->status = WORKER_TOO_BIG;
        x->detail = "documents in documents, deeper than is looked";
        return;
    }
    set_result(x, zip_read(o->zip, entry, &o->budget, keep, &bytes));
    if (x->status == WORKER_OK) {
        const char *name = arena_span(o->arena, entry->name);
        x->depth++;
        x->inner(x, o->arena, document_kind(attachment_sniff(buf_span(&bytes)), name, buf_span(&bytes)),
                 buf_span(&bytes));
        x->depth--;
        sink_break(&x->sink, 2);
    }
    buf_free(&bytes);
    if (x->status != WORKER_OK && o->chunk_status == WORKER_OK) {
        o->chunk_status = x->status;
        o->chunk_detail = x->detail;
    }
    x->status = WORKER_OK;
    x->detail = "";
}

/* What a relationship leads to, as far as it holds text for the reader. Comments and notes are shown beside it. */
static void follow_one(struct office *o, const struct zip_entry *entry, const char *kind, unsigned depth)
{
    static const struct {
        const char *kind;
        enum xml_format format;
        bool page;
    } kinds[] = {
        {"officeDocument", XML_OOXML, false}, {"worksheet", XML_SHEET, true},
        {"slide", XML_OOXML, true},           {"header", XML_OOXML, false},
        {"footer", XML_OOXML, false},         {"footnotes", XML_OOXML, false},
        {"endnotes", XML_OOXML, false},       {"comments", XML_OOXML, false},
        {"drawing", XML_OOXML, false},        {"diagramData", XML_OOXML, false},
        {"notesSlide", XML_OOXML, false},     {"chart", XML_OOXML, false},
        {"slideMaster", XML_OOXML, false},    {"slideLayout", XML_OOXML, false},
    };
    if (strcmp(kind, "aFChunk") == 0)
        read_chunk(o, entry);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (strcmp(kind, kinds[i].kind) == 0 && !o->seen[entry - o->zip->entries]) {
            o->x->pages += kinds[i].page;
            read_part(o, entry, kinds[i].format);
            follow(o, entry->name, depth + 1);
        }
}

static void follow(struct office *o, struct span part, unsigned depth)
{
    if (depth > RELATED_DEPTH || o->x->status != WORKER_OK)
        return;
    struct relations r = relations_of(o, part);
    const struct zip_entry *entry;
    for (size_t i = 0; i < r.n; i++) /* sheets point into them */
        if (strcmp(r.v[i].kind, "sharedStrings") == 0 && (entry = resolve(o, part, r.v[i].target)))
            read_part(o, entry, XML_SHARED_STRINGS);
    for (size_t i = 0; i < r.n && o->x->status == WORKER_OK; i++)
        if ((entry = resolve(o, part, r.v[i].target)))
            follow_one(o, entry, r.v[i].kind, depth);
}

/* --- by names */

static bool named(const struct zip_entry *entry, const char *head)
{
    size_t n = strlen(head);
    return span_starts_nocase(entry->name, (struct span){head, n}) && entry->name.n >= n + 4 &&
           span_eq_nocase((struct span){entry->name.p + entry->name.n - 4, 4}, SPAN_LIT(".xml")) &&
           !memchr(entry->name.p + n, '/', entry->name.n - n);
}

/* All parts whose names start so, in the archive's order. */
static void read_parts(struct office *o, const char *head, enum xml_format format, bool pages)
{
    for (size_t i = 0; i < o->zip->n; i++)
        if (named(&o->zip->entries[i], head)) {
            o->x->pages += pages && !o->seen[i];
            read_part(o, &o->zip->entries[i], format);
        }
}

/* Without relationships, or with such as lead nowhere, programs that repair a document go by the names. */
static void read_by_names(struct office *o)
{
    static const struct {
        const char *head;
        enum xml_format format;
        bool pages;
    } parts[] = {
        {"word/document", XML_OOXML, false},
        {"word/header", XML_OOXML, false},
        {"word/footer", XML_OOXML, false},
        {"word/footnotes", XML_OOXML, false},
        {"word/endnotes", XML_OOXML, false},
        {"word/comments", XML_OOXML, false},
        {"xl/sharedStrings", XML_SHARED_STRINGS, false},
        {"xl/worksheets/sheet", XML_SHEET, true},
        {"xl/drawings/drawing", XML_OOXML, false},
        {"ppt/slides/slide", XML_OOXML, true},
    };
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
        read_parts(o, parts[i].head, parts[i].format, parts[i].pages);
}

/* --- OpenDocument */

static bool find_encryption(void *ctx, struct span piece)
{
    /* An entry's encryption-data stands next to its name; one cut in two between pieces is not the only one. */
    bool *found = ctx;
    *found = memmem(piece.p, piece.n, "encryption-data", 15) != NULL;
    return !*found;
}

/* Headers and footers stand in styles.xml; charts and documents inside have a content.xml of their own. */
static void read_opendocument(struct office *o, const struct zip_entry *content)
{
    const struct zip_entry *manifest = zip_find(o->zip, "META-INF/manifest.xml"),
                           *styles = zip_find(o->zip, "styles.xml");
    bool encrypted = false;
    if (manifest)
        zip_read(o->zip, manifest, &o->budget, find_encryption, &encrypted);
    if (encrypted) {
        o->x->status = WORKER_ENCRYPTED;
        o->x->detail = "the document has a password";
        return;
    }
    read_part(o, content, XML_ODF);
    if (styles)
        read_part(o, styles, XML_ODF);
    for (size_t i = 0; i < o->zip->n; i++) {
        static const struct span ending = SPAN_LIT("/content.xml");
        struct span name = o->zip->entries[i].name;
        if (name.n > ending.n && span_eq_nocase((struct span){name.p + name.n - ending.n, ending.n}, ending))
            read_part(o, &o->zip->entries[i], XML_ODF);
    }
}

/* false: there is no part that an office program would open. */
static bool read_package(struct office *o)
{
    const struct zip_entry *entry;
    if (zip_find(o->zip, "mimetype") && (entry = zip_find(o->zip, "content.xml"))) {
        read_opendocument(o, entry);
        return true;
    }
    follow(o, SPAN_LIT(""), 0);
    bool found = false;
    for (size_t i = 0; i < o->zip->n; i++)
        found = found || o->seen[i];
    if (!found && o->x->status == WORKER_OK) {
        read_by_names(o);
        for (size_t i = 0; i < o->zip->n; i++)
            found = found || o->seen[i];
    }
    return found || o->x->status != WORKER_OK;
}

bool extract_office(struct extraction *x, struct arena *arena, struct span document)
{
    struct zip zip;
    struct office o = {.x = x, .arena = arena, .zip = &zip, .budget = UNPACKED_MAX, .xml = {.x = x}};
    set_result(x, zip_open(&zip, arena, document));
    if (x->status != WORKER_OK)
        return true;
    o.seen = arena_array(arena, zip.n ? zip.n : 1, sizeof(*o.seen));
    bool found = read_package(&o);
    if (x->status == WORKER_OK && o.chunk_status != WORKER_OK) {
        x->status = o.chunk_status;
        x->detail = o.chunk_detail;
    }
    xmltext_free(&o.xml);
    return found;
}
