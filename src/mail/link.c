/*
 * Links: which host a link leads to, as browsers read it, and which host its text shows.
 *
 *   url  = scheme ":" "//" [ userinfo "@" ] host [ ":" port ] [ "/" / "?" / "#" ... ]
 *
 * Browsers take "\" for "/", ignore tabs and line ends, and undo percent-encoding in the host. In text a character that
 * no host has ends the link before its path, and any blank does behind it.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <unicase.h>

#include "base/text.h"

#include "mail/host.h"
#include "mail/link.h"

enum {
    MAX_HOST = 1000,
    MAX_URL = 4096,
    MAX_WRAPS = 4 /* services around each other: more is a riddle that no reader solves */
};

static bool is_host_end(char c)
{
    return c == '/' || c == '\\' || c == '?' || c == '#';
}

static struct span percent_decoded(struct arena *arena, struct span s)
{
    char *out = arena_alloc(arena, s.n + 1);
    return (struct span){out, span_percent_decode(s, out)};
}

/* Percent-encoding undone, lower case, without port, trailing dot and what no host has. */
static const char *clean_host(struct arena *arena, struct span host)
{
    struct span name = host_in(span_of(text_clean_line(arena, percent_decoded(arena, host))));
    size_t lower_n = 0;
    uint8_t *lower = u8_tolower((const uint8_t *)name.p, name.n, NULL, NULL, NULL, &lower_n);
    while (lower && lower_n && lower[lower_n - 1] == '.')
        lower_n--;
    const char *copy = lower ? arena_strndup(arena, (const char *)lower, lower_n) : "";
    free(lower);
    return copy;
}

/* The host behind "//"; user information before "@" is what phishers show: it goes to *before_r. */
static const char *host_of(struct arena *arena, struct span rest, const char **before_r)
{
    size_t n = 0;
    while (n < rest.n && n < MAX_URL && !is_host_end(rest.p[n]))
        n++;
    struct span authority = {rest.p, n};
    const char *at = n ? memrchr(authority.p, '@', n) : NULL;
    if (at) {
        *before_r = clean_host(arena, (struct span){authority.p, (size_t)(at - authority.p)});
        authority = (struct span){at + 1, (size_t)(authority.p + n - at - 1)};
    }
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

static const char *url_host(struct arena *arena, struct span url, const char **before_r)
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
    return host_of(arena, rest, before_r);
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
        const char *before, *host = url_host(arena, url, &before);
        return *host ? host : NULL;
    }
    size_t n = 0;
    while (n < s.n && !isspace((unsigned char)s.p[n]) && !is_host_end(s.p[n]) && s.p[n] != ':')
        n++;
    if (n < s.n && isspace((unsigned char)s.p[n]))
        return NULL;
    struct span host = {s.p, n};
    if (!looks_like_host(host) || (n == s.n && is_file_name(host)))
        return NULL;
    const char *clean = clean_host(arena, host); /* of blanks that no eye sees nothing may be left */
    return *clean ? clean : NULL;
}

/* --- services that rewrite links, or pass visitors on */

static const struct wrapper {
    const char *host, *path, *parameter;
} wrappers[] = {
#define WRAPPER(host, path, parameter) {host, path, parameter},
#include "mail/link_wrappers.def"
#undef WRAPPER
};

static bool is_below(const char *host, const char *domain)
{
    size_t n = strlen(host), d = strlen(domain);
    return n >= d && strcmp(host + n - d, domain) == 0 && (n == d || host[n - d - 1] == '.');
}

/* What stands behind "://host", from its slash on. */
static struct span path_of(struct span url)
{
    const char *slashes = memmem(url.p, url.n, "//", 2);
    struct span rest = slashes ? (struct span){slashes + 2, (size_t)(url.p + url.n - slashes - 2)} : url;
    while (rest.n && !is_host_end(*rest.p))
        rest.p++, rest.n--;
    return rest;
}

/* The value of a parameter of the query, percent-encoding undone; empty when it has none of that name. */
static struct span parameter(struct arena *arena, struct span path, const char *name)
{
    size_t n = strlen(name);
    const char *question = path.n ? memchr(path.p, '?', path.n) : NULL;
    struct span rest =
        question ? (struct span){question + 1, (size_t)(path.p + path.n - question - 1)} : SPAN_LIT("");
    while (rest.n) {
        struct span pair = span_cut(&rest, '&');
        if (span_starts_nocase(pair, SPAN_LIT("amp;"))) /* "&amp;" that was not undone */
            pair = (struct span){pair.p + 4, pair.n - 4};
        if (pair.n > n && pair.p[n] == '=' && span_starts_nocase(pair, (struct span){name, n}))
            return percent_decoded(arena, (struct span){pair.p + n + 1, pair.n - n - 1});
    }
    return (struct span){"", 0};
}

