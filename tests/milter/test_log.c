/* What a sender writes cannot steer the terminal of who reads the log. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "milter/log.h"

static const struct {
    const char *text;
    size_t cap;
    const char *want;
} cases[] = {
    {NULL, 10, "-"},
    {"", 10, "\"\""},
    {"plain <a@b.example>", 80, "\"plain <a@b.example>\""},
    {"a\"b\\c", 80, "\"a\\\"b\\\\c\""},
    {"a\r\nb\tc\x1b[2J\x7f", 80, "\"a\\x0d\\x0ab\\x09c\\x1b[2J\\x7f\""},
    {"M\xc3\xbcller \xe6\x97\xa5\xf0\x9f\x98\x80", 80, "\"M\xc3\xbcller \xe6\x97\xa5\xf0\x9f\x98\x80\""},
    /* U+0080, U+009B (CSI) and U+009F as UTF-8, U+00A0 is no control */
    {"\xc2\x80\xc2\x9b"
     "2J\xc2\x9f\xc2\xa0",
     80, "\"\\xc2\\x80\\xc2\\x9b2J\\xc2\\x9f\xc2\xa0\""},
    /* U+2028 parts lines for some, U+202E turns them round */
    {"a\xe2\x80\xa8 b\xe2\x80\xae", 80, "\"a\\xe2\\x80\\xa8 b\\xe2\\x80\\xae\""},
    /* the same as raw bytes */
    {"\x80\x9b"
     "2J\x9f",
     80, "\"\\x80\\x9b2J\\x9f\""},
    /* bytes of that range inside a character are none */
    {"\xe2\x80\x9bz\xc4\x9b", 80, "\"\xe2\x80\x9bz\xc4\x9b\""},
    /* inside what only looks like a character: overlong, a surrogate, above U+10FFFF, cut off */
    {"\xc0\x9b", 80, "\"\\xc0\\x9b\""},
    {"\xe0\x82\x9b", 80, "\"\\xe0\\x82\\x9b\""},
    {"\xed\xa0\x9b", 80, "\"\\xed\\xa0\\x9b\""},
    {"\xf4\x90\x80\x9b", 80, "\"\\xf4\\x90\\x80\\x9b\""},
    {"\xe2\x9b", 80, "\"\\xe2\\x9b\""},
    {"\xc2", 80, "\"\\xc2\""},
    /* a sender's own U+FFFD stays, Latin-1 is shown byte by byte */
    {"\xef\xbf\xbd", 80, "\"\xef\xbf\xbd\""},
    {"M\xfcller", 80, "\"M\\xfcller\""},
    /* cut: between characters, and nowhere else */
    {"abcdef", 6, "\"abcdef\""},
    {"abcdefg", 6, "\"abcdef\"..."},
    {"abcd\xe6\x97\xa5!", 6, "\"abcd\"..."},
    {"abc\xe6\x97\xa5!", 6, "\"abc\xe6\x97\xa5\"..."},
    {"ab\x9b\x9b\x9b\x9b\x9b\x9b\x9b", 6, "\"ab\\x9b\\x9b\\x9b\\x9b\"..."},
};

static void test_quote(void **state)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf out = {0};
        log_quote(&out, cases[i].text, cases[i].cap);
        buf_addc(&out, '\0');
        assert_string_equal(out.p, cases[i].want);
        buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_quote)};
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
