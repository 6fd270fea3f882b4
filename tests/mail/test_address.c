/* Tests of src/mail/address.c */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#include "mail/address.h"
#include "mail/message.h"

static void test_table(void **state)
{
    static const struct {
        const char *in;
        bool malformed;
        const char *want; /* name|local|domain;... */
    } rows[] = {
        {"a@example.com", false, "|a|example.com;"},
        {" Alice Example <a@EXAMPLE.Com.> ", false, "Alice Example|a|example.com;"},
        {"\"Doe, John\" <j@example.com>, k@example.org", false, "Doe, John|j|example.com;|k|example.org;"},
        {"j@example.com (John (Jack) Doe)", false, "John (Jack) Doe|j|example.com;"},
        {"=?utf-8?q?J=C3=BCrgen_M=2E?= <j@example.com>", false, "J\xC3\xBCrgen M.|j|example.com;"},
        {"\"=?utf-8?b?SsO8cmdlbg==?=\" <j@example.com>", false, "J\xC3\xBCrgen|j|example.com;"},
        {"=?utf-8?q?broken?x <j@example.com>", false, "=?utf-8?q?broken?x|j|example.com;"},
        {"Team: a@example.com, B <b@example.com>;", false, "Team|a|example.com;B|b|example.com;"},
        {"undisclosed-recipients:;", false, ""},
        {"<@r1.example,@r2.example:a@example.com>", false, "|a|example.com;"},
        {"\"john doe\"@example.com", false, "|john doe|example.com;"},
        {"X <\"a@evil.example\"@example.com>", false, "X|a@evil.example|example.com;"},
        {"a@b\xC3\xBC"
         "cher.example",
         false,
         "|a|b\xC3\xBC"
         "cher.example;"},
        {"a@B\xC3\x9C"
         "CHER.example",
         false,
         "|a|b\xC3\xBC"
         "cher.example;"},
        {"a@xn--bcher-kva.example", false, "|a|xn--bcher-kva.example;"},
        {"a@[192.0.2.1]", false, "|a|[192.0.2.1];"},
        {"A <a@example.com>; B <b@example.com>", false, "A|a|example.com;B|b|example.com;"},
        {"<>", true, "||;"},
        {"nobody", true, "nobody||;"},
        {"", false, ""},
        {"Boss <boss>", true, "Boss|boss|;"},
        {"a@evil.example <b@example.com>", false, "a@evil.example|b|example.com;"},
        {"X <a@example.com> <b@evil.example>", true, "X|a|example.com;|b|evil.example;"},
        {"a@example.com b@evil.example", true, "|a|example.com;|b|evil.example;"},
        {"<<a@example.com>>", true, "|a|example.com;"},
        {"X <a@example.com", true, "X|a|example.com;"},
        {"\"X <a@example.com>", true, "X|a|example.com;"},
        {"X <a@example.com> tail", true, "X|a|example.com;"},
        {"X <a@b@example.com>", true, "X|a@b|example.com;"},
        {"X <a@exa mple.com>", false, "X|a|example.com;"},
        {"X <a@example..com>", true, "X|a|example..com;"},
        {"(open <a@example.com>", true, "(open|a|example.com;"},
        /* stray punctuation around the address */
        {"'a@example.com'", true, "|a|example.com;"},
        {"X <'a@example.com'>", true, "X|a|example.com;"},
        {"X [a@example.com]", true, "|a|example.com;"},
        {"X <a@example.com,>", true, "X|a|example.com;"},
        {"X <a@example.com;>", true, "X|a|example.com;"},
        {"X <a@example.com/>", true, "X|a|example.com;"},
        {"X <a@example.com:25>", true, "X|a|example.com;"},
        {"X <a@example.com|b>", true, "X|a|example.com;"},
        {"X <a@example.com~>", true, "X|a|example.com;"},
        {"X <a@example.com\xC2\xA0>", true, "X|a|example.com;"},
        {"X <a@example.com\">", true, "X|a|example.com;"},
        {"*a@example.com*", true, "|a|example.com;"},
        {"X <mailto:a@example.com>", true, "X|mailto:a|example.com;"},
        /* comments inside, anywhere */
        {"X <a@example.com(Acme)>", true, "X|a|example.com;"},
        {"X <a@example.com (Acme)>", true, "X|a|example.com;"},
        {"X <a@exam(x (y))ple.com>", true, "X|a|example.com;"},
        {"X <a(b)@example.com(", true, "X|a|example.com;"},
        {"X <a@example.com (Acme>", true, "X|a|example.com;"},
        /* commas in names */
        {"Acme Tooling, Ltd. <a@example.com>", false, "Acme Tooling, Ltd.|a|example.com;"},
        {"Doe, Jane <a@example.com>, Roe, Rob <b@example.com>", false,
         "Doe, Jane|a|example.com;Roe, Rob|b|example.com;"},
        {"Acme, <a@example.com>", false, "Acme,|a|example.com;"},
        {"Acme ,_<a@example.com>", false, "Acme, _|a|example.com;"},
        {"=?utf-8?Q?Doe,_Jane?= <a@example.com>", false, "Doe, Jane|a|example.com;"},
        {"=?utf-8?Q?Doe=2C?= Jane <a@example.com>", false, "Doe, Jane|a|example.com;"},
        {"Jane <a@example.com>, Ltd.", true, "Jane|a|example.com;"},
        {"nobody, a@example.com", false, "nobody,|a|example.com;"},
        /* groups */
        {"Jane Doe: <a@example.com>", false, "Jane Doe|a|example.com;"},
        {"Acme: a@example.com, b@example.org;", false, "Acme|a|example.com;Acme|b|example.org;"},
        /* encoded words where no address has them */
        {"=?utf-8?b?YUBleGFtcGxlLmNvbQ==?=@evil.example", true, "a@example.com|a@example.com|evil.example;"},
        {"=?utf-8?b?YUBleGFtcGxlLmNvbQ==?==?utf-8?Q?=00?=@evil.example", true,
         "a@example.com?|a@example.com?|evil.example;"},
        /* wide characters: the dots stay, for the lookalike engine */
        {"X <a\xEF\xBC\xA0"
         "example\xEF\xBC\x8E"
         "com>",
         true,
         "X|a|example\xEF\xBC\x8E"
         "com;"},
        {"X <a@example\xE3\x80\x82"
         "com>",
         false,
         "X|a|example\xE3\x80\x82"
         "com;"},
        {"=?utf-8?q?a=40example=2Ecom?=", true, "a@example.com||;"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        struct address_list list = {0};
        struct buf out = {0};
        address_parse(arena, span_of(rows[i].in), 100, &list);
        buf_adds(&out, "");
        for (size_t k = 0; k < list.n; k++)
            buf_printf(&out, "%s|%s|%s;", list.v[k].name, list.v[k].local, list.v[k].domain);
        if (strcmp(out.p, rows[i].want) != 0 || list.malformed != rows[i].malformed)
            print_error("row %zu: %s\n", i, rows[i].in);
        assert_string_equal(out.p, rows[i].want);
        assert_int_equal(list.malformed, rows[i].malformed);
        buf_free(&out);
        arena_free(&arena);
    }
}

static void test_limit(void **state)
{
    struct arena *arena = arena_new();
    struct address_list list = {0};
    struct buf in = {0};
    for (int i = 0; i < 50000; i++)
        buf_adds(&in, "a@example.com,");
    address_parse(arena, buf_span(&in), 100, &list);
    assert_int_equal(list.n, 100);
    assert_true(list.limit_hit);
    buf_free(&in);
    arena_free(&arena);
}

static void test_envelope(void **state)
{
    struct arena *arena = arena_new();
    assert_string_equal(address_one(arena, SPAN_LIT("<a@Example.com>")).address, "a@example.com");
    assert_string_equal(address_one(arena, SPAN_LIT("")).address, "");
    assert_string_equal(address_one(arena, SPAN_LIT("a b@example.com")).local, "a b");
    arena_free(&arena);
}

static void test_written(void **state)
{
    static const struct {
        const char *spec, *domain, *written;
    } rows[] = {
        {"a@example.com", "example.com", NULL},
        {"A@example.com", "example.com", NULL},
        {"a@metaI.Example.", "metai.example", "metaI.Example"},
        {"a@Exa mple.com", "example.com", "Example.com"},
        {"a@B\xC3\xBC"
         "cher.example",
         "b\xC3\xBC"
         "cher.example",
         "B\xC3\xBC"
         "cher.example"},
        {"nobody", "", NULL},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct mailbox box = address_one(arena, span_of(rows[i].spec));
        assert_string_equal(box.domain, rows[i].domain);
        assert_true((box.written != NULL) == (rows[i].written != NULL));
        if (box.written)
            assert_string_equal(box.written, rows[i].written);
    }
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_envelope),
        cmocka_unit_test(test_written),
    };
    message_library_init();
    return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
