/*
 * Addresses: a protected domain carried in a local part (company.com@gmail.com), and two domains of one
 * message that look like each other, which needs no protected names at all.
 */
#include <string.h>

#include "lookalike/match.h"

const struct lookalike_finding *lookalike_match_local(const struct lookalike_index *index,
                                                      struct arena *arena, const char *local_part)
{
    /* "billing=company.com" and "company.com.billing": every run of domain characters with a dot */
    const struct lookalike_finding *best = NULL;
    const char *p = local_part ? local_part : "";
    for (unsigned words = 0; *p && words < 8; words++) {
        size_t n = strcspn(p, "=+%/\"' ()<>,;:");
        struct domain d;
        const char *word = arena_strndup(arena, p, n);
        if (strchr(word, '.')) {
            domain_parse(arena, word, &d);
            for (const char *s = d.ascii; s && *s; s = strchr(s, '.') ? strchr(s, '.') + 1 : NULL)
                for (const struct lookalike_index *x = index; x && !best; x = x->base) {
                    uint32_t found = index_genuine(x, s, strlen(s));
                    if (!found || found > x->n_names)
                        continue;
                    const struct name *name = &x->names[found - 1];
                    struct lookalike_finding *f = arena_alloc(arena, sizeof(*f));
                    const char *target = x->pool + name->text;
                    f->target = arena_strdup(arena, target);
                    f->relation = (enum relation)name->relation;
                    f->classes = 1u << LOOKALIKE_LOCAL_PART;
                    f->score = 90;
                    f->why = arena_printf(arena, "the part before the @, `%s`, carries the domain `%s`",
                                          local_part, target);
                    f->differs = arena_strdup(arena, local_part);
                    best = f;
                }
        }
        p += n;
        p += strspn(p, "=+%/\"' ()<>,;:");
    }
    return best;
}

const struct lookalike_finding *lookalike_match_pair(const struct lookalike_index *index, struct arena *arena,
                                                     const char *domain, const char *genuine)
{
    const char *error;
    struct diag_list diags = {0};
    struct lookalike_builder *b = lookalike_builder_new();
    const struct lookalike_finding *finding = NULL;
    if (lookalike_builder_protect(b, genuine, RELATION_QUOTED, &error) == 0) {
        struct lookalike_index *pair = lookalike_build(&b, &diags);
        if (pair) {
            const struct lookalike_result *r = lookalike_match(pair, arena, domain);
            finding = r->kind == LOOKALIKE_SUSPECT ? &r->findings[0] : NULL;
        }
        lookalike_index_free(&pair);
    } else {
        struct lookalike_index *none = lookalike_build(&b, &diags);
        lookalike_index_free(&none);
    }
    diag_free(&diags);
    return finding;
}
