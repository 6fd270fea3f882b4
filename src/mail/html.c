/*
 * Visible text of HTML, see html.h. Gumbo builds the tree as browsers do; the walk over it keeps a stack of
 * what the reader sees. Gumbo has no bounds of its own, and some pages cost it quadratic time: it allocates
 * from an arena of ours, which stops it (longjmp) when a page asks for too much. Then tags are only stripped.
 */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <gumbo.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

#include "mail/css.h"
#include "mail/html.h"

enum {
    GUMBO_BYTES = 96 * 1024 * 1024, /* ordinary pages take 30 to 60 bytes a byte */
    GUMBO_MS = 400,                 /* a megabyte of ordinary HTML takes 60 ms */
    CHECK_CLOCK = 512,              /* allocations between two looks at the clock */
    MAX_HIDDEN = 64 * 1024,         /* bytes of hidden text kept; all of it is counted */
    MAX_SHOWN = 300,                /* bytes of a link's text */
    INVISIBLE_SIZE = 2,             /* pixels: nobody reads smaller letters */
    DEFAULT_SIZE = 16,              /* pixels */
    UNKNOWN_BACKGROUND = 0,         /* as colour: behind an image */
};

/* --- gumbo inside bounds */

struct guard {
    struct arena *arena;
    size_t bytes;
    unsigned calls;
    int64_t until_ms; /* monotonic */
    jmp_buf stop;
};

static void *guarded_alloc(void *userdata, size_t size)
{
    struct guard *g = userdata;
    g->bytes += size;
    if (g->bytes > GUMBO_BYTES)
        longjmp(g->stop, 1);
    if (++g->calls % CHECK_CLOCK == 0 && monotonic_ms() > g->until_ms)
        longjmp(g->stop, 1);
    return arena_bytes(g->arena, size);
}

static void guarded_free(void *userdata, void *p)
{
}

static GumboOutput *parse(struct guard *g, struct span html)
{
    GumboOptions options = kGumboDefaultOptions;
    options.allocator = guarded_alloc;
    options.deallocator = guarded_free;
    options.userdata = g;
    options.max_errors = 0;
    g->until_ms = monotonic_ms() + GUMBO_MS;
    if (setjmp(g->stop))
        return NULL;
    return gumbo_parse_with_options(&options, html.p, html.n);
}

/* --- the walk */

struct look { /* what holds inside one open element */
    bool hidden, pre;
    uint8_t kind; /* enum text_kind */
    float size;
    uint32_t colour, background;
    int link; /* index of the anchor around; -1 = none */
};

struct reader {
    struct arena *arena;
    struct html_text *out;
    size_t max_links, cap_links, cap_segments;
    struct buf text, hidden;
    size_t segment_start;
    enum text_kind kind; /* of the open segment */
    bool blank;          /* white space is due before the next word */
    unsigned lines;      /* line ends are due */
    bool cell;           /* a table cell was begun in this row: the next is parted by a tab */
    bool rest_quoted;    /* behind Outlook's "divRplyFwdMsg" */
    size_t *shown_at;    /* for each link: where its text begins */
    struct css_sheet sheet;
    struct look *stack;
    size_t depth, cap_depth;
};

static void end_segment(struct reader *r)
{
    struct span s = {r->text.p, r->text.n};
    if (r->segment_start)
        s = (struct span){s.p + r->segment_start, s.n - r->segment_start};
    if (span_trim(s).n) {
        struct html_text *out = r->out;
        if (out->n == r->cap_segments) {
            size_t cap = r->cap_segments ? r->cap_segments * 2 : 4;
            out->v = arena_grow(r->arena, out->v, out->n, cap, sizeof(*out->v));
            r->cap_segments = cap;
        }
        /* An offset for now: the buffer may still move. */
        out->v[out->n++] = (struct html_segment){r->kind, {NULL, s.n}};
    } else {
        r->text.n = r->segment_start;
    }
    r->segment_start = r->text.n;
    r->blank = false;
    r->lines = 0;
}

