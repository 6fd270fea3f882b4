/*
 * What the value of each property may be. See cssread.h.
 */
#include <stdlib.h>
#include <string.h>

#include "mail/cssread.h"
#include "mail/cssreaders.h"

struct word {
    const char *name;
    enum css_keyword keyword;
};

static bool keyword(const char **p, const struct word *words, size_t n, struct css_value *v)
{
    for (size_t i = 0; i < n; i++)
        if (css_word(p, words[i].name)) {
            v->keyword = (uint8_t)words[i].keyword;
            return true;
        }
    return false;
}
#define KEYWORD(p, words, v) keyword(p, words, sizeof(words) / sizeof(*(words)), v)

/* --- sizes */

static bool read_font_size(const char **p, bool quirks, struct css_value *v)
{
    static const struct {
        const char *name;
        float px, percent;
    } sizes[] = {{"medium", 16, 0},  {"small", 13, 0},   {"x-small", 10, 0},  {"xx-small", 9, 0},
                 {"large", 18, 0},   {"x-large", 24, 0}, {"xx-large", 32, 0}, {"xxx-large", 48, 0},
                 {"smaller", 0, 83}, {"larger", 0, 120}};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
        if (css_word(p, sizes[i].name)) {
            v->length = (struct css_length){.px = sizes[i].px, .percent = sizes[i].percent};
            return true;
        }
    return **p != '-' && css_length(p, quirks, &v->length);
}

static bool read_line_height(const char **p, bool quirks, struct css_value *v)
{
    float n;
    const char *start = *p;
    if (css_word(p, "normal")) {
        v->keyword = CSS_AUTO;
        return true;
    }
    if (*start == '-')
        return false;
    if (css_number(p, &n)) {
        v->length = (struct css_length){.em = n};
        return true;
    }
    *p = start;
    return css_length(p, false, &v->length);
}

static bool read_offset(const char **p, bool quirks, struct css_value *v)
{
    static const struct word words[] = {{"auto", CSS_AUTO}};
    return KEYWORD(p, words, v) || css_length(p, quirks, &v->length);
}

static bool read_extent(const char **p, bool quirks, struct css_value *v)
{
    static const struct word words[] = {{"auto", CSS_AUTO},        {"none", CSS_AUTO},
                                        {"min-content", CSS_AUTO}, {"max-content", CSS_AUTO},
                                        {"fit-content", CSS_AUTO}, {"-webkit-fill-available", CSS_AUTO},
                                        {"stretch", CSS_AUTO}};
    return KEYWORD(p, words, v) || (**p != '-' && css_length(p, quirks, &v->length));
}

static bool read_indent(const char **p, bool quirks, struct css_value *v)
{
    bool hanging = css_word(p, "hanging");
    css_word(p, "each-line");
    hanging |= css_word(p, "hanging");
    if (!css_length(p, quirks, &v->length))
        return false;
    hanging |= css_word(p, "hanging");
    css_word(p, "each-line");
    hanging |= css_word(p, "hanging");
    if (hanging) /* all lines but the first: not told apart, so it hides nothing */
        v->length = (struct css_length){0};
    return true;
}

static bool read_opacity(const char **p, bool quirks, struct css_value *v)
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
        if (kind == 'd'
                ? !css_angle(p, &degrees)
                : negative || !(kind == 'l' ? css_length(p, false, &length) : read_opacity(p, false, &one)))
            return false;
    }
    if (kind == 'o')
        v->number *= one.number < 0 ? 0 : one.number > 1 ? 1 : one.number;
    return css_next(p, ')') || **p == '\0'; /* an open bracket ends with the style */
}

static bool read_filter(const char **p, bool quirks, struct css_value *v)
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

static bool read_colour(const char **p, bool quirks, struct css_value *v)
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

static bool read_fill(const char **p, bool quirks, struct css_value *v)
{
    return read_colour(p, false, v);
}

