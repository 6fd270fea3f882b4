/*
 * Mails built to crash, to hang or to hide. Each is parsed in a thread with a small stack (libmilter's
 * threads have no large ones), and the arena that it leaves behind is bounded. Time is bounded by the
 * alarm of the whole test only: it catches what is quadratic, not what is slow on this machine today.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"

#include "mail/html.h"
#include "mail/message.h"

enum { STACK = 512 * 1024, MEGABYTE = 1024 * 1024, ALARM = 300 };

struct job {
    struct span raw;
    struct arena *arena;
    const struct message *message;
};

static void *run(void *arg)
{
    static const struct envelope envelope;
    struct job *job = arg;
    job->message = message_parse(job->arena, &envelope, job->raw, false, &message_limits_default);
    return NULL;
}

/* Parses and frees `raw`; the arena may hold `max` bytes. */
static const struct message *parse(struct arena *arena, struct buf *raw, size_t max)
{
    struct job job = {.raw = buf_span(raw), .arena = arena};
    pthread_attr_t attr;
    pthread_t thread;
    pthread_attr_init(&attr);
    assert_int_equal(pthread_attr_setstacksize(&attr, STACK), 0);
    assert_int_equal(pthread_create(&thread, &attr, run, &job), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attr);
    assert_true(arena_used(arena) <= max);
    for (size_t i = 0; i < job.message->n_texts; i++)
        assert_true(text_is_utf8(job.message->texts[i].text));
    return job.message;
}

static void add_many(struct buf *b, const char *s, size_t times)
{
    for (size_t i = 0; i < times; i++)
        buf_adds(b, s);
}

