/*
 * clip and clip-path: do they leave nothing of a box? Its extent is not known here: what may leave something of some
 * box hides nothing. What browsers refuse declares nothing. See cssreaders.h.
 */
#include <math.h>
#include <string.h>

#include "mail/cssreaders.h"

enum {
    NOTHING = 1, /* pixels: a box of this extent shows nothing */
    FAR = 400,   /* pixels: nothing stands so far left of its box or above it, see OFF_SCREEN in htmlout.c */
    MAX_POINTS = 128, /* "0 0," is the shortest, and a value has 512 bytes */
};

static bool close_function(const char **p)
{
    return css_next(p, ')') || **p == '\0'; /* an open bracket ends with the style */
}

static float pixels(const struct css_length *l, float whole)
{
    return l->px + (l->em + l->rem) * 16 + l->percent * whole / 100;
}

static struct css_length sum(const struct css_length *a, const struct css_length *b, float sign)
{
    return (struct css_length){a->px + b->px * sign, a->em + b->em * sign, a->rem + b->rem * sign,
                               a->percent + b->percent * sign};
}

static const struct css_length whole = {.percent = 100};

/* An extent that is nothing, or next to nothing, in every box. */
static bool is_nothing(const struct css_length *l)
{
    return pixels(l, 0) <= NOTHING && pixels(l, CSS_WIDTH) <= CSS_WIDTH / 100.0F;
}

static bool is_nothing_between(const struct css_length *from, const struct css_length *to)
{
    struct css_length extent = sum(to, from, -1);
    return is_nothing(&extent);
}

/* Is what reaches from `low` to `high` outside of every box? */
static bool is_outside(const struct css_length *low, const struct css_length *high)
{
    return (pixels(high, 0) <= -FAR && pixels(high, CSS_WIDTH) <= -FAR) ||
           (pixels(low, 0) >= CSS_WIDTH && pixels(low, CSS_WIDTH) >= CSS_WIDTH);
}

/* --- clip */

bool css_read_clip(const char **p, bool quirks, struct css_value *v)
{
    struct css_length side[4] = {{.px = 0}, {.px = 1e6F}, {.px = 1e6F}, {.px = 0}};
    bool commas = false;
    v->keyword = CSS_AUTO;
    if (css_word(p, "auto"))
        return true;
    if (strncmp(*p, "rect(", 5) != 0)
        return false;
    *p += 5;
    for (int i = 0; i < 4; i++) {
        bool comma = i && css_next(p, ',');
        if (i > 1 && comma != commas)
            return false;
        commas = comma;
        if (!css_word(p, "auto") && (!css_length(p, quirks, &side[i]) || side[i].percent))
            return false;
    }
    if (is_nothing_between(&side[3], &side[1]) || is_nothing_between(&side[0], &side[2]))
        v->keyword = CSS_GONE;
    return close_function(p);
}

/* --- shapes: behind the bracket; false = invalid */

/* "at 50% 0", "at left 10px top": with two lengths these, else `known` is false. */
struct place {
    bool known;
    struct css_length at[2];
};

static bool read_place(const char **p, struct place *place)
{
    static const char *const words[] = {"left", "right", "top", "bottom", "center"};
    int n = 0, lengths = 0;
    struct css_length l;
    *place = (struct place){0};
    if (!css_word(p, "at"))
        return true;
    for (bool more = true; more && n < 4; n += more) {
        more = css_length(p, false, &l);
        if (more && lengths < 2)
            place->at[lengths++] = l;
        for (size_t i = 0; i < sizeof(words) / sizeof(*words) && !more; i++)
            more = css_word(p, words[i]);
    }
    place->known = n == 2 && lengths == 2;
    return n > 0;
}

static bool read_round(const char **p)
{
    struct css_length l;
    int n = 0;
    if (!css_word(p, "round"))
        return true;
    while (n < 9 && **p != '-' && (css_length(p, false, &l) || css_next(p, '/')))
        n++;
    return n > 0;
}

/* "circle(10px at left)", "ellipse(1em 50%)" */
static bool read_circle(const char **p, int radii, bool *gone_r)
{
    struct css_length r[2];
    struct place place;
    int n = 0, lengths = 0;
    for (; n < radii; n++) {
        if (css_word(p, "closest-side") || css_word(p, "farthest-side"))
            continue;
        if (**p == '-' || !css_length(p, false, &r[lengths]))
            break;
        *gone_r |= is_nothing(&r[lengths++]);
    }
    if ((n && n < radii) || !read_place(p, &place))
        return false;
    for (int i = 0; i < 2 && place.known && lengths == radii; i++) {
        struct css_length low = sum(&place.at[i], &r[i % radii], -1),
                          high = sum(&place.at[i], &r[i % radii], 1);
        *gone_r |= is_outside(&low, &high);
    }
    return true;
}

/* "inset(1px 2px 3px 4px round 5px)": sides that meet leave nothing. */
static bool read_inset(const char **p, bool *gone_r)
{
    struct css_length side[4];
    int n = 0;
    while (n < 4 && css_length(p, false, &side[n]))
        n++;
    if (n == 0)
        return false;
    const struct css_length *top = &side[0], *right = &side[n > 1 ? 1 : 0], *bottom = &side[n > 2 ? 2 : 0],
                            *left = &side[n > 3   ? 3
                                          : n > 1 ? 1
                                                  : 0];
    struct css_length last[2] = {sum(&whole, right, -1), sum(&whole, bottom, -1)};
    *gone_r = is_nothing_between(left, &last[0]) || is_nothing_between(top, &last[1]);
    return read_round(p);
}