static bool read_shadow(const char **p, bool quirks, struct css_value *v)
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

static bool read_image(const char **p, bool quirks, struct css_value *v)
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

static bool read_images(const char **p, bool quirks, struct css_value *v)
{
    struct css_value more = {0};
    if (!read_image(p, quirks, v))
        return false;
    while (css_next(p, ','))
        if (!read_image(p, quirks, &more))
            return false;
    return true;
}

static bool read_background_clip(const char **p, bool quirks, struct css_value *v)
{
    static const struct word words[] = {
        {"text", CSS_TEXT}, {"border-box", CSS_AUTO}, {"padding-box", CSS_AUTO}, {"content-box", CSS_AUTO}};
    return KEYWORD(p, words, v);
}

/* --- words */

static bool is_one_of_two(uint8_t display)
{
    return display == CSS_BLOCK || display == CSS_INLINE || display == CSS_FLEX || display == CSS_GRID ||
           display == CSS_TABLE || display == CSS_LIST_ITEM;
}

static bool read_display(const char **p, bool quirks, struct css_value *v)
{
    static const struct word words[] = {
        {"none", CSS_HIDE},
        {"block", CSS_BLOCK},
        {"inline", CSS_INLINE},
        {"inline-block", CSS_INLINE_BLOCK},
        {"table", CSS_TABLE},
        {"table-cell", CSS_TABLE_CELL},
        {"table-row", CSS_TABLE_ROW},
        {"flex", CSS_FLEX},
        {"-webkit-flex", CSS_FLEX},
        {"-webkit-box", CSS_FLEX},
        {"inline-flex", CSS_INLINE_FLEX},
        {"-webkit-inline-flex", CSS_INLINE_FLEX},
        {"-webkit-inline-box", CSS_INLINE_FLEX},
        {"grid", CSS_GRID},
        {"inline-grid", CSS_INLINE_FLEX},
        {"list-item", CSS_LIST_ITEM},
        {"contents", CSS_CONTENTS},
        {"inline-table", CSS_INLINE_TABLE},
        {"flow-root", CSS_BLOCK},
        {"flow", CSS_BLOCK},
        {"table-row-group", CSS_TABLE_ROWS},
        {"table-header-group", CSS_TABLE_ROWS},
        {"table-footer-group", CSS_TABLE_ROWS},
        {"table-caption", CSS_BLOCK},
        {"table-column", CSS_TABLE_COLUMN},
        {"table-column-group", CSS_TABLE_COLUMN},
        {"ruby", CSS_INLINE},
        {"ruby-text", CSS_INLINE},
        {"math", CSS_INLINE},
    };
    if (!KEYWORD(p, words, v))
        return false;
    struct css_value inner = {0};
    if (!**p) /* "block flow", "inline flow-root" and the like */
        return true;
    if (!KEYWORD(p, words, &inner) || !is_one_of_two(v->keyword) || !is_one_of_two(inner.keyword))
        return false;
    if (v->keyword == CSS_INLINE && inner.keyword != CSS_INLINE)
        v->keyword = inner.keyword == CSS_FLEX    ? CSS_INLINE_FLEX
                     : inner.keyword == CSS_TABLE ? CSS_INLINE_TABLE
                                                  : CSS_INLINE_BLOCK;
    else if (inner.keyword == CSS_FLEX || inner.keyword == CSS_TABLE || inner.keyword == CSS_GRID)
        v->keyword = inner.keyword;
    return true;
}

static bool read_visibility(const char **p, bool quirks, struct css_value *v)
{
    static const struct word words[] = {
        {"hidden", CSS_HIDDEN}, {"visible", CSS_VISIBLE}, {"collapse", CSS_HIDDEN}};
    return KEYWORD(p, words, v);
}

