/* Tests of src/mail/html.c, css*.c, bidi.c; tests/mail/html.sh compares whole pages with a browser */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#include "mail/bidi.h"
#include "mail/cssvalue.h"
#include "mail/html.h"

/* The segments: own as it is, quoted in {}, signature in [], hidden behind "##". */
static void check(const char *in, const char *want)
{
    struct arena *arena = arena_new();
    struct html_budget budget = html_budget_default;
    struct html_text *page = html_read(arena, span_of(in), 10, &budget);
    struct buf out = {0};
    buf_adds(&out, "");
    for (size_t i = 0; i < page->n; i++) {
        struct span t = page->v[i].text;
        enum text_kind k = page->v[i].kind;
        buf_printf(&out, k == TEXT_OWN ? "%.*s" : k == TEXT_QUOTED ? "{%.*s}" : "[%.*s]", (int)t.n, t.p);
    }
    if (page->hidden.n)
        buf_printf(&out, "##%.*s", (int)span_trim(page->hidden).n, page->hidden.p);
    if (strcmp(out.p, want) != 0)
        print_error("html: %s\n", in);
    assert_string_equal(out.p, want);
    assert_int_equal(page->hidden_chars > 0, strchr(want, '#') != NULL);
    buf_free(&out);
    arena_free(&arena);
}

