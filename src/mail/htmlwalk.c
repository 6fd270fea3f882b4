/*
 * The walk over a page. See htmlwalk.h.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"

#include "mail/bidi.h"
#include "mail/htmlelement.h"
#include "mail/htmlwalk.h"

enum {
    MAX_SHOWN = 300, /* bytes of a link's text */
    MAX_OUTLOOK = 256 * 1024,
    MAX_FRAMES = 3, /* nested <iframe srcdoc> */
    MAX_TURN = 64,  /* nested turns: deeper ones change nothing */
    NODE_STEPS = 6, /* what an element costs beside its rules */
};

/* --- how an element looks */

static bool extent_is_nothing(bool has, float n, bool has_max, float max, float min)
{
    return ((has && n <= 1) || (has_max && max <= 1)) && min <= 1;
}

/* Is what stands in the box cut off? Cells and rows grow with what is in them; text runs on into the padding. */
static bool box_cuts(const struct style *s)
{
    if (style_is_inline(s) || s->display == CSS_TABLE_CELL || s->display == CSS_TABLE_ROW ||
        s->display == CSS_TABLE_ROWS || s->display == CSS_TABLE)
        return false;
    return (s->overflow_x || s->overflow_y) &&
           ((s->padding_right <= 1 &&
             extent_is_nothing(s->has_width, s->width, s->has_max_width, s->max_width, s->min_width)) ||
            (s->padding_bottom <= 1 &&
             extent_is_nothing(s->has_height, s->height, s->has_max_height, s->max_height, s->min_height)));
}

static bool is_absolute(const struct style *s)
{
    return s->position == CSS_ABSOLUTE || s->position == CSS_FIXED;
}

static void look_clip(struct look *look)
{
    const struct style *s = &look->style;
    if (is_absolute(s) && !look->clip_holds) /* it stands outside of the box that cuts */
        look->clip = false;
    if (s->position != CSS_STATIC)
        look->clip_holds = look->clip;
    if (box_cuts(s)) {
        look->clip = true;
        look->clip_holds |= s->position != CSS_STATIC;
    }
    look->gone |= (s->clipped && is_absolute(s)) || s->clip_path || (s->gone && !style_is_inline(s));
}

/* A box may be moved and shrunk inside of one that is enlarged. */
static void look_transform(struct look *look)
{
    const struct style *s = &look->style;
    static const struct css_plane same = CSS_PLANE_SAME;
    look->dx += look->plane.xx * s->move_x + look->plane.xy * s->move_y;
    look->dy += look->plane.yx * s->move_x + look->plane.yy * s->move_y;
    if (memcmp(&s->plane, &same, sizeof(same)) == 0)
        return;
    look->plane = css_plane_inside(&look->plane, &s->plane);
    look->least = css_plane_least(&look->plane);
}

static void look_place(struct look *look)
{
    const struct style *s = &look->style;
    bool box = !style_is_inline(s);
    if (s->position == CSS_FIXED)
        look->dx = look->dy = 0;
    look->dx += s->margin_left;
    look->dy += box ? s->margin_top : 0;
    if (box)
        look_transform(look);
    if (s->position == CSS_STATIC)
        return;
    look->dx += s->left;
    look->dy += s->top;
    if (s->has_right && s->left == 0 && (s->position == CSS_RELATIVE || s->right > CSS_WIDTH))
        look->dx -= s->right;
    if (s->has_bottom && s->top == 0 && (s->position == CSS_RELATIVE || s->bottom > 4 * CSS_HEIGHT))
        look->dy -= s->bottom;
}

static void look_behind(struct look *look)
{
    const struct style *s = &look->style;
    if (s->background_clip == CSS_TEXT) {
        look->text_clip |=
            s->has_image || (s->background >> 24 > 0x40 && !css_same_colour(s->background, look->backdrop));
        return;
    }
    if (s->background >> 24) {
        look->backdrop = css_over(s->background, look->backdrop);
        look->image &= s->background >> 24 != 0xFF;
    }
    if (s->has_image && s->image >> 24)
        look->backdrop = css_over(s->image, look->backdrop);
    else if (s->has_image)
        look->image = true;
}

