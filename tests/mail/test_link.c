/* Tests of src/mail/link.c and attachment.c */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "mail/attachment.h"
#include "mail/link.h"

static void test_hosts(void **state)
{
    static const struct {
        const char *url, *shown, *host, *shown_host;
    } rows[] = {
        {"http://Example.COM/x", NULL, "example.com", NULL},
        {"https://user:pw@evil.example:8443/?q", NULL, "evil.example", NULL},
        {"https://bank.example@evil.example/", "https://bank.example/", "evil.example", "bank.example"},
        {"http:\\\\evil.example\\x", NULL, "evil.example", NULL},
        {"http:///evil.example/x", NULL, "evil.example", NULL},
        {"ht\ntp://evil.ex\tample", NULL, "evil.example", NULL},
        {"http://ev%69l.example/%69", NULL, "evil.example", NULL},
        {"//evil.example/x", NULL, "evil.example", NULL},
        {"http://evil.example./", NULL, "evil.example", NULL},
        {"http://[2001:db8::1]:80/", NULL, "[2001:db8::1]", NULL},
        {"mailto:a@example.com", "a@example.com", "", NULL},
        {"/relative", "see", "", NULL},
        {"http://a.example", "www.bank.example", "a.example", "www.bank.example"},
        {"http://a.example", "bank.example/login", "a.example", "bank.example"},
        {"http://a.example", "go to https://bank.example now", "a.example", "bank.example"},
        {"http://a.example", "Click here", "a.example", NULL},
        {"http://a.example", "invoice.pdf", "a.example", NULL},
        {"http://a.example", "Hello.World next", "a.example", NULL},
        {"http://a.example", "1.5", "a.example", NULL},
        {"http://a.example", "\xE2\x80\x8B.\xE2\x80\x8B", "a.example", NULL}, /* nothing that an eye sees */
        {"https://partner.example:443@evil.example/x", NULL, "evil.example", NULL},
        {"http://good.example'", NULL, "good.example", NULL},
        {"http://good.example|x", NULL, "good.example", NULL},
        /* services that rewrite links, or pass visitors on */
        {"https://emea01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fevil.example%2Fx&data=1", NULL,
         "evil.example", NULL},
        {"https://urldefense.com/v3/__https://evil.example/x*y__;Kg!!abc", "https://evil.example/x",
         "evil.example", "evil.example"},
        {"https://urldefense.proofpoint.com/v2/url?u=https-3A__evil.example_x&d=abc", NULL, "evil.example",
         NULL},
        {"https://www.google.com/url?sa=t&amp;url=https%3A%2F%2Fevil.example", NULL, "evil.example", NULL},
        {"https://www.google.com/search?q=https://evil.example", NULL, "www.google.com", NULL},
        {"https://www.google.com/url?q=nothing", NULL, "www.google.com", NULL},
        {"https://notgoogle.com/url?q=https://evil.example", NULL, "notgoogle.com", NULL},
        {"https://www.google.com/url?q=https%3A%2F%2Furldefense.com%2Fv3%2F__https%3A%2F%2Fevil.example__%3B",
         NULL, "evil.example", NULL},
        {"http://B\xC3\x9C"
         "CHER.example",
         "b\xC3\xBC"
         "cher.example",
         "b\xC3\xBC"
         "cher.example",
         "b\xC3\xBC"
         "cher.example"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        struct message_link l = link_make(arena, rows[i].url, rows[i].shown);
        assert_string_equal(l.host, rows[i].host);
        assert_int_equal(l.shown_host != NULL, rows[i].shown_host != NULL);
        if (l.shown_host)
            assert_string_equal(l.shown_host, rows[i].shown_host);
        arena_free(&arena);
    }
}

static void test_links_in_text(void **state)
{
    struct span rest = SPAN_LIT(
                    "See https://a.example/x?y=1. And (www.b.example), <http://c.example>\n"
                    "xhttp://no.example \xE8\xA6\x8Bhttps://d.example\xE3\x80\x82 end http://e.example"),
                url;
    static const char *const want[] = {"https://a.example/x?y=1", "www.b.example", "http://c.example",
                                       "https://d.example", "http://e.example"};
    for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
        assert_true(link_next(&rest, &url));
        assert_true(span_eq(url, span_of(want[i])));
    }
    assert_false(link_next(&rest, &url));
}

/* Where a link ends in text: no reader takes what stands behind for a part of the host. */
static void test_link_ends(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"https://a.example\xC2\xA0today", "https://a.example"},
        {"https://a.example\xE2\x80\x89x", "https://a.example"},
        {"_www.a.example_ x", "www.a.example"},
        {"~www.a.example~", "www.a.example"},
        {"`https://a.example`", "https://a.example"},
        {"*https://a.example*, x", "https://a.example"},
        {"1234|www.a.example|https://b.example|x", "www.a.example"},
        {"https://a.example/x|y?z={1}", "https://a.example/x|y?z={1"},
        {"https://a.example?x=1^2", "https://a.example?x=1^2"},
        {"https://u:p@a.example:8080/", "https://u:p@a.example:8080/"},
        {"https://[2001:db8::1]/x", "https://[2001:db8::1]/x"},
        {"https://b\xC3\xBC"
         "cher.example\xEF\xBC\x8C",
         "https://b\xC3\xBC"
         "cher.example"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct span rest = span_of(rows[i].text), url;
        assert_true(link_next(&rest, &url));
        if (!span_eq(url, span_of(rows[i].want)))
            print_error("row %zu: %.*s\n", i, (int)url.n, url.p);
        assert_true(span_eq(url, span_of(rows[i].want)));
    }
}

static void test_user_information(void **state)
{
    struct arena *arena = arena_new();
    assert_string_equal(link_make(arena, "https://partner.example:443@evil.example/x", NULL).before,
                        "partner.example");
    assert_null(link_make(arena, "https://evil.example/@partner.example", NULL).before);
    arena_free(&arena);
}

static void test_sniff(void **state)
{
    static const struct {
        struct span bytes;
        const char *want;
    } rows[] = {
        {SPAN_LIT("%PDF-1.7\n"), "pdf"},
        {SPAN_LIT("junk\n%PDF-1.7\n"), "pdf"},
        {SPAN_LIT("PK\x03\x04....word/document.xml"), "docx"},
        {SPAN_LIT("PK\x03\x04....xl/workbook.xml"), "xlsx"},
        {SPAN_LIT("PK\x03\x04....readme.txt"), "zip"},
        {SPAN_LIT("MZ\x90\0\x03"), "exe"},
        {SPAN_LIT("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), "ole"},
        {SPAN_LIT("\x89PNG\r\n\x1A\n"), "png"},
        {SPAN_LIT(" \n<!DOCTYPE HTML><p>"), "html"},
        {SPAN_LIT("\xEF\xBB\xBF<html>"), "html"},
        {SPAN_LIT("<svg onload=x>"), "svg"},
        {SPAN_LIT("\x78\x9F\x3E\x22\x01\0"), "tnef"},
        {SPAN_LIT("plain words"), "text"},
        {SPAN_LIT("a\0b"), ""},
        {SPAN_LIT(""), ""},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        assert_string_equal(attachment_sniff(rows[i].bytes), rows[i].want);
    assert_true(attachment_is_media("png"));
    assert_false(attachment_is_media("pdf"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hosts),     cmocka_unit_test(test_links_in_text),
        cmocka_unit_test(test_link_ends), cmocka_unit_test(test_user_information),
        cmocka_unit_test(test_sniff),
    };
    return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