static void put_due_space(struct reader *r)
{
    if (r->text.n > r->segment_start) {
        size_t have = 0;
        while (have < r->lines && have < r->text.n - r->segment_start &&
               r->text.p[r->text.n - 1 - have] == '\n')
            have++;
        for (; have < r->lines; have++)
            buf_addc(&r->text, '\n');
        char last = r->text.p[r->text.n - 1];
        if (r->blank && !r->lines && last != '\n' && last != '\t')
            buf_addc(&r->text, ' ');
    }
    r->blank = false;
    r->lines = 0;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static size_t count_visible(const char *s, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += !is_space(s[i]) && (s[i] & 0xC0) != 0x80;
    return count;
}

static void put_hidden(struct reader *r, const char *s)
{
    size_t n = strlen(s), count = 0;
    uint32_t c;
    for (size_t i = 0, length; i < n; i += length) { /* newsletters fill with "&nbsp;&zwnj;" */
        length = text_decode(s + i, n - i, &c);
        count += c > ' ' && c != 0xA0 && c != 0xAD && c != 0x34F && !(c >= 0x2000 && c <= 0x200F) &&
                 c != 0xFEFF && !(c >= 0x2060 && c <= 0x206F) && c != 0x2007;
    }
    r->out->hidden_chars += count;
    if (count && r->hidden.n + n < MAX_HIDDEN) {
        buf_add(&r->hidden, s, n);
        buf_addc(&r->hidden, '\n');
    }
}

/* Size and colours count where the text stands: templates set "font-size:0" around and a size inside. */
static bool is_unseen(const struct look *look)
{
    return look->hidden || look->size < INVISIBLE_SIZE || look->colour >> 24 < 0x10 ||
           (look->background != UNKNOWN_BACKGROUND && css_same_colour(look->colour, look->background));
}

static void put_text(struct reader *r, const struct look *look, const char *s)
{
    if (is_unseen(look)) {
        put_hidden(r, s);
        return;
    }
    enum text_kind kind = r->rest_quoted ? TEXT_QUOTED : (enum text_kind)look->kind;
    if (kind != r->kind && count_visible(s, strlen(s))) {
        end_segment(r);
        r->kind = kind;
    }
    for (; *s; s++) {
        if (is_space(*s) && !(look->pre && *s == '\n')) {
            r->blank = true;
        } else if (*s == '\n') {
            r->lines++;
        } else {
            size_t n = strcspn(s, " \t\n\r\f");
            put_due_space(r);
            buf_add(&r->text, s, n);
            s += n - 1;
        }
    }
}

/* --- elements */

static const char *attribute(const GumboElement *e, const char *name)
{
    const GumboAttribute *a = gumbo_get_attribute(&e->attributes, name);
    return a ? a->value : NULL;
}

static bool has_token(const char *list, const char *token, size_t n)
{
    for (const char *p = list; p && (p = strcasestr(p, token)); p++)
        if ((p == list || is_space(p[-1])) && (p[n] == '\0' || is_space(p[n])))
            return true;
    return false;
}

static void apply_sheet(struct reader *r, const GumboNode *node, float em, struct css_look *look)
{
    const char *class = attribute(&node->v.element, "class"), *id = attribute(&node->v.element, "id");
    const char *tag = gumbo_normalized_tagname(node->v.element.tag);
    for (size_t i = 0; i < r->sheet.n; i++) {
        const struct css_rule *rule = &r->sheet.v[i];
        const char *subject = rule->kind == '.' ? class : rule->kind == '#' ? id : tag;
        char name[64];
        if (!subject || rule->name.n >= sizeof(name))
            continue;
        if (rule->tag.n && !span_eq_nocase(rule->tag, span_of(tag)))
            continue;
        memcpy(name, rule->name.p, rule->name.n);
        name[rule->name.n] = '\0';
        if (rule->kind == '.' ? has_token(subject, name, rule->name.n) : strcasecmp(subject, name) == 0)
            css_declarations(rule->body, em, look);
    }
}

/* Quote containers of Gmail, Apple Mail, Thunderbird, Yahoo, Proton and the like. */
static bool is_quote(const GumboElement *e)
{
    static const char *const classes[] = {"gmail_quote",    "yahoo_quoted",         "protonmail_quote",
                                          "tutanota_quote", "zmail_extra",          "moz-forward-container",
                                          "gmail_attr",     "moz-cite-prefix",      "yahooQuotedReply",
                                          "cite",           "OutlookMessageHeader", "x_gmail_quote"};
    const char *class = attribute(e, "class"), *type = attribute(e, "type"), *style = attribute(e, "style");
    for (size_t i = 0; class && i < sizeof(classes) / sizeof(*classes); i++)
        if (has_token(class, classes[i], strlen(classes[i])))
            return true;
    return e->tag == GUMBO_TAG_BLOCKQUOTE &&
           ((type && strcasecmp(type, "cite") == 0) || (style && strcasestr(style, "border-left")));
}

/* New Outlook: all that follows this element is the earlier message. */
static bool starts_quoted_rest(const GumboElement *e)
{
    static const char *const ids[] = {"divRplyFwdMsg", "x_divRplyFwdMsg", "appendonsend",
                                      "mail-editor-reference-message-container"};
    const char *id = attribute(e, "id");
    for (size_t i = 0; id && i < sizeof(ids) / sizeof(*ids); i++)
        if (strcasecmp(id, ids[i]) == 0)
            return true;
    return false;
}

static bool is_signature(const GumboElement *e)
{
    const char *class = attribute(e, "class"), *id = attribute(e, "id");
    return (class && (has_token(class, "gmail_signature", 15) || has_token(class, "moz-signature", 13))) ||
           (id && (strcasecmp(id, "Signature") == 0 || strcasecmp(id, "ms-outlook-mobile-signature") == 0));
}

static bool is_unseen_tag(GumboTag tag)
{
    return tag == GUMBO_TAG_SCRIPT || tag == GUMBO_TAG_STYLE || tag == GUMBO_TAG_HEAD ||
           tag == GUMBO_TAG_TITLE || tag == GUMBO_TAG_TEMPLATE || tag == GUMBO_TAG_DATALIST;
}

static void look_from_style(struct reader *r, const GumboNode *node, struct look *look)
{
    const GumboElement *e = &node->v.element;
    const char *style = attribute(e, "style"), *bgcolor = attribute(e, "bgcolor");
    const char *colour = e->tag == GUMBO_TAG_FONT   ? attribute(e, "color")
                         : e->tag == GUMBO_TAG_BODY ? attribute(e, "text")
                                                    : NULL;
    struct css_look css = {0};
    if (colour)
        css.colour_set = css_colour(span_of(colour), &css.colour);
    if (bgcolor)
        css.background_set = css_colour(span_of(bgcolor), &css.background);
    css.background_image = attribute(e, "background") != NULL;
    if (r->sheet.n)
        apply_sheet(r, node, look->size, &css);
    if (style)
        css_declarations(span_of(style), look->size, &css);
    if (css.size_set && css.font_size >= 0)
        look->size = css.font_size;
    if (css.background_set)
        look->background = css.background;
    else if (css.background_image)
        look->background = UNKNOWN_BACKGROUND;
    if (css.colour_set)
        look->colour = css.colour;
    look->hidden |= css.hidden || attribute(e, "hidden");
}

static void add_link(struct reader *r, const char *url, struct look *look)
{
    struct html_text *out = r->out;
    if (out->n_links >= r->max_links) {
        out->links_limit = true;
        return;
    }
    if (out->n_links == r->cap_links) {
        size_t cap = r->cap_links ? r->cap_links * 2 : 8;
        out->links = arena_grow(r->arena, out->links, out->n_links, cap, sizeof(*out->links));
        r->shown_at = arena_grow(r->arena, r->shown_at, out->n_links, cap, sizeof(*r->shown_at));
        r->cap_links = cap;
    }
    r->shown_at[out->n_links] = r->text.n;
    out->links[out->n_links] = (struct html_link){text_clean_line(r->arena, span_trim(span_of(url))), ""};
    look->link = (int)out->n_links++;
}

static void close_link(struct reader *r, int link)
{
    size_t at = r->shown_at[link];
    if (at > r->text.n) /* the text was taken back with an empty segment */
        return;
    struct span shown = span_trim((struct span){r->text.p ? r->text.p + at : "", r->text.n - at});
    shown.n = shown.n < MAX_SHOWN ? shown.n : MAX_SHOWN;
    r->out->links[link].shown = text_clean_line(r->arena, shown);
}

/* Line ends that an element brings before and behind its text. */
static unsigned breaks(GumboTag tag)
{
    switch (tag) {
    case GUMBO_TAG_P:
    case GUMBO_TAG_H1:
    case GUMBO_TAG_H2:
    case GUMBO_TAG_H3:
    case GUMBO_TAG_H4:
    case GUMBO_TAG_H5:
    case GUMBO_TAG_H6:
    case GUMBO_TAG_UL:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_DL:
    case GUMBO_TAG_BLOCKQUOTE:
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_TABLE:
    case GUMBO_TAG_HR:
        return 2;
    case GUMBO_TAG_DIV:
    case GUMBO_TAG_TR:
    case GUMBO_TAG_LI:
    case GUMBO_TAG_DT:
    case GUMBO_TAG_DD:
    case GUMBO_TAG_SECTION:
    case GUMBO_TAG_ARTICLE:
    case GUMBO_TAG_HEADER:
    case GUMBO_TAG_FOOTER:
    case GUMBO_TAG_CENTER:
    case GUMBO_TAG_FORM:
    case GUMBO_TAG_FIELDSET:
    case GUMBO_TAG_ADDRESS:
    case GUMBO_TAG_NAV:
    case GUMBO_TAG_ASIDE:
    case GUMBO_TAG_MAIN:
    case GUMBO_TAG_FIGURE:
    case GUMBO_TAG_FIGCAPTION:
    case GUMBO_TAG_CAPTION:
    case GUMBO_TAG_LEGEND:
    case GUMBO_TAG_OPTION:
    case GUMBO_TAG_BODY:
    case GUMBO_TAG_TBODY:
    case GUMBO_TAG_THEAD:
    case GUMBO_TAG_BR:
        return 1;
    default:
        return 0;
    }
}

static void want_lines(struct reader *r, unsigned lines)
{
    if (r->lines < lines)
        r->lines = lines;
}

static void open_element(struct reader *r, const GumboNode *node, struct look *look)
{
    const GumboElement *e = &node->v.element;
    const char *url = e->tag == GUMBO_TAG_FORM ? attribute(e, "action") : attribute(e, "href");
    if (is_unseen_tag(e->tag)) {
        look->hidden = true;
        return;
    }
    if (e->attributes.length || r->sheet.n)
        look_from_style(r, node, look);
    if (e->attributes.length) {
        if (starts_quoted_rest(e) && r->text.n) /* not at the top: all would be quoted */
            r->rest_quoted = true;
        if (is_quote(e))
            look->kind = TEXT_QUOTED;
        else if (look->kind == TEXT_OWN && is_signature(e))
            look->kind = TEXT_SIGNATURE;
    }
    look->pre |= e->tag == GUMBO_TAG_PRE;
    if (e->tag == GUMBO_TAG_BR)
        r->lines++;
    else if (breaks(e->tag))
        want_lines(r, breaks(e->tag));
    if (e->tag == GUMBO_TAG_TD || e->tag == GUMBO_TAG_TH) {
        if (r->cell && !r->lines && r->text.n > r->segment_start) {
            r->blank = false;
            buf_addc(&r->text, '\t');
        }
        r->cell = true;
    } else if (e->tag == GUMBO_TAG_TR) {
        r->cell = false;
    }
    if (url && (e->tag == GUMBO_TAG_A || e->tag == GUMBO_TAG_AREA || e->tag == GUMBO_TAG_FORM))
        add_link(r, url, look);
}

static void close_element(struct reader *r, const GumboNode *node)
{
    const struct look *look = &r->stack[r->depth], *around = &r->stack[r->depth - 1];
    GumboTag tag = node->v.element.tag;
    if (look->link != around->link && look->link >= 0)
        close_link(r, look->link);
    if (tag != GUMBO_TAG_BR && breaks(tag))
        want_lines(r, breaks(tag));
}

static void push(struct reader *r, const GumboNode *node)
{
    if (r->depth + 1 >= r->cap_depth) {
        r->cap_depth *= 2;
        r->stack = mem_resize(r->stack, r->cap_depth, sizeof(*r->stack));
    }
    struct look look = r->stack[r->depth];
    open_element(r, node, &look);
    r->stack[++r->depth] = look;
}

static void visit_text(struct reader *r, const GumboNode *node)
{
    const struct look *look = &r->stack[r->depth];
    GumboTag tag = node->parent->type == GUMBO_NODE_ELEMENT ? node->parent->v.element.tag : GUMBO_TAG_UNKNOWN;
    if (tag == GUMBO_TAG_STYLE)
        css_sheet_read(r->arena, span_of(arena_strdup(r->arena, node->v.text.text)), &r->sheet);
    else if (tag != GUMBO_TAG_SCRIPT && tag != GUMBO_TAG_TITLE)
        put_text(r, look, node->v.text.text);
}

/* Depth first without recursion: a page may nest a hundred thousand deep. */
static void walk(struct reader *r, const GumboNode *root)
{
    const GumboNode *node = root;
    bool down = true;
    while (node) {
        bool element = node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE;
        if (down && element) {
            push(r, node);
            if (node->v.element.children.length) {
                node = node->v.element.children.data[0];
                continue;
            }
        } else if (down && (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_CDATA ||
                            node->type == GUMBO_NODE_WHITESPACE)) {
            visit_text(r, node);
        }
        if (element) {
            close_element(r, node);
            r->depth--;
        }
        if (node == root)
            return;
        const GumboVector *siblings = &node->parent->v.element.children;
        size_t next = node->index_within_parent + 1;
        down = next < siblings->length;
        node = down ? siblings->data[next] : node->parent;
    }
}

/* --- when gumbo was stopped */

static void strip_tags(struct reader *r, struct span html)
{
    const struct look look = r->stack[0];
    char one[2] = "";
    const char *last = html.n ? memrchr(html.p, '>', html.n) : NULL;
    for (size_t i = 0; i < html.n; i++) {
        if (html.p[i] == '<' && html.p + i < last) {
            const char *end = memchr(html.p + i, '>', html.n - i);
            want_lines(r, 1);
            i = (size_t)(end - html.p);
            continue;
        }
        one[0] = html.p[i];
        if (one[0])
            put_text(r, &look, one);
    }
}

struct html_text *html_read(struct arena *arena, struct span html, size_t max_links)
{
    struct guard guard = {.arena = arena_new()};
    struct html_text *out = arena_alloc(arena, sizeof(*out));
    struct reader r = {.arena = arena, .out = out, .max_links = max_links, .kind = TEXT_OWN, .cap_depth = 64};
    r.stack = mem_array(r.cap_depth, sizeof(*r.stack));
    r.stack[0] = (struct look){
        .kind = TEXT_OWN, .size = DEFAULT_SIZE, .colour = 0xFF000000, .background = 0xFFFFFFFF, .link = -1};
    GumboOutput *page = html.n ? parse(&guard, html) : NULL;
    if (page)
        walk(&r, page->root);
    else
        strip_tags(&r, html);
    out->gave_up = html.n && !page;
    end_segment(&r);
    const char *text = arena_strndup(arena, r.text.p, r.text.n);
    for (size_t i = 0; i < out->n; i++) {
        out->v[i].text.p = text;
        text += out->v[i].text.n;
    }
    out->hidden = (struct span){arena_strndup(arena, r.hidden.p, r.hidden.n), r.hidden.n};
    buf_free(&r.text);
    buf_free(&r.hidden);
    free(r.stack);
    arena_free(&guard.arena);
    return out;
}
