/*
 * The style of an element: what HTML itself gives it, then the sheets' rules by weight, then its style attribute,
 * and the same again for what is "!important". See style.h.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/text.h"

#include "mail/style.h"

enum {
    MAX_MATCHES = 128,  /* rules that match one element */
    MAX_CONTENT = 4096, /* bytes of a generated text: a rule multiplies it by its elements */
    MAX_NAME = 64,      /* of an attribute that attr() shows */
    VARIABLE_STEPS = 8, /* what keeping a custom property costs */
    RESOLVE_STEPS = 16, /* what reading a declaration that stood in one costs */
    CACHE_SLOTS = 256,  /* style attributes repeat: each text is read once */
    MAX_SIZE = 10000,   /* pixels of a letter, as in browsers */
    MAX_VARIABLES = 8,  /* var() inside of var() */
    MAX_SUBSTITUTED = 2048,
};

struct variable {
    struct span name, value;
    const struct variable *next;
};

struct cached {
    struct span text;
    struct css_block block;
};

struct style_cache {
    struct cached slots[CACHE_SLOTS];
};

struct style style_initial(void)
{
    return (struct style){.size = 16,
                          .root_size = 16,
                          .line_height = -1,
                          .colour = 0xFF000000,
                          .white_space = CSS_AUTO,
                          .display = CSS_BLOCK,
                          .position = CSS_STATIC,
                          .floats = CSS_AUTO,
                          .bidi = CSS_AUTO,
                          .flex_direction = CSS_ROW,
                          .background_clip = CSS_AUTO,
                          .opacity = 1,
                          .plane = CSS_PLANE_SAME};
}

bool style_is_inline(const struct style *s)
{
    return (s->display == CSS_INLINE || s->display == CSS_CONTENTS) && s->floats == CSS_AUTO &&
           s->position != CSS_ABSOLUTE && s->position != CSS_FIXED;
}

bool style_is_block(const struct style *s)
{
    switch (s->display) {
    case CSS_BLOCK:
    case CSS_FLEX:
    case CSS_GRID:
    case CSS_TABLE:
    case CSS_TABLE_ROW:
    case CSS_TABLE_ROWS:
    case CSS_LIST_ITEM:
        return true;
    default:
        return false;
    }
}

/* --- what HTML gives */

static enum css_keyword html_display(const GumboNode *node)
{
    if (node->v.element.tag_namespace != GUMBO_NAMESPACE_HTML)
        return CSS_INLINE;
    switch (node->v.element.tag) {
    case GUMBO_TAG_HEAD:
    case GUMBO_TAG_TITLE:
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_TEMPLATE:
    case GUMBO_TAG_DATALIST:
    case GUMBO_TAG_NOEMBED:
    case GUMBO_TAG_NOFRAMES:
    case GUMBO_TAG_RP:
    case GUMBO_TAG_META:
    case GUMBO_TAG_LINK:
    case GUMBO_TAG_BASE:
    case GUMBO_TAG_AREA:
    case GUMBO_TAG_PARAM:
        return CSS_HIDE;
    case GUMBO_TAG_HTML:
    case GUMBO_TAG_BODY:
    case GUMBO_TAG_P:
    case GUMBO_TAG_H1:
    case GUMBO_TAG_H2:
    case GUMBO_TAG_H3:
    case GUMBO_TAG_H4:
    case GUMBO_TAG_H5:
    case GUMBO_TAG_H6:
    case GUMBO_TAG_HGROUP:
    case GUMBO_TAG_UL:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_DL:
    case GUMBO_TAG_DT:
    case GUMBO_TAG_DD:
    case GUMBO_TAG_DIR:
    case GUMBO_TAG_MENU:
    case GUMBO_TAG_BLOCKQUOTE:
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_LISTING:
    case GUMBO_TAG_XMP:
    case GUMBO_TAG_PLAINTEXT:
    case GUMBO_TAG_HR:
    case GUMBO_TAG_DIV:
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
    case GUMBO_TAG_OPTGROUP:
    case GUMBO_TAG_DETAILS:
    case GUMBO_TAG_SUMMARY:
    case GUMBO_TAG_FRAMESET:
        return CSS_BLOCK;
    case GUMBO_TAG_LI:
        return CSS_LIST_ITEM;
    case GUMBO_TAG_TABLE:
        return CSS_TABLE;
    case GUMBO_TAG_TR:
        return CSS_TABLE_ROW;
    case GUMBO_TAG_TBODY:
    case GUMBO_TAG_THEAD:
    case GUMBO_TAG_TFOOT:
        return CSS_TABLE_ROWS;
    case GUMBO_TAG_TD:
    case GUMBO_TAG_TH:
        return CSS_TABLE_CELL;
    case GUMBO_TAG_COL:
    case GUMBO_TAG_COLGROUP:
        return CSS_TABLE_COLUMN;
    case GUMBO_TAG_INPUT: {
        const char *type = node_attribute(&node->v.element, "type");
        return type && strcasecmp(type, "hidden") == 0 ? CSS_HIDE : CSS_INLINE_BLOCK;
    }
    case GUMBO_TAG_BUTTON:
    case GUMBO_TAG_SELECT:
    case GUMBO_TAG_TEXTAREA:
    case GUMBO_TAG_METER:
    case GUMBO_TAG_PROGRESS:
    case GUMBO_TAG_MARQUEE:
        return CSS_INLINE_BLOCK;
    default:
        return CSS_INLINE;
    }
}

