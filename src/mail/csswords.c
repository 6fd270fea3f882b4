/*
 * Properties whose value is a word. See cssreaders.h.
 */
#include <string.h>

#include "mail/cssreaders.h"

bool css_read_word(const char **p, const struct css_name *words, size_t n, struct css_value *v)
{
    for (size_t i = 0; i < n; i++)
        if (css_word(p, words[i].name)) {
            v->keyword = (uint8_t)words[i].keyword;
            return true;
        }
    return false;
}

static bool is_one_of_two(uint8_t display)
{
    return display == CSS_BLOCK || display == CSS_INLINE || display == CSS_FLEX || display == CSS_GRID ||
           display == CSS_TABLE || display == CSS_LIST_ITEM;
}

bool css_read_display(const char **p, bool quirks, struct css_value *v)
{
    static const struct css_name words[] = {
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
    if (!CSS_KEYWORD(p, words, v))
        return false;
    struct css_value inner = {0};
    if (!**p) /* "block flow", "inline flow-root" and the like */
        return true;
    if (!CSS_KEYWORD(p, words, &inner) || !is_one_of_two(v->keyword) || !is_one_of_two(inner.keyword))
        return false;
    if (v->keyword == CSS_INLINE && inner.keyword != CSS_INLINE)
        v->keyword = inner.keyword == CSS_FLEX    ? CSS_INLINE_FLEX
                     : inner.keyword == CSS_TABLE ? CSS_INLINE_TABLE
                                                  : CSS_INLINE_BLOCK;
    else if (inner.keyword == CSS_FLEX || inner.keyword == CSS_TABLE || inner.keyword == CSS_GRID)
        v->keyword = inner.keyword;
    return true;
}

bool css_read_visibility(const char **p, bool quirks, struct css_value *v)
{
    static const struct css_name words[] = {
        {"hidden", CSS_HIDDEN}, {"visible", CSS_VISIBLE}, {"collapse", CSS_HIDDEN}};
    return CSS_KEYWORD(p, words, v);
}

bool css_read_content_visibility(const char **p, bool quirks, struct css_value *v)
{
    static const struct css_name words[] = {
        {"hidden", CSS_HIDDEN}, {"visible", CSS_VISIBLE}, {"auto", CSS_VISIBLE}};
    return CSS_KEYWORD(p, words, v);
}

bool css_read_overflow(const char **p, bool quirks, struct css_value *v)
{
    static const struct css_name words[] = {{"hidden", CSS_HIDDEN}, {"visible", CSS_VISIBLE},
                                            {"auto", CSS_HIDDEN},   {"scroll", CSS_HIDDEN},
                                            {"clip", CSS_HIDDEN},   {"overlay", CSS_HIDDEN}};
    return CSS_KEYWORD(p, words, v);
}

bool css_read_position(const char **p, bool quirks, struct css_value *v)
{
    static const struct css_name words[] = {{"absolute", CSS_ABSOLUTE}, {"relative", CSS_RELATIVE},
                                            {"static", CSS_STATIC},     {"fixed", CSS_FIXED},
                                            {"sticky", CSS_RELATIVE},   {"-webkit-sticky", CSS_RELATIVE}};
    return CSS_KEYWORD(p, words, v);
}

bool css_read_direction(const char **p, bool quirks, struct css_value *v)
{
    static const struct css_name words[] = {{"ltr", CSS_LTR}, {"rtl", CSS_RTL}};
    return CSS_KEYWORD(p, words, v);
}

bool css_read_bidi(const char **p, bool quirks, struct css_value *v)
{
    static const struct css_name words[] = {{"normal", CSS_AUTO},
                                            {"embed", CSS_EMBED},
                                            {"isolate", CSS_ISOLATE},
                                            {"-webkit-isolate", CSS_ISOLATE},
                                            {"bidi-override", CSS_OVERRIDE},
                                            {"isolate-override", CSS_ISOLATE_OVERRIDE},
                                            {"-webkit-isolate-override", CSS_ISOLATE_OVERRIDE},
                                            {"plaintext", CSS_PLAINTEXT},
                                            {"-webkit-plaintext", CSS_PLAINTEXT}};
    return CSS_KEYWORD(p, words, v);
}

bool css_read_white_space(const char **p, bool quirks, struct css_value *v)
{
    static const struct css_name words[] = {{"normal", CSS_AUTO},       {"nowrap", CSS_AUTO},
                                            {"pre", CSS_PRE},           {"pre-wrap", CSS_PRE},
                                            {"pre-line", CSS_PRE_LINE}, {"break-spaces", CSS_PRE},
                                            {"-moz-pre-wrap", CSS_PRE}};
    return CSS_KEYWORD(p, words, v);
}

bool css_read_float(const char **p, bool quirks, struct css_value *v)
{
    static const struct css_name words[] = {{"none", CSS_AUTO},
                                            {"left", CSS_LEFT_SIDE},
                                            {"right", CSS_RIGHT_SIDE},
                                            {"inline-start", CSS_LEFT_SIDE},
                                            {"inline-end", CSS_RIGHT_SIDE}};
    return CSS_KEYWORD(p, words, v);
}

bool css_read_flex_direction(const char **p, bool quirks, struct css_value *v)
{
    static const struct css_name words[] = {{"row", CSS_ROW},
                                            {"row-reverse", CSS_ROW_REVERSE},
                                            {"column", CSS_COLUMN},
                                            {"column-reverse", CSS_COLUMN_REVERSE}};
    return CSS_KEYWORD(p, words, v);
}

bool css_read_flex_flow(const char **p, bool quirks, struct css_value *v)
{
    v->keyword = CSS_ROW;
    while (**p)
        if (!css_read_flex_direction(p, quirks, v) && !css_word(p, "wrap") && !css_word(p, "nowrap") &&
            !css_word(p, "wrap-reverse"))
            return false;
    return true;
}
