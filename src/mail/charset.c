/*
 * Character sets, by the names mail programs really mean: browsers and mail programs read "iso-8859-1" as
 * windows-1252 and "gb2312" as GB 18030, and so must we, or a sender could show one text and be judged by
 * another. The rest is iconv's, under the names that GMime knows.
 */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include <gmime/gmime.h>

#include "base/text.h"

#include "mail/charset.h"
#include "mail/limits.h"

enum { MAX_NAME = 64 };

static const struct {
    const char *name, *meant;
} meant[] = {
    /* WHATWG Encoding Standard, "names and labels" */
    {"gb2312", "GB18030"},          {"gbk", "GB18030"},          {"x-gbk", "GB18030"},
    {"hz-gb-2312", "HZ"},           {"big5", "BIG5-HKSCS"},      {"shift_jis", "CP932"},
    {"shift-jis", "CP932"},         {"sjis", "CP932"},           {"x-sjis", "CP932"},
    {"windows-31j", "CP932"},       {"ks_c_5601-1987", "CP949"}, {"euc-kr", "CP949"},
    {"iso-8859-9", "CP1254"},       {"tis-620", "CP874"},        {"iso-2022-jp", "ISO-2022-JP-3"},
    {"unicode-1-1-utf-7", "UTF-7"},
};

static const uint16_t windows_1252[32] = {
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178,
};

static struct span from_windows_1252(struct arena *arena, struct span bytes)
{
    char *out = arena_alloc(arena, bytes.n * 3 + 1);
    size_t n = 0;
    for (size_t i = 0; i < bytes.n; i++) {
        unsigned char b = (unsigned char)bytes.p[i];
        unsigned c = b >= 0x80 && b < 0xA0 ? windows_1252[b - 0x80] : b;
        if (c < 0x80) {
            out[n++] = (char)c;
        } else if (c < 0x800) {
            out[n++] = (char)(0xC0 | c >> 6);
            out[n++] = (char)(0x80 | (c & 0x3F));
        } else {
            out[n++] = (char)(0xE0 | c >> 12);
            out[n++] = (char)(0x80 | (c >> 6 & 0x3F));
            out[n++] = (char)(0x80 | (c & 0x3F));
        }
    }
    return (struct span){out, n};
}

struct span charset_guess(struct arena *arena, struct span bytes)
{
    return text_is_utf8(bytes) ? bytes : from_windows_1252(arena, bytes);
}

static bool is_one_of(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcasecmp(name, names[i]) == 0)
            return true;
    return false;
}

static iconv_t open_converter(const char *charset)
{
    for (size_t i = 0; i < sizeof(meant) / sizeof(*meant); i++)
        if (strcasecmp(charset, meant[i].name) == 0) {
            iconv_t cd = iconv_open("UTF-8", meant[i].meant);
            if (cd != (iconv_t)-1)
                return cd;
        }
    for (const char *p = charset; *p; p++) /* iconv would take "//TRANSLIT" and paths in the name */
        if (!g_ascii_isalnum(*p) && !strchr("-_.:+()", *p))
            return (iconv_t)-1;
    return iconv_open("UTF-8", g_mime_charset_iconv_name(charset));
}

static struct span convert(struct arena *arena, iconv_t cd, struct span bytes)
{
    size_t cap = bytes.n * 3 + 64, in_left = bytes.n;
    char *out = arena_alloc(arena, cap), *to = out;
    char *in = (char *)(uintptr_t)bytes.p; /* iconv's prototype lacks the const */
    while (in_left) {
        size_t left = cap - (size_t)(to - out);
        if (iconv(cd, &in, &in_left, &to, &left) != (size_t)-1)
            break;
        if (errno == E2BIG || left < 8) {
            size_t used = (size_t)(to - out);
            out = arena_grow(arena, out, used, cap * 2, 1);
            cap *= 2;
            to = out + used;
        } else { /* EILSEQ, EINVAL: a byte that the charset does not have */
            memcpy(to, "\xEF\xBF\xBD", 3);
            to += 3;
            in++;
            in_left--;
        }
    }
    return (struct span){out, (size_t)(to - out)};
}

struct span charset_to_utf8(struct arena *arena, struct span bytes, const char *charset, unsigned *anomalies)
{
    static const char *const ascii[] = {"us-ascii", "ascii", "ansi_x3.4-1968", "7bit", "8bit"};
    static const char *const latin1[] = {"iso-8859-1", "latin1", "iso8859-1", "windows-1252",
                                         "cp1252",     "x-ansi", "iso_8859-1"};
    if (!charset || !*charset || is_one_of(charset, ascii, sizeof(ascii) / sizeof(*ascii)))
        return charset_guess(arena, bytes);
    if (strcasecmp(charset, "utf-8") == 0 || strcasecmp(charset, "utf8") == 0) {
        if (!text_is_utf8(bytes))
            *anomalies |= ANOMALY_BAD_UTF8;
        return text_valid_utf8(arena, bytes);
    }
    if (is_one_of(charset, latin1, sizeof(latin1) / sizeof(*latin1)))
        return from_windows_1252(arena, bytes);
    iconv_t cd = strlen(charset) < MAX_NAME ? open_converter(charset) : (iconv_t)-1;
    if (cd == (iconv_t)-1) {
        *anomalies |= ANOMALY_CHARSET_UNKNOWN;
        return charset_guess(arena, bytes);
    }
    struct span converted = convert(arena, cd, bytes);
    iconv_close(cd);
    return text_valid_utf8(arena, converted);
}