/* The user agent's sheet, as far as it is about sizes and white space. */
static void html_style(const GumboNode *node, const struct style *around, struct style *s)
{
    static const struct {
        GumboTag tag;
        float size;
    } sizes[] = {{GUMBO_TAG_H1, 2},        {GUMBO_TAG_H2, 1.5F},   {GUMBO_TAG_H3, 1.17F},
                 {GUMBO_TAG_H5, 0.83F},    {GUMBO_TAG_H6, 0.67F},  {GUMBO_TAG_BIG, 1.2F},
                 {GUMBO_TAG_SMALL, 0.83F}, {GUMBO_TAG_SUB, 0.83F}, {GUMBO_TAG_SUP, 0.83F}};
    GumboTag tag = node->v.element.tag;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
        if (sizes[i].tag == tag)
            s->size = around->size * sizes[i].size;
    switch (tag) {
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_LISTING:
    case GUMBO_TAG_XMP:
    case GUMBO_TAG_PLAINTEXT:
        s->white_space = CSS_PRE;
        break;
    case GUMBO_TAG_TEXTAREA:
    case GUMBO_TAG_INPUT:
    case GUMBO_TAG_BUTTON:
    case GUMBO_TAG_SELECT: /* fields do not inherit */
        s->white_space = tag == GUMBO_TAG_TEXTAREA ? CSS_PRE : CSS_AUTO;
        s->size = 13.3F;
        s->colour = 0xFF000000;
        s->background = tag == GUMBO_TAG_BUTTON ? 0xFFEFEFEF : 0xFFFFFFFF;
        s->indent = 0;
        break;
    case GUMBO_TAG_TABLE:
        s->indent = 0;
        break;
    case GUMBO_TAG_BDO:
        s->bidi = CSS_OVERRIDE;
        break;
    case GUMBO_TAG_BDI:
        s->bidi = CSS_ISOLATE;
        break;
    case GUMBO_TAG_A:
        if (node_attribute(&node->v.element, "href"))
            s->colour = 0xFF0000EE;
        break;
    default:
        break;
    }
}

static void extent_hint(const char *value, bool *has, float *extent)
{
    char *end;
    float n = value ? strtof(value, &end) : 0;
    if (value && end != value && *end != '%' && n >= 0) {
        *has = true;
        *extent = n;
    }
}