static bool read_content_visibility(const char **p, bool quirks, struct css_value *v)
{
    static const struct word words[] = {
        {"hidden", CSS_HIDDEN}, {"visible", CSS_VISIBLE}, {"auto", CSS_VISIBLE}};
    return KEYWORD(p, words, v);
}

static bool read_overflow(const char **p, bool quirks, struct css_value *v)
{
    static const struct word words[] = {{"hidden", CSS_HIDDEN}, {"visible", CSS_VISIBLE},
                                        {"auto", CSS_HIDDEN},   {"scroll", CSS_HIDDEN},
                                        {"clip", CSS_HIDDEN},   {"overlay", CSS_HIDDEN}};
    return KEYWORD(p, words, v);
}

static bool read_position(const char **p, bool quirks, struct css_value *v)
{
    static const struct word words[] = {{"absolute", CSS_ABSOLUTE}, {"relative", CSS_RELATIVE},
                                        {"static", CSS_STATIC},     {"fixed", CSS_FIXED},
                                        {"sticky", CSS_RELATIVE},   {"-webkit-sticky", CSS_RELATIVE}};
    return KEYWORD(p, words, v);
}

static bool read_direction(const char **p, bool quirks, struct css_value *v)
{
    static const struct word words[] = {{"ltr", CSS_LTR}, {"rtl", CSS_RTL}};
    return KEYWORD(p, words, v);
}

static bool read_bidi(const char **p, bool quirks, struct css_value *v)
{
    static const struct word words[] = {{"normal", CSS_AUTO},
                                        {"embed", CSS_EMBED},
                                        {"isolate", CSS_ISOLATE},
                                        {"-webkit-isolate", CSS_ISOLATE},
                                        {"bidi-override", CSS_OVERRIDE},
                                        {"isolate-override", CSS_ISOLATE_OVERRIDE},
                                        {"-webkit-isolate-override", CSS_ISOLATE_OVERRIDE},
                                        {"plaintext", CSS_PLAINTEXT},
                                        {"-webkit-plaintext", CSS_PLAINTEXT}};
    return KEYWORD(p, words, v);
}

static bool read_white_space(const char **p, bool quirks, struct css_value *v)
{
    static const struct word words[] = {{"normal", CSS_AUTO},       {"nowrap", CSS_AUTO},
                                        {"pre", CSS_PRE},           {"pre-wrap", CSS_PRE},
                                        {"pre-line", CSS_PRE_LINE}, {"break-spaces", CSS_PRE},
                                        {"-moz-pre-wrap", CSS_PRE}};
    return KEYWORD(p, words, v);
}

static bool read_float(const char **p, bool quirks, struct css_value *v)
{
    static const struct word words[] = {{"none", CSS_AUTO},
                                        {"left", CSS_LEFT_SIDE},
                                        {"right", CSS_RIGHT_SIDE},
                                        {"inline-start", CSS_LEFT_SIDE},
                                        {"inline-end", CSS_RIGHT_SIDE}};
    return KEYWORD(p, words, v);
}

static bool read_flex_direction(const char **p, bool quirks, struct css_value *v)
{
    static const struct word words[] = {{"row", CSS_ROW},
                                        {"row-reverse", CSS_ROW_REVERSE},
                                        {"column", CSS_COLUMN},
                                        {"column-reverse", CSS_COLUMN_REVERSE}};
    return KEYWORD(p, words, v);
}

static bool read_flex_flow(const char **p, bool quirks, struct css_value *v)
{
    v->keyword = CSS_ROW;
    while (**p)
        if (!read_flex_direction(p, quirks, v) && !css_word(p, "wrap") && !css_word(p, "nowrap") &&
            !css_word(p, "wrap-reverse"))
            return false;
    return true;
}

/* --- shorthands */

void css_add(struct arena *arena, struct css_block *block, struct css_value value)
{
    if (block->n == block->cap) {
        size_t cap = block->cap ? block->cap * 2 : 4;
        block->v = arena_grow(arena, block->v, block->n, cap, sizeof(*block->v));
        block->cap = cap;
    }
    block->v[block->n++] = value;
    block->important |= value.important;
}