static const struct turn *turn_make(struct walk *w, const struct turn *outer, uint32_t open, uint32_t close)
{
    struct turn *t = arena_alloc(w->arena, sizeof(*t));
    *t = (struct turn){outer, open, close};
    return t;
}

static const struct turn *add_turn(struct walk *w, const struct turn *outer, const struct style *s)
{
    switch (s->bidi) {
    case CSS_EMBED:
        return turn_make(w, outer, s->rtl ? BIDI_RLE : BIDI_LRE, BIDI_PDF);
    case CSS_ISOLATE:
        return turn_make(w, outer, s->rtl ? BIDI_RLI : BIDI_LRI, BIDI_PDI);
    case CSS_OVERRIDE:
        return turn_make(w, outer, s->rtl ? BIDI_RLO : BIDI_LRO, BIDI_PDF);
    case CSS_ISOLATE_OVERRIDE:
        outer = turn_make(w, outer, BIDI_LRI, BIDI_PDI);
        return turn_make(w, outer, s->rtl ? BIDI_RLO : BIDI_LRO, BIDI_PDF);
    case CSS_PLAINTEXT:
        return turn_make(w, outer, BIDI_FSI, BIDI_PDI);
    default:
        return outer;
    }
}

/* The order of letters: a block begins anew, a box in a line is one thing of that line. */
static void look_turn(struct walk *w, const struct look *around, struct look *look)
{
    const struct style *s = &look->style;
    if (w->depth > MAX_TURN && look->turn)
        return;
    if (look->cell && (look->cell == around->row)) {
        look->turn = around->turn ? turn_make(w, around->turn, s->rtl ? BIDI_RLI : BIDI_LRI, BIDI_PDI) : NULL;
        return;
    }
    if (style_is_inline(s)) {
        if (s->bidi != CSS_AUTO)
            look->turn = add_turn(w, around->turn, s);
        return;
    }
    if (!style_is_block(s) && around->turn) {
        look->turn = turn_make(w, around->turn, s->rtl ? BIDI_RLI : BIDI_LRI, BIDI_PDI);
        return;
    }
    look->turn = s->rtl ? turn_make(w, NULL, BIDI_RLE, BIDI_PDF) : NULL;
    if (s->bidi == CSS_OVERRIDE || s->bidi == CSS_ISOLATE_OVERRIDE)
        look->turn = turn_make(w, NULL, s->rtl ? BIDI_RLO : BIDI_LRO, BIDI_PDF);
    bool reversed = (s->display == CSS_FLEX || s->display == CSS_INLINE_FLEX) &&
                    (s->flex_direction == CSS_ROW_REVERSE) != s->rtl;
    if (s->display == CSS_FLEX || s->display == CSS_INLINE_FLEX)
        look->turn = reversed ? turn_make(w, NULL, BIDI_RLE, BIDI_PDF) : NULL;
}

static bool is_side_by_side(const struct look *look)
{
    const struct style *s = &look->style;
    return s->display == CSS_TABLE_ROW || s->display == CSS_GRID ||
           ((s->display == CSS_FLEX || s->display == CSS_INLINE_FLEX) && s->flex_direction != CSS_COLUMN &&
            s->flex_direction != CSS_COLUMN_REVERSE);
}

/* Is the element a box of the row that the element around it makes? */
static void look_row(struct walk *w, struct look *around, struct look *look)
{
    const struct style *s = &look->style;
    bool right = s->floats == CSS_RIGHT_SIDE;
    look->cell = look->row = NULL;
    if (look->hidden || (s->floats != CSS_AUTO && out_unseen(look)))
        return;
    if (!around->row && s->floats != CSS_AUTO && !is_absolute(s) && around != w->stack) {
        around->row = row_open(&w->out, right);
        if (right && !around->turn)
            around->turn = turn_make(w, NULL, BIDI_RLE, BIDI_PDF);
    }
    if (around->row && !is_absolute(s) && (s->floats != CSS_AUTO || is_side_by_side(around)))
        look->cell = around->row;
}

