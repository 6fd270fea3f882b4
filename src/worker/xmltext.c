/*
 * Text out of XML: the parts of office packages (ECMA-376, ISO 26300) and files that are one XML document. What a reader
 * does not see is left out: deleted and moved-away text, hidden runs, phonetic hints. Of mc:AlternateContent the
 * fallback is read too: which branch is shown depends on the program, and one that says the same counts once.
 * Expat bounds what entities may grow to (100 times, from 8 MiB on), and the sink stops long before.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "worker/xmltext.h"

enum {
    STRINGS_BYTES_MAX = 8 << 20, /* of a workbook's shared strings */
    STRINGS_MAX = 1 << 18,
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
    MEANS_BRANCHES,   /* mc:AlternateContent: its choices, and */
    MEANS_FALLBACK,   /* mc:Fallback: which of them is shown depends on the program */
    MEANS_SVG_TEXT,   /* set at a place of its own */
    MEANS_SVG_SPAN,
};

struct xml_element {
    const char *name;
    enum meaning meaning;
};

static const struct xml_element in_ooxml[] = {
    {"t", MEANS_TEXT},
    {"p", MEANS_BREAK_AFTER},
    {"r", MEANS_RUN},
    {"vanish", MEANS_HIDE_RUN},
    {"tab", MEANS_TAB},
    {"br", MEANS_NEWLINE},
    {"cr", MEANS_NEWLINE},
    {"tc", MEANS_CELL},
    {"tr", MEANS_ROW},
    {"tbl", MEANS_TABLE},
    {"tabs", MEANS_SKIP},
    {"moveFrom", MEANS_SKIP},
    {"binaryData", MEANS_SKIP},
    {"AlternateContent", MEANS_BRANCHES},
    {"Fallback", MEANS_FALLBACK},
    {NULL, MEANS_NOTHING},
};
static const struct xml_element in_odf[] = {
    {"p", MEANS_PARAGRAPH},        {"h", MEANS_PARAGRAPH}, {"tab", MEANS_TAB},
    {"line-break", MEANS_NEWLINE}, {"s", MEANS_BLANKS},    {"table-cell", MEANS_CELL},
    {"table-row", MEANS_ROW},      {"table", MEANS_TABLE}, {"tracked-changes", MEANS_SKIP},
    {"binary-data", MEANS_SKIP},   {NULL, MEANS_NOTHING},
};
static const struct xml_element in_sheet2003[] = {
    {"Cell", MEANS_CELL},
    {"Data", MEANS_TEXT},
    {"Row", MEANS_ROW},
    {NULL, MEANS_NOTHING},
};
static const struct xml_element in_svg[] = {
    {"text", MEANS_SVG_TEXT},  {"tspan", MEANS_SVG_SPAN},  {"foreignObject", MEANS_SVG_TEXT},
    {"p", MEANS_BREAK_AFTER},  {"div", MEANS_BREAK_AFTER}, {"tr", MEANS_BREAK_AFTER},
    {"li", MEANS_BREAK_AFTER}, {"br", MEANS_NEWLINE},      {"td", MEANS_CELL},
    {"script", MEANS_SKIP},    {"style", MEANS_SKIP},      {NULL, MEANS_NOTHING},
};
/* Of a format that we do not know every word may be seen. */
static const struct xml_element in_any[] = {{NULL, MEANS_PARAGRAPH}};
static const struct xml_element in_strings[] = {
    {"si", MEANS_STRING},
    {"t", MEANS_TEXT},
    {"rPh", MEANS_SKIP},
    {NULL, MEANS_NOTHING},
};
static const struct xml_element in_sheet[] = {
    {"c", MEANS_SHEET_CELL},      {"v", MEANS_TEXT},     {"t", MEANS_TEXT},
    {"rPh", MEANS_SKIP},          {"row", MEANS_ROW},    {"f", MEANS_SKIP},
    {"headerFooter", MEANS_SKIP}, {NULL, MEANS_NOTHING},
};

static void stop(struct xmltext *o, enum worker_status status, const char *detail)
{
    o->x->status = status;
    o->x->detail = detail;
    XML_StopParser(o->parser, XML_FALSE);
}

