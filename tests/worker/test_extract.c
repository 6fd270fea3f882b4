/* Text of documents through real workers: every format, and those built to hurt. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <zlib.h>
#include <cmocka.h>

#include "worker/extract.h"
#include "worker/extraction.h"
#include "worker/script.h"
#include "worker/worker.h"
#include "samples.h"

static const struct {
    const char *name;
    enum worker_status status;
    const char *text;
} documents[] = {
    {"letter.pdf", WORKER_OK,
     "Our bank details have changed.\nIBAN GB29 NWBK 6016 1331 9268 19\n\nSecond page"},
    {"restricted.pdf", WORKER_OK, NULL},
    {"locked.pdf", WORKER_ENCRYPTED, ""},
    {"broken.pdf", WORKER_BROKEN, ""},
    {"letter.docx", WORKER_OK,
     "Our bank details have changed.\n\nCafé 請求書\n\nIBAN\tGB29 NWBK 6016 1331 9268 19\nBIC\tNWBKGB2L\n\n"
     "boxed once\n\nYours\nBob\n\nExample Ltd, Leeds"},
    {"laughs.docx", WORKER_BROKEN, ""},
    {"deep.docx", WORKER_BROKEN, ""},
    {"cut.docx", WORKER_BROKEN, "Half a letter"},
    {"archive.zip", WORKER_BROKEN, "hello"},
    {"payment.xlsx", WORKER_OK, "Account number\tDE89 3704 0044 0532 0130 00\nAmount\t4711.5"},
    {"letter.odt", WORKER_OK, "Notice\n\nPay   to FR76\tx\n\nA\tB"},
    {"locked.odt", WORKER_ENCRYPTED, ""},
    {"locked.doc", WORKER_ENCRYPTED, ""},
    {"renamed.docx", WORKER_OK, "Our bank details have changed.\n\nExample Ltd"},
    {"fallback.docx", WORKER_OK, "A picture\n\nPay to the new account\n\nsame"},
    {"chunk.docx", WORKER_UNSUPPORTED,
     "See below.\n\nOur bank details have changed.\n\nA picture\n\nPay to the new account\n\nsame\n\nExample "
     "Ltd"},
    {"related.xlsx", WORKER_OK, "Account"},
    {"header.odt", WORKER_OK, "Body\n\nExample Ltd"},
    {"letter.fodt", WORKER_OK, "Example Ltd\n\nNotice\n\nOur bank details have changed."},
    {"letter.svg", WORKER_OK,
     "Our bank details have changed.\nIBAN DE89 3704 0044 0532 0130 00\nPay us\nYours, Bob"},
    {"invoice.xml", WORKER_OK, "2026-7\n\nDE89370400440532013000"},
    {"word2003.xml", WORKER_OK, "Pay now"},
    {"laughs.svg", WORKER_OK, NULL},
    {"invite.ics", WORKER_OK,
     "Karen; Whitfield mailto:k@e.example\n\nOur bank details have changed\n\nFirst\nIBAN, new: DE89 "
     "3704\n\nPay now"},
    {"card.vcf", WORKER_OK, "Meier Karl\n\nNeue Bankverbindung München\n\nhttps://x.example"},
    {"written.html", WORKER_OK, "Seen\n\nOur bank details have changed.\n\nIBAN: DE89 für\n\nPay now"},
    {"computed.html", WORKER_UNSUPPORTED, NULL},
    {"short.doc", WORKER_OK, "Our new account"},
    {"letter.zip", WORKER_OK, NULL},
    {"letter.7z", WORKER_OK,
     "Our bank details have changed.\n\nMeier Karl\n\nNeue Bankverbindung München\n\nhttps://x.example"},
    {"letter.tgz", WORKER_OK, "Our bank details have changed."},
    {"letter.tar.bz2", WORKER_OK, "Our bank details have changed."},
    {"letter.tar.xz", WORKER_OK, "Our bank details have changed."},
    {"letter.tar.zst", WORKER_OK, "Our bank details have changed."},
    {"letter.txt.gz", WORKER_OK, "Our bank details have changed."},
    {"old.zip", WORKER_ENCRYPTED, ""},
    {"aes.zip", WORKER_ENCRYPTED, ""},
    {"three.zip", WORKER_OK, "Our bank details have changed."},
    {"four.zip", WORKER_TOO_BIG, ""},
    {"many.zip", WORKER_TOO_BIG, NULL},
    {"picture.zip", WORKER_UNSUPPORTED, "Our bank details have changed."},
    {"letter.rtf", WORKER_OK, "Our new account\n\nIBAN:\tDE89 3704\ncafé € done\n\nName\tValue\nclick boxed"},
};

static void test_documents(void **state)
{
    struct worker_pool *pool = *state;
    for (size_t i = 0; i < sizeof(documents) / sizeof(*documents); i++) {
        struct arena *arena = arena_new();
        struct buf bytes = sample(documents[i].name);
        struct worker_text text;
        worker_extract(pool, arena, 0, "", documents[i].name, buf_span(&bytes), &text);
        char *got = arena_span(arena, text.text);
        if (text.status != documents[i].status)
            fail_msg("%s: %s (%s)", documents[i].name, worker_status_name(text.status), text.detail);
        if (documents[i].text && strcmp(got, documents[i].text) != 0)
            fail_msg("%s: '%s'", documents[i].name, got);
        buf_free(&bytes);
        arena_free(&arena);
    }
}

static void test_bytes(void **state)
{
    static const struct {
        const char *sniffed, *name;
        struct span bytes;
        enum worker_status status;
        const char *text;
    } rows[] = {
        {"", "a.txt", {"caf\xe9\x00\x01 IBAN\r\nx", 15}, WORKER_OK, "café IBAN\nx"},
        {"", "b.txt", {"\xff\xfeH\0i\0\x3d\xd8\x00\xde", 10}, WORKER_OK, "Hi\xf0\x9f\x98\x80"},
        {"", "c.csv", {"a;\xc3\xa9", 4}, WORKER_OK, "a;é"},
        {"html", "", {"<p>Pay <b>no</b>w</p><p style='display:none'>no", 47}, WORKER_OK, "Pay now"},
        {"", "d.bin", {"\x01\x02", 2}, WORKER_UNSUPPORTED, ""},
        {"docx", "", {"no zip at all", 13}, WORKER_BROKEN, ""},
        {"", "e.txt", {NULL, 0}, WORKER_OK, ""},
        {"pdf", "", {NULL, 0}, WORKER_BROKEN, ""},
        {"rtf", "", {"{\\rtf1\\ansicpg932 \\'93\\'fa\\'96\\'7b}", 34}, WORKER_OK, "日本"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        struct worker_text text;
        worker_extract(*state, arena, 0, rows[i].sniffed, rows[i].name, rows[i].bytes, &text);
        char *got = arena_span(arena, text.text);
        if (text.status != rows[i].status || strcmp(got, rows[i].text) != 0)
            fail_msg("row %zu: %s (%s) '%s'", i, worker_status_name(text.status), text.detail, got);
        arena_free(&arena);
    }
}

/* A fallback counts where it says something else than the choices beside it, however the branches stand in each other. */
static void test_branches(void **state)
{
    static const struct {
        const char *body, *text;
    } rows[] = {
        {"<p><t>q</t></p><Fallback><Choice/></Fallback><d>no text</d>", "q"},
        {"<Choice><t>one</t></Choice><t>two</t><Fallback><t>one</t></Fallback>", "onetwoone"},
        {"<A><Choice><t>one</t></Choice></A><t>,</t><A><Fallback><t>one</t></Fallback></A>", "one,one"},
        {"<A><Choice><t>one</t></Choice><Choice><t>two</t></Choice><Fallback><t>one</t></Fallback></A>",
         "onetwo"},
        {"<A><Choice><t>a</t><A><Choice><t>b</t></Choice></A></Choice><Fallback><t>ab</t></Fallback></A>",
         "ab"},
        {"<A><Choice><t>a</t><A><Choice><t>b</t></Choice><Fallback><t>b</t></Fallback></A></Choice>"
         "<Fallback><t>ab</t></Fallback></A>",
         "ab"},
        {"<A><Choice><t>a</t></Choice><Fallback><t>c</t><A><Choice><t>d</t></Choice><Fallback><t>d</t>"
         "</Fallback></A></Fallback></A>",
         "acd"},
        {"<A><Fallback><t>a</t></Fallback><Choice><t>a</t></Choice></A>", "aa"},
        {"<A/><A><A><A><A><A><A><A><A><A><Choice><t>a</t></Choice><Fallback><t>a</t></Fallback></A></A></A></"
         "A>"
         "</A></A></A></A><Choice><t>b</t></Choice><Fallback><t>b</t></Fallback></A>",
         "aab"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        struct buf xml = {0};
        struct worker_text text;
        buf_adds(&xml, "<wordDocument xmlns='x'>");
        for (const char *p = rows[i].body; *p; p++) { /* "A" is short for AlternateContent */
            buf_addc(&xml, *p);
            if (*p == 'A')
                buf_adds(&xml, "lternateContent");
        }
        buf_adds(&xml, "</wordDocument>");
        worker_extract(*state, arena, 0, "", "a.xml", buf_span(&xml), &text);
        char *got = arena_span(arena, text.text);
        if (text.status != WORKER_OK || strcmp(got, rows[i].text) != 0)
            fail_msg("row %zu: %s (%s) '%s'", i, worker_status_name(text.status), text.detail, got);
        buf_free(&xml);
        arena_free(&arena);
    }
}

/* What a page writes by itself: names of HTML have no case, and blanks may stand around the "=". */
static void test_handlers(void **state)
{
    static const char *const pages[] = {
        "<body onload=\"document.write('<p>Pay now</p>')\">",
        "<body onLoad='document.write(\"<p>Pay now</p>\")'>",
        "<BODY ONLOAD=document.write('Pay&nbsp;now')>",
        "<img src=x OnError = \"document.write('Pay now')\">",
        "<img onload\n=\n'document.write(`Pay now`)'>",
        "<body onload=><body onpageshow=\"document.write('Pay now')\">",
        "<body onload=><p class=onload onload><img onerror=''><body onload=\"document.write('Pay now')\">",
        "<script>window.onload = function () { document.write('Pay now') }</script>",
        "<script>f.src = 'DATA:text/html;BASE64,' + 'PHA+UGF5IG5vdzwvcD4='</script>",
    };
    for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
        struct arena *arena = arena_new();
        struct worker_text text;
        worker_extract(*state, arena, 0, "", "a.html", span_of(pages[i]), &text);
        char *got = arena_span(arena, text.text);
        const char *last = strstr(got, "Pay");
        if (text.status != WORKER_OK || !last || strstr(last + 1, "Pay"))
            fail_msg("page %zu: %s '%s'", i, worker_status_name(text.status), got);
        arena_free(&arena);
    }
}