static void test_nested_parts(void **state)
{
    struct arena *arena = arena_new();
    struct buf raw = {0};
    buf_adds(&raw, "From: a@example.com\n");
    for (int i = 0; i < 10000; i++)
        buf_printf(&raw, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
    buf_adds(&raw, "\nour new account");
    const struct message *m = parse(arena, &raw, 32 * MEGABYTE);
    assert_true(m->limits_hit & LIMIT_DEPTH);
    assert_true(m->n_texts > 0); /* what lies below the limit is text, not nothing */
    buf_free(&raw);
    arena_free(&arena);
}

static void test_nested_messages(void **state)
{
    struct arena *arena = arena_new();
    struct buf raw = {0};
    add_many(&raw, "From: a@example.com\nContent-Type: message/rfc822\n\n", 10000);
    assert_true(parse(arena, &raw, 32 * MEGABYTE)->limits_hit & LIMIT_DEPTH);
    buf_free(&raw);
    arena_free(&arena);
}

static void test_many_parts(void **state)
{
    struct arena *arena = arena_new();
    struct buf raw = {0};
    buf_adds(&raw, "From: a@example.com\nContent-Type: multipart/mixed; boundary=b\n\n");
    add_many(&raw, "--b\n\n", 3000000);
    assert_true(parse(arena, &raw, 8 * MEGABYTE)->limits_hit & LIMIT_PARTS);
    buf_free(&raw);
    arena_free(&arena);
}

/* Four boundaries each, nested: four to the power of the depth, if every reading were followed. */
static void test_many_readings(void **state)
{
    struct arena *arena = arena_new();
    struct buf raw = {0};
    buf_adds(&raw, "From: a@example.com\n");
    for (int i = 0; i < 40; i++)
        buf_printf(&raw,
                   "Content-Type: multipart/mixed; boundary=\"a%d:\"; boundary=\"b%d:\"; boundary=\"c%d:\"; "
                   "boundary=\"d%d:\"\n\n--a%d:\n--b%d:\n--c%d:\n--d%d:\n",
                   i, i, i, i, i, i, i, i);
    const struct message *m = parse(arena, &raw, 32 * MEGABYTE);
    assert_true(m->anomalies & ANOMALY_BOUNDARY_DUPLICATE);
    buf_free(&raw);
    arena_free(&arena);
}

static void test_fifty_megabytes(void **state)
{
    struct arena *arena = arena_new();
    struct buf raw = {0};
    buf_adds(&raw,
             "From: a@example.com\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nour new account\n--b\n"
             "Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n");
    while (raw.n < 50 * MEGABYTE)
        buf_adds(&raw, "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=\n");
    const struct message *m = parse(arena, &raw, 128 * MEGABYTE);
    assert_int_equal(m->limits_hit, LIMIT_RAW | LIMIT_ATTACHMENT);
    assert_true(m->attachments[0].bytes.n <= message_limits_default.attachment_bytes);
    assert_true(span_eq(m->texts[0].text, SPAN_LIT("our new account")));
    buf_free(&raw);
    arena_free(&arena);
}

static void test_fifty_megabytes_of_text(void **state)
{
    static const char *const types[] = {"text/plain", "text/html"};
    for (size_t i = 0; i < 2; i++) {
        struct arena *arena = arena_new();
        struct buf raw = {0};
        buf_printf(&raw, "From: a@example.com\nContent-Type: %s\n\n", types[i]);
        while (raw.n < 50 * MEGABYTE)
            buf_adds(&raw,
                     "> On 1 Jan 2026 x@example.com wrote: <b>\xC3\xA9</b>:\nFrom: a\nBest regards\n\n");
        assert_true(parse(arena, &raw, 256 * MEGABYTE)->limits_hit & (LIMIT_RAW | LIMIT_TEXT));
        buf_free(&raw);
        arena_free(&arena);
    }
}

static void test_header_floods(void **state)
{
    static const struct {
        const char *unit;
        unsigned want;
    } rows[] = {
        {"X: y\n", LIMIT_HEADERS},
        {"To: a@example.com,\n b@example.com,", LIMIT_HEADER_BYTES},
        {"Subject: =?utf-8?q?a?= =?utf-8?q?b?=\n =?utf-8?b?YQ==?=", LIMIT_HEADER_BYTES},
        {"A: \n", LIMIT_HEADERS},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        struct buf raw = {0};
        add_many(&raw, rows[i].unit, 2000000 / strlen(rows[i].unit));
        buf_adds(&raw, "\n\nbody");
        assert_true(parse(arena, &raw, 16 * MEGABYTE)->limits_hit & rows[i].want);
        buf_free(&raw);
        arena_free(&arena);
    }
}

/* One field just below the limit, filled with what makes parsers backtrack. */
static void test_long_fields(void **state)
{
    static const char *const units[] = {"(",
                                        "\"",
                                        "<",
                                        "<<a@b",
                                        "a:b@c:",
                                        "a@b ",
                                        "=?utf-8?q?",
                                        "=?utf-8?q?a?=",
                                        "=?utf-8?b?YQ==?= ",
                                        "\\",
                                        ",",
                                        "(\\)",
                                        "x; boundary=a;",
                                        "; a*0=b",
                                        "; name*1*=utf-8''%41"};
    static const char *const names[] = {"From", "Content-Type", "Content-Disposition", "References", "Date"};
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
        for (size_t k = 0; k < sizeof(names) / sizeof(*names); k++) {
            struct arena *arena = arena_new();
            struct buf raw = {0};
            buf_printf(&raw, "%s: ", names[k]);
            if (k == 1)
                buf_adds(&raw, "multipart/mixed; filename=x");
            add_many(&raw, units[i], 60000 / strlen(units[i]));
            buf_adds(&raw, "\n\nbody");
            parse(arena, &raw, 64 * MEGABYTE);
            buf_free(&raw);
            arena_free(&arena);
        }
}

static void test_nasty_html(void **state)
{
    static const char *const units[] = {"<div>",
                                        "<a><b>",
                                        "<b><i><p>",
                                        "<table>",
                                        "<table><tr><td>",
                                        "<x a ",
                                        "<",
                                        "<!--",
                                        "&",
                                        "</p>",
                                        "<svg>",
                                        "<style>a{",
                                        "<a href=x>",
                                        "<p style='",
                                        "<font>",
                                        "<select><option>",
                                        "&#x26;",
                                        "<template>",
                                        "<frameset>",
                                        "<button><p>",
                                        "a=b "};
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
        struct arena *arena = arena_new();
        struct buf raw = {0};
        buf_adds(&raw, "From: a@example.com\nContent-Type: text/html\n\nour new account ");
        if (strcmp(units[i], "a=b ") == 0)
            buf_adds(&raw, "<p ");
        add_many(&raw, units[i], MEGABYTE / strlen(units[i]));
        const struct message *m = parse(arena, &raw, 256 * MEGABYTE);
        assert_true(m->n_texts > 0);
        assert_true(span_starts_nocase(m->texts[0].text, SPAN_LIT("our new account")));
        buf_free(&raw);
        arena_free(&arena);
    }
}

