/*
 * Any bytes as a domain, a local part, a pair, a protected name: normalisation and match must stay within bounds, give
 * valid text and scores, and never flag what is genuine.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "lookalike/lookalike.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct lookalike_index *load(const char *more)
{
    static const char *const names[] = {"kestrelvale.com", "dgfip.finances.gouv.fr", "arvel-metal.fr",
                                        "vmx.net",         "xn--bcher-kva.example",  "163.com"};
    struct diag_list diags = {0};
    const char *error;
    struct lookalike_builder *b = lookalike_builder_new();
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (lookalike_builder_protect(b, names[i], RELATION_PARTNER, &error) != 0)
            abort();
    if (more)
        lookalike_builder_protect(b, more, RELATION_OWN, &error);
    struct lookalike_index *index = lookalike_build(&b, &diags);
    if (!index) {
        diag_print(&diags, stderr);
        abort();
    }
    return index;
}

static void check_text(const char *s)
{
    if (!s || !text_is_utf8(span_of(s)))
        abort();
}

static void check(const struct lookalike_result *r)
{
    check_text(r->ascii);
    check_text(r->unicode);
    for (size_t i = 0; i < r->n_findings; i++) {
        const struct lookalike_finding *f = &r->findings[i];
        check_text(f->why);
        check_text(f->differs);
        if (f->score < 0 || f->score > 100 || (i > 0 && f->score > f[-1].score) ||
            r->kind == LOOKALIKE_GENUINE)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lookalike_index *index;
    if (!index)
        index = load(NULL);
    struct arena *arena = arena_new();
    char *text = arena_strndup(arena, (const char *)data, size), *second = strchr(text, '\n');
    if (second)
        *second++ = '\0';
    check(lookalike_match(index, arena, text));
    lookalike_match_local(index, arena, text);
    if (second) {
        const char *quoted[] = {second, text, "kestrelvale.com"};
        lookalike_match_pairs(arena, text, quoted, 3);
        struct lookalike_index *own = load(second);
        check(lookalike_match(own, arena, text));
        if (lookalike_match(own, arena, second)->n_findings && lookalike_registrable(own, arena, second) &&
            lookalike_match(own, arena, lookalike_match(own, arena, second)->ascii)->kind ==
                LOOKALIKE_GENUINE)
            abort();
        lookalike_index_free(&own);
    }
    arena_free(&arena);
    return 0;
}
