/*
 * Declarations of CSS. What is not understood is invalid, and so hides nothing: odd styles never take text away
 * from the rules.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#include "mail/css.h"
#include "mail/cssread.h"

enum {
    MAX_VALUE = 512, /* longer values (pictures inside are left out) are none of ours */
    MAX_NAME = 40,
    MAX_DECLARED = 4096, /* of one block; "all" alone is forty */
    DECLARED_STEPS = 16, /* what keeping one of them costs */
};

bool css_pay(struct css_budget *budget, size_t steps)
{
    if (budget->steps < steps) {
        budget->steps = 0;
        budget->spent = true;
        return false;
    }
    budget->steps -= steps;
    return true;
}

/* --- the text of a style */

static size_t string_end(struct span s, size_t i)
{
    char quote = s.p[i++];
    for (; i < s.n && s.p[i] != quote && s.p[i] != '\n'; i++)
        i += s.p[i] == '\\';
    return i < s.n ? i : s.n;
}

struct span css_uncomment(struct arena *arena, struct span text)
{
    if (!text.n || !memmem(text.p, text.n, "/*", 2))
        return text;
    char *out = arena_bytes(arena, text.n);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"' || text.p[i] == '\'') {
            size_t end = string_end(text, i);
            end = end < text.n ? end : text.n - 1;
            memcpy(out + n, text.p + i, end - i + 1);
            n += end - i + 1;
            i = end;
        } else if (text.p[i] == '/' && i + 1 < text.n && text.p[i + 1] == '*') {
            const char *end = i + 2 < text.n ? memmem(text.p + i + 2, text.n - i - 2, "*/", 2) : NULL;
            out[n++] = ' ';
            if (!end)
                break;
            i = (size_t)(end - text.p) + 1;
        } else {
            out[n++] = text.p[i];
        }
    }
    return (struct span){out, n};
}

struct span css_cut(struct span *rest, char end)
{
    struct span s = *rest;
    int depth = 0;
    size_t i = 0;
    for (; i < s.n; i++) {
        char c = s.p[i];
        if (c == end && depth <= 0)
            break;
        if (c == '"' || c == '\'')
            i = string_end(s, i);
        else if (c == '\\')
            i++;
        else if (c == '(' || c == '[' || c == '{')
            depth++;
        else if ((c == ')' || c == ']' || c == '}') && depth > 0)
            depth--;
    }
    if (i >= s.n) {
        *rest = (struct span){NULL, 0};
        return s;
    }
    *rest = (struct span){s.p + i + 1, s.n - i - 1};
    return (struct span){s.p, i};
}

struct span css_unescape(struct arena *arena, struct span text)
{
    if (!text.n || !memchr(text.p, '\\', text.n))
        return text;
    char *out = arena_bytes(arena, text.n * 2 + 4);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] != '\\') {
            out[n++] = text.p[i];
            continue;
        }
        uint32_t c = 0;
        size_t digits = 0;
        while (digits < 6 && i + 1 < text.n && char_hex(text.p[i + 1]) >= 0) {
            c = c * 16 + (uint32_t)char_hex(text.p[++i]);
            digits++;
        }
        if (digits) {
            i += i + 1 < text.n && strchr(" \t\n", text.p[i + 1]);
            bool valid = c && c < 0x110000 && !(c >= 0xD800 && c < 0xE000);
            n += text_encode(valid ? c : 0xFFFD, out + n);
        } else if (i + 1 < text.n && text.p[++i] != '\n') {
            out[n++] = text.p[i];
        }
    }
    return (struct span){out, n};
}

