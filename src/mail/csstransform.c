/*
 * transform, translate, rotate and scale, as browsers put them together: a box may be shrunk and then enlarged again,
 * turned away and back. A box that is edge-on or behind the viewer shows nothing. What browsers refuse declares
 * nothing. See cssreaders.h and csstransform.h.
 */
#include <math.h>
#include <string.h>

#include "mail/cssreaders.h"

enum { MAX_ARGUMENTS = 16 };

/* --- as the screen shows it */

struct css_plane css_plane_inside(const struct css_plane *outer, const struct css_plane *inner)
{
    return (struct css_plane){
        outer->xx * inner->xx + outer->xy * inner->yx, outer->xx * inner->xy + outer->xy * inner->yy,
        outer->yx * inner->xx + outer->yy * inner->yx, outer->yx * inner->xy + outer->yy * inner->yy};
}

/* The smaller singular value. */
float css_plane_least(const struct css_plane *p)
{
    double square =
        (double)p->xx * p->xx + (double)p->xy * p->xy + (double)p->yx * p->yx + (double)p->yy * p->yy;
    double area = fabs((double)p->xx * p->yy - (double)p->xy * p->yx);
    double rest = square * square - 4 * area * area;
    double most = sqrt((square + (rest > 0 ? sqrt(rest) : 0)) / 2);
    return most > 0 && isfinite(most) ? (float)(area / most) : 0;
}

/* --- in space */

/* Rows and columns; the last column moves, by pixels and by `em` and `rem`. */
struct space {
    double m[4][4], em[3], rem[3];
};

static const struct space same = {.m = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}}};

static void times(struct space *s, const double by[4][4])
{
    struct space old = *s;
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) {
            s->m[i][j] = 0;
            for (int k = 0; k < 4; k++)
                s->m[i][j] += old.m[i][k] * by[k][j];
        }
}

/* Of a percentage nobody knows what it comes to: it moves nothing. */
static void move(struct space *s, const struct css_length by[3])
{
    double moved[4][4];
    memcpy(moved, same.m, sizeof(moved));
    for (int j = 0; j < 3; j++) {
        moved[j][3] = by[j].px;
        for (int i = 0; i < 3; i++) {
            s->em[i] += s->m[i][j] * by[j].em;
            s->rem[i] += s->m[i][j] * by[j].rem;
        }
    }
    times(s, moved);
}

static void scale(struct space *s, const double by[3])
{
    double scaled[4][4] = {{by[0]}, {0, by[1]}, {0, 0, by[2]}, {0, 0, 0, 1}};
    times(s, scaled);
}

/* Around an axis (CSS Transforms 2, "mathematical description"). */
static void rotate(struct space *s, double x, double y, double z, double degrees)
{
    double length = sqrt(x * x + y * y + z * z), angle = degrees * M_PI / 180;
    if (!(length > 0))
        return;
    double sine = sin(angle), cosine = cos(angle), rest = 1 - cosine;
    x /= length, y /= length, z /= length;
    double rotated[4][4] = {{cosine + x * x * rest, x * y * rest - z * sine, x * z * rest + y * sine, 0},
                            {x * y * rest + z * sine, cosine + y * y * rest, y * z * rest - x * sine, 0},
                            {x * z * rest - y * sine, y * z * rest + x * sine, cosine + z * z * rest, 0},
                            {0, 0, 0, 1}};
    times(s, rotated);
}

static void skew(struct space *s, double x, double y)
{
    double skewed[4][4] = {{1, tan(x * M_PI / 180)}, {tan(y * M_PI / 180), 1}, {0, 0, 1}, {0, 0, 0, 1}};
    times(s, skewed);
}

static void look_from(struct space *s, double distance)
{
    double seen[4][4];
    memcpy(seen, same.m, sizeof(seen));
    seen[3][2] = -1 / (distance < 1 ? 1 : distance);
    times(s, seen);
}

static double determinant(const double m[4][4])
{
    double sum = 0;
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < i;
             j++) { /* the first two columns in the rows j and i, by the others in the other rows */
            int k = j > 0 ? 0 : i > 1 ? 1 : 2, l = 6 - i - j - k;
            double part = (m[j][0] * m[i][1] - m[i][0] * m[j][1]) * (m[k][2] * m[l][3] - m[l][2] * m[k][3]);
            sum += (i + j) & 1 ? part : -part;
        }
    return sum;
}

static float bounded(double n)
{
    return n > 1e9 ? 1e9F : n < -1e9 ? -1e9F : (float)n;
}