static const enum css_property margin_parts[] = {CSS_MARGIN_TOP, CSS_PROPERTIES, CSS_PROPERTIES,
                                                 CSS_MARGIN_LEFT};
static const enum css_property inset_parts[] = {CSS_TOP, CSS_RIGHT, CSS_BOTTOM, CSS_LEFT};

static void add_part(struct arena *arena, struct css_block *block, enum css_property property,
                     struct css_value v)
{
    v.property = (uint8_t)property;
    if (property != CSS_PROPERTIES)
        css_add(arena, block, v);
}

/* "1px 2px 3px 4px": top, right, bottom, left; fewer repeat. */
static void read_sides(const char *p, bool quirks, const enum css_property parts[4], struct arena *arena,
                       struct css_block *block, struct css_value v)
{
    struct css_value side[4];
    size_t n = 0;
    for (; n < 4 && *p; n++) {
        side[n] = v;
        if (!read_offset(&p, quirks, &side[n]))
            return;
    }
    if (n == 0 || *p)
        return;
    for (size_t i = 0; i < 4; i++)
        add_part(arena, block, parts[i], side[i < n ? i : i == 3 && n > 1 ? 1 : 0]);
}

static void read_overflows(const char *p, struct arena *arena, struct css_block *block, struct css_value v)
{
    struct css_value y = v;
    if (!read_overflow(&p, false, &v))
        return;
    y.keyword = v.keyword;
    if ((*p && !read_overflow(&p, false, &y)) || *p)
        return;
    add_part(arena, block, CSS_OVERFLOW_X, v);
    add_part(arena, block, CSS_OVERFLOW_Y, y);
}

/* Position, size, repetition and the like of a background: known, so that anything else makes it invalid. */
static bool skip_background_word(const char **p)
{
    static const char *const words[] = {"repeat",  "no-repeat", "repeat-x",   "repeat-y",    "space",
                                        "round",   "fixed",     "scroll",     "local",       "top",
                                        "left",    "right",     "bottom",     "center",      "cover",
                                        "contain", "auto",      "border-box", "padding-box", "content-box"};
    struct css_length length;
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (css_word(p, words[i]))
            return true;
    return css_next(p, '/') || css_length(p, false, &length);
}

static void read_background(const char *p, bool quirks, struct arena *arena, struct css_block *block,
                            struct css_value v)
{
    struct css_value colour = v, image = v, clip = v;
    image.keyword = clip.keyword = CSS_AUTO;
    bool any = *p != '\0';
    while (*p) {
        const char *start = p;
        struct css_value found = v;
        if (css_next(&p, ',') || skip_background_word(&p))
            continue;
        if (css_word(&p, "text")) {
            clip.keyword = CSS_TEXT;
            continue;
        }
        p = start;
        if (read_image(&p, quirks, &found)) {
            image = found.keyword == CSS_AUTO ? image : found;
            continue;
        }
        p = start;
        if (!read_colour(&p, false, &colour))
            return;
    }
    if (!any)
        return;
    add_part(arena, block, CSS_BACKGROUND_COLOUR, colour); /* transparent where none is named */
    add_part(arena, block, CSS_BACKGROUND_IMAGE, image);
    add_part(arena, block, CSS_BACKGROUND_CLIP, clip);
}

static bool skip_font_word(const char **p)
{
    static const char *const words[] = {"normal",   "italic",         "bold",         "bolder",
                                        "lighter",  "oblique",        "small-caps",   "condensed",
                                        "expanded", "semi-condensed", "semi-expanded"};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (css_word(p, words[i]))
            return true;
    const char *start = *p;
    float weight;
    if (css_number(p, &weight) && weight >= 1 && p[0][-1] == ' ')
        return true;
    *p = start;
    return false;
}

