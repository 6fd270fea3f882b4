#ifndef RINGER_MAIL_HTMLSVG_H
#define RINGER_MAIL_HTMLSVG_H
#include "mail/htmlout.h"

/* The texts of an SVG picture inside a page; they are read by where they stand when the picture ends. */
struct svg {
    struct placed *placed;
    float x, y;          /* where the next text stands */
    const char *xs, *ys; /* more coordinates of the open text, one a letter; NULL = none */
    bool blank;          /* a blank stands before the next text */
    char anchor;         /* 's'tart, 'm'iddle, 'e'nd */
};

/* An element of the picture (or the picture itself) is opened: how it looks. */
void svg_open(struct svg *svg, struct arena *arena, const GumboNode *node, const struct look *around,
              struct look *look);
void svg_text(struct svg *svg, struct out *o, struct look *look, const char *text);
/* The picture ends; `look` is its own. */
void svg_close(struct svg *svg, struct out *o, struct look *look);

#endif
