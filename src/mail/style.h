#ifndef RINGER_MAIL_STYLE_H
#define RINGER_MAIL_STYLE_H
#include "mail/sheet.h"

/* What CSS calls the computed style of an element, as far as it decides what is seen. Lengths are pixels. */
struct style {
    /* inherited */
    float size, root_size, indent, line_height; /* line_height < 0: normal */
    uint32_t colour, fill, shadow;              /* 0xAARRGGBB; fill and shadow where `has_...` */
    bool has_fill, has_shadow, shadow_current;
    bool invisible; /* visibility */
    bool rtl;
    uint8_t white_space;              /* CSS_AUTO, CSS_PRE, CSS_PRE_LINE */
    const struct variable *variables; /* custom properties */
    /* of the element alone */
    uint8_t display, position, floats, bidi, flex_direction, background_clip; /* enum css_keyword */
    bool overflow_x, overflow_y;                                              /* cut off */
    bool has_image;                /* a picture is behind the text, or a gradient */
    bool clipped, clip_path, gone; /* clip: and clip-path: leave nothing; transform and kin: do */
    bool content_hidden;           /* content-visibility */
    bool has_width, has_height, has_max_width, has_max_height, has_right, has_bottom;
    float opacity;
    uint32_t background, image; /* image: a gradient in one colour */
    float width, height, max_width, max_height, min_width, min_height;
    float left, top, right, bottom, margin_left, margin_top, padding_right, padding_bottom, move_x, move_y;
    struct css_plane plane; /* what transforms make of the box */
    struct span content;    /* of a pseudo-element: as written; none = it is not there */
};

/* Of the page as a whole, before any element. */
struct style style_initial(void);

struct style_context {
    struct arena *arena;
    struct sheet sheet;
    struct css_budget *budget;
    struct style_cache *cache;
};

/* The style of `node` inside an element with the style `around`. */
struct style style_of(struct style_context *c, const GumboNode *node, const struct style *around);
/* That of its ::before or ::after; false when there is none. */
bool style_of_pseudo(struct style_context *c, const GumboNode *node, enum pseudo_element pseudo,
                     const struct style *around, struct style *style_r);
/* The text of `content`: strings and attr(), one behind the other. */
struct span style_content(struct style_context *c, const GumboNode *node, struct span content);

/* Does the display make a box of its own, or does it run along in a line? */
bool style_is_block(const struct style *s);
bool style_is_inline(const struct style *s); /* no box at all: extent, transform and overflow do nothing */

#endif
