/*
 * What the engine makes it must find: every variant of every class, and it must name the genuine domain. Nothing
 * of the owner is ever flagged.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lookalike/variants.h"

static const char *const names[] = {
    "kestrelvale.com",  "arvelmetal.fr",    "torvekgroup.de", "northgate-tooling.co.uk",
    "valmontindus.net", "brinkhorst.eu",    "zellmarin.it",   "quorvane.com",
    "ostbergen.se",     "maruyakogyo.co.jp"};
enum { N_NAMES = sizeof(names) / sizeof(*names) };

static struct lookalike_index *index_of(const char *domain, bool with_affiliates)
{
    struct diag_list diags = {0};
    const char *error;
    struct lookalike_builder *b = lookalike_builder_new();
    assert_int_equal(lookalike_builder_protect(b, domain, RELATION_OWN, &error), 0);
    if (with_affiliates) {
        struct arena *arena = arena_new();
        struct lookalike_variant *v;
        size_t n = lookalike_variants(arena, domain, &v, &error, &diags);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(lookalike_builder_affiliate(b, domain, v[i].ascii, &error), 0);
        arena_free(&arena);
    }
    return lookalike_build(&b, &diags);
}

static void finds_every_variant(void **state)
{
    size_t missed = 0;
    for (size_t k = 0; k < N_NAMES; k++) {
        struct lookalike_index *index = index_of(names[k], false);
        struct arena *made = arena_new(), *arena = arena_new();
        struct diag_list diags = {0};
        struct lookalike_variant *v;
        const char *error;
        uint32_t classes = 0;
        size_t n = lookalike_variants(made, names[k], &v, &error, &diags);
        assert_true(n > 300);
        for (size_t i = 0; i < n; i++) {
            const struct lookalike_result *r = lookalike_match(index, arena, v[i].ascii);
            classes |= 1u << v[i].class;
            if (r->kind != LOOKALIKE_SUSPECT || strcmp(r->findings[0].target, names[k]) != 0) {
                print_error("%s (%s) of %s was not found: %d\n", v[i].unicode,
                            lookalike_class_name(v[i].class), names[k],
                            r->n_findings ? r->findings[0].score : 0);
                missed++;
            }
            arena_reset(arena);
        }
        assert_true(__builtin_popcount(classes) >= 15);
        arena_free(&made);
        arena_free(&arena);
        lookalike_index_free(&index);
    }
    assert_int_equal(missed, 0);
}

static void never_flags_the_owner(void **state)
{
    static const char *const hosts[] = {"", "www.", "mail.", "a.b.c.", "invoice-", "xn--"};
    for (size_t k = 0; k < N_NAMES; k++) {
        struct lookalike_index *index = index_of(names[k], true);
        struct arena *arena = arena_new();
        struct diag_list diags = {0};
        struct lookalike_variant *v;
        const char *error;
        for (size_t h = 0; h < 4; h++)
            assert_int_equal(
                lookalike_match(index, arena, arena_printf(arena, "%s%s", hosts[h], names[k]))->kind,
                LOOKALIKE_GENUINE);
        size_t n = lookalike_variants(arena, names[k], &v, &error, &diags);
        for (size_t i = 0; i < n; i += 7) {
            const char *below = arena_printf(arena, "mx.%s", v[i].ascii);
            assert_int_equal(lookalike_match(index, arena, v[i].ascii)->kind, LOOKALIKE_GENUINE);
            assert_int_equal(lookalike_match(index, arena, below)->n_findings, 0);
        }
        arena_free(&arena);
        lookalike_index_free(&index);
    }
}

/* Two names that look alike look alike both ways round, as long as nothing but letters differs. */
static void pairs_are_symmetric(void **state)
{
    struct arena *arena = arena_new();
    static const char *const pairs[][2] = {
        {"kestrelvale.com", "kestralvale.com"},   {"kestrelvale.com", "kestrelvaile.com"},
        {"arvelmetal.com", "arve1metal.com"},     {"brinkhorst.com", "brinkhrost.com"},
        {"zellmarin.com", "zelmarin.com"},        {"quorvane.com", "quorvane.co"},
        {"ostbergen.com", "\xc3\xb6stbergen.com"}};
    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
        assert_non_null(lookalike_match_pairs(arena, pairs[i][0], &pairs[i][1], 1));
        assert_non_null(lookalike_match_pairs(arena, pairs[i][1], &pairs[i][0], 1));
    }
    arena_free(&arena);
}

static void layers(void **state)
{
    struct lookalike_index *base = index_of(names[0], false);
    struct diag_list diags = {0};
    const char *error;
    struct arena *arena = arena_new();
    struct lookalike_builder *b = lookalike_builder_new();
    assert_int_equal(lookalike_builder_protect(b, "brinkhorst.eu", RELATION_LEARNED, &error), 0);
    struct lookalike_index *layer = lookalike_build_over(&b, base, &diags);
    assert_int_equal(lookalike_index_names(layer), 2);
    assert_int_equal(lookalike_match(layer, arena, "kestrelvalle.com")->kind, LOOKALIKE_SUSPECT);
    assert_int_equal(lookalike_match(layer, arena, "brinkhosrt.eu")->kind, LOOKALIKE_SUSPECT);
    assert_int_equal(lookalike_match(layer, arena, "brinkhorst.eu")->kind, LOOKALIKE_GENUINE);
    assert_int_equal(lookalike_match(layer, arena, "kestrelvale.com")->kind, LOOKALIKE_GENUINE);
    assert_int_equal(lookalike_match(base, arena, "brinkhosrt.eu")->kind, LOOKALIKE_NONE);
    lookalike_index_free(&layer);
    lookalike_index_free(&base);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_every_variant),
        cmocka_unit_test(never_flags_the_owner),
        cmocka_unit_test(pairs_are_symmetric),
        cmocka_unit_test(layers),
    };
    return cmocka_run_group_tests_name("variants", tests, NULL, NULL);
}