/* Attributes that are style: the weakest of the author's. */
static void hints(const GumboNode *node, struct style *s)
{
    GumboTag tag = node->v.element.tag;
    static const float font_sizes[] = {10, 13, 16, 18, 24, 32, 48};
    const char *value;
    uint32_t colour;
    if ((value = node_attribute(&node->v.element, "bgcolor")) && css_legacy_colour(value, &colour))
        s->background = colour;
    if (node_attribute(&node->v.element, "background") &&
        (tag == GUMBO_TAG_BODY || tag == GUMBO_TAG_TABLE || tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH ||
         tag == GUMBO_TAG_TR || tag == GUMBO_TAG_TBODY))
        s->has_image = true;
    value = tag == GUMBO_TAG_FONT   ? node_attribute(&node->v.element, "color")
            : tag == GUMBO_TAG_BODY ? node_attribute(&node->v.element, "text")
                                    : NULL;
    if (value && css_legacy_colour(value, &colour))
        s->colour = colour;
    if (tag == GUMBO_TAG_FONT && (value = node_attribute(&node->v.element, "size"))) {
        long n = strtol(value, NULL, 10) + (*value == '+' || *value == '-' ? 3 : 0);
        if (*value)
            s->size = font_sizes[n < 1 ? 0 : n > 7 ? 6 : n - 1];
    }
    if (tag == GUMBO_TAG_IMG || tag == GUMBO_TAG_IFRAME || tag == GUMBO_TAG_INPUT) {
        extent_hint(node_attribute(&node->v.element, "width"), &s->has_width, &s->width);
        extent_hint(node_attribute(&node->v.element, "height"), &s->has_height, &s->height);
    }
    if ((value = node_attribute(&node->v.element, "dir")) &&
        (strcasecmp(value, "rtl") == 0 || strcasecmp(value, "ltr") == 0)) {
        s->rtl = (*value | 0x20) == 'r';
        if (s->bidi == CSS_AUTO)
            s->bidi = CSS_ISOLATE;
    }
}

/* --- one property */

static float pixels(const struct css_length *l, const struct style *s, float whole)
{
    return l->px + l->em * s->size + l->rem * s->root_size + l->percent * whole / 100;
}

static void set_font_size(struct style *s, const struct style *around, const struct css_length *l)
{
    float n = l->px + (l->em + l->percent / 100) * around->size + l->rem * s->root_size;
    s->size = n < 0 ? 0 : n;
}

static void set_extent(struct style *s, const struct css_value *v, float whole, bool *has, float *to)
{
    /* Of a percentage of the height nobody knows what it comes to: as "auto". */
    *has = v->keyword == CSS_NONE && (whole > 0 || v->length.percent == 0);
    *to = *has ? pixels(&v->length, s, whole) : 0;
}

static uint32_t colour_of(const struct css_value *v, const struct style *s)
{
    return v->keyword == CSS_CURRENT ? s->colour : v->colour;
}

static void set_image(struct style *s, const struct css_value *v)
{
    s->has_image = v->keyword != CSS_AUTO;
    s->image = v->colour;
}

static void set_transform(struct style *s, const struct css_value *v)
{
    s->gone |= v->keyword == CSS_GONE;
    if (v->keyword != CSS_NONE)
        return;
    float x = pixels(&v->move.x, s, 0), y = pixels(&v->move.y, s, 0);
    s->move_x += s->plane.xx * x + s->plane.xy * y;
    s->move_y += s->plane.yx * x + s->plane.yy * y;
    s->plane = css_plane_inside(&s->plane, &v->move.plane);
}

