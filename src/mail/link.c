/*
 * Links: which host a link leads to, as browsers read it, and which host its text shows.
 *
 *   url  = scheme ":" "//" [ userinfo "@" ] host [ ":" port ] [ "/" / "?" / "#" ... ]
 *
 * Browsers take "\" for "/", ignore tabs and line ends, and undo percent-encoding in the host.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <unicase.h>

#include "base/text.h"

#include "mail/link.h"

enum { MAX_HOST = 1000, MAX_URL = 4096 };

static int hex(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? (c | 0x20) - 'a' + 10 : -1;
}

static bool is_host_end(char c)
{
    return c == '/' || c == '\\' || c == '?' || c == '#';
}

/* Percent-encoding undone, lower case, without port and trailing dot. */
static const char *clean_host(struct arena *arena, struct span host)
{
    char *out = arena_alloc(arena, host.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < host.n; i++) {
        char c = host.p[i];
        if (c == '%' && i + 2 < host.n && hex(host.p[i + 1]) >= 0 && hex(host.p[i + 2]) >= 0) {
            c = (char)(hex(host.p[i + 1]) << 4 | hex(host.p[i + 2]));
            i += 2;
        }
        out[n++] = c;
    }
    struct span name = span_of(text_clean_line(arena, (struct span){out, n}));
    const char *colon = name.n && name.p[0] != '[' ? memchr(name.p, ':', name.n) : NULL;
    const char *bracket = name.n && name.p[0] == '[' ? memchr(name.p, ']', name.n) : NULL;
    if (colon || bracket)
        name.n = (size_t)((colon ? colon : bracket + 1) - name.p);
    size_t lower_n = 0;
    uint8_t *lower = u8_tolower((const uint8_t *)name.p, name.n, NULL, NULL, NULL, &lower_n);
    while (lower && lower_n && lower[lower_n - 1] == '.')
        lower_n--;
    const char *copy = lower ? arena_strndup(arena, (const char *)lower, lower_n) : "";
    free(lower);
    return copy;
}

/* The host behind "//"; user information before "@" is what phishers show. */
static const char *host_of(struct arena *arena, struct span rest)
{
    size_t n = 0;
    while (n < rest.n && n < MAX_URL && !is_host_end(rest.p[n]))
        n++;
    struct span authority = {rest.p, n};
    const char *at = n ? memrchr(authority.p, '@', n) : NULL;
    if (at)
        authority = (struct span){at + 1, (size_t)(authority.p + n - at - 1)};
    authority.n = authority.n < MAX_HOST ? authority.n : MAX_HOST;
    return clean_host(arena, authority);
}

static bool has_scheme(struct span url, const char *scheme, struct span *rest_r)
{
    size_t n = strlen(scheme);
    if (url.n <= n || !span_starts_nocase(url, (struct span){scheme, n}) || url.p[n] != ':')
        return false;
    *rest_r = (struct span){url.p + n + 1, url.n - n - 1};
    return true;
}

static const char *url_host(struct arena *arena, struct span url)
{
    struct span rest;
    bool web =
        has_scheme(url, "http", &rest) || has_scheme(url, "https", &rest) || has_scheme(url, "ftp", &rest);
    if (!web && !(url.n > 2 && is_host_end(url.p[0]) && is_host_end(url.p[1]))) {
        if (!span_starts_nocase(url, SPAN_LIT("www.")))
            return "";
        rest = url;
    } else if (!web) {
        rest = url;
    }
    while (rest.n && (rest.p[0] == '/' || rest.p[0] == '\\'))
        rest.p++, rest.n--;
    return host_of(arena, rest);
}

/* Does the word look like a host: labels with dots, and a last label of letters? */
static bool looks_like_host(struct span s)
{
    size_t dots = 0, last = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '.') {
            if (i == 0 || s.p[i - 1] == '.')
                return false;
            dots++;
            last = i + 1;
        } else if (!isalnum((unsigned char)c) && c != '-' && !(c & 0x80)) {
            return false;
        }
    }
    if (!dots || s.n - last < 2)
        return false;
    for (size_t i = last; i < s.n; i++)
        if (!isalpha((unsigned char)s.p[i]) && !(s.p[i] & 0x80))
            return span_starts_nocase((struct span){s.p + last, s.n - last}, SPAN_LIT("xn--"));
    return true;
}