/* urldefense v2 writes "-" for "%" and "_" for "/". */
static struct span v2_decoded(struct arena *arena, struct span s)
{
    char *out = arena_strndup(arena, s.p, s.n);
    for (size_t i = 0; i < s.n; i++)
        out[i] = out[i] == '-' ? '%' : out[i] == '_' ? '/' : out[i];
    return percent_decoded(arena, (struct span){out, s.n});
}

/* urldefense v3: /v3/__ADDRESS__;CHARACTERS!!... with "*" for each character that it took out. */
static struct span v3_inside(struct span path)
{
    const char *begin = memmem(path.p, path.n, "/__", 3);
    const char *end = begin ? memmem(begin + 3, (size_t)(path.p + path.n - begin - 3), "__;", 3) : NULL;
    return end ? (struct span){begin + 3, (size_t)(end - begin - 3)} : (struct span){"", 0};
}

/* The address inside; empty when `host` is no such service, or keeps it to itself. */
static struct span unwrapped(struct arena *arena, const char *host, struct span url)
{
    struct span path = path_of(url), inside = {"", 0};
    for (size_t i = 0; i < sizeof(wrappers) / sizeof(*wrappers) && !inside.n; i++) {
        const struct wrapper *w = &wrappers[i];
        if (!is_below(host, w->host) || !span_starts_nocase(path, span_of(w->path)))
            continue;
        if (strcmp(w->parameter, "__") == 0)
            inside = v3_inside(path);
        else if (strcmp(w->parameter, "u-") == 0)
            inside = v2_decoded(arena, parameter(arena, path, "u"));
        else
            inside = parameter(arena, path, w->parameter);
    }
    return span_trim(inside);
}

static struct span without_line_ends(struct arena *arena, const char *url)
{
    char *plain = arena_strdup(arena, url);
    size_t n = 0;
    for (const char *p = plain; *p; p++)
        if (*p != '\t' && *p != '\n' && *p != '\r')
            plain[n++] = *p;
    return span_trim((struct span){plain, n});
}

struct message_link link_make(struct arena *arena, const char *url, const char *shown)
{
    struct message_link link = {.shown = shown};
    struct span address = without_line_ends(arena, url), inside;
    link.host = url_host(arena, address, &link.before);
    for (int i = 0; i < MAX_WRAPS && *link.host && (inside = unwrapped(arena, link.host, address)).n; i++) {
        const char *before = NULL, *host = url_host(arena, inside, &before);
        if (!*host)
            break;
        address = inside;
        link.host = host;
        link.before = before;
    }
    link.url = arena_strndup(arena, address.p, address.n < MAX_URL ? address.n : MAX_URL);
    link.url = text_clean_line(arena, span_of(link.url)); /* the cut may have split a character */
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

/* The length of the character that the text begins with, when it may stand in a link; in the host fewer may. */
static size_t link_character(struct span s, bool in_host)
{
    unsigned char c = (unsigned char)*s.p;
    if (c >= 0x80) {
        uint32_t cp;
        size_t n = text_decode(s.p, s.n, &cp);
        return is_wide_stop(s) || host_is_blank(cp) ? 0 : n;
    }
    if (c <= ' ' || strchr("<>\"", c))
        return 0;
    return !in_host || strchr(":@%[]/\\?#!$&'()+,;=", c) ? 1 : host_character(s.p, s.n);
}

/* How far the link goes that `s` begins with. */
static size_t link_length(struct span s)
{
    size_t n = 0, step;
    unsigned slashes = span_starts_nocase(s, SPAN_LIT("www.")) ? 2 : 0; /* the third one ends the host */
    bool in_host = true;
    while (n < s.n && (step = link_character((struct span){s.p + n, s.n - n}, in_host)) > 0) {
        slashes += is_host_end(s.p[n]);
        in_host = in_host && slashes < 3 && s.p[n] != '?' && s.p[n] != '#';
        n += step;
    }
    return n;
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
        size_t n = link_length(here);
        while (n && strchr(".,;:!?)]}'*_~`|", here.p[n - 1]))
            n--;
        *url_r = (struct span){here.p, n};
        *rest = (struct span){here.p + n, here.n - n};
        return true;
    }
    *rest = (struct span){"", 0};
    return false;
}
