/*
 * Numbers and lengths of CSS, with calc() and its kin. See cssvalue.h.
 */
#include <string.h>

#include "mail/cssvalue.h"

enum {
    MAX_DEPTH = 16, /* of brackets in calc() */
    BASE = 16,      /* pixels: what "em" is taken for where min() and max() compare */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static void skip_blanks(const char **p)
{
    while (is_blank(**p))
        ++*p;
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || (unsigned char)c >= 0x80;
}

bool css_next(const char **p, char c)
{
    skip_blanks(p);
    if (**p != c)
        return false;
    ++*p;
    skip_blanks(p);
    return true;
}

bool css_word(const char **p, const char *word)
{
    size_t n = strlen(word);
    skip_blanks(p);
    if (strncmp(*p, word, n) != 0 || is_name_char((*p)[n]) || (*p)[n] == '(')
        return false;
    *p += n;
    skip_blanks(p);
    return true;
}

#define MOST 1e9F
static const double TINY = 1e-30, LARGE = 1e30;

/* strtof would also take "inf", "0x1p3" and the locale's comma. */
static bool plain_number(const char **p, float *number_r)
{
    const char *s = *p;
    double sign = *s == '-' ? -1 : 1, n = 0, scale = 1;
    int digits = 0, power = 0;
    if (*s == '-' || *s == '+')
        s++;
    for (; *s >= '0' && *s <= '9'; s++, digits++)
        n = n * 10 + (*s - '0');
    if (*s == '.' && s[1] >= '0' && s[1] <= '9')
        for (s++; *s >= '0' && *s <= '9'; s++, digits++)
            n += (*s - '0') * (scale /= 10);
    if (!digits)
        return false;
    const char *e = s + 1;
    if (*s == 'e' && ((*e >= '0' && *e <= '9') || ((*e == '-' || *e == '+') && e[1] >= '0' && e[1] <= '9'))) {
        bool minus = *e == '-';
        e += *e == '-' || *e == '+';
        for (; *e >= '0' && *e <= '9'; e++)
            power = power < 100 ? power * 10 + (*e - '0') : power;
        for (; power > 0 && (minus ? n > TINY : n > 0 && n < LARGE); power--) /* beyond them: 0 or MOST */
            n = minus ? n / 10 : n * 10;
        s = e;
    }
    n *= sign;
    *number_r = n > MOST ? MOST : n < -MOST ? -MOST : (float)n;
    *p = s;
    return true;
}

/* A number that may have become a length on the way. */
struct term {
    struct css_length length;
    float number;
    bool is_length;
};

static bool with_unit(const char **p, float n, struct term *term_r)
{
    static const struct {
        const char *name;
        float px, em, rem;
    } units[] = {
        {"px", 1, 0, 0},
        {"em", 0, 1, 0},
        {"rem", 0, 0, 1},
        {"pt", 4.0F / 3, 0, 0},
        {"pc", 16, 0, 0},
        {"in", 96, 0, 0},
        {"cm", 37.8F, 0, 0},
        {"mm", 3.78F, 0, 0},
        {"q", 0.945F, 0, 0},
        {"ex", 0, 0.5F, 0},
        {"ch", 0, 0.5F, 0},
        {"ic", 0, 1, 0},
        {"lh", 0, 1.2F, 0},
        {"rlh", 0, 0, 1.2F},
        {"cap", 0, 0.7F, 0},
        {"vw", CSS_WIDTH / 100.0F, 0, 0},
        {"vh", CSS_HEIGHT / 100.0F, 0, 0},
        {"vmin", CSS_HEIGHT / 100.0F, 0, 0},
        {"vmax", CSS_WIDTH / 100.0F, 0, 0},
        {"vi", CSS_WIDTH / 100.0F, 0, 0},
        {"vb", CSS_HEIGHT / 100.0F, 0, 0},
        {"dvh", CSS_HEIGHT / 100.0F, 0, 0},
        {"svh", CSS_HEIGHT / 100.0F, 0, 0},
        {"lvh", CSS_HEIGHT / 100.0F, 0, 0},
        {"dvw", CSS_WIDTH / 100.0F, 0, 0},
        {"svw", CSS_WIDTH / 100.0F, 0, 0},
        {"lvw", CSS_WIDTH / 100.0F, 0, 0},
    };
    *term_r = (struct term){.number = n};
    if (**p == '%') {
        ++*p;
        term_r->is_length = true;
        term_r->length.percent = n;
        return true;
    }
    if (!is_name_char(**p))
        return true;
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
        size_t length = strlen(units[i].name);
        if (strncmp(*p, units[i].name, length) != 0 || is_name_char((*p)[length]))
            continue;
        *p += length;
        term_r->is_length = true;
        term_r->length = (struct css_length){n * units[i].px, n * units[i].em, n * units[i].rem, 0};
        return true;
    }
    return false;
}

