/* Tests of src/report/: hostile text stays text, differences are marked, times are read */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "report/csv.h"
#include "report/digest.h"
#include "report/evidence.h"
#include "report/safetext.h"
#include "report/when.h"

static void test_safe_text(void **state)
{
    static const struct {
        void (*make)(struct buf *, const char *);
        const char *in, *want;
    } cases[] = {
        {safetext_plain, "a\x1b[31m\tb\nc\x7f\xc2\x9b", "a<U+001B>[31m b c<U+007F><U+009B>"},
        {safetext_plain, "pay \xe2\x80\xaegnp.exe", "pay <U+202E>gnp.exe"},
        {safetext_plain, "bad \xff\xc3", "bad \xef\xbf\xbd\xef\xbf\xbd"},
        {safetext_plain, "\xd0\xb0\xc3\xa9\xe6\xbc\xa2", "\xd0\xb0\xc3\xa9\xe6\xbc\xa2"},
        {safetext_plain, "zero\xe2\x80\x8bwidth\xe3\x85\xa4\xc2\xad", "zero<U+200B>width<U+3164><U+00AD>"},
        {safetext_html, "<a href='x'>&\"\x02",
         "&lt;a href=&#39;x&#39;&gt;&amp;&quot;<span class=\"u\">U+0002</span>"},
        {safetext_html_marked,
         "a\x02<1\x03"
         "b",
         "a<mark>&lt;1</mark>b"},
        {safetext_html_marked,
         "\x03"
         "a\x02\x02"
         "b",
         "a<mark>b</mark>"}, /* never unbalanced */
        {safetext_csv, "say \"x\"\r\n", "\"say \"\"x\"\"  \""},
        {safetext_csv, "=1+1", "\"'=1+1\""},
        {safetext_csv, "-2", "\"'-2\""},
        {safetext_csv, "@x", "\"'@x\""},
        {safetext_csv, NULL, "\"\""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf out = {0};
        cases[i].make(&out, cases[i].in);
        assert_string_equal(out.p ? out.p : "", cases[i].want);
        buf_free(&out);
    }
}

static void test_cells(void **state)
{
    static const struct {
        const char *in;
        size_t columns;
        const char *want;
    } cases[] = {{"abc", 5, "abc  "},
                 {"abcde", 5, "abcde"},
                 {"abcdef", 5, "abcd\xe2\x80\xa6"},
                 {"\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2", 5, "\xe6\xbc\xa2\xe6\xbc\xa2\xe2\x80\xa6"},
                 {"\x1b\x1b", 5, "\xe2\x80\xa6    "},
                 {NULL, 2, "  "}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf out = {0};
        safetext_cell(&out, cases[i].in, cases[i].columns, 1);
        assert_string_equal(out.p, cases[i].want);
        buf_free(&out);
    }
}

static void test_marks(void **state)
{
    static const struct {
        const char *a, *b, *marked_a, *marked_b;
    } cases[] = {{"arce1or.example", "arcelor.example",
                  "arce\x02"
                  "1\x03or.example",
                  "arce\x02l\x03or.example"},
                 {"rexel-groupe.example", "rexel.example", "rexel\x02-groupe\x03.example", "rexel.example"},
                 {"vinci.example", "vinci.test",
                  "vinci.\x02"
                  "exampl\x03"
                  "e",
                  NULL},
                 {"same.example", "same.example", "same.example", "same.example"},
                 {"r\xd0\xb5xel.example", "rexel.example", "r\x02\xd0\xb5\x03xel.example",
                  "r\x02"
                  "e\x03xel.example"},
                 {"", "x", "", "\x02x\x03"}};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const char *a, *b;
        evidence_mark(arena, cases[i].a, cases[i].b, &a, &b);
        if (cases[i].marked_b) {
            assert_string_equal(a, cases[i].marked_a);
            assert_string_equal(b, cases[i].marked_b);
        }
    }
    char *longest = malloc(5001); /* longer than any domain: bounded, not refused */
    memset(longest, 'x', 5000);
    longest[5000] = '\0';
    const char *a, *b;
    evidence_mark(arena, longest, longest, &a, &b);
    assert_true(strlen(a) <= 300);
    free(longest);
    arena_free(&arena);
}

