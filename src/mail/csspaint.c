/*
 * What decides whether letters are seen on what is behind them: colours, pictures, opacity. See cssreaders.h.
 */
#include <string.h>

#include "mail/cssreaders.h"

/* --- functions */

/* Skips to behind the bracket that closes what `*p` stands in; false when there is none. */
static bool skip_function(const char **p)
{
    int depth = 1;
    for (; **p && depth; ++*p)
        depth += (**p == '(') - (**p == ')');
    *p += strspn(*p, " ");
    return depth == 0;
}

/* "name(" at `*p`: its name's length, then `*p` stands behind the bracket; 0 = no function. */
static size_t open_function(const char **p, const char **name_r)
{
    size_t n = strspn(*p, "abcdefghijklmnopqrstuvwxyz-0123456789");
    if (n == 0 || (*p)[n] != '(')
        return 0;
    *name_r = *p;
    *p += n + 1;
    *p += strspn(*p, " ");
    return n;
}

static bool is(const char *name, size_t n, const char *want)
{
    return strlen(want) == n && memcmp(name, want, n) == 0;
}

/* --- opacity */

bool css_read_opacity(const char **p, bool quirks, struct css_value *v)
{
    struct css_length length;
    if (css_number(p, &v->number))
        return true;
    const char *start = *p;
    if (!css_length(p, false, &length) || !memchr(start, '%', (size_t)(*p - start)) || length.px ||
        length.em || length.rem)
        return false;
    v->number = length.percent / 100;
    return true;
}

/* What stands in the brackets of a filter; `v->number` is the opacity in it. */
static bool read_filter_part(const char **p, char kind, struct css_value *v)
{
    struct css_length length;
    struct css_value one = {.number = 1};
    float degrees;
    if (kind == 'u')
        return skip_function(p);
    if (kind == 's') {
        while (**p && **p != ')')
            if (!css_length(p, false, &length) && !css_word(p, "currentcolor") && !css_colour(p, &one.colour))
                return false;
    } else if (**p && **p != ')') { /* all have an amount that may lack */
        bool negative = **p == '-';
        if (kind == 'd' ? !css_angle(p, &degrees)
                        : negative || !(kind == 'l' ? css_length(p, false, &length)
                                                    : css_read_opacity(p, false, &one)))
            return false;
    }
    if (kind == 'o')
        v->number *= one.number < 0 ? 0 : one.number > 1 ? 1 : one.number;
    return css_next(p, ')') || **p == '\0'; /* an open bracket ends with the style */
}

bool css_read_filter(const char **p, bool quirks, struct css_value *v)
{
    static const struct {
        const char *name;
        char kind; /* amount, length, degrees, shadow, opacity, url */
    } names[] = {{"opacity", 'o'},     {"blur", 'l'},      {"brightness", 'a'}, {"contrast", 'a'},
                 {"drop-shadow", 's'}, {"grayscale", 'a'}, {"hue-rotate", 'd'}, {"invert", 'a'},
                 {"saturate", 'a'},    {"sepia", 'a'},     {"url", 'u'}};
    v->number = 1;
    if (css_word(p, "none"))
        return true;
    while (**p) {
        const char *name;
        size_t n = open_function(p, &name), i = 0;
        while (i < sizeof(names) / sizeof(*names) && !is(name, n, names[i].name))
            i++;
        if (n == 0 || i == sizeof(names) / sizeof(*names) || !read_filter_part(p, names[i].kind, v))
            return false;
    }
    return true;
}

/* --- colours */

bool css_read_colour(const char **p, bool quirks, struct css_value *v)
{
    char hash[8] = "#";
    const char *start = *p;
    if (css_word(p, "currentcolor")) {
        v->keyword = CSS_CURRENT;
        return true;
    }
    if (css_colour(p, &v->colour))
        return true;
    *p = start;
    size_t n = strspn(start, "0123456789abcdef");
    if (!quirks || (n != 3 && n != 6) || (start[n] && start[n] != ' '))
        return false;
    memcpy(hash + 1, start, n);
    *p += n;
    *p += strspn(*p, " ");
    start = hash;
    return css_colour(&start, &v->colour);
}

bool css_read_fill(const char **p, bool quirks, struct css_value *v)
{
    return css_read_colour(p, false, v);
}

bool css_read_shadow(const char **p, bool quirks, struct css_value *v)
{
    if (css_word(p, "none")) {
        v->keyword = CSS_AUTO;
        return true;
    }
    v->keyword = CSS_CURRENT;
    for (int parts = 0; **p; parts++) {
        struct css_length length;
        const char *start = *p;
        if (css_next(p, ',') || css_length(p, false, &length) || css_word(p, "currentcolor"))
            continue;
        *p = start;
        if (!css_colour(p, &v->colour))
            return false;
        v->keyword = CSS_NONE;
    }
    return true;
}

/* Of a gradient in one colour that colour is behind the text; of others nobody knows what is where. */
static uint32_t gradient_colour(const char *p, const char *end)
{
    uint32_t first = 0, now;
    bool any = false;
    while (p < end) {
        const char *start = p;
        if (css_colour(&p, &now)) {
            if (any && now != first)
                return 0;
            first = now;
            any = true;
        } else {
            p = start + strcspn(start, ",) ");
            p += *p != '\0';
            p += strspn(p, " ,");
        }
    }
    return first;
}

bool css_read_image(const char **p, bool quirks, struct css_value *v)
{
    const char *name;
    v->colour = 0;
    if (css_word(p, "none")) {
        v->keyword = CSS_AUTO;
        return true;
    }
    size_t n = open_function(p, &name);
    if (n < 3 || is(name, n, "rgb") || is(name, n, "rgba") || is(name, n, "hsl") || is(name, n, "hsla") ||
        is(name, n, "hwb") || is(name, n, "lab") || is(name, n, "lch") || is(name, n, "oklab") ||
        is(name, n, "oklch") || is(name, n, "color") || is(name, n, "calc"))
        return false;
    const char *inside = *p;
    if (!skip_function(p))
        return false;
    if (n > 8 && memcmp(name + n - 8, "gradient", 8) == 0)
        v->colour = gradient_colour(inside, *p);
    return true;
}

bool css_read_images(const char **p, bool quirks, struct css_value *v)
{
    struct css_value more = {0};
    if (!css_read_image(p, quirks, v))
        return false;
    while (css_next(p, ','))
        if (!css_read_image(p, quirks, &more))
            return false;
    return true;
}

bool css_read_background_clip(const char **p, bool quirks, struct css_value *v)
{
    static const struct css_name words[] = {
        {"text", CSS_TEXT}, {"border-box", CSS_AUTO}, {"padding-box", CSS_AUTO}, {"content-box", CSS_AUTO}};
    return CSS_KEYWORD(p, words, v);
}