/* A value of the property itself, not one of the words that all have. */
static void set(struct style *s, const struct style *around, const struct css_value *v)
{
    bool any;
    switch ((enum css_property)v->property) {
    case CSS_FONT_SIZE:
        set_font_size(s, around, &v->length);
        break;
    case CSS_COLOUR:
        s->colour = v->keyword == CSS_CURRENT ? around->colour : v->colour;
        break;
    case CSS_FILL:
        s->has_fill = v->keyword != CSS_CURRENT;
        s->fill = v->colour;
        break;
    case CSS_SHADOW:
        s->has_shadow = v->keyword != CSS_AUTO;
        s->shadow_current = v->keyword == CSS_CURRENT;
        s->shadow = v->colour;
        break;
    case CSS_BACKGROUND_COLOUR:
        s->background = colour_of(v, s);
        break;
    case CSS_BACKGROUND_IMAGE:
        set_image(s, v);
        break;
    case CSS_BACKGROUND_CLIP:
        s->background_clip = v->keyword;
        break;
    case CSS_DISPLAY:
        s->display = v->keyword;
        break;
    case CSS_VISIBILITY:
        s->invisible = v->keyword == CSS_HIDDEN;
        break;
    case CSS_CONTENT_VISIBILITY:
        s->content_hidden = v->keyword == CSS_HIDDEN;
        break;
    case CSS_OPACITY:
    case CSS_FILTER:
        s->opacity *= v->number < 0 ? 0 : v->number > 1 ? 1 : v->number;
        break;
    case CSS_WIDTH_P:
        set_extent(s, v, CSS_WIDTH, &s->has_width, &s->width);
        break;
    case CSS_HEIGHT_P:
        set_extent(s, v, 0, &s->has_height, &s->height);
        break;
    case CSS_MAX_WIDTH:
        set_extent(s, v, CSS_WIDTH, &s->has_max_width, &s->max_width);
        break;
    case CSS_MAX_HEIGHT:
        set_extent(s, v, 0, &s->has_max_height, &s->max_height);
        break;
    case CSS_MIN_WIDTH:
        set_extent(s, v, CSS_WIDTH, &any, &s->min_width);
        break;
    case CSS_MIN_HEIGHT:
        set_extent(s, v, 0, &any, &s->min_height);
        break;
    case CSS_OVERFLOW_X:
        s->overflow_x = v->keyword == CSS_HIDDEN;
        break;
    case CSS_OVERFLOW_Y:
        s->overflow_y = v->keyword == CSS_HIDDEN;
        break;
    case CSS_POSITION:
        s->position = v->keyword;
        break;
    case CSS_LEFT:
        set_extent(s, v, CSS_WIDTH, &any, &s->left);
        break;
    case CSS_TOP:
        set_extent(s, v, CSS_HEIGHT, &any, &s->top);
        break;
    case CSS_RIGHT:
        set_extent(s, v, CSS_WIDTH, &s->has_right, &s->right);
        break;
    case CSS_BOTTOM:
        set_extent(s, v, CSS_HEIGHT, &s->has_bottom, &s->bottom);
        break;
    case CSS_MARGIN_LEFT:
        set_extent(s, v, CSS_WIDTH, &any, &s->margin_left);
        break;
    case CSS_MARGIN_TOP:
        set_extent(s, v, CSS_WIDTH, &any, &s->margin_top);
        break;
    case CSS_TEXT_INDENT:
        s->indent = pixels(&v->length, s, CSS_WIDTH);
        break;
    case CSS_LINE_HEIGHT:
        s->line_height = v->keyword == CSS_AUTO ? -1 : pixels(&v->length, s, s->size);
        break;
    case CSS_CLIP:
        s->clipped = v->keyword == CSS_GONE;
        break;
    case CSS_CLIP_PATH:
        s->clip_path = v->keyword == CSS_GONE;
        break;
    case CSS_TRANSLATE:
    case CSS_ROTATE:
    case CSS_SCALE:
    case CSS_TRANSFORM:
        set_transform(s, v);
        break;
    case CSS_DIRECTION:
        s->rtl = v->keyword == CSS_RTL;
        break;
    case CSS_UNICODE_BIDI:
        s->bidi = v->keyword;
        break;
    case CSS_WHITE_SPACE:
        s->white_space = v->keyword;
        break;
    case CSS_FLOAT:
        s->floats = v->keyword;
        break;
    case CSS_FLEX_DIRECTION:
        s->flex_direction = v->keyword;
        break;
    case CSS_CONTENT:
        s->content = v->text;
        break;
    case CSS_CUSTOM:
        break;
    }
}

static bool is_inherited(enum css_property p)
{
    return p == CSS_FONT_SIZE || p == CSS_COLOUR || p == CSS_FILL || p == CSS_SHADOW || p == CSS_VISIBILITY ||
           p == CSS_TEXT_INDENT || p == CSS_LINE_HEIGHT || p == CSS_DIRECTION || p == CSS_WHITE_SPACE;
}

