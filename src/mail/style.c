/*
 * The style of an element: what HTML itself gives it, then the sheets' rules by weight, then its style attribute,
 * and the same again for what is "!important". See style.h.
 */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#include "mail/styleparts.h"

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
            keyword = style_is_inherited((enum css_property)p) ? CSS_INHERIT : CSS_INITIAL;
        if (keyword == CSS_INHERIT) {
            style_copy(s, around, (enum css_property)p);
        } else if (keyword == CSS_INITIAL) {
            style_copy(s, &initial, (enum css_property)p);
            s->display = p == CSS_DISPLAY ? CSS_INLINE : s->display;
        } else if (keyword == CSS_REVERT) {
            if (p == CSS_DISPLAY)
                s->display = node ? style_html_display(node) : CSS_INLINE;
        } else {
            style_set(s, around, v);
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
    s.display = (uint8_t)style_html_display(node);
    style_html(node, around, &s);
    if (attributes) {
        if (node_attribute(&node->v.element, "hidden"))
            s.display = CSS_HIDE;
        style_hints(node, &s);
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