static void test_repeated_paragraphs(void **state)
{
    struct arena *arena = arena_new();
    struct buf raw = {0};
    buf_adds(&raw, "From: a@example.com\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\n");
    add_many(&raw, "aaaaaaaaaaaaaaaab\n", 20000);
    buf_adds(&raw, "\n--b\nContent-Type: text/html\n\n");
    add_many(&raw, "<p>aaaaaaaaaaaaaaaac</p>", 20000);
    parse(arena, &raw, 64 * MEGABYTE);
    buf_free(&raw);
    arena_free(&arena);
}

/* Own words and quotes in turn: thousands of pieces, each compared with the other rendering. */
static void test_many_pieces(void **state)
{
    static const char plain[] =
        "> quoted\nown\n\nOn Mon, 1 Jan 2026 at 10:00, X <x@example.org> wrote:\n> more\n";
    static const char html[] = "own<br><blockquote>quoted</blockquote>"
                               "On Mon, 1 Jan 2026 at 10:00, X &lt;x@example.org&gt; wrote:<br>";
    struct arena *arena = arena_new();
    struct buf raw = {0};
    buf_adds(&raw, "From: a@example.com\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\n");
    add_many(&raw, plain, 12000);
    buf_adds(&raw, "\n--b\nContent-Type: text/html\n\n");
    add_many(&raw, html, 12000);
    parse(arena, &raw, 32 * MEGABYTE);
    buf_free(&raw);
    arena_free(&arena);
}

static void test_long_lines(void **state)
{
    static const char *const units[] = {">",
                                        " ",
                                        ":",
                                        "-",
                                        "a:",
                                        "http://",
                                        "www.a.",
                                        "begin 644 x\n",
                                        "\xE5",
                                        "@:\n",
                                        "\r",
                                        "From: x\n",
                                        "2026:\n",
                                        "_____________________\n\n",
                                        "confidential intended recipient virus disclaimer\n\n"};
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
        struct arena *arena = arena_new();
        struct buf raw = {0};
        buf_adds(&raw, "From: a@example.com\n\n");
        add_many(&raw, units[i], MEGABYTE / strlen(units[i]));
        parse(arena, &raw, 256 * MEGABYTE);
        buf_free(&raw);
        arena_free(&arena);
    }
}

/* Each level in quoted-printable is a copy of all that lies inside. */
static void test_copies_of_messages(void **state)
{
    struct arena *arena = arena_new();
    struct buf raw = {0};
    add_many(
        &raw,
        "From: a@example.com\nContent-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\n",
        30);
    buf_adds(&raw, "From: b@example.com\nSubject: the innermost\n\nour new account\n");
    while (raw.n < 20 * MEGABYTE)
        buf_adds(&raw, "The second drawing shows the housing from the left, as we agreed, and the shaft.\n");
    const struct message *m = parse(arena, &raw, 64 * MEGABYTE);
    assert_true(m->limits_hit & LIMIT_DECODED);
    bool innermost = false; /* what is left for each level is enough for its fields and its first words */
    for (size_t i = 0; i < m->n_texts; i++)
        innermost |= span_starts_nocase(m->texts[i].text, SPAN_LIT("our new account"));
    assert_true(innermost);
    buf_free(&raw);
    arena_free(&arena);
}

/* 490 parts that begin with `head` and go on with `bytes` bytes of `filling`. */
static void add_parts(struct buf *raw, const char *subtype, const char *head, const char *filling,
                      size_t bytes)
{
    buf_printf(raw, "From: a@example.com\nContent-Type: multipart/%s; boundary=b\n\n", subtype);
    for (int i = 0; i < 490; i++) {
        buf_printf(raw, "--b\n%s", head);
        add_many(raw, filling, bytes / strlen(filling));
        buf_adds(raw, "\n\nhello\n");
    }
}