/* A picture or a frame without extent: its words are as little seen as itself. */
static bool is_speck(const GumboNode *node, const struct style *s)
{
    GumboTag tag = node->v.element.tag;
    return (tag == GUMBO_TAG_IMG || tag == GUMBO_TAG_IFRAME) &&
           (extent_is_nothing(s->has_width, s->width, s->has_max_width, s->max_width, s->min_width) ||
            extent_is_nothing(s->has_height, s->height, s->has_max_height, s->max_height, s->min_height));
}

static void look_style(struct walk *w, const GumboNode *node, struct look *around, struct look *look)
{
    look->style = style_of(&w->context, node, &around->style);
    const struct style *s = &look->style;
    look->placed = is_absolute(s) && !look->svg;
    look->opacity *= s->opacity;
    look->hidden |= s->display == CSS_HIDE || s->display == CSS_TABLE_COLUMN || s->content_hidden ||
                    look->opacity < 0.05F;
    look_clip(look);
    look->clip |= is_speck(node, s);
    look_place(look);
    look_behind(look);
    look_row(w, around, look);
    look_turn(w, around, look);
}

/* --- links */

static void walk_link(struct walk *w, const char *url, struct look *look)
{
    struct html_text *page = w->out.page;
    if (page->n_links >= w->max_links) {
        page->links_limit = true;
        return;
    }
    if (page->n_links == w->cap_links) {
        size_t cap = w->cap_links ? w->cap_links * 2 : 8;
        page->links = arena_grow(w->arena, page->links, page->n_links, cap, sizeof(*page->links));
        w->shown_at = arena_grow(w->arena, w->shown_at, page->n_links, cap, sizeof(*w->shown_at));
        w->cap_links = cap;
    }
    w->shown_at[page->n_links] = w->out.text.n;
    const char *whole = element_url(w->arena, w->base, span_trim(span_of(url)));
    page->links[page->n_links] = (struct html_link){whole, ""};
    if (look)
        look->link = (int)page->n_links;
    page->n_links++;
}

static void close_link(struct walk *w, int link)
{
    size_t at = w->shown_at[link];
    const struct buf *text = &w->out.text;
    if (at > text->n) /* the text was taken back with an empty segment */
        return;
    struct span shown = span_trim((struct span){text->p ? text->p + at : "", text->n - at});
    shown = text_cut(bidi_seen(w->arena, text_cut(shown, MAX_SHOWN * 2)), MAX_SHOWN);
    w->out.page->links[link].shown = text_clean_line(w->arena, shown);
}

/* --- opening and closing */

static void open_pseudo(struct walk *w, const GumboNode *node, enum pseudo_element pseudo)
{
    struct look look = w->stack[w->depth];
    struct style around = look.style;
    if (!style_of_pseudo(&w->context, node, pseudo, &around, &look.style))
        return;
    struct span text = style_content(&w->context, node, look.style.content);
    if (!text.n)
        return;
    look.opacity *= look.style.opacity;
    look.hidden |= look.opacity < 0.05F;
    look_clip(&look);
    look_place(&look);
    look_behind(&look);
    bool block = style_is_block(&look.style);
    if (block)
        out_lines(&w->out, 1);
    else if (look.style.bidi != CSS_AUTO) {
        look.turn = add_turn(w, look.turn, &look.style);
        out_open_turn(&w->out, look.turn);
    }
    out_text(&w->out, &look, text.p);
    if (!block && look.turn && look.turn != w->stack[w->depth].turn)
        out_close_turn(&w->out, look.turn);
    if (block)
        out_lines(&w->out, 1);
}

