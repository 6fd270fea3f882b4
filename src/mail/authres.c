/*
 * Authentication-Results. Which of them to believe is policy, not syntax, and not decided here.
 *
 *   value      = [CFWS] ["i=" 1*DIGIT ";"] authserv-id [CFWS version] ( no-result / 1*resinfo ) [CFWS]
 *   no-result  = ";" "none"
 *   resinfo    = ";" method ["/" version] "=" result [ "reason" "=" pvalue ] *( ptype "." property "=" pvalue )
 *   pvalue     = token / quoted-string / [ [ local-part ] "@" ] domain-name
 *
 * CFWS (blanks and nested comments) may stand between any two of these. Beyond the grammar are allowed: a ";"
 * at the end, an empty pvalue, and in pvalues any character but blank, ";" and "(" (signatures, "<>").
 */
#include <ctype.h>
#include <string.h>

#include "base/text.h"

#include "mail/authres.h"

enum { MAX_RESULTS = 64, MAX_PROPERTIES = 64 /* servers write fewer than ten of each */ };

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Blanks and comments off the front; -1 when a comment does not end. */
static int skip_cfws(struct span *rest)
{
    unsigned depth = 0;
    size_t i = 0;
    for (; i < rest->n; i++) {
        char c = rest->p[i];
        if (depth && c == '\\')
            i++;
        else if (c == '(')
            depth++;
        else if (depth)
            depth -= c == ')';
        else if (!is_blank(c))
            break;
    }
    i = i < rest->n ? i : rest->n;
    *rest = (struct span){rest->p + i, rest->n - i};
    return depth ? -1 : 0;
}

static bool take(struct span *rest, char c)
{
    if (skip_cfws(rest) < 0 || rest->n == 0 || rest->p[0] != c)
        return false;
    rest->p++, rest->n--;
    return true;
}

/* A Keyword (RFC 5321), lower case; NULL when none stands here. */
static const char *keyword(struct arena *arena, struct span *rest, const char *also)
{
    size_t n = 0;
    if (skip_cfws(rest) < 0)
        return NULL;
    while (n < rest->n &&
           (isalnum((unsigned char)rest->p[n]) || rest->p[n] == '-' || strchr(also, rest->p[n])) &&
           rest->p[n])
        n++;
    if (n == 0)
        return NULL;
    char *word = arena_lower(arena, (struct span){rest->p, n});
    *rest = (struct span){rest->p + n, rest->n - n};
    return word;
}

/* A quoted string into `out`; the offset behind it, 0 when it does not end. */
static size_t unquote(struct span s, char *out, size_t *n)
{
    for (size_t i = 1; i < s.n; i++) {
        if (s.p[i] == '"')
            return i + 1;
        if (s.p[i] == '\\' && i + 1 < s.n)
            i++;
        out[(*n)++] = s.p[i];
    }
    return 0;
}

static const char *pvalue(struct arena *arena, struct span *rest)
{
    size_t n = 0, i = 0;
    if (skip_cfws(rest) < 0)
        return NULL;
    struct span s = *rest;
    size_t bound = 0; /* the value ends at a ";" outside quotes at the latest */
    bool quoted = false;
    while (bound < s.n && (quoted || (s.p[bound] != ';' && !is_blank(s.p[bound])))) {
        if (s.p[bound] == '"')
            quoted = !quoted;
        else if (quoted && s.p[bound] == '\\')
            bound++;
        bound++;
    }
    char *out = arena_alloc(arena, (bound < s.n ? bound : s.n) + 1);
    if (s.n && s.p[0] == '"' && !(i = unquote(s, out, &n)))
        return NULL;
    while (i < s.n && !is_blank(s.p[i]) && s.p[i] != ';' && s.p[i] != '(' && s.p[i] != '"')
        out[n++] = s.p[i++];
    *rest = (struct span){s.p + i, s.n - i};
    return text_clean_line(arena, (struct span){out, n});
}