/* What each part may take must not add up: the budget is that of the message. */
static void test_budgets_of_all_parts(void **state)
{
    static const struct {
        const char *subtype, *head, *filling;
        unsigned want;
    } rows[] = {
        {"mixed",
         "Content-Type: message/rfc822\n\nSubject: ", "=?iso-2022-jp?b?GyRC?= =?big5?b?a?= ", LIMIT_WORK},
        {"mixed", "Content-Type: message/rfc822\n\nSubject: =?utf-8?q?a?= ", "\xE9 ", LIMIT_HEADER_BYTES},
        {"mixed", "Content-Type: message/rfc822\n\nTo: ", "a@b.example,", LIMIT_ADDRESSES},
        {"mixed", "Content-Type: text/plain", ";a=b", LIMIT_HEADER_BYTES},
        {"alternative", "Content-Type: text/plain\n\n", "hello\n", LIMIT_TEXT},
        {"alternative", "Content-Type: text/html\n\n", "<p>hello", LIMIT_TEXT},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        struct buf raw = {0};
        add_parts(&raw, rows[i].subtype, rows[i].head, rows[i].filling, 60000);
        assert_true(parse(arena, &raw, 160 * MEGABYTE)->limits_hit & rows[i].want);
        buf_free(&raw);
        arena_free(&arena);
    }
}

/* Fields without a From, each of which may be where the mail begins. */
static void test_displaced_fields(void **state)
{
    struct arena *arena = arena_new();
    struct buf raw = {0};
    buf_adds(&raw, "\n");
    add_many(&raw, "X: y\n", 6 * MEGABYTE);
    parse(arena, &raw, 8 * MEGABYTE);
    buf_free(&raw);
    arena_free(&arena);
}

/* Boundaries that are the beginning of each other: each level looks at each line. */
/* ASan looks at all the memory that memmem() may read, at each call: here that is what is quadratic, not our code. */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define UNDER_ASAN
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(UNDER_ASAN)
enum { SLOW_MEMMEM = true };
#else
enum { SLOW_MEMMEM = false };
#endif

static void test_boundaries_of_each_other(void **state)
{
    if (SLOW_MEMMEM) {
        print_message("# not under ASan\n");
        return;
    }
    struct arena *arena = arena_new();
    struct buf raw = {0};
    char boundary[40] = "";
    for (int i = 0; i < 30; i++) {
        memset(boundary, 'b', (size_t)i + 1);
        buf_printf(&raw, "Content-Type: multipart/mixed; boundary=%s\n\n--%s\n", boundary, boundary);
    }
    buf_adds(&raw, "\nour new account\n");
    while (raw.n < 31 * MEGABYTE)
        buf_adds(&raw, "--bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n");
    const struct message *m = parse(arena, &raw, 16 * MEGABYTE);
    assert_true(m->limits_hit & LIMIT_DEPTH);
    assert_true(m->n_texts > 0);
    buf_free(&raw);
    arena_free(&arena);
}

#define TEN(s)   s s s s s s s s s s
#define KILOBYTE TEN(TEN("xxxxxxxxxx"))