/* No page, however it is made, gives more words than are asked for. */
static void test_long_pages(void **state)
{
    static const char *const what[] = {"<p onload='eval(`a`);'>", "<script>eval('a');'b'</script>",
                                       "<script>eval('", "<p onload=eval('a')>",
                                       "<script>unescape('%41')</script>"};
    enum { MAX = 100 };
    for (size_t i = 0; i < sizeof(what) / sizeof(*what); i++) {
        struct script_words words;
        struct buf page = {0};
        for (int k = 0; k < 1000; k++)
            buf_adds(&page, what[i]);
        words = script_read(buf_span(&page), MAX);
        if (words.page.n == 0 || words.page.n > MAX)
            fail_msg("pages of %s: %zu bytes", what[i], words.page.n);
        buf_free(&words.page);
        buf_free(&page);
    }
}

/* A file in a locked archive is read with the one of the candidates that opens it. */
static void test_passwords(void **state)
{
    static const struct {
        const char *name, *passwords;
        enum worker_status status;
        const char *text;
    } rows[] = {
        {"old.zip", "wrong\nTulip\nTulip 7!\n", WORKER_OK,
         "Our bank details have changed.\n\nPay to DE89 3704\n\nPay to DE89 3704\n\nPay to DE89 3704"},
        {"aes.zip", "Tulip 7!\n", WORKER_OK, "Pay to DE89 3704\n\nPay to DE89 3704\n\nPay to DE89 3704"},
        {"aes.zip", "Tulip 7\n1\n2\n", WORKER_ENCRYPTED, ""},
        {"letter.tgz", "not needed\n", WORKER_OK, "Our bank details have changed."},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        struct buf bytes = sample(rows[i].name);
        struct worker_text text;
        worker_extract_with(*state, arena, 0, "", rows[i].name, span_of(rows[i].passwords), 0,
                            buf_span(&bytes), &text);
        char *got = arena_span(arena, text.text);
        if (text.status != rows[i].status || strcmp(got, rows[i].text) != 0)
            fail_msg("row %zu: %s (%s) '%s'", i, worker_status_name(text.status), text.detail, got);
        buf_free(&bytes);
        arena_free(&arena);
    }
}

