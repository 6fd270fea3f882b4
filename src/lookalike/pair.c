/*
 * Two domains of one message that look like each other, which needs no protected names at all: what the message
 * quotes is protected for as long as one lookup takes.
 */
#include <string.h>
#include <strings.h>

#include "lookalike/domain.h"
#include "lookalike/lookalike.h"

/* Is it of the same owner? Such a name would stand for others that it shares its core with. */
static bool same_owner(struct arena *arena, const char *name, const char *registrable)
{
    struct domain d;
    for (const char *p = name; *p; p++)
        if ((unsigned char)*p >= 0x80) {
            domain_parse(arena, name, &d);
            name = d.ascii;
            break;
        }
    size_t n = strlen(name), m = strlen(registrable);
    return n >= m && strcasecmp(name + n - m, registrable) == 0 && (n == m || name[n - m - 1] == '.');
}

static bool said_before(const char *const *names, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (strcasecmp(names[j], names[i]) == 0)
            return true;
    return false;
}

/* NULL when there is nothing to compare with. */
static struct lookalike_index *index_of(struct arena *arena, const char *registrable,
                                        const char *const *names, size_t n)
{
    struct diag_list diags = {0};
    struct lookalike_builder *b = NULL;
    struct lookalike_index *index = NULL;
    const char *error; /* what cannot be protected cannot be imitated either */
    for (size_t i = 0; i < n; i++) {
        if (said_before(names, i) || same_owner(arena, names[i], registrable))
            continue;
        if (!b)
            b = lookalike_builder_new();
        lookalike_builder_protect(b, names[i], RELATION_QUOTED, &error);
    }
    if (b)
        index = lookalike_build(&b, &diags);
    diag_free(&diags);
    return index;
}

const struct lookalike_finding *lookalike_match_pairs(struct arena *arena, const char *domain,
                                                      const char *const *genuine, size_t n)
{
    struct domain d;
    if (n == 0)
        return NULL;
    domain_parse(arena, domain, &d);
    struct lookalike_index *index = d.registrable ? index_of(arena, d.registrable, genuine, n) : NULL;
    if (!index)
        return NULL;
    const struct lookalike_result *r = lookalike_match(index, arena, domain);
    lookalike_index_free(&index);
    return r->kind == LOOKALIKE_SUSPECT ? &r->findings[0] : NULL;
}
