/*
 * The table of properties, with sizes and shorthands. See cssread.h; cssreaders.h names the readers of other files.
 */
#include <stdlib.h>
#include <string.h>

#include "mail/cssread.h"
#include "mail/cssreaders.h"

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
    static const struct css_name words[] = {{"auto", CSS_AUTO}};
    return CSS_KEYWORD(p, words, v) || css_length(p, quirks, &v->length);
}

static bool read_padding(const char **p, bool quirks, struct css_value *v)
{
    return **p != '-' && css_length(p, quirks, &v->length);
}

static bool read_extent(const char **p, bool quirks, struct css_value *v)
{
    static const struct css_name words[] = {{"auto", CSS_AUTO},        {"none", CSS_AUTO},
                                            {"min-content", CSS_AUTO}, {"max-content", CSS_AUTO},
                                            {"fit-content", CSS_AUTO}, {"-webkit-fill-available", CSS_AUTO},
                                            {"stretch", CSS_AUTO}};
    return CSS_KEYWORD(p, words, v) || (**p != '-' && css_length(p, quirks, &v->length));
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

/* Of which sides something is known; the logical ones are those of lines from left to right. */
struct sides {
    const char *name;
    size_t n;
    enum css_property part[4]; /* CSS_PROPERTIES = no matter */
};

static const struct sides *find_sides(const char *name)
{
    static const struct sides all[] = {
        {"inset", 4, {CSS_TOP, CSS_RIGHT, CSS_BOTTOM, CSS_LEFT}},
        {"inset-block", 2, {CSS_TOP, CSS_BOTTOM}},
        {"inset-inline", 2, {CSS_LEFT, CSS_RIGHT}},
        {"margin", 4, {CSS_MARGIN_TOP, CSS_PROPERTIES, CSS_PROPERTIES, CSS_MARGIN_LEFT}},
        {"margin-block", 2, {CSS_MARGIN_TOP, CSS_PROPERTIES}},
        {"margin-inline", 2, {CSS_MARGIN_LEFT, CSS_PROPERTIES}},
        {"padding", 4, {CSS_PROPERTIES, CSS_PADDING_RIGHT, CSS_PADDING_BOTTOM, CSS_PROPERTIES}},
        {"padding-block", 2, {CSS_PROPERTIES, CSS_PADDING_BOTTOM}},
        {"padding-inline", 2, {CSS_PROPERTIES, CSS_PADDING_RIGHT}}};
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
        if (strcmp(name, all[i].name) == 0)
            return &all[i];
    return NULL;
}

static void add_part(struct arena *arena, struct css_block *block, enum css_property property,
                     struct css_value v)
{
    v.property = (uint8_t)property;
    if (property != CSS_PROPERTIES)
        css_add(arena, block, v);
}

/* "1px 2px 3px 4px": top, right, bottom, left; or start and end. Fewer repeat. */
static void read_sides(const char *p, bool quirks, const struct sides *sides, struct arena *arena,
                       struct css_block *block, struct css_value v)
{
    struct css_value side[4];
    size_t n = 0;
    bool padding = sides->name[0] == 'p';
    for (; n < sides->n && *p; n++) {
        side[n] = v;
        if (padding ? !read_padding(&p, quirks, &side[n]) : !read_offset(&p, quirks, &side[n]))
            return;
    }
    if (n == 0 || *p)
        return;
    for (size_t i = 0; i < sides->n; i++)
        add_part(arena, block, sides->part[i], side[i < n ? i : i == 3 && n > 1 ? 1 : 0]);
}

static void read_overflows(const char *p, struct arena *arena, struct css_block *block, struct css_value v)
{
    struct css_value y = v;
    if (!css_read_overflow(&p, false, &v))
        return;
    y.keyword = v.keyword;
    if ((*p && !css_read_overflow(&p, false, &y)) || *p)
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
        if (css_read_image(&p, quirks, &found)) {
            image = found.keyword == CSS_AUTO ? image : found;
            continue;
        }
        p = start;
        if (!css_read_colour(&p, false, &colour))
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
    {"-webkit-background-clip", CSS_BACKGROUND_CLIP, css_read_background_clip},
    {"-webkit-clip-path", CSS_CLIP_PATH, css_read_clip_path},
    {"-webkit-filter", CSS_FILTER, css_read_filter},
    {"-webkit-text-fill-color", CSS_FILL, css_read_fill},
    {"-webkit-transform", CSS_TRANSFORM, css_read_transform},
    {"all", CSS_PROPERTIES, NULL},
    {"background", CSS_PROPERTIES, NULL},
    {"background-clip", CSS_BACKGROUND_CLIP, css_read_background_clip},
    {"background-color", CSS_BACKGROUND_COLOUR, css_read_colour},
    {"background-image", CSS_BACKGROUND_IMAGE, css_read_images},
    {"block-size", CSS_HEIGHT_P, read_extent},
    {"bottom", CSS_BOTTOM, read_offset},
    {"clip", CSS_CLIP, css_read_clip},
    {"clip-path", CSS_CLIP_PATH, css_read_clip_path},
    {"color", CSS_COLOUR, css_read_colour},
    {"content", CSS_CONTENT, NULL},
    {"content-visibility", CSS_CONTENT_VISIBILITY, css_read_content_visibility},
    {"direction", CSS_DIRECTION, css_read_direction},
    {"display", CSS_DISPLAY, css_read_display},
    {"filter", CSS_FILTER, css_read_filter},
    {"flex-direction", CSS_FLEX_DIRECTION, css_read_flex_direction},
    {"flex-flow", CSS_FLEX_DIRECTION, css_read_flex_flow},
    {"float", CSS_FLOAT, css_read_float},
    {"font", CSS_PROPERTIES, NULL},
    {"font-size", CSS_FONT_SIZE, read_font_size},
    {"height", CSS_HEIGHT_P, read_extent},
    {"inline-size", CSS_WIDTH_P, read_extent},
    {"inset", CSS_PROPERTIES, NULL},
    {"inset-block", CSS_PROPERTIES, NULL},
    {"inset-block-end", CSS_BOTTOM, read_offset},
    {"inset-block-start", CSS_TOP, read_offset},
    {"inset-inline", CSS_PROPERTIES, NULL},
    {"inset-inline-end", CSS_RIGHT, read_offset},
    {"inset-inline-start", CSS_LEFT, read_offset},
    {"left", CSS_LEFT, read_offset},
    {"line-height", CSS_LINE_HEIGHT, read_line_height},
    {"margin", CSS_PROPERTIES, NULL},
    {"margin-block", CSS_PROPERTIES, NULL},
    {"margin-block-start", CSS_MARGIN_TOP, read_offset},
    {"margin-inline", CSS_PROPERTIES, NULL},
    {"margin-inline-start", CSS_MARGIN_LEFT, read_offset},
    {"margin-left", CSS_MARGIN_LEFT, read_offset},
    {"margin-top", CSS_MARGIN_TOP, read_offset},
    {"max-block-size", CSS_MAX_HEIGHT, read_extent},
    {"max-height", CSS_MAX_HEIGHT, read_extent},
    {"max-inline-size", CSS_MAX_WIDTH, read_extent},
    {"max-width", CSS_MAX_WIDTH, read_extent},
    {"min-block-size", CSS_MIN_HEIGHT, read_extent},
    {"min-height", CSS_MIN_HEIGHT, read_extent},
    {"min-inline-size", CSS_MIN_WIDTH, read_extent},
    {"min-width", CSS_MIN_WIDTH, read_extent},
    {"opacity", CSS_OPACITY, css_read_opacity},
    {"overflow", CSS_PROPERTIES, NULL},
    {"overflow-x", CSS_OVERFLOW_X, css_read_overflow},
    {"overflow-y", CSS_OVERFLOW_Y, css_read_overflow},
    {"padding", CSS_PROPERTIES, NULL},
    {"padding-block", CSS_PROPERTIES, NULL},
    {"padding-block-end", CSS_PADDING_BOTTOM, read_padding},
    {"padding-bottom", CSS_PADDING_BOTTOM, read_padding},
    {"padding-inline", CSS_PROPERTIES, NULL},
    {"padding-inline-end", CSS_PADDING_RIGHT, read_padding},
    {"padding-right", CSS_PADDING_RIGHT, read_padding},
    {"position", CSS_POSITION, css_read_position},
    {"right", CSS_RIGHT, read_offset},
    {"rotate", CSS_ROTATE, css_read_rotate},
    {"scale", CSS_SCALE, css_read_scale},
    {"text-indent", CSS_TEXT_INDENT, read_indent},
    {"text-shadow", CSS_SHADOW, css_read_shadow},
    {"top", CSS_TOP, read_offset},
    {"transform", CSS_TRANSFORM, css_read_transform},
    {"translate", CSS_TRANSLATE, css_read_translate},
    {"unicode-bidi", CSS_UNICODE_BIDI, css_read_bidi},
    {"visibility", CSS_VISIBILITY, css_read_visibility},
    {"white-space", CSS_WHITE_SPACE, css_read_white_space},
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
        const struct sides *sides = find_sides(reader->name);
        parts = sides ? sides->part : kind == 'b' ? background : kind == 'f' ? font : overflow;
        n = sides ? sides->n : kind == 'b' ? 3 : 2;
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
    const struct sides *sides = find_sides(reader->name);
    if (sides) {
        read_sides(word, quirks, sides, arena, block, v);
        return;
    }
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
    default: /* "all" takes only the words that every property has */
        break;
    }
}

void css_reader_read(const struct css_reader *reader, const char *word, bool quirks, struct arena *arena,
                     struct css_block *block, struct css_value v)
{
    static const struct css_name everywhere[] = {{"inherit", CSS_INHERIT},
                                                 {"initial", CSS_INITIAL},
                                                 {"unset", CSS_UNSET},
                                                 {"revert", CSS_REVERT},
                                                 {"revert-layer", CSS_REVERT}};
    const char *p = word + strspn(word, " \t\n\r\f"), *start = p;
    if (CSS_KEYWORD(&p, everywhere, &v) && *p == '\0') {
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