static void put32(struct buf *b, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        buf_addc(b, (char)(v >> (8 * i)));
}

/* A DOCX whose only part unpacks to `size` bytes of empty paragraphs. */
static struct buf bomb(size_t size)
{
    static const char name[] = "word/document.xml", head[] = "<d><t>Pay here</t>";
    enum { NAME = sizeof(name) - 1 };
    struct buf plain = {0}, out = {0};
    buf_adds(&plain, head);
    while (plain.n < size)
        buf_adds(&plain, "<p/>");
    buf_adds(&plain, "</d>");
    uLong cap = compressBound(plain.n);
    Bytef *packed = mem_alloc(cap);
    z_stream z = {
        .next_in = (Bytef *)plain.p, .avail_in = (uInt)plain.n, .next_out = packed, .avail_out = (uInt)cap};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    uint32_t n = (uint32_t)z.total_out;
    deflateEnd(&z);
    buf_add(&out, "PK\003\004\024\0\0\0\010\0\0\0\0\0\0\0\0\0", 18);
    put32(&out, n), put32(&out, (uint32_t)plain.n), put32(&out, NAME);
    buf_add(&out, name, NAME);
    buf_add(&out, packed, n);
    uint32_t central = (uint32_t)out.n;
    buf_add(&out, "PK\001\002\024\0\024\0\0\0\010\0\0\0\0\0\0\0\0\0", 20);
    put32(&out, n), put32(&out, (uint32_t)plain.n), put32(&out, NAME);
    buf_add(&out, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 14);
    buf_add(&out, name, NAME);
    uint32_t end = (uint32_t)out.n;
    buf_add(&out, "PK\005\006\0\0\0\0\001\0\001\0", 12);
    put32(&out, end - central), put32(&out, central);
    buf_add(&out, "\0\0", 2);
    free(packed);
    buf_free(&plain);
    return out;
}