/* Makes the property what it is in `from`. */
static void copy(struct style *s, const struct style *from, enum css_property p)
{
#define COPY(member) s->member = from->member
    switch (p) {
    case CSS_FONT_SIZE:
        COPY(size);
        break;
    case CSS_COLOUR:
        COPY(colour);
        break;
    case CSS_FILL:
        COPY(fill), COPY(has_fill);
        break;
    case CSS_SHADOW:
        COPY(shadow), COPY(has_shadow), COPY(shadow_current);
        break;
    case CSS_BACKGROUND_COLOUR:
        COPY(background);
        break;
    case CSS_BACKGROUND_IMAGE:
        COPY(image), COPY(has_image);
        break;
    case CSS_BACKGROUND_CLIP:
        COPY(background_clip);
        break;
    case CSS_DISPLAY:
        COPY(display);
        break;
    case CSS_VISIBILITY:
        COPY(invisible);
        break;
    case CSS_CONTENT_VISIBILITY:
        COPY(content_hidden);
        break;
    case CSS_OPACITY:
        COPY(opacity);
        break;
    case CSS_WIDTH_P:
        COPY(width), COPY(has_width);
        break;
    case CSS_HEIGHT_P:
        COPY(height), COPY(has_height);
        break;
    case CSS_MAX_WIDTH:
        COPY(max_width), COPY(has_max_width);
        break;
    case CSS_MAX_HEIGHT:
        COPY(max_height), COPY(has_max_height);
        break;
    case CSS_MIN_WIDTH:
        COPY(min_width);
        break;
    case CSS_MIN_HEIGHT:
        COPY(min_height);
        break;
    case CSS_OVERFLOW_X:
        COPY(overflow_x);
        break;
    case CSS_OVERFLOW_Y:
        COPY(overflow_y);
        break;
    case CSS_POSITION:
        COPY(position);
        break;
    case CSS_LEFT:
        COPY(left);
        break;
    case CSS_TOP:
        COPY(top);
        break;
    case CSS_RIGHT:
        COPY(right), COPY(has_right);
        break;
    case CSS_BOTTOM:
        COPY(bottom), COPY(has_bottom);
        break;
    case CSS_MARGIN_LEFT:
        COPY(margin_left);
        break;
    case CSS_MARGIN_TOP:
        COPY(margin_top);
        break;
    case CSS_TEXT_INDENT:
        COPY(indent);
        break;
    case CSS_LINE_HEIGHT:
        COPY(line_height);
        break;
    case CSS_CLIP:
        COPY(clipped);
        break;
    case CSS_CLIP_PATH:
        COPY(clip_path);
        break;
    case CSS_DIRECTION:
        COPY(rtl);
        break;
    case CSS_UNICODE_BIDI:
        COPY(bidi);
        break;
    case CSS_WHITE_SPACE:
        COPY(white_space);
        break;
    case CSS_FLOAT:
        COPY(floats);
        break;
    case CSS_FLEX_DIRECTION:
        COPY(flex_direction);
        break;
    case CSS_CONTENT:
        COPY(content);
        break;
    case CSS_FILTER:
    case CSS_TRANSLATE:
    case CSS_ROTATE:
    case CSS_SCALE:
    case CSS_TRANSFORM:
    case CSS_CUSTOM: /* what was not set has its initial value */
        break;
    }
#undef COPY
}

/* --- the cascade */

struct cascade {
    struct style_context *context;
    const struct css_value *winner[CSS_PROPERTIES];
    bool quirks;
};

static void take(struct cascade *c, struct style *s, const struct css_block *block, bool important)
{
    if (!css_pay(c->context->budget, block->n / 4))
        return;
    for (size_t i = 0; i < block->n; i++) {
        const struct css_value *v = &block->v[i];
        if (v->important != important)
            continue;
        if (v->property < CSS_PROPERTIES) {
            c->winner[v->property] = v;
            continue;
        }
        if (!css_pay(c->context->budget, VARIABLE_STEPS))
            return;
        struct variable *made = arena_alloc(c->context->arena, sizeof(*made));
        *made = (struct variable){v->name, v->text, s->variables};
        s->variables = made;
    }
}

/* "var(--x)" and "var(--x, other)" replaced; false when one has no value. */
static bool substitute(struct cascade *c, const struct style *s, struct span text, int depth, struct buf *out)
{
    if (!css_pay(c->context->budget, 1 + text.n / 4))
        return false;
    for (size_t i = 0; i < text.n; i++) {
        struct span here = {text.p + i, text.n - i};
        if (out->n > MAX_SUBSTITUTED || depth > MAX_VARIABLES)
            return false;
        if (!span_starts_nocase(here, SPAN_LIT("var("))) {
            buf_addc(out, text.p[i]);
            continue;
        }
        struct span rest = {here.p + 4, here.n - 4};
        struct span other = css_cut(&rest, ')'), name = span_trim(css_cut(&other, ','));
        const struct variable *v = s->variables;
        while (v && css_pay(c->context->budget, 1) && !span_eq(v->name, name))
            v = v->next;
        bool has = v && span_eq(v->name, name);
        if (!has && !other.p)
            return false;
        if (!substitute(c, s, has ? v->value : other, depth + 1, out))
            return false;
        i = rest.p ? (size_t)(rest.p - text.p) - 1 : text.n;
    }
    return true;
}

