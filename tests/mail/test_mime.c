/* Tests of src/mail/mime.c, header.c and charset.c */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#include "mail/charset.h"
#include "mail/contentline.h"
#include "mail/decode.h"
#include "mail/message.h"
#include "mail/mime.h"

static void test_content_type(void **state)
{
    struct arena *arena = arena_new();
    struct mime_type t = mime_type_parse(
        arena,
        SPAN_LIT(" Text/HTML ; Charset=\"ISO-8859-1\";format=flowed; DelSp=Yes; name*=utf-8''a%C3%A9.htm"));
    assert_string_equal(t.type, "text/html");
    assert_string_equal(t.charset, "iso-8859-1");
    assert_true(t.flowed && t.delsp);
    assert_string_equal(t.name, "a\xC3\xA9.htm");
    t = mime_type_parse(arena, SPAN_LIT("multipart/mixed; boundary=\"a \\\"b\"; x; boundary=c"));
    assert_int_equal(t.n_boundaries, 2);
    assert_true(span_eq(t.boundaries[0], SPAN_LIT("a \"b")));
    assert_true(span_eq(t.boundaries[1], SPAN_LIT("c")));
    assert_string_equal(mime_type_parse(arena, SPAN_LIT("nonsense")).type, "text/plain");
    assert_string_equal(mime_type_parse(arena, SPAN_LIT("")).type, "text/plain");
    arena_free(&arena);
}

/* type:body of each part, bodies trimmed; "*" marks quoted, "/N" an alternative. */
static void check_tree(const char *raw, const char *want, unsigned anomalies)
{
    struct arena *arena = arena_new();
    struct header_block top = header_scan(arena, span_of(raw), 10000, 100);
    struct mime_tree tree = mime_walk(arena, &top, &message_limits_default);
    struct buf out = {0};
    buf_adds(&out, "");
    for (size_t i = 0; i < tree.n; i++) {
        const struct mime_part *p = &tree.v[i];
        struct span body = span_trim(p->body);
        buf_printf(&out, "%s%s%s%.0u:%.*s;", p->quoted ? "*" : "", p->type.type, p->alternative ? "/" : "",
                   p->alternative, p->message ? 0 : (int)body.n, body.p);
    }
    assert_string_equal(out.p, want);
    assert_int_equal(tree.anomalies, anomalies);
    buf_free(&out);
    arena_free(&arena);
}

#define MULTI(params) "Content-Type: multipart/mixed; " params "\n\n"

static void test_splitting(void **state)
{
    check_tree("A: b\n\nhello", "text/plain:hello;", 0);
    check_tree(MULTI("boundary=b") "pre\n--b\n\none\n--b\nContent-Type: text/html\n\ntwo\n--b--\nepi",
               "text/plain:one;text/html:two;", 0);
    check_tree("Content-Type: multipart/mixed;\r\n boundary=\"b\"\r\n\r\n--b  \r\n\r\none\r\n--b--",
               "text/plain:one;", 0);
    check_tree(MULTI("boundary=b") "--b\n\none\n--bc\n--b x\n--b", "text/plain:one\n--bc\n--b x;text/plain:;",
               0);
    check_tree(MULTI("boundary=o") "--o\n" MULTI("boundary=i") "--i\n\none\n--o\n\ntwo\n--o--",
               "text/plain:one;text/plain:two;", 0); /* inner one never closed */
    check_tree("Content-Type: multipart/alternative; boundary=b\n\n--b\n\na\n--b\nContent-Type: "
               "text/html\n\nb\n--b--",
               "text/plain/1:a;text/html/1:b;", 0);
    check_tree("Content-Type: multipart/digest; boundary=b\n\n--b\n\nFrom: a@b\n\nin\n--b--",
               "message/rfc822:;*text/plain:in;", 0);
}