static void test_visible_text(void **state)
{
    static const struct {
        const char *in, *want;
    } rows[] = {
        {"Hello <b>wor</b>ld", "Hello world"},
        {"in<span>voi</span><i></i>ce", "invoice"},
        {"in<!-- x -->voice", "invoice"},
        {"<p>one</p><p>two</p>", "one\n\ntwo"},
        {"<div>one</div><div>two</div>", "one\ntwo"},
        {"one<br>two<br><br>three", "one\ntwo\n\nthree"},
        {"<table><tr><td>IBAN</td><td>GB29</td></tr><tr><td>BIC<td>X</table>", "IBAN\tGB29\nBIC\tX"},
        {"<ul><li>a<li>b</ul>c", "a\nb\n\nc"},
        {"<pre>a\n b</pre>", "a\nb"},
        {"a &amp; b&nbsp;c &#65;", "a & b\xC2\xA0"
                                   "c A"},
        {"<head><title>t</title></head><script>s()</script><style>x{}</style>body", "body"},
        {"a<textarea>b</textarea>", "a b"},
        {"  \n ", ""},
        {"a&#xCCCCCCCC;b&#&#x80000041;&#4294967361c&#x0000000041;&#x10FFFD;<p hidden>d",
         "a\uFFFDb&#\uFFFD\uFFFDcA\U0010FFFD##d"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        check(rows[i].in, rows[i].want);
}

static void test_hidden_text(void **state)
{
    static const char *const hiding[] = {
        "<div style='display:none'>%s</div>",
        "<div style='DISPLAY : NONE !important'>%s</div>",
        "<span style='visibility:hidden'>%s</span>",
        "<span style='font-size:0'>%s</span>",
        "<span style='font-size:1px'>%s</span>",
        "<span style='font-size:0.05em'>%s</span>",
        "<span style='color:#fff'>%s</span>",
        "<span style='color:#fefefe'>%s</span>",
        "<font color=white>%s</font>",
        "<span style='color:rgb(255,255,250)'>%s</span>",
        "<span style='color:transparent'>%s</span>",
        "<span style='color:rgba(0,0,0,0)'>%s</span>",
        "<div style='background:#000'><span style='color:black'>%s</span></div>",
        "<table><tr><td bgcolor=navy><font color=#000080>%s</font></table>",
        "<div style='position:absolute;left:-9999px'>%s</div>",
        "<div style='text-indent:-9999px'>%s</div>",
        "<div style='max-height:0;overflow:hidden'>%s</div>",
        "<div style='opacity:0'>%s</div>",
        "<div hidden>%s</div>",
        "<div style='position:absolute;clip:rect(0,0,0,0)'>%s</div>",
        "<style>.x{display:none}</style><div class='a x'>%s</div>",
        "<style>/* c */ #y , p.z {font-size:0px}</style><p class=z>%s</p>",
        "<template>%s</template>",
        "<div style='transform:scale(0)'>%s</div>",
        "<div style='display:none'><b><i>%s</i></b></div>",
    };
    for (size_t i = 0; i < sizeof(hiding) / sizeof(*hiding); i++) {
        struct buf html = {0};
        const char *p = strstr(hiding[i], "%s");
        buf_add(&html, hiding[i], (size_t)(p - hiding[i]));
        buf_adds(&html, "secret");
        buf_adds(&html, p + 2);
        buf_adds(&html, "seen");
        check(html.p, "seen##secret");
        buf_free(&html);
    }
}

static void test_not_hidden(void **state)
{
    static const struct {
        const char *in, *want;
    } rows[] = {
        {"<div style='background:#000'><span style='color:white'>a</span></div>", "a"},
        {"<table><tr><td background='x.png'><font color=white>a</font></table>", "a"},
        {"<div style='background:url(x.png)'><span style='color:#fff'>a</span></div>", "a"},
        {"<span style='font-size:9px'>a</span>", "a"},
        {"<span style='font-size:80%'>a</span>", "a"},
        {"<div style='max-height:0'>a</div>", "a"},
        {"<div style='left:-20px'>a</div>", "a"},
        {"<style>@media print{.x{display:none}}</style><p class=x>a</p>", "a"},
        {"<style>.xy{display:none}</style><p class=x>a</p>", "a"},
        {"<span style='color:#fff'>&nbsp;&zwnj;</span>a", "a"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        check(rows[i].in, rows[i].want);
}

static void test_quote_containers(void **state)
{
    static const struct {
        const char *in, *want;
    } rows[] = {
        {"mine<div class='gmail_quote'>theirs</div>", "mine{theirs}"},
        {"mine<blockquote type=cite>theirs</blockquote>below", "mine{theirs}below"},
        {"mine<div id='divRplyFwdMsg'>From: a</div><div>theirs</div>", "mine{From: a\ntheirs}"},
        {"<div id='divRplyFwdMsg'>all of it</div>", "all of it"},
        {"mine<div class=gmail_signature>me</div>", "mine[me]"},
        {"mine<div class=yahoo_quoted><p>theirs</div>", "mine{theirs}"},
        {"a<blockquote>indented</blockquote>", "a\n\nindented"},
        {"mine<div class=gmail_quote>a<div class=gmail_signature>b</div></div>", "mine{a\nb}"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        check(rows[i].in, rows[i].want);
}

static void test_links(void **state)
{
    struct arena *arena = arena_new();
    struct html_budget budget = html_budget_default;
    struct html_text *page =
        html_read(arena,
                  SPAN_LIT("<a href=' http://a.example/x '>click <b>here</b></a> <a name=n>no</a> "
                           "<a href='http://b.example'><img></a><form action='https://c.example/'>f</form>"),
                  10, &budget);
    assert_int_equal(page->n_links, 3);
    assert_string_equal(page->links[0].url, "http://a.example/x");
    assert_string_equal(page->links[0].shown, "click here");
    assert_string_equal(page->links[1].shown, "");
    assert_string_equal(page->links[2].url, "https://c.example/");
    arena_free(&arena);
}

static void test_links_of_the_head(void **state)
{
    struct arena *arena = arena_new();
    struct html_budget budget = html_budget_default;
    struct html_text *page = html_read(
        arena,
        SPAN_LIT(
            "<head><base href='https://evil.example/a/b?c'><meta http-equiv=Refresh content=\"0; URL='/x'\">"
            "</head><a href='pay'>a</a><a href='//two.example/'>b</a><a href='mailto:a@b.example'>c</a>"),
        10, &budget);
    static const char *const want[] = {"https://evil.example/x", "https://evil.example/a/pay",
                                       "https://two.example/", "mailto:a@b.example"};
    assert_int_equal(page->n_links, sizeof(want) / sizeof(*want));
    for (size_t i = 0; i < page->n_links; i++)
        assert_string_equal(page->links[i].url, want[i]);
    arena_free(&arena);
}

/* Letters of a picture are read by where they stand; blanks between them part words. */
static void test_svg_blanks(void **state)
{
    check("<svg><text><tspan>p</tspan><tspan>a</tspan><tspan>y</tspan> "
          "<tspan>u</tspan><tspan>s</tspan></text></svg>",
          "pay us");
    check("<svg><text><tspan>p</tspan><tspan>a</tspan><tspan>y</tspan><tspan> "
          "</tspan><tspan>u</tspan><tspan>s</tspan>"
          "</text></svg>",
          "pay us");
    check("<svg><text> <tspan>pay </tspan> <tspan> us</tspan> </text></svg>", "pay us");
}

/* Comments that Outlook takes for markup. */
static void test_outlook_comments(void **state)
{
    check("a<!--[if mso]><p>b <i>c</i></p><![endif]-->d", "adb c");
    check("a<!--[if (gte mso 9)|(IE)]><td>b<![endif]--><!--[if mso]>c<![endif]-->", "abc");
    check("a<!--[if mso]><p style='display:none'>b</p><![endif]-->", "a");
    check("a<!--[if !mso]>b<![endif]--><!--[if !mso]><!-->c<!--<![endif]-->", "ac");
    check("<!--[if mso]>b<![endif]--><p>a</p><!--[if mso]>c<!-- d-->", "ac db");
    check("a<!--if mso]>b--><!--[if mso b--><!--[if mso]>-->", "a");
}

/* Pages inside the page, in an attribute or in their own address. */
static void test_frames(void **state)
{
    check("a<iframe srcdoc='<p>b</p>'></iframe>c", "a\n\nb\n\nc");
    check("a<iframe src='data:text/html,<p>b%20%3Ci>c</i>'></iframe>", "a\n\nb c");
    check("a<iframe src=' DATA:text/HTML;charset=utf-8;base64,PHA+\nYjwvcD4='></iframe>", "a\n\nb");
    check("a<object data='data:text/html;base64,PHA+YjwvcD4='>c</object>", "a\n\nb\n\nc");
    check("a<embed src='data:image/svg+xml,<svg><text>b</text></svg>'>", "a\nb");
    check("a<iframe src='data:image/png;base64,PHA+YjwvcD4='></iframe><iframe src='data:text/html'></iframe>",
          "a");
    check("a<iframe src='data:text/html,b' style='display:none'></iframe>", "a##b");
}

#define AT(left, text) "<i style='position:absolute;font-size:16px;top:0em;left:" left "'>" text "</i>"
#define NEST(s)        s s s s s

/* What reads across boxes stands behind the page's own text, and is told from it. */
static void test_read_across(void **state)
{
    static const struct {
        const char *in, *want;
    } rows[] = {
        {"<table><tr><td>P<td>a<td>y<td>s</table>", "Pays"},
        {"<table><tr><td>Pay<br>tod<td> now<br>ay!<td>&nbsp;pl<br>&nbsp;&nbsp;<td>ease<br>now</table>",
         "Paynow please\ntoday!  now"},
        {"<table><tr><td>Quantity<td>Price<td>Sum<td>Currency</table>", ""},
        {"<table><tr><td>12<td>500<td>31<td>7</table>", ""},
        {"<table><tr><td>a<td>b<td>c</table>", ""},
        {"<table><tr><td>P<td>a<td>y<td><td>u<td>s</table>", "Pay us"},
        {"<p>" AT("60px", "s") AT("40px", "y") AT("calc(1e9*1e9*1e9*1e9*1e9)", "X") AT("20px", "a")
             AT("0", "P"),
         "Pays"},
        {"<p style='font-size:1e9px'>" NEST(NEST("<b style='font-size:1e9em'>")) AT("20px", "a")
             AT("0em", "P") AT("60px", "s") AT("40px", "y"),
         "Pays"},
        {"<p>" AT("0", "P") AT("0", "a") AT("0", "y") AT("0", "s") AT("0", "!"), "Pays!"},
        {"<table><tr><td>P<td>a<td>y<td>s<br><br><br><br><br><br><br><br><br><br><br><br><br><br><br><br></"
         "table>",
         "Pays"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        struct html_budget budget = html_budget_default;
        struct html_text *page = html_read(arena, span_of(rows[i].in), 10, &budget);
        struct span across = {"", 0};
        for (size_t k = 0; k < page->n; k++)
            if (page->v[k].across)
                across = span_trim(page->v[k].text);
        assert_string_equal(arena_span(arena, across), rows[i].want);
        arena_free(&arena);
    }
}

static void test_bidi(void **state)
{
    static const struct {
        const char *in, *want;
    } rows[] = {
        {"plain", "plain"},
        {"\u202eNABI\u202c: 12", "IBAN: 12"},
        {"a\n\u202e(21) c", "a\nc (12)"},
        {"\u2067s\u2069", "s"},
        {"\u202b12 34 56", "56 34 12"},
        {"\u202bGB29 ok", "GB29 ok"},
        {"\u05d0\u05d1 \u202ecba\u202c", "\u05d0\u05d1 abc"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        assert_string_equal(arena_span(arena, bidi_seen(arena, span_of(rows[i].in))), rows[i].want);
        arena_free(&arena);
    }
}

/* Too much style is a limit that is said, and what no rule was looked at for is seen. */
static void test_style_limit(void **state)
{
    struct arena *arena = arena_new();
    struct html_budget budget = html_budget_default;
    struct buf page = {0};
    buf_adds(&page, "<style>");
    for (int i = 0; i < 3000; i++)
        buf_printf(&page, "* * * *:not(.x%d){color:red}", i);
    buf_adds(&page, "</style>");
    for (int i = 0; i < 5000; i++)
        buf_adds(&page, "<div><i><b>x");
    buf_adds(&page, "<p>the end");
    struct html_text *text = html_read(arena, buf_span(&page), 10, &budget);
    assert_true(text->style_limit);
    assert_false(text->gave_up);
    assert_non_null(strstr(arena_span(arena, text->v[text->n - 1].text), "the end"));
    assert_int_equal(budget.style_steps, 0);
    buf_free(&page);
    arena_free(&arena);
}

static bool colour_of(const char *text, uint32_t *colour_r)
{
    return css_colour(&text, colour_r) && *text == '\0';
}

static void test_colours(void **state)
{
    static const struct {
        const char *in;
        bool ok;
        uint32_t want;
    } rows[] = {
        {"#fff", true, 0xFFFFFFFF},
        {"#1a2b3c", true, 0xFF1A2B3C},
        {"white", true, 0xFFFFFFFF},
        {"rgb(1, 2,3)", true, 0xFF010203},
        {"rgba(255 0 0 / 0)", true, 0x00FF0000},
        {"rgb(100%,0%,0%)", true, 0xFFFF0000},
        {"#12", false, 0},
        {"inherit", false, 0},
        {"", false, 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        uint32_t c = 0;
        assert_int_equal(colour_of(rows[i].in, &c), rows[i].ok);
        assert_int_equal(rows[i].ok ? c : 0, rows[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_visible_text),
        cmocka_unit_test(test_hidden_text),
        cmocka_unit_test(test_not_hidden),
        cmocka_unit_test(test_quote_containers),
        cmocka_unit_test(test_links),
        cmocka_unit_test(test_colours),
        cmocka_unit_test(test_links_of_the_head),
        cmocka_unit_test(test_svg_blanks),
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_outlook_comments),
        cmocka_unit_test(test_read_across),
        cmocka_unit_test(test_bidi),
        cmocka_unit_test(test_style_limit),
    };
    return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