static void test_bomb(void **state)
{
    struct arena *arena = arena_new();
    struct worker_text text;
    struct buf small = bomb(1000), big = bomb((size_t)60 << 20);
    worker_extract(*state, arena, 0, "docx", "", buf_span(&small), &text);
    assert_int_equal(text.status, WORKER_OK);
    assert_string_equal(arena_span(arena, text.text), "Pay here");
    worker_extract(*state, arena, 0, "docx", "", buf_span(&big), &text);
    /* a slow machine reaches the deadline first: then that is what stops it */
    assert_true(text.status == WORKER_TOO_BIG || text.status == WORKER_TIMEOUT);
    assert_string_equal(arena_span(arena, text.text), "Pay here");
    buf_free(&small);
    buf_free(&big);
    arena_free(&arena);
}

static void test_pages_and_limits(void **state)
{
    struct arena *arena = arena_new();
    struct worker_options options = {.output_bytes = 100, .input_bytes = 100000};
    struct buf bytes = sample("long.pdf"), letter = sample("letter.pdf");
    struct worker_text text;
    char *error;
    worker_extract(*state, arena, 0, "pdf", "", buf_span(&letter), &text);
    assert_int_equal(text.pages, 2);
    assert_false(text.truncated);
    worker_extract(*state, arena, 0, "pdf", "", buf_span(&bytes), &text);
    assert_int_equal(text.status, WORKER_OK);
    assert_int_equal(text.pages, 60);
    assert_true(text.truncated);
    struct worker_pool *pool = worker_pool_new(&options, &error);
    worker_extract(pool, arena, 0, "pdf", "", buf_span(&bytes), &text);
    assert_int_equal(text.status, WORKER_OK);
    assert_true(text.truncated);
    assert_true(text.text.n > 80 && text.text.n <= 100);
    struct span huge = {mem_alloc(100001), 100001};
    assert_int_equal(worker_extract(pool, arena, 0, "pdf", "", huge, &text), WORKER_TOO_BIG);
    worker_pool_free(&pool);
    free((void *)(uintptr_t)huge.p);
    buf_free(&bytes);
    buf_free(&letter);
    arena_free(&arena);
}

