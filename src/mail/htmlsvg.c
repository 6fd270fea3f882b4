/*
 * Text in pictures of SVG. See htmlsvg.h.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

#include "mail/htmlelement.h"
#include "mail/htmlsvg.h"
#include "mail/placed.h"

static bool number_of(const char *text, float *n_r, const char **rest_r)
{
    struct css_length length;
    const char *p = text ? text + strspn(text, " \t\n,") : "";
    if (!*p || !css_length(&p, true, &length))
        return false;
    *n_r = length.px + (length.em + length.rem) * 16 + length.percent * 3;
    p += strspn(p, " \t\n,");
    *rest_r = *p ? p : NULL;
    return true;
}

/* "translate(10 20)", "matrix(1 0 0 1 10 20)"; other transforms leave the text where it is. */
static void svg_move(const char *transform, struct look *look)
{
    const char *p = transform ? strstr(transform, "translate(") : NULL;
    float v[6] = {0};
    int n = 0;
    bool matrix = false;
    if (p) {
        p += 10;
    } else if (transform && (p = strstr(transform, "matrix("))) {
        p += 7;
        matrix = true;
    }
    while (p && n < 6 && number_of(p, &v[n], &p))
        n++;
    look->dx += v[matrix ? 4 : 0];
    look->dy += v[matrix ? 5 : 1];
}

/* Attributes of SVG that are style. */
static void svg_hints(const GumboElement *e, struct look *look)
{
    const char *value, *rest;
    float n;
    if ((value = node_attribute(e, "display")) && strcasecmp(value, "none") == 0)
        look->hidden = true;
    if ((value = node_attribute(e, "visibility")))
        look->style.invisible = strcasecmp(value, "hidden") == 0;
    if ((value = node_attribute(e, "opacity")) || (value = node_attribute(e, "fill-opacity")))
        look->hidden |= number_of(value, &n, &rest) && n < 0.05F;
    if ((value = node_attribute(e, "font-size")) && number_of(value, &n, &rest))
        look->style.size = n;
    if ((value = node_attribute(e, "fill")))
        look->hidden |= strcasecmp(value, "none") == 0 || strcasecmp(value, "transparent") == 0;
}

static void svg_text_begins(struct svg *svg, const GumboElement *e, struct look *look)
{
    const char *anchor = node_attribute(e, "text-anchor");
    float n;
    if (number_of(node_attribute(e, "x"), &n, &svg->xs))
        svg->x = n;
    if (number_of(node_attribute(e, "y"), &n, &svg->ys))
        svg->y = n;
    const char *rest;
    if (number_of(node_attribute(e, "dx"), &n, &rest))
        svg->x += n;
    if (number_of(node_attribute(e, "dy"), &n, &rest))
        svg->y += n;
    if (anchor)
        svg->anchor = (char)(*anchor | 0x20);
    look->svg_text = true;
}

void svg_open(struct svg *svg, struct arena *arena, const GumboNode *node, const struct look *around,
              struct look *look)
{
    static const char *const unseen[] = {"defs", "title",   "desc",   "metadata", "symbol", "clippath",
                                         "mask", "pattern", "marker", "script",   "style",  NULL};
    const GumboElement *e = &node->v.element;
    struct span tag = node_tag(node);
    char name[16] = "";
    if (tag.n < sizeof(name)) {
        memcpy(name, tag.p, tag.n);
        name[tag.n] = '\0';
    }
    if (strcasecmp(name, "foreignobject") == 0) {
        look->svg = look->svg_text = false;
        return;
    }
    if (!around->svg) {
        if (!svg->placed)
            svg->placed = placed_new(arena);
        look->dx = look->dy = 0;
    }
    look->svg = true;
    if (element_is_one_of(name, unseen))
        look->hidden = true;
    if (!e->attributes.length && strcasecmp(name, "text") != 0)
        return;
    svg_move(node_attribute(e, "transform"), look);
    svg_hints(e, look);
    if (strcasecmp(name, "text") == 0) {
        svg->x = svg->y = 0;
        svg->xs = svg->ys = NULL;
        svg->anchor = 's';
        svg_text_begins(svg, e, look);
    } else if (look->svg_text) {
        svg_text_begins(svg, e, look);
    }
}

static void svg_place(struct svg *svg, const struct look *look, struct span text)
{
    float width = placed_width(text, look->style.size);
    float shift = svg->anchor == 'm' ? width / 2 : svg->anchor == 'e' ? width : 0;
    placed_add(svg->placed, svg->x - shift + look->dx, svg->y + look->dy, look->style.size, text);
    svg->x += width;
}

void svg_text(struct svg *svg, struct out *o, struct look *look, const char *text)
{
    struct span rest = span_trim(span_of(text));
    bool before = *text && strchr(" \t\n", *text);
    if (before && !svg->blank && svg->x > 0) /* blanks between letters of <tspan> part words */
        svg->x += placed_width(SPAN_LIT(" "), look->style.size);
    svg->blank = before && !rest.n;
    if (!rest.n)
        return;
    if (!look->svg_text || out_unseen(look)) {
        struct look unseen = *look;
        unseen.hidden = true;
        out_text(o, &unseen, text);
        return;
    }
    rest = span_of(arena_span(o->arena, rest));
    while (rest.n && (svg->xs || svg->ys)) { /* a coordinate for each letter */
        uint32_t c;
        size_t n = text_decode(rest.p, rest.n, &c);
        svg_place(svg, look, (struct span){rest.p, n});
        rest = (struct span){rest.p + n, rest.n - n};
        if (svg->xs)
            number_of(svg->xs, &svg->x, &svg->xs);
        if (svg->ys)
            number_of(svg->ys, &svg->y, &svg->ys);
    }
    if (rest.n)
        svg_place(svg, look, rest);
    svg->blank = strchr(" \t\n", text[strlen(text) - 1]);
    if (svg->blank)
        svg->x += placed_width(SPAN_LIT(" "), look->style.size);
}

void svg_close(struct svg *svg, struct out *o, struct look *look)
{
    struct buf lines = {0};
    struct look plain = *look;
    if (!svg->placed || !placed_count(svg->placed))
        return;
    plain.svg_text = true;
    plain.hidden = plain.clip = plain.gone = false;
    plain.dx = plain.dy = 0;
    plain.least = 1;
    plain.style.size = plain.style.size < 2 ? 16 : plain.style.size;
    plain.style.invisible = false;
    plain.style.white_space = CSS_PRE_LINE;
    placed_read(svg->placed, &lines);
    out_text(o, &plain, lines.p);
    buf_free(&lines);
}
