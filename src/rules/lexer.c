/*
 * Tokens of the expression language. Knows what people write who know other languages (=, &&, !, “”) and
 * tells them what to write here; it never guesses.
 */
#include <string.h>
#include <strings.h>

#include "rules/lexer.h"

static const char *const words[] = {"and",     "or",          "not",       "in",   "contains",
                                    "matches", "starts_with", "ends_with", "true", "false"};
enum { N_WORDS = sizeof(words) / sizeof(*words) };

static const char *const operators[] = {"==", "!=", "<=", ">=", "<", ">", "+",
                                        "-",  "*",  "(",  ")",  "[", "]", ","};

/* What people write instead. The longer spelling stands first. */
static const struct {
    const char *text, *what, *remedy;
} mistakes[] = {
    {"===", "'===' is no operator", "write =="},
    {"=>", "'=>' is no operator", "write >="},
    {"=<", "'=<' is no operator", "write <="},
    {"=~", "'=~' is no operator", "write: matches /pattern/"},
    {"!~", "'!~' is no operator", "write: not (... matches /pattern/)"},
    {"=", "'=' does not compare", "write =="},
    {"&&", "'&&' is no operator", "write: and"},
    {"&", "'&' is no operator", "write: and"},
    {"||", "'||' is no operator", "write: or"},
    {"|", "'|' is no operator", "write: or"},
    {"!", "'!' is no operator", "write: not"},
    {"/", "a pattern stands only behind 'matches'; there is no division", "write: fact matches /pattern/"},
    {"{", "no { } in expressions", "in 'why' facts stand in {}; here write the name alone"},
    {"}", "no { } in expressions", "in 'why' facts stand in {}; here write the name alone"},
    {"$", "names have no $", "write the name of the fact alone"},
    {"\xE2\x80\x9C", "typographic quotes do not mark text", "write \"...\""},
    {"\xE2\x80\x9D", "typographic quotes do not mark text", "write \"...\""},
    {"\xE2\x80\x98", "typographic quotes do not mark text", "write \"...\""},
    {"\xE2\x80\x99", "typographic quotes do not mark text", "write \"...\""},
    {"\xC2\xA0", "a no-break space stands here", "write an ordinary blank"},
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Names have dots; a hyphen belongs to them only between letters, so that x-1 is a subtraction. */
static size_t name_length(const char *p)
{
    size_t n = 0;
    while (is_letter(p[n]) || (n && (is_digit(p[n]) || (p[n] == '.' && is_letter(p[n + 1])) ||
                                     (p[n] == '-' && is_letter(p[n + 1])))))
        n++;
    return n;
}

static struct token bad(struct expr_unit *unit)
{
    unit->failed = true;
    return (struct token){.kind = TOKEN_BAD};
}

static struct token lex_name(struct expr_unit *unit, size_t at)
{
    size_t n = name_length(unit->text + at);
    struct token t = {TOKEN_NAME, at, n, arena_strndup(unit->arena, unit->text + at, n), 0};
    for (size_t i = 0; i < N_WORDS; i++) {
        if (strcasecmp(t.s, words[i]) != 0)
            continue;
        if (strcmp(t.s, words[i]) != 0) {
            expr_fail(unit, at, arena_printf(unit->arena, "write: %s", words[i]),
                      "'%s' is written in small letters", t.s);
            return bad(unit);
        }
        t.kind = TOKEN_WORD;
    }
    return t;
}

static struct token lex_int(struct expr_unit *unit, size_t at)
{
    struct token t = {.kind = TOKEN_INT, .at = at};
    const char *p = unit->text + at;
    for (; is_digit(p[t.n]); t.n++)
        if (t.i <= EXPR_MAX_INT)
            t.i = t.i * 10 + (p[t.n] - '0');
    if (t.i > EXPR_MAX_INT) {
        expr_fail(unit, at, NULL, "numbers go up to %d", EXPR_MAX_INT);
        return bad(unit);
    }
    if (p[t.n] == '.' && is_digit(p[t.n + 1])) {
        expr_fail(unit, at, "scores and strengths go from 0 to 100", "numbers are whole numbers");
        return bad(unit);
    }
    if (p[t.n] == '%' || is_letter(p[t.n])) {
        expr_fail(unit, at + t.n, "write the number alone; text stands in \"...\"", "a number ends here");
        return bad(unit);
    }
    return t;
}

static struct token lex_string(struct expr_unit *unit, size_t at)
{
    const char *p = unit->text;
    char quote = p[at], *out = arena_alloc(unit->arena, strlen(p + at) + 1);
    size_t i = at + 1, n = 0;
    for (; p[i] && p[i] != quote; i++) {
        if (p[i] != '\\') {
            out[n++] = p[i];
            continue;
        }
        i++;
        if (p[i] != '\\' && p[i] != '"' && p[i] != '\'') {
            expr_fail(unit, i - 1, "write \\\\ for a backslash; patterns stand in /.../ behind 'matches'",
                      "\\ stands only before a quote or another \\");
            return bad(unit);
        }
        out[n++] = p[i];
    }
    if (!p[i]) {
        expr_fail(unit, at, "close it with the same quote", "the text that begins here is not closed");
        return bad(unit);
    }
    return (struct token){TOKEN_STRING, at, i + 1 - at, out, 0};
}

static size_t skip_blanks(const char *text, size_t at)
{
    while (text[at] && strchr(" \t\r\n", text[at]))
        at++;
    return at;
}

static struct token lex_mistake(struct expr_unit *unit, size_t at)
{
    const char *p = unit->text + at;
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++)
        if (strncmp(p, mistakes[i].text, strlen(mistakes[i].text)) == 0) {
            expr_fail(unit, at, mistakes[i].remedy, "%s", mistakes[i].what);
            return bad(unit);
        }
    int n = 1;
    while (((unsigned char)p[n] & 0xC0) == 0x80)
        n++;
    expr_fail(unit, at, "text stands in \"...\"", "'%.*s' has no meaning here", n, p);
    return bad(unit);
}