/* The value behind a variable, read now; false when it is invalid: then the property is as if unset. */
static bool resolve(struct cascade *c, const struct style *s, const struct css_value *v,
                    struct css_value *value_r)
{
    struct buf text = {0};
    struct css_value
        room[CSS_PROPERTIES]; /* the most that one declaration says: no memory for each element */
    struct css_block block = {.v = room, .cap = CSS_PROPERTIES};
    struct css_budget *budget = c->context->budget;
    bool found = false;
    buf_adds(&text, "");
    if (substitute(c, s, v->text, 0, &text) && css_pay(budget, RESOLVE_STEPS + text.n)) {
        char *copy_of = arena_strndup(c->context->arena, text.p, text.n);
        css_declare(c->context->arena, v->name, (struct span){copy_of, text.n}, c->quirks, &block);
        for (size_t i = 0; i < block.n; i++)
            if (block.v[i].property == v->property && block.v[i].keyword != CSS_VARIABLE) {
                *value_r = block.v[i];
                found = true;
            }
    }
    buf_free(&text);
    return found;
}

static void apply(struct cascade *c, const GumboNode *node, const struct style *around, struct style *s)
{
    const struct style initial = style_initial();
    for (int p = 0; p < CSS_PROPERTIES; p++) {
        const struct css_value *v = c->winner[p];
        struct css_value resolved;
        if (!v)
            continue;
        uint8_t keyword = v->keyword;
        if (keyword == CSS_VARIABLE) {
            keyword = resolve(c, s, v, &resolved) ? resolved.keyword : CSS_UNSET;
            v = &resolved;
        }
        if (keyword == CSS_UNSET)
            keyword = is_inherited((enum css_property)p) ? CSS_INHERIT : CSS_INITIAL;
        if (keyword == CSS_INHERIT) {
            copy(s, around, (enum css_property)p);
        } else if (keyword == CSS_INITIAL) {
            copy(s, &initial, (enum css_property)p);
            s->display = p == CSS_DISPLAY ? CSS_INLINE : s->display;
        } else if (keyword == CSS_REVERT) {
            if (p == CSS_DISPLAY)
                s->display = node ? html_display(node) : CSS_INLINE;
        } else {
            set(s, around, v);
        }
    }
}

static const struct css_block *inline_block(struct style_context *c, const char *style)
{
    struct span text = span_of(style);
    uint32_t h = 2166136261U;
    for (size_t i = 0; i < text.n; i++)
        h = (h ^ (unsigned char)text.p[i]) * 16777619U;
    if (!c->cache)
        c->cache = arena_alloc(c->arena, sizeof(*c->cache));
    struct cached *slot = &c->cache->slots[(h ^ h >> 13) % CACHE_SLOTS];
    if (!slot->text.p || !span_eq(slot->text, text)) {
        *slot = (struct cached){.text = text};
        css_declarations(c->arena, text, c->sheet.quirks, c->budget, &slot->block);
    }
    return &slot->block;
}

static void cascade(struct style_context *context, const GumboNode *node, enum pseudo_element pseudo,
                    const char *style, const struct style *around, struct style *s)
{
    struct sheet_match matches[MAX_MATCHES];
    struct cascade c = {.context = context, .quirks = context->sheet.quirks};
    const struct style before = *s;
    size_t n = context->sheet.n
                   ? sheet_find(&context->sheet, node, pseudo, context->budget, matches, MAX_MATCHES)
                   : 0;
    const struct css_block *own = style ? inline_block(context, style) : NULL;
    if (!n && !own)
        return;
    for (int important = 0; important < 2; important++) {
        for (size_t i = 0; i < n; i++)
            if (!important || matches[i].rule->block->important)
                take(&c, s, matches[i].rule->block, important);
        if (own && (!important || own->important))
            take(&c, s, own, important);
    }
    apply(&c, pseudo ? NULL : node, around, s);
    if (!context->budget->steps) /* half of the rules may hide what the other half shows: none of them */
        *s = before;
}

