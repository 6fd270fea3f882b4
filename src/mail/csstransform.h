#ifndef RINGER_MAIL_CSSTRANSFORM_H
#define RINGER_MAIL_CSSTRANSFORM_H

/* What transforms do to a box as it is seen on the screen, without where they move it. */
struct css_plane {
    float xx, xy, yx, yy; /* x' = xx * x + xy * y */
};

#define CSS_PLANE_SAME ((struct css_plane){1, 0, 0, 1})

/* What `outer` makes of what `inner` made. */
struct css_plane css_plane_inside(const struct css_plane *outer, const struct css_plane *inner);
/* In the direction in which it shrinks a box the most: how much of one pixel is left. */
float css_plane_least(const struct css_plane *plane);

#endif