/* File names are shown as links too ("invoice.pdf"). */
static bool is_file_name(struct span s)
{
    static const char *const endings[] = {".pdf", ".doc", ".docx", ".xls", ".xlsx", ".html", ".htm", ".zip",
                                          ".txt", ".jpg", ".png",  ".ppt", ".pptx", ".csv",  ".php", ".js",
                                          ".c",   ".h",   ".py",   ".xml", ".gif",  ".json", ".md"};
    for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
        size_t n = strlen(endings[i]);
        if (s.n > n && strncasecmp(s.p + s.n - n, endings[i], n) == 0)
            return true;
    }
    return false;
}

/* A shown text names a host when it is one word that is an address or a host, or holds an address. */
static const char *shown_host(struct arena *arena, const char *shown)
{
    struct span s = span_trim(span_of(shown)), rest = s, url;
    if (link_next(&rest, &url)) {
        const char *host = url_host(arena, url);
        return *host ? host : NULL;
    }
    size_t n = 0;
    while (n < s.n && !isspace((unsigned char)s.p[n]) && !is_host_end(s.p[n]) && s.p[n] != ':')
        n++;
    if (n < s.n && isspace((unsigned char)s.p[n]))
        return NULL;
    struct span host = {s.p, n};
    return looks_like_host(host) && !(n == s.n && is_file_name(host)) ? clean_host(arena, host) : NULL;
}

struct message_link link_make(struct arena *arena, const char *url, const char *shown)
{
    struct message_link link = {.shown = shown};
    char *plain = arena_strdup(arena, url);
    size_t n = 0;
    for (const char *p = plain; *p; p++)
        if (*p != '\t' && *p != '\n' && *p != '\r')
            plain[n++] = *p;
    plain[n] = '\0';
    struct span address = span_trim((struct span){plain, n});
    link.url = arena_strndup(arena, address.p, address.n < MAX_URL ? address.n : MAX_URL);
    link.url = text_clean_line(arena, span_of(link.url)); /* the cut may have split a character */
    link.host = url_host(arena, address);
    link.shown_host = shown && *shown ? shown_host(arena, shown) : NULL;
    return link;
}

static bool starts_link(struct span s)
{
    if (span_starts_nocase(s, SPAN_LIT("http://")) || span_starts_nocase(s, SPAN_LIT("https://")) ||
        span_starts_nocase(s, SPAN_LIT("ftp://")))
        return true;
    return span_starts_nocase(s, SPAN_LIT("www.")) && s.n > 6 && isalnum((unsigned char)s.p[4]);
}

/* Chinese and Japanese write the full stop, comma or bracket straight behind an address. */
static bool is_wide_stop(struct span s)
{
    static const char *const stops[] = {"\xE3\x80\x81", "\xE3\x80\x82", "\xEF\xBC\x89", "\xEF\xBC\x8C",
                                        "\xE3\x80\x80"};
    for (size_t i = 0; i < sizeof(stops) / sizeof(*stops); i++)
        if (s.n >= 3 && memcmp(s.p, stops[i], 3) == 0)
            return true;
    return false;
}

bool link_next(struct span *rest, struct span *url_r)
{
    for (size_t i = 0; i + 1 < rest->n; i++) {
        char c = (char)(rest->p[i] | 0x20), next = (char)(rest->p[i + 1] | 0x20);
        if ((c != 'h' && c != 'w' && c != 'f') || (next != 't' && next != 'w') ||
            (i && isalnum((unsigned char)rest->p[i - 1])))
            continue;
        struct span here = {rest->p + i, rest->n - i};
        if (!starts_link(here))
            continue;
        size_t n = 0;
        while (n < here.n && (unsigned char)here.p[n] > ' ' && !strchr("<>\"", here.p[n]) &&
               !is_wide_stop((struct span){here.p + n, here.n - n}))
            n++;
        while (n && strchr(".,;:!?)]}'*_", here.p[n - 1]))
            n--;
        *url_r = (struct span){here.p, n};
        *rest = (struct span){here.p + n, here.n - n};
        return true;
    }
    *rest = (struct span){"", 0};
    return false;
}
