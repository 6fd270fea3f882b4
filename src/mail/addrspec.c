/*
 * One addr-spec (RFC 5322 3.4.1), wherever it was found. Attackers write what strict parsers refuse and mail programs
 * show; the genuine write stray punctuation. So nothing is refused: the host is what a reader takes for it, and a
 * character that no host has ends it.
 *
 *   addr-spec = *stray local "@" *stray host *stray          stray: ' " ( [ * ~ | < > ] ) , ; / :25 and blanks
 *   host      = 1*( letter / digit / "-" / "." / "_" / other script ) / "[" literal "]"
 */
#include <stdlib.h>
#include <string.h>

#include <unicase.h>

#include "base/text.h"

#include "mail/addrspec.h"
#include "mail/header.h"
#include "mail/host.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const char *lower_other(struct arena *arena, const char *domain)
{
    size_t n = 0;
    uint8_t *lower = u8_tolower((const uint8_t *)domain, strlen(domain), NULL, NULL, NULL, &n);
    const char *copy = lower ? arena_strndup(arena, (const char *)lower, n) : domain;
    free(lower);
    return copy;
}

/* The "@" that parts local part and domain: the last one outside a quoted string. */
const char *addrspec_at(struct span s)
{
    const char *at = NULL;
    bool quoted = false;
    for (size_t i = 0; i < s.n; i++) {
        if (quoted && s.p[i] == '\\')
            i++;
        else if (s.p[i] == '"')
            quoted = !quoted;
        else if (s.p[i] == '@' && !quoted)
            at = s.p + i;
    }
    if (!at && quoted) /* an unclosed quote hides nothing */
        at = memrchr(s.p, '@', s.n);
    return at;
}

static const char *unquote(struct arena *arena, struct span s)
{
    char *out = arena_alloc(arena, s.n + 1);
    size_t n = 0;
    if (s.n < 2 || s.p[0] != '"' || s.p[s.n - 1] != '"')
        return arena_span(arena, s);
    for (size_t i = 1; i + 1 < s.n; i++) {
        if (s.p[i] == '\\' && i + 2 < s.n)
            i++;
        out[n++] = s.p[i];
    }
    return out;
}

static bool local_is_strict(struct span local)
{
    if (local.n >= 2 && local.p[0] == '"' && local.p[local.n - 1] == '"')
        return true;
    if (local.n == 0 || local.p[0] == '.' || local.p[local.n - 1] == '.' || memmem(local.p, local.n, "..", 2))
        return false;
    for (size_t i = 0; i < local.n; i++)
        if ((unsigned char)local.p[i] <= ' ' || strchr("()<>[]:;@\\,\"", local.p[i]))
            return false;
    return true;
}

static bool domain_is_strict(const char *domain)
{
    size_t n = strlen(domain);
    if (n == 0 || n > 1000 || domain[0] == '.' || strstr(domain, ".."))
        return false;
    if (domain[0] == '[')
        return domain[n - 1] == ']';
    for (size_t i = 0; i < n; i++) {
        char c = domain[i];
        if (!((unsigned char)c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
              c == '.' || c == '_'))
            return false;
    }
    return true;
}

/* --- what stands around and inside */

struct wide {
    const char *utf8;
    char plain;
};
static const struct wide wide_at[] = {{"\xef\xbc\xa0", '@'}, {"\xef\xb9\xab", '@'}};

static char plain_of(const char *p, const struct wide *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strncmp(p, list[i].utf8, 3) == 0)
            return list[i].plain;
    return '\0';
}

/*
 * "@" of full width parts an address for some readers. The dots stay as they are: a domain with one is written as no
 * owner writes it, which is for the lookalike engine to say.
 */
static const char *narrow_at(struct arena *arena, const char *text)
{
    enum { N_AT = sizeof(wide_at) / sizeof(*wide_at) };
    bool wide = false;
    for (const char *p = text; *p && !wide; p++)
        wide = (unsigned char)*p >= 0xe3 && plain_of(p, wide_at, N_AT);
    if (!wide)
        return text;
    char *out = arena_alloc(arena, strlen(text) + 1), *to = out;
    for (const char *p = text; *p;) {
        char c = plain_of(p, wide_at, N_AT);
        *to++ = c ? c : *p;
        p += c ? 3 : 1;
    }
    return out;
}

