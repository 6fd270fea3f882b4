/* Tests of src/base/text.c */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "base/text.h"

/* Every character there is comes back as it went; what is no character is one bad byte. */
static void test_characters(void **state)
{
    static const char *const bad[] = {"\x80",
                                      "\xC0\x80",
                                      "\xC1\xBF",
                                      "\xE0\x9F\xBF",
                                      "\xED\xA0\x80",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xE2\x82",
                                      "\xFF"};
    char utf8[4];
    uint32_t got;
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        if (c >= 0xD800 && c <= 0xDFFF)
            continue;
        size_t n = text_encode(c, utf8);
        assert_int_equal(n, c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4);
        assert_int_equal(text_decode(utf8, n, &got), n);
        assert_int_equal(got, c);
        assert_int_equal(text_decode(utf8, n > 1 ? n - 1 : 1, &got), 1); /* cut off */
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        assert_int_equal(text_decode(bad[i], strlen(bad[i]), &got), 1);
        assert_int_equal(got, 0xFFFD);
        assert_false(text_is_utf8(span_of(bad[i])));
    }
}

static void test_valid_and_clean(void **state)
{
    struct arena *arena = arena_new();
    struct span v = text_valid_utf8(arena, (struct span){"a\0b\xE9", 4});
    assert_int_equal(v.p[v.n], 0);
    assert_true(span_eq(v, SPAN_LIT("a\xEF\xBF\xBD"
                                    "b\xEF\xBF\xBD")));
    static const char good[] = "gr\xC3\xBC\xC3\x9F";
    assert_ptr_equal(text_valid_utf8(arena, span_of(good)).p, good);
    assert_true(span_eq(text_clean(arena, SPAN_LIT("a\r\nb\tc\x1B[1m\xC2\x9B")), SPAN_LIT("a\nb\tc[1m")));
    assert_string_equal(text_clean_line(arena, SPAN_LIT("a\r\n b\x7F")), "a  b");
    assert_false(text_is_utf8(SPAN_LIT("\xED\xA0\x80"))); /* a surrogate */
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_characters),
                                       cmocka_unit_test(test_valid_and_clean)};
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
