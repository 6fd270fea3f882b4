/* Things that stand in their own address, see datauri.h. */
#include <string.h>

#include "mail/base64.h"
#include "mail/datauri.h"

/* As browsers read it: line ends and tabs are no part of an address. */
static struct span plain(struct arena *arena, struct span data)
{
    char *out = arena_bytes(arena, data.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < data.n; i++)
        if (data.p[i] != '\n' && data.p[i] != '\r' && data.p[i] != '\t')
            out[n++] = data.p[i];
    n = span_percent_decode((struct span){out, n}, out);
    out[n] = '\0';
    return (struct span){out, n};
}

bool datauri_decode(struct arena *arena, struct span url, struct span *type_r, struct span *bytes_r)
{
    static const char base64[] = ";base64";
    url = span_trim(url);
    const char *comma = url.n ? memchr(url.p, ',', url.n) : NULL;
    if (!comma || !span_starts_nocase(url, SPAN_LIT("data:")))
        return false;
    struct span head = span_trim((struct span){url.p + 5, (size_t)(comma - url.p - 5)});
    const char *parameters = head.n ? memchr(head.p, ';', head.n) : NULL;
    size_t n = sizeof(base64) - 1;
    bool encoded = head.n >= n && span_eq_nocase((struct span){head.p + head.n - n, n}, SPAN_LIT(base64));
    *type_r = span_trim((struct span){head.p, parameters ? (size_t)(parameters - head.p) : head.n});
    *bytes_r = plain(arena, (struct span){comma + 1, (size_t)(url.p + url.n - comma - 1)});
    if (encoded) {
        char *out = arena_bytes(arena, bytes_r->n + 1);
        bytes_r->n = base64_decode(*bytes_r, bytes_r->n, out);
        bytes_r->p = out;
        out[bytes_r->n] = '\0';
    }
    return true;
}
