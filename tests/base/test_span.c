/* Tests of src/base/span.c */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/span.h"

static void test_line_ends(void **state)
{
    struct span rest = SPAN_LIT("one\r\ntwo\n\nlast"), line;
    static const char *const want[] = {"one", "two", "", "last"};
    for (size_t i = 0; i < 4; i++) {
        assert_true(span_line(&rest, &line));
        assert_true(span_eq(line, span_of(want[i])));
    }
    assert_false(span_line(&rest, &line));
}

static void test_trim_and_case(void **state)
{
    assert_true(span_eq(span_trim(SPAN_LIT(" \t a b \r\n")), SPAN_LIT("a b")));
    assert_true(span_eq_nocase(SPAN_LIT("From"), SPAN_LIT("fROM")));
    assert_false(span_eq_nocase(SPAN_LIT("From"), SPAN_LIT("Fro")));
    assert_true(span_starts_nocase(SPAN_LIT("Re: x"), SPAN_LIT("re:")));
    assert_true(span_eq(span_of(NULL), (struct span){NULL, 0}));
}

static void test_cut(void **state)
{
    struct span rest = SPAN_LIT("a=b=c");
    assert_true(span_eq(span_cut(&rest, '='), SPAN_LIT("a")));
    assert_true(span_eq(span_cut(&rest, '='), SPAN_LIT("b")));
    assert_true(span_eq(span_cut(&rest, '='), SPAN_LIT("c")));
    assert_int_equal(rest.n, 0);
}

static void test_lower(void **state)
{
    struct arena *arena = arena_new();
    assert_string_equal(arena_lower(arena, SPAN_LIT("AZ@[az \xC3\x84 \xC4")),
                        "az@[az \xC3\x84 \xC4"); /* ASCII only */
    assert_string_equal(arena_lower(arena, (struct span){"ABCD", 2}), "ab");
    assert_string_equal(arena_lower(arena, (struct span){NULL, 0}), "");
    arena_free(&arena);
}

static void test_hex(void **state)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF", others[] = "/:@G`g\0\x8A\xFF ";
    for (int i = 0; i < 32; i++)
        assert_int_equal(char_hex(digits[i]), i % 16);
    for (size_t i = 0; i < sizeof(others); i++)
        assert_int_equal(char_hex(others[i]), -1);
}

static void test_find_and_percent(void **state)
{
    char out[16];
    struct span s = SPAN_LIT("xBaSe64base64");
    assert_ptr_equal(span_find_nocase(s, SPAN_LIT("BASE64")), s.p + 1);
    assert_null(span_find_nocase(s, SPAN_LIT("base65")));
    assert_null(span_find_nocase((struct span){NULL, 0}, SPAN_LIT("a")));
    size_t n = span_percent_decode(SPAN_LIT("%41%4g%%42%4"), out);
    assert_true(span_eq((struct span){out, n}, SPAN_LIT("A%4g%B%4")));
    assert_int_equal(span_percent_decode((struct span){NULL, 0}, out), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line_ends), cmocka_unit_test(test_trim_and_case),
        cmocka_unit_test(test_cut),       cmocka_unit_test(test_lower),
        cmocka_unit_test(test_hex),       cmocka_unit_test(test_find_and_percent),
    };
    return cmocka_run_group_tests_name("span", tests, NULL, NULL);
}