static void test_evidence_of_bad_json(void **state)
{
    static const char *const bad[] = {NULL,
                                      "",
                                      "{",
                                      "null",
                                      "3",
                                      "[1,\"x\",null,{}]",
                                      "{\"a\":1}",
                                      "[[[[]]]]",
                                      "[{\"target\":5,\"domain\":[]}]",
                                      "[{\"id\":\"x\"}]"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct arena *arena = arena_new();
        struct store_mail mail = {.rules_json = bad[i], .lookalikes_json = bad[i]};
        struct evidence evidence = evidence_read(arena, &mail);
        assert_int_equal(evidence.n_rules + evidence.n_lookalikes, 0);
        arena_free(&arena);
    }
}

static void test_differs_of_the_engine_wins(void **state)
{
    struct arena *arena = arena_new();
    struct store_mail mail = {
        .lookalikes_json = "[{\"field\":\"From\",\"target\":\"modern.example\",\"relation\":\"partner\","
                           "\"domain\":\"modem.example\",\"differs\":\"mode\\u0002m\\u0003.example\"}]"};
    struct evidence evidence = evidence_read(arena, &mail);
    struct buf out = {0};
    assert_int_equal(evidence.n_lookalikes, 1);
    assert_string_equal(evidence.lookalikes[0].written, "mode\x02m\x03.example");
    digest_side_by_side(&evidence, &out, "", false);
    assert_string_equal(out.p,
                        "Written    modem.example\n               ^\nGenuine    modern.example   (your "
                        "partner)\n               ^^\n");
    buf_free(&out);
    arena_free(&arena);
}

static void test_hostile_page(void **state)
{
    static const char *const rcpts[] = {"<i>@x"};
    static const char evil[] =
        "</style></title><script>alert('x')</script><img src=//evil.example onerror=\"x\">";
    struct digest_entry entry = {.kind = DIGEST_HELD, .id = "0123456789abcdef", .changed_by = evil};
    struct digest digest = {.v = &entry, .n = 1};
    struct buf page = {0};
    entry.last_error = evil;
    entry.mail = (struct store_mail){
        .sender = evil, .from = evil, .subject = evil, .reason = evil, .rcpts = rcpts, .n_rcpts = 1};
    digest_html(&digest, &page);
    assert_null(strstr(page.p, "<script"));
    assert_null(strstr(page.p, "<img"));
    assert_null(strstr(page.p, "<i>"));
    assert_null(strstr(page.p, "http:"));
    assert_non_null(strstr(page.p, "&lt;script&gt;"));
    assert_non_null(strstr(page.p, "default-src 'none'"));
    char *style = strstr(page.p, "</style>");
    assert_null(strstr(style + 1, "</style>"));
    buf_free(&page);
}

static void test_times(void **state)
{
    int64_t ms;
    char text[WHEN_SIZE];
    setenv("TZ", "Europe/Paris", 1);
    tzset();
    assert_true(when_parse("24h", 86400000, &ms) && ms == 0);
    assert_true(when_parse("2w", 0, &ms) && ms == -1209600000);
    assert_true(when_parse("2020-07-27", 0, &ms) && ms == 1595800800000);
    assert_true(when_parse("2020-01-27 14:30", 0, &ms) && ms == 1580131800000);
    assert_true(when_parse("2020-01-27T14:30:05", 0, &ms) && ms == 1580131805000);
    static const char *const bad[] = {"",     "7",         "d",           "7days",    "-7d",
                                      "2020", "27.7.2020", "2020-07-27x", "9999999d", " 7d"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_false(when_parse(bad[i], 0, &ms));
    assert_string_equal(when_utc(1595800800007, text), "2020-07-26T22:00:00.007Z");
    assert_string_equal(when_local(1595800800007, text), "2020-07-27 00:00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_safe_text),
        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_evidence_of_bad_json),
        cmocka_unit_test(test_differs_of_the_engine_wins),
        cmocka_unit_test(test_hostile_page),
        cmocka_unit_test(test_times),
    };
    return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