static float rough(const struct term *t)
{
    return t->is_length ? t->length.px + (t->length.em + t->length.rem + t->length.percent / 100) * BASE
                        : t->number;
}

static void scale(struct term *t, float by)
{
    t->number *= by;
    t->length =
        (struct css_length){t->length.px * by, t->length.em * by, t->length.rem * by, t->length.percent * by};
}

static bool sum(const char **p, int depth, struct term *term_r);

/* "min(a, b)", "max(...)", "clamp(low, value, high)", "calc(...)", "(...)" */
static bool function(const char **p, int depth, struct term *term_r)
{
    static const struct {
        const char *name;
        char kind;
    } names[] = {{"(", 'c'},    {"calc(", 'c'}, {"-webkit-calc(", 'c'},
                 {"min(", 'm'}, {"max(", 'M'},  {"clamp(", 'l'}};
    char kind = 0;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names) && !kind; i++)
        if (strncmp(*p, names[i].name, strlen(names[i].name)) == 0) {
            kind = names[i].kind;
            *p += strlen(names[i].name);
        }
    if (!kind || depth > MAX_DEPTH || !sum(p, depth + 1, term_r))
        return false;
    for (int i = 1; kind != 'c' && css_next(p, ','); i++) {
        struct term other;
        if (!sum(p, depth + 1, &other) || other.is_length != term_r->is_length)
            return false;
        bool less = rough(&other) < rough(term_r);
        if (kind == 'm' || (kind == 'l' && i == 2) ? less : !less)
            *term_r = other;
    }
    return css_next(p, ')') || **p == '\0'; /* an open bracket ends with the style */
}

static bool value(const char **p, int depth, struct term *term_r)
{
    float n;
    skip_blanks(p);
    if (plain_number(p, &n))
        return with_unit(p, n, term_r);
    return function(p, depth, term_r);
}

static bool product(const char **p, int depth, struct term *term_r)
{
    if (!value(p, depth, term_r))
        return false;
    for (;;) {
        struct term other;
        bool times = css_next(p, '*');
        if (!times && !css_next(p, '/'))
            return true;
        if (!value(p, depth, &other) || (other.is_length && (term_r->is_length || !times)) ||
            (!times && other.number == 0))
            return false;
        if (other.is_length) {
            scale(&other, term_r->number);
            *term_r = other;
        } else {
            scale(term_r, times ? other.number : 1 / other.number);
        }
    }
}

static bool sum(const char **p, int depth, struct term *term_r)
{
    if (!product(p, depth, term_r))
        return false;
    for (;;) {
        skip_blanks(p);
        char sign = **p;
        if ((sign != '+' && sign != '-') || !is_blank((*p)[1]) || !is_blank((*p)[-1]))
            return true;
        struct term other;
        ++*p;
        if (!product(p, depth, &other) || other.is_length != term_r->is_length)
            return false;
        scale(&other, sign == '+' ? 1 : -1);
        term_r->number += other.number;
        term_r->length.px += other.length.px;
        term_r->length.em += other.length.em;
        term_r->length.rem += other.length.rem;
        term_r->length.percent += other.length.percent;
    }
}

/* Sums and products of what was bounded may be endless, or no number at all: that counts as 0. */
static float bounded(float n)
{
    return n > MOST ? MOST : n < -MOST ? -MOST : n == n ? n : 0;
}

bool css_number(const char **p, float *number_r)
{
    struct term t;
    const char *start = *p;
    if (!value(p, 0, &t) || t.is_length) {
        *p = start;
        return false;
    }
    *number_r = bounded(t.number);
    skip_blanks(p);
    return true;
}

bool css_angle(const char **p, float *degrees_r)
{
    static const struct {
        const char *unit;
        float degrees;
    } units[] = {{"deg", 1}, {"grad", 0.9F}, {"rad", 57.29578F}, {"turn", 360}};
    const char *start = *p;
    skip_blanks(p);
    if (plain_number(p, degrees_r) && **p != '%') {
        if (!is_name_char(**p)) {
            skip_blanks(p);
            return true;
        }
        for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
            if (css_word(p, units[i].unit)) {
                *degrees_r *= units[i].degrees;
                return true;
            }
    }
    *p = start;
    return css_number(p, degrees_r);
}

bool css_length(const char **p, bool unitless, struct css_length *length_r)
{
    struct term t;
    const char *start = *p;
    if (!value(p, 0, &t) || (!t.is_length && t.number != 0 && !unitless)) {
        *p = start;
        return false;
    }
    if (!t.is_length)
        t.length = (struct css_length){.px = t.number};
    *length_r = (struct css_length){bounded(t.length.px), bounded(t.length.em), bounded(t.length.rem),
                                    bounded(t.length.percent)};
    skip_blanks(p);
    return true;
}