/* The spec without its comments (RFC 5322 3.2.2), which may stand anywhere; one that is not closed goes to the end. */
static struct span without_comments(struct arena *arena, struct span s, bool *malformed)
{
    if (!s.n || !memchr(s.p, '(', s.n))
        return s;
    char *out = arena_alloc(arena, s.n + 1);
    size_t n = 0;
    unsigned depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool escaped = c == '\\' && i + 1 < s.n;
        if (!depth && c == '"')
            quoted = !quoted;
        if (!quoted && c == '(')
            depth++;
        if (!depth)
            out[n++] = c;
        if (!depth && escaped)
            out[n++] = s.p[i + 1];
        if (!quoted && depth && c == ')')
            depth--;
        i += escaped;
    }
    *malformed = true; /* nobody's mail program writes them there */
    return (struct span){out, n};
}

/* Sets `domain` and `written`: without blanks and the dot at the end. */
static void set_domain(struct arena *arena, struct span domain, struct mailbox *box)
{
    char *out = arena_alloc(arena, domain.n + 1);
    size_t n = 0;
    bool ascii = true, capital = false;
    for (size_t i = 0; i < domain.n; i++) {
        char c = domain.p[i];
        if (is_blank(c))
            continue;
        ascii &= (unsigned char)c < 0x80;
        capital |= c >= 'A' && c <= 'Z';
        out[n++] = c;
    }
    while (n && out[n - 1] == '.')
        n--;
    out[n] = '\0';
    box->written = capital ? arena_strndup(arena, out, n) : NULL;
    for (size_t i = 0; capital && i < n; i++)
        out[i] = char_lower(out[i]);
    box->domain = ascii ? out : lower_other(arena, out);
}

/* Marks around an address stand at both ends: 'a@b', *a@b*, [a@b]. */
static struct span local_in(struct span local, bool stray_behind)
{
    local = span_trim(local);
    while (stray_behind && local.n && strchr("'`*~|[(<{_", local.p[0]))
        local.p++, local.n--;
    while (local.n && (local.p[0] == '[' || local.p[0] == '<'))
        local.p++, local.n--;
    return local;
}

/* A local part of encoded words, which RFC 2047 forbids and some programs decode: they show what is in them. */
static void decode_local(struct arena *arena, struct mailbox *box, bool *malformed)
{
    if (!strstr(box->local, "=?"))
        return;
    const char *decoded = header_decode(arena, span_of(box->local));
    if (strcmp(decoded, box->local) == 0)
        return;
    *malformed = true;
    box->local = box->name = decoded;
}

struct mailbox addrspec_read(struct arena *arena, struct span spec, bool *malformed)
{
    struct mailbox box = {.name = "", .address = "", .local = "", .domain = ""};
    const char *clean = text_clean_line(arena, spec), *narrow = narrow_at(arena, clean);
    *malformed |= narrow != clean;
    spec = span_trim(without_comments(arena, span_of(narrow), malformed));
    if (spec.n == 0) {
        *malformed = true;
        return box;
    }
    const char *at = addrspec_at(spec);
    struct span local = at ? (struct span){spec.p, (size_t)(at - spec.p)} : spec;
    bool stray = false;
    if (at) {
        struct span behind = span_trim((struct span){at + 1, (size_t)(spec.p + spec.n - at - 1)});
        struct span host = host_in(behind);
        stray = host.n != behind.n;
        set_domain(arena, host, &box);
    }
    local = local_in(local, stray);
    box.address =
        at ? arena_printf(arena, "%.*s@%s", (int)local.n, local.p, box.domain) : arena_span(arena, local);
    box.local = unquote(arena, local);
    *malformed |= !at || stray || !local_is_strict(local) || !domain_is_strict(box.domain);
    decode_local(arena, &box, malformed);
    return box;
}
