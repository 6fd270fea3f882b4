/*
 * Addresses: a protected domain carried in a local part (company.com@gmail.com).
 */
#include <string.h>

#include "base/text.h"

#include "lookalike/domain.h"
#include "lookalike/index.h"

enum {
    MAX_WORDS =
        8, /* parts of a local part that are looked at; it has at most 64 bytes (RFC 5321, 4.5.3.1.1) */
    CARRIES_DOMAIN = 90,
    CARRIES_NAME = 60,
    NAME_MIN = 7 /* shorter names are too often those of people */
};

static const struct lookalike_finding *carried(struct arena *arena, const struct lookalike_index *x,
                                               const struct name *name, const char *local_part, bool whole)
{
    struct lookalike_finding *f = arena_alloc(arena, sizeof(*f));
    f->target = arena_strdup(arena, x->pool + name->text);
    f->relation = (enum relation)name->relation;
    f->classes = 1u << LOOKALIKE_LOCAL_PART;
    f->score = whole ? CARRIES_DOMAIN : CARRIES_NAME;
    f->why = arena_printf(arena, "the part before the @, `%s`, carries the %s `%s`",
                          arena_span(arena, text_valid_utf8(arena, span_of(local_part))),
                          whole ? "domain" : "name of", f->target);
    f->differs = arena_span(arena, text_valid_utf8(arena, span_of(local_part)));
    return f;
}

/* company.com, or a host below it. */
static const struct lookalike_finding *carried_domain(const struct lookalike_index *index,
                                                      struct arena *arena, const char *word,
                                                      const char *local_part)
{
    struct domain d;
    domain_parse(arena, word, &d);
    for (const char *s = d.ascii; s; s = strchr(s, '.') ? strchr(s, '.') + 1 : NULL)
        for (const struct lookalike_index *x = index; x && strchr(s, '.'); x = x->base) {
            uint32_t found = index_genuine(x, s, strlen(s));
            if (found && found <= x->n_names)
                return carried(arena, x, &x->names[found - 1], local_part, true);
        }
    return NULL;
}

struct name_search {
    const struct lookalike_index *index;
    const struct form *form;
    const struct name *found;
};

static void take_name(void *context, uint32_t number)
{
    struct name_search *search = context;
    const struct core *c = &search->index->cores[number];
    if (c->n >= NAME_MIN && !(c->flags & (CORE_LEVEL | CORE_AFFIX)) && c->n == search->form->n &&
        memcmp(index_key(search->index, c), search->form->plain, c->n) == 0)
        search->found = &search->index->names[c->name];
}

/* The company's name alone, as freemail addresses have it (kestrelvale@gmail.example). */
static const struct lookalike_finding *carried_name(const struct lookalike_index *index, struct arena *arena,
                                                    struct span word, const char *local_part)
{
    struct form form;
    form_make(index->tables, word, false, &form);
    for (const struct lookalike_index *x = index; x; x = x->base) {
        struct name_search search = {.index = x, .form = &form};
        index_exact(x, index_hash(form.skel, form.n_skel, KEY_SKELETON), take_name, &search);
        if (search.found)
            return carried(arena, x, search.found, local_part, false);
    }
    return NULL;
}

const struct lookalike_finding *lookalike_match_local(const struct lookalike_index *index,
                                                      struct arena *arena, const char *local_part)
{
    static const char between[] = "=+%/\"' ()<>,;:";
    const struct lookalike_finding *best = NULL;
    const char *p = local_part ? local_part : "";
    for (unsigned words = 0; *p && words < MAX_WORDS; words++) {
        size_t n = strcspn(p, between);
        const char *word = arena_strndup(arena, p, n);
        const struct lookalike_finding *f =
            strchr(word, '.') ? carried_domain(index, arena, word, local_part) : NULL;
        if (!f)
            f = carried_name(index, arena, (struct span){p, strcspn(word, "._")}, local_part);
        if (f && (!best || f->score > best->score))
            best = f;
        p += n;
        p += strspn(p, between);
    }
    return best;
}