/* More than 32 MiB in an archive is not unpacked; what stands before is read. */
static void test_archive_bomb(void **state)
{
    enum { SIZE = ARCHIVE_BYTES_MAX + 1 };
    static const char words[] = "Our bank details have changed. ";
    struct arena *arena = arena_new();
    struct worker_text text;
    char *plain = mem_alloc(SIZE), *packed = mem_alloc(SIZE / 100);
    memset(plain, ' ', SIZE);
    memcpy(plain, words, sizeof(words) - 1);
    z_stream z = {
        .next_in = (Bytef *)plain, .avail_in = SIZE, .next_out = (Bytef *)packed, .avail_out = SIZE / 100};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    worker_extract(*state, arena, 0, "", "letter.txt.gz", (struct span){packed, z.total_out}, &text);
    assert_int_equal(text.status, WORKER_TOO_BIG);
    assert_non_null(strstr(arena_span(arena, text.text), "Our bank details"));
    deflateEnd(&z);
    free(plain);
    free(packed);
    arena_free(&arena);
}

/* A PDF that never ends takes the processor time that it is given and no more, however long its deadline. */
static void test_cpu_limit(void **state)
{
    struct arena *arena = arena_new();
    struct worker_options options = {.deadline_ms = 20000};
    struct buf loop = sample("loop.pdf"), letter = sample("letter.pdf");
    const struct span none = {NULL, 0};
    struct worker_text text;
    char *error;
    struct worker_pool *pool = worker_pool_new(&options, &error);
    worker_extract_with(pool, arena, 0, "pdf", "", none, 300, buf_span(&loop), &text);
    assert_int_equal(text.status, WORKER_TIMEOUT);
    assert_in_range(text.cpu_ms, 150, 1000); /* and what starting costs */
    worker_extract_with(pool, arena, 0, "pdf", "", none, 2000, buf_span(&letter), &text);
    assert_int_equal(text.status, WORKER_OK);
    assert_in_range(text.cpu_ms, 1, 1999);
    worker_pool_free(&pool);
    buf_free(&loop);
    buf_free(&letter);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_passwords),    cmocka_unit_test(test_documents),
        cmocka_unit_test(test_bytes),        cmocka_unit_test(test_bomb),
        cmocka_unit_test(test_archive_bomb), cmocka_unit_test(test_pages_and_limits),
        cmocka_unit_test(test_branches),     cmocka_unit_test(test_handlers),
        cmocka_unit_test(test_long_pages),   cmocka_unit_test(test_cpu_limit),
    };
    return cmocka_run_group_tests_name("worker/extract", tests, make_pool, free_pool);
}