/* Before anything is said about an element: what it inherits, and the initial values of the rest. */
static struct style inherit(const struct style *around)
{
    struct style s = style_initial();
    s.size = around->size;
    s.root_size = around->root_size;
    s.indent = around->indent;
    s.line_height = around->line_height;
    s.colour = around->colour;
    s.fill = around->fill;
    s.shadow = around->shadow;
    s.has_fill = around->has_fill;
    s.has_shadow = around->has_shadow;
    s.shadow_current = around->shadow_current;
    s.invisible = around->invisible;
    s.rtl = around->rtl;
    s.white_space = around->white_space;
    s.variables = around->variables;
    s.display = CSS_INLINE;
    return s;
}

struct style style_of(struct style_context *c, const GumboNode *node, const struct style *around)
{
    struct style s = inherit(around);
    bool attributes = node->v.element.attributes.length > 0;
    s.display = (uint8_t)html_display(node);
    html_style(node, around, &s);
    if (attributes) {
        if (node_attribute(&node->v.element, "hidden"))
            s.display = CSS_HIDE;
        hints(node, &s);
    }
    cascade(c, node, PSEUDO_NONE, attributes ? node_attribute(&node->v.element, "style") : NULL, around, &s);
    if (s.size > MAX_SIZE) /* elements inside of each other multiply it */
        s.size = MAX_SIZE;
    if (node->v.element.tag == GUMBO_TAG_HTML)
        s.root_size = s.size;
    return s;
}

bool style_of_pseudo(struct style_context *c, const GumboNode *node, enum pseudo_element pseudo,
                     const struct style *around, struct style *style_r)
{
    if (!c->sheet.pseudos)
        return false;
    *style_r = inherit(around);
    cascade(c, node, pseudo, NULL, around, style_r);
    return style_r->content.n > 0 && style_r->display != CSS_HIDE;
}

/* --- generated text */

static void add_text(struct buf *out, struct span text)
{
    buf_add_span(out, text_cut(text, MAX_CONTENT - out->n));
}

/* "attr(title)" from behind its bracket on. */
static struct span attribute_of(const GumboNode *node, struct span *rest)
{
    char name[MAX_NAME];
    struct span word = span_trim(css_cut(rest, ')'));
    if (!word.n || word.n >= sizeof(name))
        return (struct span){NULL, 0};
    memcpy(name, word.p, word.n);
    name[word.n] = '\0';
    return span_of(node_attribute(&node->v.element, name));
}

/* The string that `*content` begins with, without its quotes. */
static struct span cut_string(struct span *content)
{
    struct span all = *content;
    size_t i = 1;
    while (i < all.n && all.p[i] != all.p[0])
        i += 1 + (all.p[i] == '\\');
    i = i < all.n ? i : all.n;
    *content = i < all.n ? (struct span){all.p + i + 1, all.n - i - 1} : (struct span){NULL, 0};
    return (struct span){all.p + 1, i - 1};
}

struct span style_content(struct style_context *c, const GumboNode *node, struct span content)
{
    struct buf out = {0};
    buf_adds(&out, "");
    if (!css_pay(c->budget, content.n / 4))
        content.n = 0;
    while ((content = span_trim(content)).n && content.p[0] != '/' && out.n < MAX_CONTENT) {
        if (content.p[0] == '"' || content.p[0] == '\'') {
            add_text(&out, css_unescape(c->arena, text_cut(cut_string(&content), MAX_CONTENT)));
        } else if (span_starts_nocase(content, SPAN_LIT("attr("))) {
            content = (struct span){content.p + 5, content.n - 5};
            if (!css_pay(c->budget, 1 + node->v.element.attributes.length))
                break;
            add_text(&out, attribute_of(node, &content));
        } else {
            struct span word = css_cut(&content, ' ');
            if (span_eq_nocase(word, SPAN_LIT("open-quote")) || span_eq_nocase(word, SPAN_LIT("close-quote")))
                buf_addc(&out, '"');
        }
    }
    struct span text = {"", 0};
    if (out.n && css_pay(c->budget, out.n))
        text = (struct span){arena_strndup(c->arena, out.p, out.n), out.n};
    buf_free(&out);
    return text;
}