static void read_font(const char *p, struct arena *arena, struct css_block *block, struct css_value v)
{
    static const char *const system[] = {"caption",     "icon",          "menu",
                                         "message-box", "small-caption", "status-bar"};
    struct css_value height = v;
    height.keyword = CSS_AUTO;
    for (size_t i = 0; i < sizeof(system) / sizeof(*system); i++)
        if (css_word(&p, system[i]) && !*p) {
            v.length = (struct css_length){.px = 13};
            add_part(arena, block, CSS_FONT_SIZE, v);
            return;
        }
    while (skip_font_word(&p)) {
    }
    if (!read_font_size(&p, false, &v))
        return;
    if (css_next(&p, '/')) {
        height.keyword = CSS_NONE;
        if (!read_line_height(&p, false, &height))
            return;
    }
    if (!*p) /* a family must follow */
        return;
    add_part(arena, block, CSS_FONT_SIZE, v);
    add_part(arena, block, CSS_LINE_HEIGHT, height);
}

/* --- the table, by name */

static const struct css_reader readers[] = {
    {"-webkit-background-clip", CSS_BACKGROUND_CLIP, read_background_clip},
    {"-webkit-clip-path", CSS_CLIP_PATH, css_read_clip_path},
    {"-webkit-filter", CSS_FILTER, read_filter},
    {"-webkit-text-fill-color", CSS_FILL, read_fill},
    {"-webkit-transform", CSS_TRANSFORM, css_read_transform},
    {"all", CSS_PROPERTIES, NULL},
    {"background", CSS_PROPERTIES, NULL},
    {"background-clip", CSS_BACKGROUND_CLIP, read_background_clip},
    {"background-color", CSS_BACKGROUND_COLOUR, read_colour},
    {"background-image", CSS_BACKGROUND_IMAGE, read_images},
    {"bottom", CSS_BOTTOM, read_offset},
    {"clip", CSS_CLIP, css_read_clip},
    {"clip-path", CSS_CLIP_PATH, css_read_clip_path},
    {"color", CSS_COLOUR, read_colour},
    {"content", CSS_CONTENT, NULL},
    {"content-visibility", CSS_CONTENT_VISIBILITY, read_content_visibility},
    {"direction", CSS_DIRECTION, read_direction},
    {"display", CSS_DISPLAY, read_display},
    {"filter", CSS_FILTER, read_filter},
    {"flex-direction", CSS_FLEX_DIRECTION, read_flex_direction},
    {"flex-flow", CSS_FLEX_DIRECTION, read_flex_flow},
    {"float", CSS_FLOAT, read_float},
    {"font", CSS_PROPERTIES, NULL},
    {"font-size", CSS_FONT_SIZE, read_font_size},
    {"height", CSS_HEIGHT_P, read_extent},
    {"inset", CSS_PROPERTIES, NULL},
    {"left", CSS_LEFT, read_offset},
    {"line-height", CSS_LINE_HEIGHT, read_line_height},
    {"margin", CSS_PROPERTIES, NULL},
    {"margin-left", CSS_MARGIN_LEFT, read_offset},
    {"margin-top", CSS_MARGIN_TOP, read_offset},
    {"max-height", CSS_MAX_HEIGHT, read_extent},
    {"max-width", CSS_MAX_WIDTH, read_extent},
    {"min-height", CSS_MIN_HEIGHT, read_extent},
    {"min-width", CSS_MIN_WIDTH, read_extent},
    {"opacity", CSS_OPACITY, read_opacity},
    {"overflow", CSS_PROPERTIES, NULL},
    {"overflow-x", CSS_OVERFLOW_X, read_overflow},
    {"overflow-y", CSS_OVERFLOW_Y, read_overflow},
    {"position", CSS_POSITION, read_position},
    {"right", CSS_RIGHT, read_offset},
    {"rotate", CSS_ROTATE, css_read_rotate},
    {"scale", CSS_SCALE, css_read_scale},
    {"text-indent", CSS_TEXT_INDENT, read_indent},
    {"text-shadow", CSS_SHADOW, read_shadow},
    {"top", CSS_TOP, read_offset},
    {"transform", CSS_TRANSFORM, css_read_transform},
    {"translate", CSS_TRANSLATE, css_read_translate},
    {"unicode-bidi", CSS_UNICODE_BIDI, read_bidi},
    {"visibility", CSS_VISIBILITY, read_visibility},
    {"white-space", CSS_WHITE_SPACE, read_white_space},
    {"width", CSS_WIDTH_P, read_extent},
};

