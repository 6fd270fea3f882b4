/*
 * As much of CSS as it takes to tell whether text can be seen. It errs towards "seen": what it does not
 * understand hides nothing, so that odd styles never take text away from the rules.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mail/css.h"

enum {
    MAX_RULES = 200,   /* of style sheets, those with properties that matter here */
    MAX_VALUE = 64,    /* longer values are no sizes or colours */
    OFF_SCREEN = -400, /* pixels; negative margins of a layout are smaller */
    SAME_COLOUR = 24,  /* a difference of that much in every channel is not seen on a screen */
};
struct declarations {
    float em;
    struct css_look *look;
    bool overflow_hidden, no_extent, absolute;
};

/* A length in pixels; false for words, percentages and calc(). */
static bool length_of(const char *value, float em, float *px_r)
{
    char *end;
    float n = strtof(value, &end);
    if (end == value)
        return false;
    while (*end == ' ')
        end++;
    if (strncasecmp(end, "em", 2) == 0 || strncasecmp(end, "rem", 3) == 0)
        n *= em;
    else if (strncasecmp(end, "pt", 2) == 0)
        n *= 4.0F / 3.0F;
    else if (strncasecmp(end, "px", 2) != 0 && n < 0 && *end)
        return false;
    else if (*end == '%' && n > 0)
        n = em * n / 100;
    *px_r = n;
    return true;
}

static bool has_word(const char *value, const char *word)
{
    return strcasestr(value, word) != NULL;
}

static const struct {
    const char *name;
    uint32_t rgb;
} names[] = {
    {"white", 0xFFFFFF},     {"black", 0x000000},      {"red", 0xFF0000},        {"green", 0x008000},
    {"blue", 0x0000FF},      {"yellow", 0xFFFF00},     {"gray", 0x808080},       {"grey", 0x808080},
    {"silver", 0xC0C0C0},    {"navy", 0x000080},       {"maroon", 0x800000},     {"snow", 0xFFFAFA},
    {"ivory", 0xFFFFF0},     {"whitesmoke", 0xF5F5F5}, {"ghostwhite", 0xF8F8FF}, {"floralwhite", 0xFFFAF0},
    {"azure", 0xF0FFFF},     {"mintcream", 0xF5FFFA},  {"seashell", 0xFFF5EE},   {"lightgray", 0xD3D3D3},
    {"lightgrey", 0xD3D3D3}, {"orange", 0xFFA500},     {"purple", 0x800080},     {"teal", 0x008080},
};

static bool hex_colour(struct span s, uint32_t *colour_r)
{
    char digits[9];
    if (s.n != 3 && s.n != 6)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!isxdigit((unsigned char)s.p[i]))
            return false;
    for (size_t i = 0; i < 6; i++)
        digits[i] = s.n == 3 ? s.p[i / 2] : s.p[i];
    digits[6] = '\0';
    *colour_r = 0xFF000000 | (uint32_t)strtoul(digits, NULL, 16);
    return true;
}

static uint32_t channel(float value)
{
    return value <= 0 ? 0 : value >= 255 ? 255 : (uint32_t)value;
}

/* "rgb(1, 2, 3)", "rgba(1 2 3 / 0.5)" */
static bool function_colour(const char *text, uint32_t *colour_r)
{
    float v[4] = {0, 0, 0, 1};
    int n = 0;
    for (const char *p = strchr(text, '('); p && *p && n < 4;) {
        char *end;
        p += strspn(p, "(, /");
        float value = strtof(p, &end);
        if (end == p)
            break;
        v[n] = value;
        if (*end == '%') {
            v[n] *= n < 3 ? 2.55F : 0.01F;
            end++;
        }
        n++;
        p = end;
    }
    *colour_r = channel(v[3] * 255) << 24 | channel(v[0]) << 16 | channel(v[1]) << 8 | channel(v[2]);
    return n >= 3;
}

