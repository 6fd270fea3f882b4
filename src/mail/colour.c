/*
 * Colours of CSS and of old HTML. See cssvalue.h.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"

#include "mail/colournames.h"
#include "mail/cssvalue.h"

enum {
    SAME_COLOUR = 24, /* a difference of that much in every channel is not seen on a screen */
    LEGACY_MAX = 128, /* letters of a legacy colour that count (HTML) */
    OPAQUE = 255,
};

static uint32_t channel(float value)
{
    return value <= 0 ? 0 : value >= 255 ? 255 : (uint32_t)(value + 0.5F);
}

static uint32_t colour_of(float r, float g, float b, float alpha)
{
    return channel(alpha * OPAQUE) << 24 | channel(r) << 16 | channel(g) << 8 | channel(b);
}

/* `n` digits: 3, 4, 6 or 8; alpha comes last. */
static bool hex_colour(const char *s, size_t n, uint32_t *colour_r)
{
    uint32_t v[4] = {0, 0, 0, OPAQUE};
    size_t each = n >= 6 ? 2 : 1;
    if (n != 3 && n != 4 && n != 6 && n != 8)
        return false;
    for (size_t i = 0; i < n / each; i++)
        v[i] = (uint32_t)(each == 2 ? char_hex(s[2 * i]) * 16 + char_hex(s[2 * i + 1]) : char_hex(s[i]) * 17);
    *colour_r = v[3] << 24 | v[0] << 16 | v[1] << 8 | v[2];
    return true;
}

/* Into [0, whole); no value is above 1e9 (cssvalue.c). */
static float around_circle(float n, float whole)
{
    n -= (float)(int)(n / whole) * whole;
    return n < 0 ? n + whole : n;
}

static float hue_part(float h, float s, float l, int n)
{
    float k = around_circle((float)n + h / 30, 12), a = s * (l < 1 - l ? l : 1 - l);
    float m = k - 3 < 9 - k ? k - 3 : 9 - k;
    m = m > 1 ? 1 : m < -1 ? -1 : m;
    return (l - a * m) * 255;
}

static uint32_t from_hsl(float h, float s, float l, float alpha)
{
    h = around_circle(h, 360);
    s = s < 0 ? 0 : s > 1 ? 1 : s;
    l = l < 0 ? 0 : l > 1 ? 1 : l;
    return colour_of(hue_part(h, s, l, 0), hue_part(h, s, l, 8), hue_part(h, s, l, 4), alpha);
}

/* Hue, then how much white and black is mixed in. */
static uint32_t from_hwb(float h, float w, float b, float alpha)
{
    if (w + b >= 1)
        return colour_of(255 * w / (w + b), 255 * w / (w + b), 255 * w / (w + b), alpha);
    uint32_t pure = from_hsl(h, 1, 0.5F, 1);
    float v[3];
    for (int i = 0; i < 3; i++)
        v[i] = (float)(pure >> (16 - 8 * i) & 0xFF) * (1 - w - b) + 255 * w;
    return colour_of(v[0], v[1], v[2], alpha);
}

struct component {
    float n;
    bool percent;
};

static bool component(const char **p, bool hue, struct component *c_r)
{
    struct css_length length;
    *c_r = (struct component){0, false};
    if (css_word(p, "none"))
        return true;
    if (hue ? css_angle(p, &c_r->n) : css_number(p, &c_r->n))
        return true;
    if (hue || !css_length(p, false, &length) || length.px || length.em || length.rem)
        return false;
    *c_r = (struct component){length.percent, true};
    return true;
}

static float part(const struct component *c, float whole)
{
    return c->percent ? c->n / 100 * whole : c->n;
}

/* "1, 2, 3, 0.5" as of old, of one kind each, or "1 2 3 / 50%". */
static bool components(const char **p, char kind, struct component v[4])
{
    bool commas = false;
    int hue = strchr("hw", kind) ? 0 : strchr("LO", kind) ? 2 : -1;
    for (int i = 0; i < 3; i++) {
        bool comma = i && css_next(p, ',');
        if ((i > 1 && comma != commas) || !component(p, i == hue, &v[i]))
            return false;
        commas = comma;
    }
    if (css_next(p, commas ? ',' : '/') && !component(p, false, &v[3]))
        return false;
    if (kind == 'h')
        return !commas || (v[1].percent && v[2].percent);
    return !commas || (kind == 'r' && v[0].percent == v[1].percent && v[1].percent == v[2].percent);
}

