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
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_links_in_text),
        cmocka_unit_test(test_sniff),
    };
    return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