static void show(const struct space *s, struct css_value *v)
{
    double w = s->m[3][3], whole = determinant(s->m);
    if (!isfinite(whole) || fabs(whole) < 1e-15 || !isfinite(w) || w <= 0) { /* flat, or behind the viewer */
        v->keyword = CSS_GONE;
        return;
    }
    struct css_length *to[2] = {&v->move.x, &v->move.y};
    for (int i = 0; i < 2; i++)
        *to[i] = (struct css_length){
            .px = bounded(s->m[i][3] / w), .em = bounded(s->em[i] / w), .rem = bounded(s->rem[i] / w)};
    v->move.plane = (struct css_plane){bounded(s->m[0][0] / w), bounded(s->m[0][1] / w),
                                       bounded(s->m[1][0] / w), bounded(s->m[1][1] / w)};
}

/* --- the functions */

enum kind { MATRIX, MATRIX_3D, PERSPECTIVE, ROTATE, ROTATE_AXIS, SCALE, SKEW, TRANSLATE };

struct function {
    const char *name;
    enum kind kind;
    int first;       /* of which axis the first argument is */
    int least, most; /* arguments */
};

static const struct function functions[] = {
    {"matrix(", MATRIX, 0, 6, 6},
    {"matrix3d(", MATRIX_3D, 0, 16, 16},
    {"perspective(", PERSPECTIVE, 0, 1, 1},
    {"rotate(", ROTATE, 2, 1, 1},
    {"rotate3d(", ROTATE_AXIS, 0, 4, 4},
    {"rotatex(", ROTATE, 0, 1, 1},
    {"rotatey(", ROTATE, 1, 1, 1},
    {"rotatez(", ROTATE, 2, 1, 1},
    {"scale(", SCALE, 0, 1, 2},
    {"scale3d(", SCALE, 0, 3, 3},
    {"scalex(", SCALE, 0, 1, 1},
    {"scaley(", SCALE, 1, 1, 1},
    {"scalez(", SCALE, 2, 1, 1},
    {"skew(", SKEW, 0, 1, 2},
    {"skewx(", SKEW, 0, 1, 1},
    {"skewy(", SKEW, 1, 1, 1},
    {"translate(", TRANSLATE, 0, 1, 2},
    {"translate3d(", TRANSLATE, 0, 3, 3},
    {"translatex(", TRANSLATE, 0, 1, 1},
    {"translatey(", TRANSLATE, 1, 1, 1},
    {"translatez(", TRANSLATE, 2, 1, 1},
};

struct arguments {
    int n;
    double number[MAX_ARGUMENTS];
    struct css_length length[3];
};

/* Of all numbers only 0 is an angle. */
static bool read_angle(const char **p, double *degrees_r)
{
    float n;
    bool number = css_number(p, &n);
    if (number ? n != 0 : !css_angle(p, &n))
        return false;
    *degrees_r = n;
    return true;
}

/* "0.5", "50%" */
static bool read_factor(const char **p, double *by_r)
{
    float n;
    struct css_length length;
    if (css_number(p, &n)) {
        *by_r = n;
        return true;
    }
    if (!css_length(p, false, &length) || length.px || length.em || length.rem)
        return false;
    *by_r = length.percent / 100;
    return true;
}

static bool read_number(const char **p, double *number_r)
{
    float n;
    if (!css_number(p, &n))
        return false;
    *number_r = n;
    return true;
}

static bool read_distance(const char **p, struct arguments *a)
{
    bool negative = **p == '-';
    if (css_word(p, "none")) {
        a->number[0] = INFINITY;
        return true;
    }
    a->number[0] = 0;
    if (negative || !css_length(p, false, &a->length[0]) || a->length[0].percent)
        return false;
    a->number[0] = a->length[0].px + (a->length[0].em + a->length[0].rem) * 16;
    return true;
}

static bool read_argument(const char **p, const struct function *f, int i, struct arguments *a)
{
    switch (f->kind) {
    case TRANSLATE:
        return css_length(p, false, &a->length[f->first + i]) &&
               (f->first + i < 2 || a->length[2].percent == 0);
    case SCALE:
        return read_factor(p, &a->number[f->first + i]);
    case SKEW:
        return read_angle(p, &a->number[f->first + i]);
    case ROTATE:
        return read_angle(p, &a->number[0]);
    case ROTATE_AXIS:
        return i < 3 ? read_number(p, &a->number[i]) : read_angle(p, &a->number[i]);
    case PERSPECTIVE:
        return read_distance(p, a);
    default:
        return read_number(p, &a->number[i]);
    }
}