/* Does it end the line that it stands in? What is out of the flow leaves no trace there where nobody sees it. */
static bool ends_line(const struct look *look)
{
    const struct style *s = &look->style;
    if (is_absolute(s) || s->floats != CSS_AUTO)
        return !out_unseen(look);
    return style_is_block(s);
}

/* Line ends, tabs and turns that come with the box of an element. */
static void open_box(struct walk *w, const GumboNode *node, const struct look *around, struct look *look)
{
    const struct style *s = &look->style;
    if (look->hidden || s->display == CSS_CONTENTS)
        return;
    if (look->cell) {
        row_cell(&w->out, look->cell);
        w->out.tab |= w->out.text.n > w->out.segment_start;
    } else if (s->display == CSS_TABLE_CELL && !style_is_inline(s)) {
        w->out.tab |= w->out.text.n > w->out.segment_start;
    } else if (ends_line(look)) {
        out_lines(&w->out, element_lines(node, s));
    }
    if (!style_is_inline(s))
        w->out.indent = s->indent;
    if (is_side_by_side(look))
        look->row = row_open(&w->out, look->turn != NULL);
    if (look->turn && look->turn != around->turn && (style_is_inline(s) || look->cell || !style_is_block(s)))
        out_open_turn(&w->out, look->turn);
}

static void close_box(struct walk *w, const GumboNode *node, const struct look *around,
                      const struct look *look)
{
    const struct style *s = &look->style;
    if (look->row)
        row_close(&w->out, look->row, (enum text_kind)look->kind);
    if (look->hidden || s->display == CSS_CONTENTS)
        return;
    if (look->turn && look->turn != around->turn && (style_is_inline(s) || look->cell || !style_is_block(s)))
        out_close_turn(&w->out, look->turn);
    if (!look->cell && ends_line(look))
        out_lines(&w->out, element_lines(node, s));
    if (!style_is_inline(s))
        w->out.indent = 0;
}

static void kind_of(struct walk *w, const GumboNode *node, struct look *look)
{
    const GumboElement *e = &node->v.element;
    if (element_starts_quoted_rest(e) && w->out.text.n) /* not at the top: all would be quoted */
        w->out.rest_quoted = true;
    if (element_is_quote(e))
        look->kind = TEXT_QUOTED;
    else if (look->kind == TEXT_OWN && element_is_signature(e))
        look->kind = TEXT_SIGNATURE;
}

/* The page inside a frame: a page of its own, on white. */
static void open_frame(struct walk *w, const char *source, struct look *look)
{
    struct style_context outer = w->context;
    if (w->frames >= MAX_FRAMES)
        return;
    GumboOutput *page = w->parse(w->parser, span_of(source));
    if (!page) {
        out_text(&w->out, look, source);
        return;
    }
    w->stack[w->depth] = *look;
    struct style initial = style_initial();
    initial.invisible = look->style.invisible;
    w->stack[w->depth].style = initial;
    w->stack[w->depth].backdrop = 0xFFFFFFFF;
    w->stack[w->depth].image = false;
    w->stack[w->depth].row = w->stack[w->depth].cell = NULL;
    w->frames++;
    memset(&w->context.sheet, 0, sizeof(w->context.sheet));
    w->context.cache = NULL;
    walk_page(w, page);
    w->context = outer;
    w->frames--;
    w->stack[w->depth] = *look;
}

static void open_element(struct walk *w, const GumboNode *node, struct look *around, struct look *look)
{
    const GumboElement *e = &node->v.element;
    struct element_says says = {0};
    look_style(w, node, around, look);
    if (e->attributes.length)
        kind_of(w, node, look);
    open_box(w, node, around, look);
    if (e->tag == GUMBO_TAG_BR && look->style.display != CSS_HIDE && !look->hidden)
        out_break(&w->out);
    if (e->tag_namespace == GUMBO_NAMESPACE_SVG || e->tag == GUMBO_TAG_SVG)
        svg_open(&w->svg, w->arena, node, around, look);
    element_read(w->arena, node, &says);
    if (says.base && !w->base)
        w->base = says.base;
    if (says.url)
        walk_link(w, says.url, says.is_anchor ? look : NULL);
}

