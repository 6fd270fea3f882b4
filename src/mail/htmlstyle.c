/*
 * The style that HTML itself gives an element. See styleparts.h.
 */
#include <stdlib.h>
#include <strings.h>

#include "mail/styleparts.h"

enum css_keyword style_html_display(const GumboNode *node)
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

void style_html(const GumboNode *node, const struct style *around, struct style *s)
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

void style_hints(const GumboNode *node, struct style *s)
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
