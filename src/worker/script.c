/*
 * Pages that write themselves: `document.write(unescape("%3Cp%3EOur%20bank..."))`. Only scripts that can write into the
 * page count, so that a page with the usual measuring scripts stays as it is. It is a tokenizer, not an interpreter:
 *
 *   words = literal *( "+" literal ) / "fromCharCode" "(" number *( "," number ) ")"
 *
 * A literal that holds %XX or base64 is decoded where the script has the function for it, whatever stands between the
 * two. Regular expressions are not told from divisions: a quote inside one costs at most the words to the line's end.
 */
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "worker/script.h"

enum {
    BASE64_LEAST = 16, /* shorter words of letters and digits are names */
    NUMBERS_MAX = 65536,
};

struct script {
    struct span rest;
    struct buf *out;
    size_t max;
    bool percent, base64; /* the functions are there */
    bool joined;          /* only "+", brackets and function names since the last literal */
};

static bool contains(struct span s, const char *word)
{
    return s.n && memmem(s.p, s.n, word, strlen(word)) != NULL;
}

static bool contains_any(struct span s, const char *const *words)
{
    for (; *words; words++)
        if (contains(s, *words))
            return true;
    return false;
}

/* `digits` hexadecimal digits at `i` of `s`; -1 */
static long hex_number(struct span s, size_t i, size_t digits)
{
    long value = 0;
    if (s.n < i || s.n - i < digits)
        return -1;
    for (size_t k = 0; k < digits; k++) {
        int h = char_hex(s.p[i + k]);
        if (h < 0)
            return -1;
        value = value << 4 | h;
    }
    return value;
}

static void add_char(struct buf *out, long c)
{
    uint8_t utf8[6];
    int n = c > 0 ? u8_uctomb(utf8, (ucs4_t)c, sizeof(utf8)) : -1;
    if (n > 0)
        buf_add(out, utf8, (size_t)n);
}

/* "\x41", "\u0041", "\u{41}", "\n"; returns how many bytes behind the backslash were used. */
static size_t add_escape(struct buf *out, struct span s)
{
    const char *end = s.n > 2 && s.p[1] == '{' ? memchr(s.p, '}', s.n < 10 ? s.n : 10) : NULL;
    size_t digits = s.p[0] == 'x' ? 2 : s.p[0] == 'u' ? 4 : 0, skip = 1;
    if (end && s.p[0] == 'u')
        digits = (size_t)(end - s.p) - 2, skip = 2;
    long value = digits ? hex_number(s, skip, digits) : -1;
    if (value >= 0) {
        add_char(out, value);
        return skip + digits + (skip == 2);
    }
    if (s.p[0] == 'n' || s.p[0] == 'r')
        buf_addc(out, '\n');
    else if (s.p[0] == 't')
        buf_addc(out, '\t');
    else if (s.p[0] != '\n')
        buf_addc(out, s.p[0]);
    return 1;
}

/* The literal behind its opening quote; moves `rest` behind the closing one. Only `...` goes over lines. */
static void take_literal(struct script *s, char quote, struct buf *out)
{
    size_t i = 0;
    while (i < s->rest.n && s->rest.p[i] != quote && (quote == '`' || s->rest.p[i] != '\n')) {
        if (s->rest.p[i] == '\\' && i + 1 < s->rest.n)
            i += 1 + add_escape(out, (struct span){s->rest.p + i + 1, s->rest.n - i - 1});
        else
            buf_addc(out, s->rest.p[i++]);
    }
    i = i < s->rest.n ? i + 1 : s->rest.n;
    s->rest = (struct span){s->rest.p + i, s->rest.n - i};
}

/* "%41" is a byte of UTF-8 (or Latin-1, unescape() of old), "%u0041" a character. */
static void undo_percent(struct span in, struct buf *out)
{
    struct buf bytes = {0};
    for (size_t i = 0; i < in.n; i++) {
        bool is_u = in.n - i > 5 && in.p[i] == '%' && in.p[i + 1] == 'u';
        long value = in.p[i] != '%' ? -1 : hex_number(in, i + (is_u ? 2 : 1), is_u ? 4 : 2);
        if (is_u && value > 0)
            add_char(&bytes, value);
        else
            buf_addc(&bytes, value > 0 ? (char)value : in.p[i]);
        i += value < 0 ? 0 : is_u ? 5 : 2;
    }
    if (bytes.n && u8_check((const uint8_t *)bytes.p, bytes.n))
        for (size_t i = 0; i < bytes.n; i++)
            add_char(out, (unsigned char)bytes.p[i]);
    else
        buf_add_span(out, buf_span(&bytes));
    buf_free(&bytes);
}