static void test_ambiguous(void **state)
{
    check_tree(MULTI("boundary=x; boundary=y") "--x\n\nfor one\n--y\n\nfor the other\n",
               "text/plain:for one\n--y\n\nfor the other;text/plain:for the other;",
               ANOMALY_BOUNDARY_DUPLICATE);
    check_tree(MULTI("boundary=b") "--b\n" MULTI("boundary=b") "--b\n\none\n--b--",
               "text/plain:;text/plain:one;", ANOMALY_BOUNDARY_DUPLICATE | ANOMALY_BOUNDARY_MISSING);
    check_tree(MULTI("charset=x") "text all the same", "text/plain:text all the same;",
               ANOMALY_BOUNDARY_MISSING);
    check_tree(MULTI("boundary=b") "no such line", "text/plain:no such line;", ANOMALY_BOUNDARY_MISSING);
    check_tree("Content-Type: text/plain\nContent-Type: text/html\n\nx", "text/plain:x;",
               ANOMALY_DUPLICATE_HEADER);
}

/* Where programs disagree about a field, all readings are looked at. */
static void test_readings(void **state)
{
    check_tree(MULTI("boundary*0*=us-ascii''b; boundary*1=-1") "--b-1\n\none\n--b-1--", "text/plain:one;", 0);
    check_tree(MULTI("boundary=b (a comment)") "--b\n\none\n--b--", "text/plain:one;",
               ANOMALY_BOUNDARY_DUPLICATE);
    check_tree(MULTI("boundary=b (1)") "--b (1)\n\none\n--b (1)--", "text/plain:one;",
               ANOMALY_BOUNDARY_DUPLICATE);
    check_tree("Content-Type: multipart/mixed;\n\tboundary=\"b\n \"\n\n--b\n\none\n--b--", "text/plain:one;",
               ANOMALY_BOUNDARY_DUPLICATE);
    check_tree("Content-Type: text/html(x)\n\none", "text/html:one;", 0);
    check_tree("Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\nb25l",
               "text/plain:b25l;text/plain:b25l;", ANOMALY_DUPLICATE_HEADER);
    check_tree("Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: 7BIT\n\none", "text/plain:one;",
               0);
    check_tree("Content-Transfer-Encoding: \"BASE64\"\n\nb25l", "text/plain:b25l;", 0);
    check_tree("Content-Type: text/plain; charset=utf-16; charset=utf-8\n\none",
               "text/plain:one;text/plain:one;", ANOMALY_DUPLICATE_HEADER);
    check_tree("Content-Type: text/plain; charset=utf-8; charset=UTF-8\n\none", "text/plain:one;", 0);
    check_tree("Subject: x\njunk\nContent-Type: text/html\n\none",
               "text/plain:junk\nContent-Type: text/html\n\none;text/html:one;", ANOMALY_HEADER_DISPLACED);
    check_tree("Subject: x\n\njunk\nContent-Type: text/html\n\none",
               "text/plain:junk\nContent-Type: text/html\n\none;text/html:one;", ANOMALY_HEADER_DISPLACED);
    check_tree("Subject: x\n\nWe send it as\n\nContent-Type: text/html\n\none",
               "text/plain:We send it as\n\nContent-Type: text/html\n\none;", 0);
    check_tree("Content-Type: text/plain\n\njunk\nContent-Type: text/html\n\none",
               "text/plain:junk\nContent-Type: text/html\n\none;", 0);
    check_tree("Content-Type: application/octet-stream\n\nFrom: a@b\nSubject: x\n\nin",
               "application/octet-stream:;*text/plain:in;", 0);
    check_tree("Content-Type: application/x-mimearchive\n\nMIME-Version: 1.0\nContent-Type: text/html\n\nin",
               "application/x-mimearchive:;*text/html:in;", 0);
    check_tree("Content-Type: application/octet-stream\n\nFrom: only one\n\nin",
               "application/octet-stream:From: only one\n\nin;", 0);
}

static void test_long_boundary(void **state)
{
    struct buf raw = {0};
    char *boundary = calloc(1, 8001);
    memset(boundary, 'b', 8000);
    buf_printf(&raw, "Content-Type: multipart/mixed; boundary=%s\n\n--%s\n\none\n--%s--", boundary, boundary,
               boundary);
    check_tree(raw.p, "text/plain:one;", 0);
    free(boundary);
    buf_free(&raw);
}

