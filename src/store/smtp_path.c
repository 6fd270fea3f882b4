/*
 * Addresses in SMTP commands. Refuses what would end the command or begin another one.
 */
#include <string.h>

#include "base/buf.h"
#include "base/span.h"

#include "store/smtp_path.h"

static bool has_control(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 127)
            return true;
    return false;
}

static bool has_any(struct span s, const char *set)
{
    for (size_t i = 0; i < s.n; i++)
        if (strchr(set, s.p[i]))
            return true;
    return false;
}

/* The length of a quoted string at the start, with both quotes; 0: there is none that ends. */
static size_t quoted_length(struct span s)
{
    if (!s.n || s.p[0] != '"')
        return 0;
    for (size_t i = 1; i < s.n; i++) {
        if (s.p[i] == '"')
            return i + 1;
        i += s.p[i] == '\\';
    }
    return 0;
}

static const char *with_quotes(struct arena *arena, struct span local, struct span rest)
{
    struct buf out = {0};
    buf_addc(&out, '"');
    for (size_t i = 0; i < local.n; i++) {
        if (local.p[i] == '"' || local.p[i] == '\\')
            buf_addc(&out, '\\');
        buf_addc(&out, local.p[i]);
    }
    buf_addc(&out, '"');
    buf_add(&out, rest.p, rest.n);
    const char *path = arena_span(arena, buf_span(&out));
    buf_free(&out);
    return path;
}

const char *smtp_path(struct arena *arena, const char *address)
{
    struct span all = span_of(address);
    size_t quoted = quoted_length(all);
    const char *at = strrchr(address, '@');
    bool whole = quoted && (quoted == all.n || all.p[quoted] == '@');
    size_t n = whole ? quoted : at ? (size_t)(at - address) : all.n;
    struct span local = {all.p, n}, rest = {all.p + n, all.n - n};
    if (has_control(all) || has_any(rest, "<> \""))
        return NULL;
    if (whole || !has_any(local, "<>()[]:;,\"\\@ "))
        return address;
    return with_quotes(arena, local, rest);
}