static int base64_value(char c)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(alphabet, c) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

/* false: not base64 as atob() takes it, or not of text */
static bool undo_base64(struct span in, struct buf *out)
{
    struct buf bytes = {0};
    unsigned bits = 0, have = 0;
    bool good = in.n >= BASE64_LEAST;
    for (size_t i = 0; good && i < in.n; i++) {
        int value = base64_value(in.p[i]);
        if (value < 0) {
            good = in.p[i] == '=' && in.n - i <= 2;
            continue;
        }
        bits = bits << 6 | (unsigned)value;
        have += 6;
        if (have >= 8)
            buf_addc(&bytes, (char)(bits >> (have -= 8)));
    }
    good = good && bytes.n && !u8_check((const uint8_t *)bytes.p, bytes.n) && !memchr(bytes.p, 0, bytes.n);
    if (good)
        buf_add_span(out, buf_span(&bytes));
    buf_free(&bytes);
    return good;
}

static void add_words(struct script *s, struct span words)
{
    bool apart = !s->joined && s->out->n;
    s->joined = true;
    if (s->out->n + apart + words.n > s->max)
        return;
    if (apart)
        buf_addc(s->out, '\n');
    buf_add_span(s->out, words);
}

static void literal(struct script *s, char quote)
{
    struct buf raw = {0}, decoded = {0};
    take_literal(s, quote, &raw);
    if (s->percent && contains(buf_span(&raw), "%"))
        undo_percent(buf_span(&raw), &decoded);
    else if (!s->base64 || !undo_base64(buf_span(&raw), &decoded))
        buf_add_span(&decoded, buf_span(&raw));
    if (decoded.n)
        add_words(s, buf_span(&decoded));
    buf_free(&raw);
    buf_free(&decoded);
}

static long take_number(struct span *rest)
{
    long value = 0;
    size_t i = 0;
    bool is_hex = rest->n > 2 && rest->p[0] == '0' && (rest->p[1] | 32) == 'x';
    for (i = is_hex ? 2 : 0; i < rest->n && value < 0x110000; i++) {
        int digit = char_hex(rest->p[i]);
        if (digit < 0 || (!is_hex && digit > 9))
            break;
        value = value * (is_hex ? 16 : 10) + digit;
    }
    *rest = (struct span){rest->p + i, rest->n - i};
    return i ? value : -1;
}

/* The numbers behind fromCharCode; what is no list of numbers gives nothing. */
static void char_codes(struct script *s)
{
    struct buf words = {0};
    struct span rest = s->rest;
    for (size_t n = 0; n < NUMBERS_MAX && rest.n; n++) {
        while (rest.n && strchr("(,[ \t\r\n.", *rest.p) && *rest.p)
            rest = (struct span){rest.p + 1, rest.n - 1};
        if (!rest.n || *rest.p < '0' || *rest.p > '9')
            break;
        add_char(&words, take_number(&rest));
    }
    if (words.n)
        add_words(s, buf_span(&words));
    s->rest = rest;
    buf_free(&words);
}

/* Past a comment; false: there is none here. */
static bool skip_comment(struct script *s)
{
    bool line = s->rest.n > 1 && memcmp(s->rest.p, "//", 2) == 0,
         block = s->rest.n > 1 && memcmp(s->rest.p, "/*", 2) == 0;
    if (!line && !block)
        return false;
    const char *end =
        line ? memchr(s->rest.p, '\n', s->rest.n) : memmem(s->rest.p + 2, s->rest.n - 2, "*/", 2);
    size_t n = end ? (size_t)(end - s->rest.p) + (line ? 1 : 2) : s->rest.n;
    s->rest = (struct span){s->rest.p + n, s->rest.n - n};
    return true;
}

static void read_script(struct script *s)
{
    static const struct span codes = SPAN_LIT("fromCharCode");
    s->joined = false;
    while (s->rest.n) {
        char c = *s->rest.p;
        if (skip_comment(s))
            continue;
        if (s->rest.n > codes.n && memcmp(s->rest.p, codes.p, codes.n) == 0) {
            s->rest = (struct span){s->rest.p + codes.n, s->rest.n - codes.n};
            char_codes(s);
            continue;
        }
        s->rest = (struct span){s->rest.p + 1, s->rest.n - 1};
        if (c == '"' || c == '\'' || c == '`')
            literal(s, c);
        else if (c == ';' || c == '=' || c == ',' || c == ':')
            s->joined = c == ',' && s->joined;
    }
}