static int by_name(const void *key, const void *row)
{
    return strcmp(key, ((const struct css_reader *)row)->name);
}

const struct css_reader *css_reader_find(const char *name)
{
    return bsearch(name, readers, sizeof(readers) / sizeof(*readers), sizeof(*readers), by_name);
}

void css_reader_spread(const struct css_reader *reader, struct arena *arena, struct css_block *block,
                       struct css_value v)
{
    static const enum css_property background[] = {CSS_BACKGROUND_COLOUR, CSS_BACKGROUND_IMAGE,
                                                   CSS_BACKGROUND_CLIP},
                                   font[] = {CSS_FONT_SIZE, CSS_LINE_HEIGHT},
                                   overflow[] = {CSS_OVERFLOW_X, CSS_OVERFLOW_Y};
    const enum css_property *parts = &reader->property;
    size_t n = 1;
    if (reader->property == CSS_PROPERTIES) {
        char kind = reader->name[0];
        parts = kind == 'b'   ? background
                : kind == 'f' ? font
                : kind == 'o' ? overflow
                : kind == 'm' ? margin_parts
                              : inset_parts;
        n = kind == 'b' ? 3 : kind == 'f' || kind == 'o' ? 2 : 4;
        if (kind == 'a') {
            for (int i = 0; i < CSS_PROPERTIES; i++)
                if (i != CSS_DIRECTION && i != CSS_UNICODE_BIDI)
                    add_part(arena, block, (enum css_property)i, v);
            return;
        }
    }
    for (size_t i = 0; i < n; i++)
        add_part(arena, block, parts[i], v);
}

static void read_shorthand(const struct css_reader *reader, const char *word, bool quirks,
                           struct arena *arena, struct css_block *block, struct css_value v)
{
    switch (reader->name[0]) {
    case 'b':
        read_background(word, quirks, arena, block, v);
        break;
    case 'f':
        read_font(word, arena, block, v);
        break;
    case 'o':
        read_overflows(word, arena, block, v);
        break;
    case 'm':
        read_sides(word, quirks, margin_parts, arena, block, v);
        break;
    case 'i':
        read_sides(word, quirks, inset_parts, arena, block, v);
        break;
    default: /* "all" takes only the words that every property has */
        break;
    }
}

void css_reader_read(const struct css_reader *reader, const char *word, bool quirks, struct arena *arena,
                     struct css_block *block, struct css_value v)
{
    static const struct word everywhere[] = {{"inherit", CSS_INHERIT},
                                             {"initial", CSS_INITIAL},
                                             {"unset", CSS_UNSET},
                                             {"revert", CSS_REVERT},
                                             {"revert-layer", CSS_REVERT}};
    const char *p = word + strspn(word, " \t\n\r\f"), *start = p;
    if (KEYWORD(&p, everywhere, &v) && *p == '\0') {
        css_reader_spread(reader, arena, block, v);
        return;
    }
    p = start;
    v.keyword = CSS_NONE;
    if (reader->property == CSS_PROPERTIES) {
        read_shorthand(reader, p, quirks, arena, block, v);
        return;
    }
    v.property = (uint8_t)reader->property;
    if (reader->read(&p, quirks, &v) && *p == '\0')
        css_add(arena, block, v);
}