/* Names come as "namespace|local": prefixes are free, and strict and transitional OOXML differ in namespaces only. */
static enum meaning meaning_of(const struct xmltext *o, const char *name)
{
    const char *bar = strrchr(name, '|');
    const char *local = bar ? bar + 1 : name;
    const struct xml_element *e = o->elements;
    while (e->name && strcmp(local, e->name) != 0)
        e++;
    return e->meaning; /* the last row stands for all others */
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

/* The table of the format; by the root element where that must tell. */
static void choose_elements(struct xmltext *o, const char *root)
{
    static const struct xml_element *const formats[XML_FORMATS] = {
        [XML_OOXML] = in_ooxml, [XML_ODF] = in_odf, [XML_SHARED_STRINGS] = in_strings,
        [XML_SHEET] = in_sheet, [XML_ANY] = in_any,
    };
    static const struct {
        const char *ending;
        const struct xml_element *elements;
    } roots[] = {
        {"svg", in_svg},
        {"opendocument:xmlns:office:1.0|document", in_odf},
        {"|wordDocument", in_ooxml},
        {"/xmlPackage|package", in_ooxml},
        {"wordprocessingml/2006/main|document", in_ooxml},
        {"spreadsheet|Workbook", in_sheet2003},
    };
    size_t n = strlen(root);
    o->elements = o->format == XML_BY_ROOT ? in_any : formats[o->format];
    for (size_t i = 0; o->format == XML_BY_ROOT && i < sizeof(roots) / sizeof(*roots); i++) {
        size_t e = strlen(roots[i].ending);
        if (n >= e && strcmp(root + n - e, roots[i].ending) == 0)
            o->elements = roots[i].elements;
    }
}

/* The innermost AlternateContent; NULL outside any, and in those too deep to be kept. */
static struct xml_branches *branches(struct xmltext *o)
{
    return o->alternatives && o->alternatives <= XML_BRANCHES_MAX ? &o->branches[o->alternatives - 1] : NULL;
}

static void start_branches(struct xmltext *o)
{
    size_t n = o->x->sink.text.n;
    o->alternatives++;
    if (branches(o))
        *branches(o) = (struct xml_branches){n, n, false};
}

static void start_fallback(struct xmltext *o)
{
    if (branches(o))
        branches(o)->fallback = o->x->sink.text.n;
}

/*
 * Nothing but what the choices said: the fallback is dropped. One fallback is compared, as the format has no second:
 * thousands of them would each search through all that stands before.
 */
static void end_fallback(struct xmltext *o)
{
    struct sink *sink = &o->x->sink;
    struct xml_branches *b = branches(o);
    if (!b || b->compared || b->from > b->fallback || b->fallback > sink->text.n)
        return;
    b->compared = true;
    struct span said = {sink->text.p + b->from, b->fallback - b->from},
                again = span_trim((struct span){sink->text.p + b->fallback, sink->text.n - b->fallback});
    if (again.n && said.n >= again.n && memmem(said.p, said.n, again.p, again.n)) {
        sink->text.n = b->fallback;
        sink->cell_start = sink->cell_start < b->fallback ? sink->cell_start : b->fallback;
    }
}

/* Letters set one by one on a line are one word; a step that is much wider than the one before is a blank. */
static void start_svg_text(struct xmltext *o, const char **attributes, bool span)
{
    const char *y = attribute(attributes, "y"), *x = attribute(attributes, "x"),
               *dy = attribute(attributes, "dy");
    double at = x ? strtod(x, NULL) : 0, step = at - o->last_x;
    if (span && !y && !dy)
        return;
    if ((dy && strtod(dy, NULL) != 0) || !y || strncmp(y, o->last_y, sizeof(o->last_y) - 1) != 0)
        sink_break(&o->x->sink, 1), step = 0;
    else if (o->last_step > 0 && step > 1.6 * o->last_step)
        sink_char(&o->x->sink, ' '), step = o->last_step;
    snprintf(o->last_y, sizeof(o->last_y), "%s", y ? y : "");
    o->last_x = at;
    o->last_step = step;
}

static void XMLCALL on_start(void *ctx, const char *name, const char **attributes)
{
    struct xmltext *o = ctx;
    struct sink *sink = &o->x->sink;
    if (o->depth == 0)
        choose_elements(o, name);
    enum meaning meaning = meaning_of(o, name);
    if (++o->depth > XML_DEPTH_MAX) {
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
    case MEANS_BRANCHES:
        start_branches(o);
        break;
    case MEANS_FALLBACK:
        start_fallback(o);
        break;
    case MEANS_SVG_TEXT:
        o->text++;
        start_svg_text(o, attributes, false);
        break;
    case MEANS_SVG_SPAN:
        start_svg_text(o, attributes, true);
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

static void end_string(struct xmltext *o)
{
    struct xml_strings *s = &o->strings;
    if (s->n == STRINGS_MAX)
        return;
    if ((s->n & (s->n - 1)) == 0) /* room for powers of two */
        s->ends = mem_resize(s->ends, s->n ? s->n * 2 : 1, sizeof(*s->ends));
    s->ends[s->n++] = s->bytes.n;
}

static void add_shared(struct xmltext *o)
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
    struct xmltext *o = ctx;
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
    case MEANS_BRANCHES:
        o->alternatives -= o->alternatives > 0;
        break;
    case MEANS_FALLBACK:
        end_fallback(o);
        break;
    case MEANS_SVG_TEXT:
        o->text--;
        break;
    default:
        break;
    }
    if (sink->truncated)
        XML_StopParser(o->parser, XML_FALSE);
}

static void XMLCALL on_text(void *ctx, const char *text, int n)
{
    struct xmltext *o = ctx;
    struct span s = {text, (size_t)n};
    if (!o->text || o->skip || o->hidden)
        return;
    if (o->format == XML_SHARED_STRINGS) {
        if (o->strings.bytes.n + s.n <= STRINGS_BYTES_MAX)
            buf_add_span(&o->strings.bytes, s);
    } else if (o->shared) {
        for (size_t i = 0; i < s.n && o->index_n < sizeof(o->index) - 1; i++)
            o->index[o->index_n++] = s.p[i];
    } else {
        sink_text(&o->x->sink, s);
    }
}

static void XMLCALL on_doctype(void *ctx, const char *name, const char *system_id, const char *public_id,
                               int has_internal_subset)
{
    struct xmltext *o = ctx;
    if (o->refuse_doctype)
        stop(o, WORKER_BROKEN, "XML with a DOCTYPE");
}

/* Windows code pages and the like, which expat does not know: their ASCII half is what numbers are written in. */
static int XMLCALL on_encoding(void *ctx, const XML_Char *name, XML_Encoding *info)
{
    for (int i = 0; i < 256; i++)
        info->map[i] = i;
    info->data = NULL;
    info->convert = NULL;
    info->release = NULL;
    return XML_STATUS_OK;
}

bool xmltext_begin(struct xmltext *t, enum xml_format format, bool package)
{
    struct xmltext fresh = {.x = t->x, .strings = t->strings, .format = format, .refuse_doctype = package};
    *t = fresh;
    t->parser = XML_ParserCreateNS(NULL, '|');
    if (!t->parser) {
        t->x->status = WORKER_TOO_BIG;
        t->x->detail = "no memory for the XML";
        return false;
    }
    XML_SetUserData(t->parser, t);
    XML_SetElementHandler(t->parser, on_start, on_end);
    XML_SetCharacterDataHandler(t->parser, on_text);
    XML_SetStartDoctypeDeclHandler(t->parser, on_doctype);
    XML_SetUnknownEncodingHandler(t->parser, on_encoding, NULL);
    return true;
}

bool xmltext_feed(struct xmltext *t, struct span piece)
{
    if (extract_late(t->x)) {
        t->x->status = WORKER_TIMEOUT;
        t->x->detail = "the document is too much work";
        return false;
    }
    if (XML_Parse(t->parser, piece.p, (int)piece.n, 0) == XML_STATUS_OK)
        return true;
    if (t->x->status == WORKER_OK && !t->x->sink.truncated) {
        t->x->status = WORKER_BROKEN;
        t->x->detail = "XML that is not well-formed";
    }
    return false;
}

void xmltext_end(struct xmltext *t)
{
    if (t->x->status == WORKER_OK && !t->x->sink.truncated &&
        XML_Parse(t->parser, "", 0, 1) != XML_STATUS_OK) {
        t->x->status = WORKER_BROKEN;
        t->x->detail = "XML that ends too early";
    }
    XML_ParserFree(t->parser);
    t->parser = NULL;
    sink_break(&t->x->sink, 2);
}

void xmltext_free(struct xmltext *t)
{
    buf_free(&t->strings.bytes);
    free(t->strings.ends);
    t->strings.ends = NULL;
}

/* In pieces, so that the deadline is looked at. */
static void read_flat(struct xmltext *t, struct span document, enum xml_format format)
{
    enum { PIECE = 65536 };
    struct span rest = document;
    if (!xmltext_begin(t, format, false))
        return;
    for (bool more = true; more && rest.n;) {
        size_t n = rest.n < PIECE ? rest.n : PIECE;
        more = xmltext_feed(t, (struct span){rest.p, n});
        rest = (struct span){rest.p + n, rest.n - n};
    }
    xmltext_end(t);
}

/* A root that promises a format without a word of it is read as any XML. */
void extract_xml(struct extraction *x, struct span document)
{
    struct xmltext t = {.x = x};
    read_flat(&t, document, XML_BY_ROOT);
    if (x->status == WORKER_OK && x->sink.text.n == 0)
        read_flat(&t, document, XML_ANY);
    xmltext_free(&t);
}
