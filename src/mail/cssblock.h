#ifndef RINGER_MAIL_CSSBLOCK_H
#define RINGER_MAIL_CSSBLOCK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/span.h"
#include "mail/csstransform.h"
#include "mail/cssvalue.h"

/* Declarations of CSS that were read: what each property may be. */
enum css_property {
    CSS_FONT_SIZE, /* the first: other lengths count in it */
    CSS_COLOUR,    /* the second: currentcolor */
    CSS_FILL,      /* -webkit-text-fill-color */
    CSS_SHADOW,    /* text-shadow: its colour */
    CSS_BACKGROUND_COLOUR,
    CSS_BACKGROUND_IMAGE, /* .colour: the one colour of a gradient; 0 = a picture or several colours */
    CSS_BACKGROUND_CLIP,
    CSS_DISPLAY,
    CSS_VISIBILITY,
    CSS_CONTENT_VISIBILITY,
    CSS_OPACITY,
    CSS_FILTER, /* .number: the opacity in it */
    CSS_WIDTH_P,
    CSS_HEIGHT_P,
    CSS_MAX_WIDTH,
    CSS_MAX_HEIGHT,
    CSS_MIN_WIDTH,
    CSS_MIN_HEIGHT,
    CSS_OVERFLOW_X,
    CSS_OVERFLOW_Y,
    CSS_POSITION,
    CSS_LEFT,
    CSS_TOP,
    CSS_RIGHT,
    CSS_BOTTOM,
    CSS_MARGIN_LEFT,
    CSS_MARGIN_TOP,
    CSS_PADDING_RIGHT,
    CSS_PADDING_BOTTOM,
    CSS_TEXT_INDENT,
    CSS_LINE_HEIGHT,
    CSS_CLIP,      /* keyword CSS_GONE: nothing is left of the box */
    CSS_CLIP_PATH, /* the same */
    CSS_TRANSLATE, /* the same; else .move: these four in the order in which they work */
    CSS_ROTATE,
    CSS_SCALE,
    CSS_TRANSFORM,
    CSS_DIRECTION,
    CSS_UNICODE_BIDI,
    CSS_WHITE_SPACE,
    CSS_FLOAT,
    CSS_FLEX_DIRECTION,
    CSS_CONTENT, /* .text, see style_content() */
    CSS_CUSTOM,  /* --name: kept by name */
    CSS_PROPERTIES = CSS_CUSTOM
};

enum css_keyword {
    CSS_NONE = 0, /* not a keyword: another member holds */
    CSS_INHERIT,
    CSS_INITIAL,
    CSS_UNSET,
    CSS_REVERT,
    CSS_CURRENT, /* currentcolor */
    CSS_AUTO,    /* auto, none, normal: the initial value */
    CSS_GONE,
    CSS_VARIABLE, /* .text has var(): to be read when the element is known */
    /* display */
    CSS_HIDE,
    CSS_INLINE,
    CSS_BLOCK,
    CSS_INLINE_BLOCK,
    CSS_FLEX,
    CSS_INLINE_FLEX,
    CSS_GRID,
    CSS_TABLE,
    CSS_INLINE_TABLE,
    CSS_TABLE_ROW,
    CSS_TABLE_ROWS,
    CSS_TABLE_CELL,
    CSS_TABLE_COLUMN, /* draws nothing of what is in it */
    CSS_LIST_ITEM,
    CSS_CONTENTS,
    /* visibility, overflow, position, float, direction, unicode-bidi, white-space, flex-direction */
    CSS_VISIBLE,
    CSS_HIDDEN,
    CSS_STATIC,
    CSS_RELATIVE,
    CSS_ABSOLUTE,
    CSS_FIXED,
    CSS_LEFT_SIDE,
    CSS_RIGHT_SIDE,
    CSS_LTR,
    CSS_RTL,
    CSS_EMBED,
    CSS_ISOLATE,
    CSS_OVERRIDE,
    CSS_ISOLATE_OVERRIDE,
    CSS_PLAINTEXT,
    CSS_PRE,
    CSS_PRE_LINE,
    CSS_ROW,
    CSS_ROW_REVERSE,
    CSS_COLUMN,
    CSS_COLUMN_REVERSE,
    CSS_TEXT, /* background-clip */
};

struct css_value {
    uint8_t property, keyword;
    bool important;
    union {
        struct css_length length;
        float number;
        uint32_t colour;
        struct {
            struct css_length x, y;
            struct css_plane plane;
        } move;
        struct {
            struct span name, text;
        };
    };
};

struct css_block {
    struct css_value *v;
    size_t n, cap;
    bool important; /* one of them is */
};

#endif
