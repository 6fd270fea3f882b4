/* What stands in added headers: people and their tools read them as they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "milter/headertext.h"

static const struct {
    const char *text, *want;
} cases[] = {
    {"", ""},
    {"plain words", "plain words"},
    {"\xe2\x80\x9c"
     "arcelorm1ttal.com\xe2\x80\x9d looks like your supplier\xe2\x80\x99s \xe2\x80\x93 look\xe2\x80\xa6",
     "\"arcelorm1ttal.com\" looks like your supplier's - look..."},
    /* letters of other scripts are named, wherever they stand */
    {"arcelorm\xd1\x96ttal.com for arcelormittal.com", "arcelorm<U+0456>ttal.com for arcelormittal.com"},
    {"P\xd0\xb0ul wrote", "P<U+0430>ul wrote"},
    /* accents: off names, named in what is an address, where they may be the trick */
    {"Fran\xc3\xa7ois Lef\xc3\xa8vre", "Francois Lefevre"},
    {"valdor-m\xc3\xa9taux.example", "valdor-m<U+00E9>taux.example"},
    {"m\xc3\xbcller@b.example", "m<U+00FC>ller@b.example"},
    /* what is no mixture is no more readable as numbers */
    {"\xe8\xb4\xa6\xe6\x88\xb7 changed", "=?UTF-8?B?6LSm5oi3?= changed"},
    {"\xd0\xa1\xd1\x87\xd1\x91\xd1\x82", "=?UTF-8?B?0KHRh9GR0YI=?="},
    /* invisible ones, controls, an encoded word, a byte that is no character */
    {"pay\xe2\x80\x8bpal.example", "pay<U+200B>pal.example"},
    {"a\r\nX-Evil: b", "a X-Evil: b"},
    {"=?UTF-8?B?YQ==?=", "=?UTF-8?B?PT9VVEYtOD9CP1lRPT0/PQ==?="},
    {"a\xff"
     "bc",
     "a<U+FFFD>bc"},
};

static void shows_what_is_there(void **state)
{
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_string_equal(headertext_readable(arena, "X-Ringer-Reason", cases[i].text, 600), cases[i].want);
    arena_free(&arena);
}

static void is_folded_and_capped(void **state)
{
    struct arena *arena = arena_new();
    char text[4000];
    for (size_t i = 0; i + 3 < sizeof(text); i += 3)
        memcpy(text + i, "\xd0\xb0 ", 4);
    const char *value = headertext_readable(arena, "X-Ringer-Reason", text, 600);
    assert_true(strlen(value) < 2000);
    for (const char *line = value; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        assert_true(strcspn(line, "\n") <= 76);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(shows_what_is_there),
                                       cmocka_unit_test(is_folded_and_capped)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