bool css_colour(struct span text, uint32_t *colour_r)
{
    char word[MAX_VALUE];
    text = span_trim(text);
    if (text.n == 0 || text.n >= sizeof(word))
        return false;
    memcpy(word, text.p, text.n);
    word[text.n] = '\0';
    if (word[0] == '#')
        return hex_colour((struct span){text.p + 1, text.n - 1}, colour_r);
    if (strncasecmp(word, "rgb", 3) == 0)
        return function_colour(word, colour_r);
    if (strcasecmp(word, "transparent") == 0) {
        *colour_r = 0;
        return true;
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (strcasecmp(word, names[i].name) == 0) {
            *colour_r = 0xFF000000 | names[i].rgb;
            return true;
        }
    return hex_colour(text, colour_r); /* bgcolor=ffffff */
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

/* --- properties: each looks at its value */

static void set_display(struct declarations *d, const char *value)
{
    if (strncasecmp(value, "none", 4) == 0)
        d->look->hidden = true;
}

static void set_visibility(struct declarations *d, const char *value)
{
    if (strncasecmp(value, "hidden", 6) == 0 || strncasecmp(value, "collapse", 8) == 0)
        d->look->hidden = true;
}

static void set_opacity(struct declarations *d, const char *value)
{
    char *end;
    float n = strtof(value, &end);
    if (end != value && n < (*end == '%' ? 5.0F : 0.05F))
        d->look->hidden = true;
}

static void set_font_size(struct declarations *d, const char *value)
{
    if (length_of(value, d->em, &d->look->font_size))
        d->look->size_set = true;
}

static void set_extent(struct declarations *d, const char *value)
{
    float n;
    if (length_of(value, d->em, &n) && n <= 1 && n >= 0)
        d->no_extent = true;
}

static void set_overflow(struct declarations *d, const char *value)
{
    d->overflow_hidden |= has_word(value, "hidden") || has_word(value, "clip");
}

static void set_position(struct declarations *d, const char *value)
{
    d->absolute |= has_word(value, "absolute") || has_word(value, "fixed");
}

static void set_offset(struct declarations *d, const char *value)
{
    float n;
    if (length_of(value, d->em, &n) && n <= (float)OFF_SCREEN)
        d->look->hidden = true;
}

static void set_clip(struct declarations *d, const char *value)
{
    char *end;
    const char *p = strchr(value, '(');
    if (has_word(value, "inset(100%") || has_word(value, "inset(50%"))
        d->look->hidden = true;
    if (p && strncasecmp(value, "rect", 4) == 0 && strtof(p + 1, &end) <= 1 &&
        strtof(end + strspn(end, "px, "), NULL) <= 1)
        d->look->hidden = true;
}

static void set_transform(struct declarations *d, const char *value)
{
    if (has_word(value, "scale(0)") || has_word(value, "scale(0,"))
        d->look->hidden = true;
}

static void set_colour(struct declarations *d, const char *value)
{
    uint32_t c;
    if (css_colour(span_of(value), &c)) {
        d->look->colour = c;
        d->look->colour_set = true;
    }
}

static void set_background(struct declarations *d, const char *value)
{
    uint32_t c;
    if (has_word(value, "url(") || has_word(value, "gradient"))
        d->look->background_image = true;
    struct span rest = span_of(value);
    struct span first = strchr(value, '(') ? rest : span_cut(&rest, ' ');
    if (css_colour(first, &c) && c >> 24 > 0x7F) {
        d->look->background = c;
        d->look->background_set = true;
    }
}

static const struct {
    const char *name;
    void (*set)(struct declarations *d, const char *value);
} properties[] = {
    {"display", set_display},
    {"visibility", set_visibility},
    {"opacity", set_opacity},
    {"font-size", set_font_size},
    {"height", set_extent},
    {"max-height", set_extent},
    {"width", set_extent},
    {"max-width", set_extent},
    {"overflow", set_overflow},
    {"overflow-x", set_overflow},
    {"overflow-y", set_overflow},
    {"position", set_position},
    {"left", set_offset},
    {"top", set_offset},
    {"margin-left", set_offset},
    {"margin-top", set_offset},
    {"text-indent", set_offset},
    {"clip", set_clip},
    {"clip-path", set_clip},
    {"transform", set_transform},
    {"color", set_colour},
    {"background", set_background},
    {"background-color", set_background},
    {"background-image", set_background},
};

static void declare(struct declarations *d, struct span name, struct span value)
{
    char word[MAX_VALUE];
    if (value.n == 0)
        return;
    size_t n = value.n < sizeof(word) - 1 ? value.n : sizeof(word) - 1;
    memcpy(word, value.p, n);
    word[n] = '\0';
    char *important = strchr(word, '!');
    if (important)
        *important = '\0';
    for (size_t i = 0; i < sizeof(properties) / sizeof(*properties); i++)
        if (span_eq_nocase(name, span_of(properties[i].name))) {
            properties[i].set(d, word);
            return;
        }
}

void css_declarations(struct span text, float em, struct css_look *look)
{
    struct declarations d = {.em = em, .look = look};
    while (text.n) {
        struct span value = span_cut(&text, ';');
        struct span name = span_trim(span_cut(&value, ':'));
        declare(&d, name, span_trim(value));
    }
    if (d.no_extent && d.overflow_hidden)
        look->hidden = true;
}

/* --- style sheets */

static bool matters(struct span body)
{
    static const char *const words[] = {"display", "visib", "opacity", "size", "color", "background",
                                        "indent",  "clip",  "left",    "top",  "height"};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (body.n && memmem(body.p, body.n, words[i], strlen(words[i])))
            return true;
    return false;
}

static bool is_name(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!isalnum((unsigned char)s.p[i]) && s.p[i] != '-' && s.p[i] != '_')
            return false;
    return s.n > 0;
}

static void add_rule(struct arena *arena, struct css_sheet *sheet, struct span selector, struct span body)
{
    struct css_rule rule = {.kind = 't', .body = body};
    selector = span_trim(selector);
    const char *mark = selector.n ? memchr(selector.p, '.', selector.n) : NULL;
    if (!mark && selector.n)
        mark = memchr(selector.p, '#', selector.n);
    rule.name = selector;
    if (mark) {
        rule.kind = *mark;
        rule.tag = (struct span){selector.p, (size_t)(mark - selector.p)};
        rule.name = (struct span){mark + 1, (size_t)(selector.p + selector.n - mark - 1)};
    }
    if (!is_name(rule.name) || (rule.tag.n && !is_name(rule.tag)) || sheet->n >= MAX_RULES)
        return;
    sheet->v = arena_grow(arena, sheet->v, sheet->n, sheet->n + 1, sizeof(*sheet->v));
    sheet->v[sheet->n++] = rule;
}

/* Behind "@...{": to its closing brace. Rules for print or narrow screens say nothing about this screen. */
static void skip_block(struct span *rest)
{
    unsigned depth = 1;
    while (rest->n && depth) {
        depth += (rest->p[0] == '{') - (rest->p[0] == '}');
        rest->p++, rest->n--;
    }
}

void css_sheet_read(struct arena *arena, struct span text, struct css_sheet *sheet)
{
    while (text.n && sheet->n < MAX_RULES) {
        struct span head = span_trim(span_cut(&text, '{'));
        while (head.n >= 2 && head.p[0] == '/' && head.p[1] == '*') { /* a comment before the selector */
            const char *end = memmem(head.p + 2, head.n - 2, "*/", 2);
            if (!end)
                break;
            head = span_trim((struct span){end + 2, (size_t)(head.p + head.n - end - 2)});
        }
        if (span_starts_nocase(head, SPAN_LIT("<!--")))
            head = span_trim((struct span){head.p + 4, head.n - 4});
        if (head.n && memchr(head.p, '@', head.n)) {
            skip_block(&text);
            continue;
        }
        struct span body = span_cut(&text, '}');
        while (head.n && matters(body))
            add_rule(arena, sheet, span_cut(&head, ','), body);
    }
}