static bool is_field(GumboTag tag)
{
    return tag == GUMBO_TAG_INPUT || tag == GUMBO_TAG_BUTTON || tag == GUMBO_TAG_TEXTAREA ||
           tag == GUMBO_TAG_SELECT;
}

/* Fields and pictures have room around them; a letter as the text of a picture runs along. */
static void put_element_text(struct walk *w, const GumboNode *node, const struct look *look)
{
    const GumboElement *e = &node->v.element;
    const char *text = element_text(e);
    bool apart = is_field(e->tag) || (e->tag == GUMBO_TAG_IMG && text && strlen(text) > 2);
    w->out.blank |= apart;
    if (!text || !*text)
        return;
    out_text(&w->out, look, text);
    w->out.blank |= apart;
}

static void push(struct walk *w, const GumboNode *node)
{
    if (w->depth + 2 >= w->cap_depth) {
        w->cap_depth *= 2;
        w->stack = mem_resize(w->stack, w->cap_depth, sizeof(*w->stack));
    }
    struct look *around = &w->stack[w->depth], look = *around;
    css_pay(w->context.budget, NODE_STEPS);
    open_element(w, node, around, &look);
    w->stack[++w->depth] = look;
    if (w->context.sheet.pseudos && !look.hidden)
        open_pseudo(w, node, PSEUDO_BEFORE);
    put_element_text(w, node, &look);
    const char *source = node->v.element.attributes.length ? element_frame(w->arena, &node->v.element) : NULL;
    if (source) {
        out_lines(&w->out, 1);
        open_frame(w, source, &look);
        out_lines(&w->out, 1);
    }
}

static void close_element(struct walk *w, const GumboNode *node)
{
    if (w->context.sheet.pseudos && !w->stack[w->depth].hidden)
        open_pseudo(w, node, PSEUDO_AFTER);
    struct look *look = &w->stack[w->depth], *around = &w->stack[w->depth - 1];
    if (look->svg && !around->svg)
        svg_close(&w->svg, &w->out, look);
    if (look->link != around->link && look->link >= 0)
        close_link(w, look->link);
    close_box(w, node, around, look);
    w->out.blank |= is_field(node->v.element.tag);
    w->depth--;
}

static void visit_text(struct walk *w, const GumboNode *node)
{
    struct look *look = &w->stack[w->depth];
    const char *text = node->v.text.text;
    GumboTag tag = node->parent->type == GUMBO_NODE_ELEMENT ? node->parent->v.element.tag : GUMBO_TAG_UNKNOWN;
    if (tag == GUMBO_TAG_STYLE || tag == GUMBO_TAG_SCRIPT || tag == GUMBO_TAG_TITLE ||
        tag == GUMBO_TAG_IFRAME)
        return;
    if (look->svg) {
        svg_text(&w->svg, &w->out, look, text);
        return;
    }
    if (look->placed && !look->hidden)
        out_placed(&w->out, look, text);
    out_text(&w->out, look, text);
}

static bool is_text(const GumboNode *node)
{
    return node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_CDATA ||
           node->type == GUMBO_NODE_WHITESPACE;
}

/* Outlook reads comments that name it as markup; what is said to be for all others ("[if !mso]") nobody sees. */
static void read_comment(struct walk *w, const GumboNode *node)
{
    struct span text = span_of(node->v.text.text);
    if (!span_starts_nocase(text, SPAN_LIT("[if ")) || text.p[4] == '!')
        return;
    const char *begin = memmem(text.p, text.n, "]>", 2);
    const char *end = memmem(text.p, text.n, "<![endif]", 9);
    if (!begin || w->outlook.n > MAX_OUTLOOK)
        return;
    begin += 2;
    struct span inside = {begin, (size_t)((end && end > begin ? end : text.p + text.n) - begin)};
    for (const char *open;
         (open = memmem(inside.p, inside.n, "<!--", 4));) { /* it would swallow what follows */
        buf_add(&w->outlook, inside.p, (size_t)(open - inside.p));
        inside = (struct span){open + 4, (size_t)(inside.p + inside.n - open - 4)};
    }
    buf_add_span(&w->outlook, inside);
}