/* Behind the limits the fields that say who writes to whom are still read. */
static void test_essential_fields(void **state)
{
    struct arena *arena = arena_new();
    struct buf raw = {0};
    for (int i = 0; i < 50; i++)
        buf_printf(&raw, "X-%d: y\n", i);
    buf_adds(&raw, "From: a@b.example\nX-Last: z\nSubject: s\n\nbody");
    struct header_block b = header_scan(arena, buf_span(&raw), 10000, 20);
    assert_int_equal(b.limits_hit, LIMIT_HEADERS);
    assert_int_equal(b.n, 22);
    assert_non_null(header_find(&b, "From"));
    assert_non_null(header_find(&b, "Subject"));
    assert_null(header_find(&b, "X-Last"));
    b = header_scan(arena, buf_span(&raw), 100, 1000);
    assert_non_null(header_find(&b, "From"));
    buf_free(&raw);
    arena_free(&arena);
}

static void test_uu(void **state)
{
    struct arena *arena = arena_new();
    struct span name, bytes;
    assert_true(decode_uu(arena, SPAN_LIT("hi\nbegin 644 a.txt\n#86)C\n`\nend\n"), 99, &name, &bytes));
    assert_true(span_eq(name, SPAN_LIT("a.txt")));
    assert_true(span_eq(bytes, SPAN_LIT("abc")));
    assert_true(decode_uu(arena, SPAN_LIT("begin 0644 b c\n$86)C9\n"), 99, &name,
                          &bytes)); /* blanks at its end are gone */
    assert_int_equal(bytes.n, 4);
    assert_false(decode_uu(arena, SPAN_LIT("begin again at once\nend"), 99, &name, &bytes));
    assert_false(decode_uu(arena, SPAN_LIT(""), 99, &name, &bytes));
    arena_free(&arena);
}

static void test_enriched(void **state)
{
    struct arena *arena = arena_new();
    assert_true(span_eq(
        decode_enriched(arena, SPAN_LIT("b<bold></bold>ank <color><param>red</param>de</color>tails")),
        SPAN_LIT("bank details")));
    assert_true(span_eq(decode_enriched(arena, SPAN_LIT("a\nb\n\nc <<x>")), SPAN_LIT("a b \nc <x>")));
    assert_true(span_eq(decode_enriched(arena, SPAN_LIT("a <open")), SPAN_LIT("a ")));
    arena_free(&arena);
}

