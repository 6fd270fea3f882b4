#ifndef RINGER_MAIL_CSS_H
#define RINGER_MAIL_CSS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/span.h"

/* The part of CSS that decides whether text can be seen. */
struct css_look {
    bool hidden;   /* display, visibility, opacity, clip, off the screen, no extent */
    bool size_set; /* font_size holds */
    bool colour_set, background_set;
    bool background_image;       /* then nobody knows which colour is behind the text */
    float font_size;             /* pixels */
    uint32_t colour, background; /* 0xAARRGGBB */
};

/* Reads declarations ("display:none;color:#fff"); later ones win. `em` is the font size around, in pixels. */
void css_declarations(struct span text, float em, struct css_look *look);
/* A colour by name, #rgb, #rrggbb, rgb() or rgba(); false when it is none. */
bool css_colour(struct span text, uint32_t *colour_r);
/* Would a reader see no difference? */
bool css_same_colour(uint32_t a, uint32_t b);

/* Rules of a style sheet with a simple selector: "tag", ".class", "#id", "tag.class". Others are skipped. */
struct css_rule {
    char kind;        /* 't', '.', '#' */
    struct span name; /* of the tag, class or id */
    struct span tag;  /* of "tag.class"; else empty */
    struct span body;
};
struct css_sheet {
    struct css_rule *v;
    size_t n;
};
void css_sheet_read(struct arena *arena, struct span text, struct css_sheet *sheet);

#endif