static bool read_arguments(const char **p, const struct function *f, struct arguments *a)
{
    if (f->kind == SCALE)
        a->number[0] = a->number[1] = a->number[2] = 1;
    do {
        if (a->n == f->most || !read_argument(p, f, a->n, a))
            return false;
        a->n++;
    } while (css_next(p, ','));
    if (f->kind == SCALE && f->most == 2 && a->n == 1)
        a->number[1] = a->number[0];
    return a->n >= f->least && (css_next(p, ')') || **p == '\0'); /* an open bracket ends with the style */
}

static void apply(struct space *s, const struct function *f, const struct arguments *a)
{
    const double *n = a->number;
    double m[4][4];
    switch (f->kind) {
    case MATRIX:
        times(s,
              (const double[4][4]){{n[0], n[2], 0, n[4]}, {n[1], n[3], 0, n[5]}, {0, 0, 1, 0}, {0, 0, 0, 1}});
        break;
    case MATRIX_3D:
        for (int i = 0; i < MAX_ARGUMENTS; i++)
            m[i % 4][i / 4] = n[i];
        times(s, m);
        break;
    case PERSPECTIVE:
        look_from(s, n[0]);
        break;
    case ROTATE:
        rotate(s, f->first == 0, f->first == 1, f->first == 2, n[0]);
        break;
    case ROTATE_AXIS:
        rotate(s, n[0], n[1], n[2], n[3]);
        break;
    case SCALE:
        scale(s, n);
        break;
    case SKEW:
        skew(s, n[0], n[1]);
        break;
    case TRANSLATE:
        move(s, a->length);
        break;
    }
}

/* --- the properties */

bool css_read_transform(const char **p, bool quirks, struct css_value *v)
{
    struct space s = same;
    if (css_word(p, "none")) {
        v->keyword = CSS_AUTO;
        return true;
    }
    do {
        const struct function *f = NULL;
        for (size_t i = 0; i < sizeof(functions) / sizeof(*functions) && !f; i++)
            if (strncmp(*p, functions[i].name, strlen(functions[i].name)) == 0)
                f = &functions[i];
        if (!f)
            return false;
        struct arguments a = {0};
        *p += strlen(f->name);
        if (!read_arguments(p, f, &a))
            return false;
        apply(&s, f, &a);
    } while (**p);
    show(&s, v);
    return true;
}

bool css_read_translate(const char **p, bool quirks, struct css_value *v)
{
    struct space s = same;
    struct css_length by[3] = {{0}};
    int n = 0;
    if (css_word(p, "none")) {
        v->keyword = CSS_AUTO;
        return true;
    }
    while (n < 3 && css_length(p, false, &by[n]))
        n++;
    move(&s, by);
    show(&s, v);
    return n > 0 && by[2].percent == 0;
}

/* "90deg", "x 90deg", "90deg y", "1 1 0 90deg" */
bool css_read_rotate(const char **p, bool quirks, struct css_value *v)
{
    struct space s = same;
    double axis[3] = {0}, degrees = 0;
    const char *start = *p;
    if (css_word(p, "none")) {
        v->keyword = CSS_AUTO;
        return true;
    }
    bool numbers = read_number(p, &axis[0]) && read_number(p, &axis[1]) && read_number(p, &axis[2]);
    *p = numbers ? *p : start;
    bool ok = numbers && read_angle(p, &degrees);
    if (!numbers) {
        bool first = read_angle(p, &degrees);
        for (int i = 0; i < 3; i++)
            axis[i] = css_word(p, (const char[2]){(char)('x' + i), '\0'});
        bool named = axis[0] || axis[1] || axis[2];
        axis[2] = named ? axis[2] : 1;
        ok = first || read_angle(p, &degrees);
    }
    rotate(&s, axis[0], axis[1], axis[2], degrees);
    show(&s, v);
    return ok;
}

bool css_read_scale(const char **p, bool quirks, struct css_value *v)
{
    struct space s = same;
    double by[3] = {1, 1, 1};
    int n = 0;
    if (css_word(p, "none")) {
        v->keyword = CSS_AUTO;
        return true;
    }
    while (n < 3 && read_factor(p, &by[n]))
        n++;
    if (n == 1)
        by[1] = by[0];
    scale(&s, by);
    show(&s, v);
    return n > 0;
}