static void test_contentlines(void **state)
{
    static const struct {
        const char *text, *want; /* NULL: neither an invitation nor a card */
    } rows[] = {
        {"BEGIN:VCALENDAR\r\nSUMMARY:Our ba\r\n nk\r\nUID:1\r\nEND:VCALENDAR", "Our bank\n\n"},
        {"\n\xEF\xBB\xBF", NULL},
        {"\xEF\xBB\xBF\nbegin:vcard\nitem1.NOTE;X=\"a:b;c\":Pay\\, now\\nplease\nX-NEW:seen",
         "Pay, now\nplease\n\nseen\n\n"},
        {"BEGIN:VCARD\nNOTE;ENCODING=QUOTED-PRINTABLE:I=42=\nAN", "IBAN\n\n"},
        {"BEGIN:VCALENDAR\nATTENDEE;CN=\"Karl Meier\":mailto:k@a.example\n",
         "Karl Meier mailto:k@a.example\n\n"},
        {"BEGIN:VCALENDAR", ""},
        {"Dear all,\nBEGIN:VCARD", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        assert_int_equal(contentline_is(span_of(rows[i].text)), rows[i].want != NULL);
        if (rows[i].want)
            assert_string_equal(arena_span(arena, contentline_text(arena, span_of(rows[i].text))),
                                rows[i].want);
        arena_free(&arena);
    }
}

static void test_header_block(void **state)
{
    struct arena *arena = arena_new();
    struct header_block b = header_scan(
        arena, SPAN_LIT("From x\n>From y\nA: 1\r\n 2\r\nB : 3\r\nno field\r\nC: 4\r\n\r\nbody"), 1000, 100);
    assert_int_equal(b.n, 2);
    assert_true(span_eq(header_unfold(arena, header_find(&b, "a")->raw), SPAN_LIT("1 2")));
    assert_true(span_eq(header_unfold(arena, header_find(&b, "b")->raw), SPAN_LIT("3")));
    assert_true(span_starts_nocase(b.body, SPAN_LIT("no field")));
    b = header_scan(arena, SPAN_LIT("A: 1\nB: 2\nC: 3\n\nbody"), 1000, 2);
    assert_int_equal(b.n, 2);
    assert_int_equal(b.limits_hit, LIMIT_HEADERS);
    assert_true(span_eq(b.body, SPAN_LIT("body")));
    b = header_scan(arena, SPAN_LIT("A: 1\nB: 22222222222222\n\nbody"), 10, 100);
    assert_int_equal(b.limits_hit, LIMIT_HEADER_BYTES);
    assert_true(span_eq(b.body, SPAN_LIT("body")));
    assert_int_equal(header_scan(arena, SPAN_LIT("A: 1\rB: 2\n\n"), 99, 9).anomalies, ANOMALY_HEADER_CONTROL);
    assert_int_equal(header_scan(arena, SPAN_LIT("A: 1\x07\n\n"), 99, 9).anomalies, ANOMALY_HEADER_CONTROL);
    assert_int_equal(header_scan(arena, SPAN_LIT("A: 1\t2\r\n 3\r\n\r\n"), 99, 9).anomalies, 0);
    arena_free(&arena);
}

static void test_decoding_headers(void **state)
{
    static const struct {
        const char *in, *want;
    } rows[] = {
        {" plain\r\n text", "plain text"},
        {"=?utf-8?q?Re=3A_?= =?utf-8?b?w6k=?=", "Re: \xC3\xA9"},
        {"=?iso-8859-1?q?caf=E9?=", "caf\xC3\xA9"},
        {"caf\xE9", "caf\xC3\xA9"},
        {"=?utf-8?q?open", "=?utf-8?q?open"},
        {"=?x-nope?q?abc?=", "abc"},
        {"=?gb2312?b?0vjQ0A==?=", "\xE9\x93\xB6\xE8\xA1\x8C"},
        {"=?utf-8?q?a=0D=0ABcc:_x?=", "a Bcc: x"},
        /* words of base64: each is padded by itself, or not at all, and a character may be cut in two */
        {"=?utf-8?b?SGVsbG8=?= =?utf-8?b?IHdvcmxk?=", "Hello world"},
        {"=?utf-8?B?SGVsbG8=?=\r\n =?UTF-8?B?IHdvcmxkIQ==?=\r\n =?utf-8?B?IFBheQ==?= now",
         "Hello world! Pay now"},
        {"=?utf-8?b?SGVsbG8=?==?utf-8?b?IHdvcmxk?=", "Hello world"},
        {"=?utf-8?b?SGVsbG8?= =?utf-8?b?IHdvcmxk?=", "Hello world"},
        {"=?utf-8?b?SGVsbG8=IHdvcmxk?=", "Hello world"},
        {"=?utf-8?b?SGVs bG8=?=", "Hello"},
        {"=?utf-8?b?ww==?= =?utf-8?b?vA==?=", "\xC3\xBC"},
        {"=?utf-8?q?=C3?= =?utf-8?b?vA==?=", "\xC3\xBC"},
        {"=?utf-8?b?w7w=?= =?iso-8859-1?b?/A==?=", "\xC3\xBC\xC3\xBC"},
        {"=?utf-16be?b?AEgAaQ==?= =?utf-16be?b?AEgAaQ==?=", "HiHi"},
        {"a =?utf-8?b?YQ==?", "a =?utf-8?b?YQ==?"},
        {"=?utf-8?b?SGVsbG8=?= =?utf-8?x?IHdvcmxk?= =?utf-8?q?!?=", "Hello =?utf-8?x?IHdvcmxk?= !"},
        /* a broken "=" takes nothing from the next word */
        {"=?utf-8?q?pay=?= =?utf-8?q?deliver?=", "pay=deliver"},
        {"=?utf-8?q?50=_off=2?=", "50= off=2"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        assert_string_equal(header_decode(arena, span_of(rows[i].in)), rows[i].want);
        arena_free(&arena);
    }
}

static void test_decoding_names(void **state)
{
    static const struct {
        const char *in, *want;
    } rows[] = {
        {"a/b; name=\"=?utf-8?b?cGF5Lg==?= =?utf-8?b?cGRm?=\"", "pay.pdf"},
        {"a/b; name==?utf-8?b?cGF5Lg==?=", "pay."},
        {"a/b; name*0=\"pay\"; name*1=\".pdf\"", "pay.pdf"},
        {"a/b; name*=utf-8''p%C3%A4y.pdf", "p\xC3\xA4y.pdf"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        assert_string_equal(mime_type_parse(arena, span_of(rows[i].in)).name, rows[i].want);
        arena_free(&arena);
    }
}

static void test_charsets(void **state)
{
    static const struct {
        const char *in, *charset, *want;
        unsigned anomalies;
    } rows[] = {
        {"caf\xE9", "iso-8859-1", "caf\xC3\xA9", 0},
        {"\x93x\x94", "ISO-8859-1", "\xE2\x80\x9Cx\xE2\x80\x9D", 0}, /* really windows-1252 */
        {"caf\xE9", NULL, "caf\xC3\xA9", 0},
        {"caf\xC3\xA9", "us-ascii", "caf\xC3\xA9", 0},
        {"caf\xE9", "utf-8", "caf\xEF\xBF\xBD", ANOMALY_BAD_UTF8},
        {"caf\xE9", "x-nonsense", "caf\xC3\xA9", ANOMALY_CHARSET_UNKNOWN},
        {"caf\xE9", "utf-8//IGNORE", "caf\xC3\xA9", ANOMALY_CHARSET_UNKNOWN},
        {"\xD2\xF8\xD0\xD0", "gb2312", "\xE9\x93\xB6\xE8\xA1\x8C", 0},
        {"\xBB\xC8\xA6\xE6", "big5", "\xE9\x8A\x80\xE8\xA1\x8C", 0},
        {"\x1B$B6d9T\x1B(B", "iso-2022-jp", "\xE9\x8A\x80\xE8\xA1\x8C", 0},
        {"\x8B\xE2\x8D\x73", "shift_jis", "\xE9\x8A\x80\xE8\xA1\x8C", 0},
        {"+ZeVnLA-", "utf-7", "\xE6\x97\xA5\xE6\x9C\xAC", 0},
        {"a\xC8!", "gb2312", "a\xEF\xBF\xBD!", 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        unsigned anomalies = 0;
        struct span got = charset_to_utf8(arena, span_of(rows[i].in), rows[i].charset, &anomalies);
        assert_string_equal(arena_span(arena, got), rows[i].want);
        assert_int_equal(anomalies, rows[i].anomalies);
        arena_free(&arena);
    }
}

static void test_flowed(void **state)
{
    static const struct {
        const char *in, *want;
        bool delsp;
    } rows[] = {
        {"one \ntwo\nthree", "one two\nthree", false}, {"one \ntwo", "onetwo", true},
        {"> a \n> b\nc", "> a b\nc", false},           {" >stuffed", ">stuffed", false},
        {"x\n-- \nme", "x\n-- \nme", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        assert_string_equal(arena_span(arena, decode_unflow(arena, span_of(rows[i].in), rows[i].delsp)),
                            rows[i].want);
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_content_type),
        cmocka_unit_test(test_splitting),
        cmocka_unit_test(test_ambiguous),
        cmocka_unit_test(test_readings),
        cmocka_unit_test(test_long_boundary),
        cmocka_unit_test(test_essential_fields),
        cmocka_unit_test(test_uu),
        cmocka_unit_test(test_enriched),
        cmocka_unit_test(test_contentlines),
        cmocka_unit_test(test_header_block),
        cmocka_unit_test(test_decoding_headers),
        cmocka_unit_test(test_decoding_names),
        cmocka_unit_test(test_charsets),
        cmocka_unit_test(test_flowed),
    };
    message_library_init();
    return cmocka_run_group_tests_name("mime", tests, NULL, NULL);
}