/* What styles and elements multiply is paid for out of one budget; each of these pages asks for more than it has. */
static void test_hostile_styles(void **state)
{
    static const struct {
        const char *text;
        size_t times;
    } rows[][6] = {
        {{"<style media='", 1}, {"(", 300000}, {"'>b{}</style>seen", 1}},
        {{"<style>@media ", 1},
         {"(", 300000},
         {"(color)", 1},
         {")", 300000},
         {"{p{color:red}}</style>seen", 1}},
        {{"<style>@media ", 1}, {"screen and ", 100000}, {"(color){p{color:red}}</style>seen", 1}},
        {{"<style>*::before{content:\"", 1}, {"0123456789", 20000}, {"\"}</style>", 1}, {"<b>x</b>", 20000}},
        {{"<style>*::before{content:", 1}, {"\"\" ", 100000}, {"}</style>", 1}, {"<b>x</b>", 10000}},
        {{"<style>*::before{content:", 1}, {"attr(a)", 100000}, {"}</style>", 1}, {"<b a=''>x</b>", 10000}},
        {{"<style>p{color:", 1}, {"var(--q,)", 100000}, {"}</style>", 1}, {"<p>x", 3000}},
        {{"<style>p{--q:;--x:", 1},
         {"var(--q,)", 100000},
         {";color:", 1},
         {"var(--x)", 100000},
         {"}</style><p>seen", 1}},
        {{"<style>*{all:var(--x);--x:inherit}</style>", 1}, {"<b>x</b>", 60000}},
        {{"<style>*{", 1}, {"all:unset;", 100000}, {"}</style>", 1}, {"<b>x</b>", 10000}},
        {{"<style>*{", 1}, {"--a:b;", 100000}, {"}</style>", 1}, {"<b>x</b>", 10000}},
        {{"<style>:not([title*='", 1},
         {"a", 200000},
         {"b' i]){color:red}</style><p title=", 1},
         {"a", 400000},
         {">seen", 1}},
        {{"<style>", 1},
         {"p:empty{color:red}", 4900},
         {"</style><p>", 1},
         {"<!---->", 50000},
         {"<b></b>seen", 1}},
        {{"<style>", 1}, {"x b{color:red}", 4900}, {"</style><x", 1}, {"xxxxxxxx", 100000}, {"><b>seen", 1}},
        {{"<style>", 1},
         {"#a b{color:red}", 4900},
         {"</style><p id=", 1},
         {"xxxxxxxx", 100000},
         {">", 1},
         {"<b>x</b>", 3000}},
        {{"<style>", 1},
         {"[a] b{color:red}", 4900},
         {"</style><p ", 1},
         {"xxxxxxxx", 100000},
         {">", 1},
         {"<b>x</b>", 3000}},
        {{"<style>", 1},
         {":nth-of-type(n+2){color:red}", 300},
         {"</style>seen", 1},
         {"<" KILOBYTE "></" KILOBYTE ">", 2000}}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        struct buf raw = {0};
        buf_adds(&raw, "From: a@example.com\nContent-Type: text/html\n\n");
        for (size_t k = 0; k < 6 && rows[i][k].text; k++)
            add_many(&raw, rows[i][k].text, rows[i][k].times);
        print_message("# page %zu\n", i);
        const struct message *m = parse(arena, &raw, 192 * MEGABYTE);
        assert_true(m->n_texts > 0);
        assert_true(m->limits_hit & LIMIT_WORK);
        buf_free(&raw);
        arena_free(&arena);
    }
}

static void test_nested_rows(void **state)
{
    struct arena *arena = arena_new();
    struct buf raw = {0};
    buf_adds(&raw, "From: a@example.com\nContent-Type: text/html\n\n<style>span{display:flex}</style>");
    add_many(&raw, "<span>", 60000);
    add_many(&raw, "<kbd>0123456789012345678901234567890123456789</kbd>", 10000);
    const struct message *m = parse(arena, &raw, 64 * MEGABYTE);
    assert_true(m->n_texts > 0);
    buf_free(&raw);
    arena_free(&arena);
}

/* A page's base stands before each of its links. */
static void test_long_base(void **state)
{
    struct arena *arena = arena_new();
    struct buf raw = {0};
    buf_adds(&raw, "From: a@example.com\nContent-Type: text/html\n\n<base href='https://a.example/");
    add_many(&raw, "0123456789", 100000);
    buf_adds(&raw, "/'>");
    for (int i = 0; i < 500; i++)
        buf_printf(&raw, "<a href='%d'>our new account</a> ", i);
    const struct message *m = parse(arena, &raw, 64 * MEGABYTE);
    assert_true(m->n_links > 0);
    buf_free(&raw);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nested_parts),       cmocka_unit_test(test_nested_messages),
        cmocka_unit_test(test_many_parts),         cmocka_unit_test(test_many_readings),
        cmocka_unit_test(test_fifty_megabytes),    cmocka_unit_test(test_fifty_megabytes_of_text),
        cmocka_unit_test(test_header_floods),      cmocka_unit_test(test_long_fields),
        cmocka_unit_test(test_nasty_html),         cmocka_unit_test(test_repeated_paragraphs),
        cmocka_unit_test(test_many_pieces),        cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_copies_of_messages), cmocka_unit_test(test_budgets_of_all_parts),
        cmocka_unit_test(test_displaced_fields),   cmocka_unit_test(test_boundaries_of_each_other),
        cmocka_unit_test(test_hostile_styles),     cmocka_unit_test(test_nested_rows),
        cmocka_unit_test(test_long_base),
    };
    message_library_init();
    alarm(ALARM);
    return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}