/* A value as the readers want it: small letters, pictures left out, NUL at its end. False when it is too long. */
static bool word_of(struct span value, char word[MAX_VALUE])
{
    size_t n = 0;
    for (size_t i = 0; i < value.n; i++) {
        struct span here = {value.p + i, value.n - i};
        if (n + 5 >= MAX_VALUE)
            return false;
        if ((here.p[0] | 0x20) == 'u' && span_starts_nocase(here, SPAN_LIT("url("))) {
            struct span inside = {here.p + 4, here.n - 4};
            memcpy(word + n, "url()", 5);
            n += 5;
            css_cut(&inside, ')');
            i = inside.p ? (size_t)(inside.p - value.p) - 1 : value.n;
        } else {
            word[n++] = char_lower(here.p[0]);
        }
    }
    word[n] = '\0';
    return true;
}

/* --- declarations */

static bool cut_important(struct span *value)
{
    const char *mark = value->n ? memrchr(value->p, '!', value->n) : NULL;
    if (!mark)
        return false;
    struct span word = span_trim((struct span){mark + 1, value->n - (size_t)(mark - value->p) - 1});
    if (!span_eq_nocase(word, SPAN_LIT("important")))
        return false;
    *value = span_trim((struct span){value->p, (size_t)(mark - value->p)});
    return true;
}

static bool has_variable(struct span value)
{
    for (const char *p = value.p; value.n && (p = memchr(p, '(', value.n - (size_t)(p - value.p))); p++)
        if (p - value.p >= 3 && span_eq_nocase((struct span){p - 3, 3}, SPAN_LIT("var")))
            return true;
    return false;
}

static const struct css_reader *reader_of(struct span name)
{
    char lower[MAX_NAME];
    if (name.n == 0 || name.n >= sizeof(lower))
        return NULL;
    for (size_t i = 0; i < name.n; i++)
        lower[i] = char_lower(name.p[i]);
    lower[name.n] = '\0';
    return css_reader_find(lower);
}

static void declare(struct arena *arena, struct span name, struct span value, bool quirks,
                    struct css_block *block)
{
    char word[MAX_VALUE];
    struct css_value v = {.important = cut_important(&value)};
    if (name.n > 2 && name.p[0] == '-' && name.p[1] == '-') {
        v.property = CSS_CUSTOM;
        v.name = name;
        v.text = value;
        css_add(arena, block, v);
        return;
    }
    const struct css_reader *reader = reader_of(name);
    if (!reader || !value.n)
        return;
    if (has_variable(value)) {
        v.property = (uint8_t)reader->property;
        v.keyword = CSS_VARIABLE;
        v.name = name;
        v.text = value;
        css_reader_spread(reader, arena, block, v);
        return;
    }
    if (reader->property == CSS_CONTENT) {
        v.property = CSS_CONTENT;
        v.text = value;
        css_add(arena, block, v);
    } else if (word_of(value, word)) {
        css_reader_read(reader, word, quirks, arena, block, v);
    }
}

void css_declare(struct arena *arena, struct span name, struct span text, bool quirks,
                 struct css_block *block)
{
    declare(arena, name, span_trim(text), quirks, block);
}

/* The colon behind the name; an escaped one is a letter of it. */
static const char *find_colon(struct span s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == ':')
            return s.p + i;
        i += s.p[i] == '\\';
    }
    return NULL;
}

void css_declarations(struct arena *arena, struct span text, bool quirks, struct css_budget *budget,
                      struct css_block *block)
{
    if (!css_pay(budget, text.n / 4 + 1))
        return;
    text = css_uncomment(arena, text);
    while (text.n) {
        struct span value = css_cut(&text, ';');
        const char *colon = find_colon(value);
        if (!colon)
            continue;
        struct span name = span_trim((struct span){value.p, (size_t)(colon - value.p)});
        value = span_trim((struct span){colon + 1, value.n - (size_t)(colon + 1 - value.p)});
        size_t before = block->n;
        if (value.n && !memchr(value.p, '"', value.n) && !memchr(value.p, '\'', value.n))
            value = css_unescape(arena, value);
        declare(arena, css_unescape(arena, name), value, quirks, block);
        if (!css_pay(budget, (block->n - before) * DECLARED_STEPS))
            return;
        if (block->n > MAX_DECLARED) {
            budget->spent = true;
            return;
        }
    }
}