/* Of lab(), lch(), oklab() and oklch() only the lightness counts: they all come to a grey. */
static bool function_colour(const char **p, uint32_t *colour_r)
{
    static const struct {
        const char *name;
        char kind;
    } names[] = {{"rgba(", 'r'}, {"rgb(", 'r'}, {"hsla(", 'h'},  {"hsl(", 'h'},   {"hwb(", 'w'},
                 {"lab(", 'l'},  {"lch(", 'L'}, {"oklab(", 'o'}, {"oklch(", 'O'}, {"color(", 'c'}};
    struct component v[4] = {[3] = {1, false}};
    char kind = 0;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names) && !kind; i++)
        if (strncmp(*p, names[i].name, strlen(names[i].name)) == 0) {
            kind = names[i].kind;
            *p += strlen(names[i].name);
        }
    if (!kind || (kind == 'c' && !css_word(p, "srgb")))
        return false;
    if (!components(p, kind, v) || (!css_next(p, ')') && **p))
        return false;
    float alpha = part(&v[3], 1), whole = kind == 'l' || kind == 'L' ? 100 : 1;
    alpha = alpha < 0 ? 0 : alpha > 1 ? 1 : alpha;
    if (kind == 'r')
        *colour_r = colour_of(part(&v[0], 255), part(&v[1], 255), part(&v[2], 255), alpha);
    else if (kind == 'c')
        *colour_r = colour_of(part(&v[0], 1) * 255, part(&v[1], 1) * 255, part(&v[2], 1) * 255, alpha);
    else if (kind == 'h')
        *colour_r = from_hsl(v[0].n, v[1].n / 100, v[2].n / 100, alpha);
    else if (kind == 'w')
        *colour_r = from_hwb(v[0].n, v[1].n / 100, v[2].n / 100, alpha);
    else
        *colour_r = from_hsl(0, 0, part(&v[0], whole) / whole, alpha);
    return true;
}

static int by_name(const void *key, const void *row)
{
    return strcmp(key, *(const char *const *)row);
}

static bool named(const char *word, uint32_t *colour_r)
{
    const char *const *row = bsearch(word, colour_names, sizeof(colour_names) / sizeof(*colour_names),
                                     sizeof(*colour_names), by_name);
    if (!row)
        return false;
    *colour_r =
        0xFF000000 |
        colour_names[(size_t)((const char *)row - (const char *)colour_names) / sizeof(*colour_names)].rgb;
    return true;
}

bool css_colour(const char **p, uint32_t *colour_r)
{
    char word[32];
    *p += strspn(*p, " \t\n\r\f");
    size_t n = strspn(*p, "abcdefghijklmnopqrstuvwxyz-");
    if (**p == '#') {
        n = strspn(*p + 1, "0123456789abcdefABCDEF");
        if (isalnum((unsigned char)(*p)[n + 1]) || !hex_colour(*p + 1, n, colour_r))
            return false;
        *p += n + 1;
    } else if ((*p)[n] == '(') {
        if (!function_colour(p, colour_r))
            return false;
    } else if (n == 0 || n >= sizeof(word) || isalnum((unsigned char)(*p)[n])) {
        return false;
    } else {
        memcpy(word, *p, n);
        word[n] = '\0';
        if (strcmp(word, "transparent") == 0)
            *colour_r = 0;
        else if (!named(word, colour_r))
            return false;
        *p += n;
    }
    *p += strspn(*p, " \t\n\r\f");
    return true;
}

bool css_legacy_colour(const char *text, uint32_t *colour_r)
{
    char s[LEGACY_MAX + 3];
    size_t n = 0;
    text += strspn(text, " \t\n\r\f");
    for (const char *p = text; *p && n < LEGACY_MAX; p++)
        s[n++] = (char)((unsigned char)*p >= 0x80 ? '0' : tolower((unsigned char)*p));
    while (n && strchr(" \t\n\r\f", s[n - 1]))
        n--;
    s[n] = '\0';
    if (n == 0 || strcmp(s, "transparent") == 0)
        return false;
    if (named(s, colour_r) ||
        (n == 4 && s[0] == '#' && strspn(s + 1, "0123456789abcdef") == 3 && hex_colour(s + 1, 3, colour_r)))
        return true;
    char *d = s[0] == '#' ? s + 1 : s;
    n -= s[0] == '#';
    for (size_t i = 0; i < n; i++)
        d[i] = isxdigit((unsigned char)d[i]) ? d[i] : '0';
    while (n == 0 || n % 3)
        d[n++] = '0';
    size_t each = n / 3, from = each > 8 ? each - 8 : 0;
    while (each - from > 2 && d[from] == '0' && d[each + from] == '0' && d[2 * each + from] == '0')
        from++;
    uint32_t v[3];
    for (size_t i = 0; i < 3; i++) {
        const char *c = d + i * each + from;
        v[i] = (uint32_t)(each - from == 1 ? char_hex(c[0]) : char_hex(c[0]) * 16 + char_hex(c[1]));
    }
    *colour_r = 0xFF000000 | v[0] << 16 | v[1] << 8 | v[2];
    return true;
}

uint32_t css_over(uint32_t top, uint32_t below)
{
    uint32_t out = 0xFF000000, alpha = top >> 24;
    for (unsigned shift = 0; shift < 24; shift += 8)
        out |= ((top >> shift & 0xFF) * alpha + (below >> shift & 0xFF) * (OPAQUE - alpha)) / OPAQUE << shift;
    return out;
}

bool css_same_colour(uint32_t a, uint32_t b)
{
    for (unsigned shift = 0; shift < 24; shift += 8) {
        int d = (int)(a >> shift & 0xFF) - (int)(b >> shift & 0xFF);
        if (d > SAME_COLOUR || d < -SAME_COLOUR)
            return false;
    }
    return true;
}