/* Does the script write, and are its words made up from others? */
static bool writes(struct span script, bool *computes_r)
{
    static const char *const writers[] = {"document.write",
                                          "document['write",
                                          "document[\"write",
                                          "innerHTML",
                                          "outerHTML",
                                          "insertAdjacent",
                                          "createElement",
                                          "textContent",
                                          "innerText",
                                          "appendChild",
                                          "eval(",
                                          "Function(",
                                          "unescape(",
                                          "atob(",
                                          "fromCharCode",
                                          "createObjectURL",
                                          NULL};
    static const char *const computing[] = {"charCodeAt",  "eval(",
                                            "Function(",   ".split(",
                                            ".reverse(",   ".join(",
                                            ".replace(",   "parseInt(",
                                            "fetch(",      "XMLHttp",
                                            "crypto.",     "createObjectURL",
                                            "TextDecoder", "DecompressionStream",
                                            NULL};
    bool does = contains_any(script, writers) || span_find_nocase(script, SPAN_LIT("data:text"));
    *computes_r = does && contains_any(script, computing);
    return does;
}

/* The next <script> ... </script>; without an end it goes on to the end of the page. */
static bool next_script(struct span *rest, struct span *script_r)
{
    static const struct span start = SPAN_LIT("<script"), end = SPAN_LIT("</script");
    for (; rest->n >= start.n; *rest = (struct span){rest->p + 1, rest->n - 1}) {
        const char *p = memchr(rest->p, '<', rest->n);
        if (!p)
            return false;
        *rest = (struct span){p, rest->n - (size_t)(p - rest->p)};
        if (span_starts_nocase(*rest, start))
            break;
    }
    const char *open = rest->n ? memchr(rest->p, '>', rest->n) : NULL;
    if (!open || rest->n < start.n)
        return false;
    const char *p = open + 1, *last = rest->p + rest->n;
    while ((p = memchr(p, '<', (size_t)(last - p))) &&
           !span_starts_nocase((struct span){p, (size_t)(last - p)}, end))
        p++;
    p = p ? p : last;
    *script_r = (struct span){open + 1, (size_t)(p - open - 1)};
    *rest = (struct span){p, (size_t)(last - p)};
    return true;
}

static struct span past_blanks(struct span s)
{
    while (s.n && strchr(" \t\r\n", *s.p) && *s.p)
        s = (struct span){s.p + 1, s.n - 1};
    return s;
}

/* `s` starts with a handler's name and "=": what stands behind them. */
static bool is_handler(struct span s, struct span *behind_r)
{
    static const struct span names[] = {SPAN_LIT("onload"), SPAN_LIT("onerror"), SPAN_LIT("onpageshow")};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (span_starts_nocase(s, names[i])) {
            struct span rest = past_blanks((struct span){s.p + names[i].n, s.n - names[i].n});
            if (rest.n && *rest.p == '=') {
                *behind_r = past_blanks((struct span){rest.p + 1, rest.n - 1});
                return true;
            }
        }
    return false;
}

/*
 * Handlers (onload="document.write(...)") are scripts too: a page with one is read as such from there to the ">".
 * Those that a script sets (window.onload = ...) were read with it.
 */
static bool next_handler(struct span *rest, struct span *script_r)
{
    struct span value;
    size_t i = 0;
    while (i < rest->n && !(char_lower(rest->p[i]) == 'o' && (i == 0 || rest->p[i - 1] != '.') &&
                            is_handler((struct span){rest->p + i, rest->n - i}, &value)))
        i++;
    if (i == rest->n)
        return false;
    bool quoted = value.n && (*value.p == '"' || *value.p == '\'');
    *rest = quoted ? (struct span){value.p + 1, value.n - 1} : value;
    *script_r = span_cut(rest, quoted ? *value.p : '>');
    return true;
}

struct script_words script_read(struct span html, size_t max)
{
    static const char *const percent[] = {"unescape", "decodeURI", NULL};
    struct script_words words = {0};
    bool (*const nexts[])(struct span *, struct span *) = {next_script, next_handler};
    for (size_t k = 0; k < 2; k++) {
        struct span rest = html, script;
        bool computes;
        while (nexts[k](&rest, &script)) {
            struct script s = {.rest = script, .out = &words.page, .max = max};
            s.percent = contains_any(script, percent);
            s.base64 = contains(script, "atob") || span_find_nocase(script, SPAN_LIT("base64"));
            if (!writes(script, &computes))
                continue;
            words.computes |= computes;
            read_script(&s);
            if (words.page.n < max)
                buf_addc(&words.page, '\n');
        }
    }
    return words;
}