struct token lexer_next(struct expr_unit *unit, size_t from)
{
    size_t at = skip_blanks(unit->text, from);
    const char *p = unit->text + at;
    if (!*p)
        return (struct token){.kind = TOKEN_END, .at = at};
    if (is_letter(*p))
        return lex_name(unit, at);
    if (is_digit(*p))
        return lex_int(unit, at);
    if (*p == '"' || *p == '\'')
        return lex_string(unit, at);
    if (strncmp(p, "<>", 2) == 0) {
        expr_fail(unit, at, "write !=", "'<>' is no operator");
        return bad(unit);
    }
    if (p[0] == '=' && p[1] == '=' && p[2] == '=')
        return lex_mistake(unit, at);
    for (size_t i = 0; i < sizeof(operators) / sizeof(*operators); i++) {
        size_t n = strlen(operators[i]);
        if (strncmp(p, operators[i], n) == 0)
            return (struct token){TOKEN_OP, at, n, operators[i], 0};
    }
    return lex_mistake(unit, at);
}

/* The end of a pattern: the first / that no \ escapes and that stands in no [...]. */
static size_t pattern_end(const char *p)
{
    bool in_class = false;
    size_t i = 0;
    for (; p[i] && (p[i] != '/' || in_class); i++) {
        if (p[i] == '\\' && p[i + 1])
            i++;
        else if (p[i] == '[')
            in_class = true;
        else if (p[i] == ']')
            in_class = false;
    }
    return i;
}

const struct regex *lexer_regex(struct expr_unit *unit, size_t from, size_t *end_r)
{
    size_t at = skip_blanks(unit->text, from), offset = 0;
    const char *p = unit->text + at;
    char error[160];
    if (*p != '/') {
        expr_fail(unit, at, "write: matches /pattern/ or, in any case of letters, /pattern/i",
                  "'matches' needs a pattern between slashes");
        return NULL;
    }
    size_t n = pattern_end(p + 1), end = at + 1 + n;
    if (unit->text[end] != '/') {
        expr_fail(unit, at, "close it with /; write \\/ for a slash inside it", "this pattern is not closed");
        return NULL;
    }
    bool caseless = unit->text[++end] == 'i';
    end += caseless;
    if (is_letter(unit->text[end])) {
        expr_fail(unit, end, "the only flag is i (any case of letters)",
                  "unknown flag '%c' behind the pattern", unit->text[end]);
        return NULL;
    }
    if (n == 0 || n > REGEX_MAX_PATTERN) {
        expr_fail(unit, at, "a pattern has 1 to 4096 bytes",
                  n ? "this pattern is too long" : "this pattern is empty");
        return NULL;
    }
    const struct regex *regex =
        regex_compile(unit->regexes, p + 1, n, caseless, error, sizeof(error), &offset);
    if (!regex)
        expr_fail(unit, at + 1 + offset, "see pcre2pattern(3)", "this pattern does not compile: %s", error);
    *end_r = end;
    return regex;
}
