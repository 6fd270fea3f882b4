/*
 * What the value of each property makes of a style. See styleparts.h.
 */
#include "mail/styleparts.h"

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

void style_set(struct style *s, const struct style *around, const struct css_value *v)
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
    case CSS_PADDING_RIGHT:
        set_extent(s, v, CSS_WIDTH, &any, &s->padding_right);
        break;
    case CSS_PADDING_BOTTOM:
        set_extent(s, v, CSS_WIDTH, &any, &s->padding_bottom);
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

bool style_is_inherited(enum css_property p)
{
    return p == CSS_FONT_SIZE || p == CSS_COLOUR || p == CSS_FILL || p == CSS_SHADOW || p == CSS_VISIBILITY ||
           p == CSS_TEXT_INDENT || p == CSS_LINE_HEIGHT || p == CSS_DIRECTION || p == CSS_WHITE_SPACE;
}

void style_copy(struct style *s, const struct style *from, enum css_property p)
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
    case CSS_PADDING_RIGHT:
        COPY(padding_right);
        break;
    case CSS_PADDING_BOTTOM:
        COPY(padding_bottom);
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