/* "rect(top right bottom left)", each from the left or upper edge. */
static bool read_rect(const char **p, bool *gone_r)
{
    struct css_length side[4] = {{.px = 0}, whole, whole, {.px = 0}};
    for (int i = 0; i < 4; i++)
        if (!css_word(p, "auto") && !css_length(p, false, &side[i]))
            return false;
    *gone_r = is_nothing_between(&side[3], &side[1]) || is_nothing_between(&side[0], &side[2]) ||
              is_outside(&side[3], &side[1]) || is_outside(&side[0], &side[2]);
    return read_round(p);
}

/* "xywh(x y width height)" */
static bool read_xywh(const char **p, bool *gone_r)
{
    struct css_length v[4];
    for (int i = 0; i < 4; i++)
        if ((i > 1 && **p == '-') || !css_length(p, false, &v[i]))
            return false;
    for (int i = 0; i < 2; i++) {
        struct css_length end = sum(&v[i], &v[i + 2], 1);
        *gone_r |= is_nothing(&v[i + 2]) || is_outside(&v[i], &end);
    }
    return read_round(p);
}

struct point {
    struct css_length at[2];
};

/* Do the points, in a box of this extent, stand on one line? */
static bool is_thin(const struct point *v, int n, float box)
{
    float x = 0, y = 0, most = 0;
    for (int i = 1; i < n; i++) {
        float dx = pixels(&v[i].at[0], box) - pixels(&v[0].at[0], box);
        float dy = pixels(&v[i].at[1], box) - pixels(&v[0].at[1], box);
        if (dx * dx + dy * dy > most)
            most = dx * dx + dy * dy, x = dx, y = dy;
    }
    for (int i = 1; i < n && most > 0; i++) {
        float dx = pixels(&v[i].at[0], box) - pixels(&v[0].at[0], box);
        float dy = pixels(&v[i].at[1], box) - pixels(&v[0].at[1], box);
        if (fabsf(dx * y - dy * x) > NOTHING * sqrtf(most))
            return false;
    }
    return true;
}

static bool all_outside(const struct point *v, int n, int axis)
{
    bool below = true, above = true;
    for (int i = 0; i < n; i++) {
        const struct css_length *l = &v[i].at[axis];
        below &= pixels(l, 0) <= -FAR && pixels(l, CSS_WIDTH) <= -FAR;
        above &= pixels(l, 0) >= CSS_WIDTH && pixels(l, CSS_WIDTH) >= CSS_WIDTH;
    }
    return below || above;
}

static bool read_polygon(const char **p, bool *gone_r)
{
    struct point v[MAX_POINTS];
    int n = 0;
    if ((css_word(p, "nonzero") || css_word(p, "evenodd")) && !css_next(p, ','))
        return false;
    do {
        if (n == MAX_POINTS || !css_length(p, false, &v[n].at[0]) || !css_length(p, false, &v[n].at[1]))
            return false;
        n++;
    } while (css_next(p, ','));
    *gone_r = (is_thin(v, n, 0) && is_thin(v, n, CSS_WIDTH)) || all_outside(v, n, 0) || all_outside(v, n, 1);
    return true;
}

/* path() and shape() are not judged. */
static bool skip_shape(const char **p)
{
    for (int depth = 0; **p && (**p != ')' || depth); ++*p)
        depth += (**p == '(') - (**p == ')');
    return true;
}

static bool read_shape(const char **p, bool *gone_r)
{
    static const char *const names[] = {"circle(",  "ellipse(", "inset(", "rect(", "xywh(",
                                        "polygon(", "path(",    "shape(", "url("};
    size_t i = 0;
    while (i < sizeof(names) / sizeof(*names) && strncmp(*p, names[i], strlen(names[i])) != 0)
        i++;
    if (i == sizeof(names) / sizeof(*names))
        return false;
    *p += strlen(names[i]);
    css_next(p, ' ');
    return (i < 2    ? read_circle(p, i == 0 ? 1 : 2, gone_r)
            : i == 2 ? read_inset(p, gone_r)
            : i == 3 ? read_rect(p, gone_r)
            : i == 4 ? read_xywh(p, gone_r)
            : i == 5 ? read_polygon(p, gone_r)
                     : skip_shape(p)) &&
           close_function(p);
}

static bool read_box(const char **p)
{
    static const char *const words[] = {"border-box", "padding-box", "content-box", "margin-box",
                                        "fill-box",   "stroke-box",  "view-box"};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (css_word(p, words[i]))
            return true;
    return false;
}

bool css_read_clip_path(const char **p, bool quirks, struct css_value *v)
{
    bool gone = false;
    v->keyword = CSS_AUTO;
    if (css_word(p, "none"))
        return true;
    bool box = read_box(p);
    if (box && **p == '\0')
        return true;
    if (!read_shape(p, &gone))
        return false;
    if (!box)
        read_box(p);
    if (gone)
        v->keyword = CSS_GONE;
    return true;
}
