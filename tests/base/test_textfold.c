/* Tests of src/base/textfold.c */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static void test_fold_table(void **state)
{
    static const struct {
        const char *in, *want;
        unsigned invisible, mixed;
    } rows[] = {
        {"", "", 0, 0},
        {"Hello  World\t!", "hello world !", 0, 0},
        {"  a \r\n b\n\n\n c  \n", "a\nb\n\nc", 0, 0},
        {"Été, GROẞE Straße, Łódź, œuvre, Ærø", "ete, grosse strasse, lodz, oeuvre, aero", 0, 0},
        {"re\xCC\x81sume\xCC\x81", "resume", 0, 0}, /* e + combining acute */
        {"z\xCC\xB6\xCC\xB7\xCD\x9E"
         "algo",
         "zalgo", 0, 0},
        {"in\xE2\x80\x8Bvo\xC2\xADice", "invoice", 2, 0}, /* zero-width space, soft hyphen */
        {"a\xE2\x80\x8B b", "a b", 0, 0},                 /* at a word's end it hides nothing */
        {"b\xEF\xB8\x8F"
         "ank",
         "bank", 1, 0},                                                         /* variation selector */
        {"\xEF\xBC\xA2\xEF\xBC\xA1NK\xE3\x80\x80\xEF\xBC\x91", "bank 1", 0, 0}, /* full width */
        {"b\xD0\xB0nk", "bank", 0, 1}, /* Cyrillic a in a Latin word */
        {"\xD0\x92\xD0\x90NK \xCE\xBFrder", "bank order", 0, 3},
        {"\xD0\xB1\xD0\xB0\xD0\xBD\xD0\xBA", "\xD0\xB1\xD0\xB0\xD0\xBD\xD0\xBA", 0, 0}, /* Russian stays */
        {"\xD0\x91\xD0\x90\xD0\x9D\xD0\x9A bank", "\xD0\xB1\xD0\xB0\xD0\xBD\xD0\xBA bank", 0, 0},
        {"\xE3\x81\x8C \xE3\x81\x8B\xE3\x82\x99", "\xE3\x81\x8C \xE3\x81\x8C", 0, 0}, /* ga, ka + mark */
        {"\xEF\xBD\xB6\xEF\xBE\x9E", "\xE3\x82\xAC", 0, 0}, /* half-width ka + mark */
        {"\xE9\x8A\x80\xE8\xA1\x8C\xEF\xBC\x8C", "\xE9\x8A\x80\xE8\xA1\x8C,", 0, 0},
        {"\xF0\x9D\x90\x81\xF0\x9D\x90\x9A\xF0\x9D\x90\xA7\xF0\x9D\x90\xA4", "bank", 0, 0}, /* mathematical */
        {"l\xE2\x80\x99"
         "adresse \xE2\x80\x93 \xC2\xABx\xC2\xBB",
         "l'adresse - \"x\"", 0, 0},
        {"a\xFF"
         "b\xC0\x80",
         "a\xEF\xBF\xBD"
         "b\xEF\xBF\xBD\xEF\xBF\xBD",
         0, 0},
        {"a\x01z", "az", 1, 0},
        {"\xEF\xAC\x81nance \xE2\x85\xA3", "finance iv", 0, 0}, /* ligature fi, Roman four */
        {"\xF0\x9F\x87\xB5\xE2\x80\x8B\xF0\x9F\x87\xA6\xE2\x80\x8B\xF0\x9F\x87\xBE", "pay", 2, 0},
        {"\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA", "\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA", 0, 0}, /* a flag */
        {"\xF0\x9F\x85\xB1\xF0\x9F\x85\xB0nk chang\xE2\x84\xAE"
         "d",
         "bank changed", 0, 0},
        {"\xC4\xB2sland \xC4\xB0zmir", "ijsland izmir", 0, 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        struct folded_text *f = text_fold(arena, span_of(rows[i].in));
        assert_string_equal(f->text.p, rows[i].want);
        assert_int_equal(f->text.n, strlen(rows[i].want));
        assert_int_equal(f->invisible, rows[i].invisible);
        assert_int_equal(f->mixed, rows[i].mixed);
        arena_free(&arena);
    }
}

static void test_map_quotes_the_original(void **state)
{
    static const struct {
        const char *in, *find, *want;
    } rows[] = {
        {"Our b\xD0\xB0nk  details", "bank", "b\xD0\xB0nk"},
        {"x Stra\xC3\x9F"
         "e y",
         "strasse",
         "Stra\xC3\x9F"
         "e"},
        {"x Stra\xC3\x9F"
         "e y",
         "stras", "Stra\xC3\x9F"},
        {"in\xE2\x80\x8Bvoice now", "invoice", "in\xE2\x80\x8Bvoice"},
        {"die R\xC3\xBC"
         "ckzahlung",
         "ruckzahlung",
         "R\xC3\xBC"
         "ckzahlung"},
        {"\xEF\xAC\x81nance", "f", "\xEF\xAC\x81"},
        {"a b", "b", "b"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        struct folded_text *f = text_fold(arena, span_of(rows[i].in));
        const char *hit = strstr(f->text.p, rows[i].find);
        assert_non_null(hit);
        size_t start = (size_t)(hit - f->text.p);
        struct span got = text_fold_original(f, start, start + strlen(rows[i].find));
        assert_true(span_eq(got, span_of(rows[i].want)));
        arena_free(&arena);
    }
}

static void test_map_is_monotonic_and_complete(void **state)
{
    static const char in[] = "\xD0\x92\xD0\x90NK \xEF\xB7\xBA e\xCC\x81 \xF0\x9F\x98\x80 \xFF x";
    struct arena *arena = arena_new();
    struct folded_text *f = text_fold(arena, span_of(in));
    for (size_t i = 1; i <= f->text.n; i++)
        assert_true(f->map[i - 1] <= f->map[i]);
    assert_int_equal(f->map[f->text.n], sizeof(in) - 1);
    assert_true(text_is_utf8(f->text));
    arena_free(&arena);
}

/* Ten thousand marks on one letter, and an expansion of 18 characters for each of many. */
static void test_hostile_growth(void **state)
{
    struct arena *arena = arena_new();
    size_t n = 60000;
    char *in = malloc(n);
    for (size_t i = 0; i < n; i += 3)
        memcpy(in + i, i < 30000 ? "\xEF\xB7\xBA" : "\xE2\x83\x9D", 3);
    struct folded_text *f = text_fold(arena, (struct span){in, n});
    assert_true(f->text.n > 10000 * 18 && f->text.n < 10000 * 40);
    assert_true(text_is_utf8(f->text));
    free(in);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fold_table),
        cmocka_unit_test(test_map_quotes_the_original),
        cmocka_unit_test(test_map_is_monotonic_and_complete),
        cmocka_unit_test(test_hostile_growth),
    };
    return cmocka_run_group_tests_name("textfold", tests, NULL, NULL);
}