/* "reason = value" and "ptype.property = value" to the next ";" or the end. */
static int parse_properties(struct arena *arena, struct span *rest, struct authres_result *result)
{
    struct authres_property *v = NULL;
    size_t cap = 0;
    for (;;) {
        if (skip_cfws(rest) < 0)
            return -1;
        if (rest->n == 0 || rest->p[0] == ';')
            return 0;
        struct authres_property p = {.ptype = keyword(arena, rest, "")};
        bool reason = p.ptype && strcmp(p.ptype, "reason") == 0 && take(rest, '=');
        if (!reason &&
            (!p.ptype || !take(rest, '.') || !(p.property = keyword(arena, rest, "_")) || !take(rest, '=')))
            return -1;
        if (!(p.value = pvalue(arena, rest)))
            return -1;
        if (reason) {
            result->reason = p.value;
        } else if (result->n_properties < MAX_PROPERTIES) {
            if (result->n_properties == cap) {
                v = arena_grow(arena, v, cap, cap ? cap * 2 : 4, sizeof(*v));
                cap = cap ? cap * 2 : 4;
            }
            v[result->n_properties++] = p;
            result->properties = v;
        }
    }
}

/* Behind ";": one result. 1 = read, 0 = nothing but the end or "none", -1 = fault. */
static int parse_result(struct arena *arena, struct span *rest, struct authres_result *result_r)
{
    *result_r = (struct authres_result){0};
    if (skip_cfws(rest) < 0)
        return -1;
    if (rest->n == 0)
        return 0;
    if (!(result_r->method = keyword(arena, rest, "_")))
        return -1;
    if (take(rest, '/') && !keyword(arena, rest, ""))
        return -1;
    if (!take(rest, '='))
        return strcmp(result_r->method, "none") == 0 && rest->n == 0 ? 0 : -1;
    if (!(result_r->result = keyword(arena, rest, "_")))
        return -1;
    return parse_properties(arena, rest, result_r) < 0 ? -1 : 1;
}

static int parse_head(struct arena *arena, struct span *rest, struct authres *out)
{
    const char *word = keyword(arena, rest, "._:@[]+"); /* a host as a rule, but any token may stand here */
    if (word && strcmp(word, "i") == 0 && take(rest, '=')) {
        const char *number = keyword(arena, rest, "");
        if (!number || strlen(number) > 4 || !take(rest, ';'))
            return -1;
        for (const char *p = number; *p; p++) {
            if (!isdigit((unsigned char)*p))
                return -1;
            out->instance = out->instance * 10 + (unsigned)(*p - '0');
        }
        word = keyword(arena, rest, "._:@[]+");
    }
    if (!word && rest->n && rest->p[0] == '"')
        word = pvalue(arena, rest);
    if (!word)
        return -1;
    out->authserv_id = word;
    if (skip_cfws(rest) < 0)
        return -1;
    if (rest->n && isdigit((unsigned char)rest->p[0])) {
        const char *version = keyword(arena, rest, "");
        out->version = version && strlen(version) == 1 ? (unsigned)(version[0] - '0') : 0;
    }
    return 0;
}

int authres_parse(struct arena *arena, struct span value, struct authres *authres_r)
{
    struct authres_result *v = NULL, one;
    size_t cap = 0;
    int rc = 1;
    *authres_r = (struct authres){.authserv_id = "", .version = 1};
    if (parse_head(arena, &value, authres_r) < 0)
        return -1;
    while (skip_cfws(&value) == 0 && value.n) {
        if (!take(&value, ';') || (rc = parse_result(arena, &value, &one)) < 0)
            return -1;
        if (rc == 0 || authres_r->n_results >= MAX_RESULTS)
            continue;
        if (authres_r->n_results == cap) {
            v = arena_grow(arena, v, cap, cap ? cap * 2 : 4, sizeof(*v));
            cap = cap ? cap * 2 : 4;
        }
        v[authres_r->n_results++] = one;
        authres_r->results = v;
    }
    return value.n ? -1 : 0;
}

const struct authres_result *authres_find(const struct authres *authres, const char *method)
{
    for (size_t i = 0; i < authres->n_results; i++)
        if (strcmp(authres->results[i].method, method) == 0)
            return &authres->results[i];
    return NULL;
}

const char *authres_property(const struct authres_result *result, const char *ptype, const char *property)
{
    for (size_t i = 0; i < result->n_properties; i++)
        if (strcmp(result->properties[i].ptype, ptype) == 0 &&
            strcmp(result->properties[i].property, property) == 0)
            return result->properties[i].value;
    return NULL;
}