/* The node behind `node` in the page's order; NULL at the end. `*up_r`: it is one that was open, now closed. */
static const GumboNode *next_node(const GumboNode *node, bool *up_r)
{
    const GumboVector *siblings = &node->parent->v.element.children;
    size_t next = node->index_within_parent + 1;
    *up_r = next >= siblings->length;
    return *up_r ? node->parent : siblings->data[next];
}

/* Depth first without recursion: a page may nest a hundred thousand deep. */
static void walk_tree(struct walk *w, const GumboNode *root)
{
    const GumboNode *node = root;
    bool up = false;
    while (node) {
        bool element = node_is_element(node);
        if (!up && element) {
            push(w, node);
            if (node->v.element.children.length) {
                node = node->v.element.children.data[0];
                continue;
            }
        } else if (!up && is_text(node)) {
            visit_text(w, node);
        } else if (!up && node->type == GUMBO_NODE_COMMENT) {
            read_comment(w, node);
        }
        if (element)
            close_element(w, node);
        if (node == root)
            return;
        node = next_node(node, &up);
    }
}

/* --- style sheets: they hold for all of the page, wherever they stand */

static void read_sheet(struct walk *w, const GumboNode *node)
{
    const GumboElement *e = &node->v.element;
    const char *media = node_attribute(e, "media"), *type = node_attribute(e, "type");
    if (type && *type && strcasecmp(type, "text/css") != 0)
        return;
    if (media && !sheet_media(w->arena, span_of(media), w->context.budget))
        return;
    for (unsigned i = 0; i < e->children.length; i++) {
        const GumboNode *child = e->children.data[i];
        if (is_text(child)) {
            char *text = arena_strdup(w->arena, child->v.text.text);
            sheet_read(w->arena, span_of(text), w->context.budget, &w->context.sheet);
        }
    }
}

static void find_sheets(struct walk *w, const GumboNode *root)
{
    const GumboNode *node = root;
    bool up = false;
    while (node) {
        if (!up && node_is_element(node)) {
            if (node->v.element.tag == GUMBO_TAG_STYLE)
                read_sheet(w, node);
            else if (node->v.element.children.length) {
                node = node->v.element.children.data[0];
                continue;
            }
        }
        if (node == root)
            return;
        node = next_node(node, &up);
    }
}

void walk_init(struct walk *w)
{
    w->cap_depth = 64;
    w->stack = mem_array(w->cap_depth, sizeof(*w->stack));
    w->stack[0] = (struct look){.style = style_initial(),
                                .kind = TEXT_OWN,
                                .backdrop = 0xFFFFFFFF,
                                .opacity = 1,
                                .plane = CSS_PLANE_SAME,
                                .least = 1,
                                .link = -1};
    w->out.kind = TEXT_OWN;
}

void walk_page(struct walk *w, const GumboOutput *page)
{
    const GumboDocument *document = &page->document->v.document;
    w->context.sheet.quirks = document->doc_type_quirks_mode == GUMBO_DOCTYPE_QUIRKS;
    find_sheets(w, page->root);
    walk_tree(w, page->root);
    for (unsigned i = 0; i < document->children.length; i++) {
        const GumboNode *beside = document->children.data[i];
        if (beside->type == GUMBO_NODE_COMMENT)
            read_comment(w, beside);
    }
}

void walk_free(struct walk *w)
{
    free(w->stack);
    w->stack = NULL;
    buf_free(&w->outlook);
}
