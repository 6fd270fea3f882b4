/* Tests of src/worker/protocol.c, zip.c and sink.c */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "worker/protocol.h"
#include "worker/sink.h"
#include "worker/zip.h"
#include "samples.h"

static void test_round_trip(void **state)
{
    unsigned char head[FRAME_HEADER], request[FRAME_EXTRACT_FIXED + 3] = {0},
                                                                    reply[FRAME_EXTRACTED_FIXED + 8];
    struct frame_header h = {FRAME_EXTRACT, 0x01020304}, h2;
    frame_header_encode(head, h);
    assert_true(frame_header_decode(head, &h2));
    assert_int_equal(h2.length, 0x01020304);
    assert_int_equal(h2.type, FRAME_EXTRACT);
    head[5] = 1;
    assert_false(frame_header_decode(head, &h2));

    struct extract_request r = {DOCUMENT_RTF, LOOK_WORDS, 4000, 70000, 1500, {NULL, 0}, {NULL, 0}}, r2;
    extract_request_encode(request, &r);
    memcpy(request + FRAME_EXTRACT_FIXED, "abc", 3);
    assert_true(extract_request_decode((struct span){(char *)request, sizeof(request)}, &r2));
    assert_int_equal(r2.kind, DOCUMENT_RTF);
    assert_int_equal(r2.look, LOOK_WORDS);
    assert_int_equal(r2.deadline_ms, 4000);
    assert_int_equal(r2.output_bytes, 70000);
    assert_int_equal(r2.cpu_ms, 1500);
    assert_true(span_eq(r2.document, SPAN_LIT("abc")));
    request[1] = LOOK_WORDS + 1;
    assert_false(extract_request_decode((struct span){(char *)request, sizeof(request)}, &r2));
    r.passwords = SPAN_LIT("ab");
    extract_request_encode(request, &r);
    assert_true(extract_request_decode((struct span){(char *)request, sizeof(request)}, &r2));
    assert_true(span_eq(r2.passwords, SPAN_LIT("ab")) && span_eq(r2.document, SPAN_LIT("c")));
    r.passwords.n = 4; /* more than there is */
    extract_request_encode(request, &r);
    assert_false(extract_request_decode((struct span){(char *)request, sizeof(request)}, &r2));

    struct extract_reply e = {WORKER_BROKEN, true, 9, 77, SPAN_LIT("why"), SPAN_LIT("hello")}, e2;
    extract_reply_encode(reply, &e);
    memcpy(reply + FRAME_EXTRACTED_FIXED, "whyhello", 8);
    struct span whole = {(char *)reply, sizeof(reply)};
    assert_true(extract_reply_decode(whole, 5, &e2));
    assert_true(e2.status == WORKER_BROKEN && e2.truncated && e2.pages == 9 && e2.cpu_ms == 77);
    assert_true(span_eq(e2.detail, e.detail) && span_eq(e2.text, e.text));
    assert_false(extract_reply_decode(whole, 4, &e2));
    for (size_t n = 0; n < whole.n; n++) /* cut anywhere */
        assert_false(extract_reply_decode((struct span){whole.p, n}, 100, &e2));
    reply[0] = WORKER_DIED;
    assert_false(extract_reply_decode(whole, 5, &e2));
    reply[0] = WORKER_OK;
    reply[FRAME_EXTRACTED_FIXED + 4] = 0x1b;
    assert_false(extract_reply_decode(whole, 5, &e2));
    reply[FRAME_EXTRACTED_FIXED + 4] = 0xff;
    assert_false(extract_reply_decode(whole, 5, &e2));
}

static void test_kinds(void **state)
{
    static const struct {
        const char *sniffed, *name, *bytes;
        enum document_kind kind;
    } rows[] = {
        {"", "x.doc", "junk %PDF-1.7", DOCUMENT_PDF}, {"docx", "", "x", DOCUMENT_ZIP},
        {"", "letter.DOCX", "x", DOCUMENT_ZIP},       {NULL, NULL, "PK\003\004x", DOCUMENT_ARCHIVE},
        {"exe", "a.txt", "MZ", DOCUMENT_TEXT},        {"", "none", "x", DOCUMENT_UNKNOWN},
        {"docx", "", "PK\003\004x", DOCUMENT_ZIP},    {"docx", "a.zip", "PK\003\004x", DOCUMENT_ARCHIVE},
        {"", "a.pdf", "{\\rtf1", DOCUMENT_RTF},       {"", "page.htm", "<p>", DOCUMENT_HTML},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        assert_int_equal(document_kind(rows[i].sniffed, rows[i].name, span_of(rows[i].bytes)), rows[i].kind);
}

/* Whatever is cut off or flipped in an archive, reading it stays inside it (the sanitizers look on). */
static bool ignore(void *ctx, struct span piece)
{
    *(size_t *)ctx += piece.n;
    return true;
}

static void read_all(struct span bytes)
{
    struct arena *arena = arena_new();
    struct zip zip;
    size_t budget = 1 << 20, n = 0;
    if (zip_open(&zip, arena, bytes) == ZIP_OK)
        for (size_t i = 0; i < zip.n; i++)
            zip_read(&zip, &zip.entries[i], &budget, ignore, &n);
    assert_true(n <= 1 << 20);
    arena_free(&arena);
}

static void test_damaged_zip(void **state)
{
    struct buf whole = sample("letter.docx");
    for (size_t i = 0; i < whole.n; i++) {
        char *copy = mem_alloc(whole.n);
        memcpy(copy, whole.p, whole.n);
        copy[i] ^= (char)0xff;
        read_all((struct span){copy, whole.n});
        free(copy);
        copy = mem_alloc(i);
        memcpy(copy, whole.p, i);
        read_all((struct span){copy, i});
        free(copy);
    }
    buf_free(&whole);
}

static void put32(struct buf *b, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        buf_addc(b, (char)(v >> (8 * i)));
}

/* One file more, stored, in a ZIP whose directory is written behind all of them. */
static void zip_add(struct buf *out, struct buf *directory, const char *name, struct span bytes)
{
    uint32_t at = (uint32_t)out->n, n = (uint32_t)bytes.n;
    buf_add(out, "PK\003\004\024\0\0\0\0\0\0\0\0\0\0\0\0\0", 18);
    put32(out, n), put32(out, n), put32(out, (uint32_t)strlen(name));
    buf_adds(out, name);
    buf_add_span(out, bytes);
    buf_add(directory, "PK\001\002\024\0\024\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
    put32(directory, n), put32(directory, n), put32(directory, (uint32_t)strlen(name));
    buf_add(directory, "\0\0\0\0\0\0\0\0\0\0", 10);
    put32(directory, at);
    buf_adds(directory, name);
}

static void zip_end(struct buf *out, struct buf *directory, uint32_t files)
{
    uint32_t at = (uint32_t)out->n;
    buf_add_span(out, buf_span(directory));
    buf_add(out, "PK\005\006\0\0\0\0", 8);
    put32(out, files << 16 | files), put32(out, (uint32_t)directory->n), put32(out, at);
    buf_add(out, "\0\0", 2);
    buf_free(directory);
}

/* Names have no case; of equal ones the first counts, as the archive lists them. */
static void test_find(void **state)
{
    static const char *const names[] = {"xl/b.xml", "Word/Document.xml", "a", "ab", "word/document.xml", "A",
                                        ""};
    static const struct {
        const char *name;
        int entry;
    } rows[] = {{"word/document.xml", 1},
                {"WORD/DOCUMENT.XML", 1},
                {"a", 2},
                {"AB", 3},
                {"", 6},
                {"XL/B.XML", 0},
                {"abc", -1},
                {"0", -1},
                {"zzz/zzz.xml", -1},
                {"xl/b", -1}};
    enum { NAMES = sizeof(names) / sizeof(*names) };
    struct buf out = {0}, directory = {0};
    struct arena *arena = arena_new();
    struct zip zip;
    for (size_t i = 0; i < NAMES; i++)
        zip_add(&out, &directory, names[i], SPAN_LIT("x"));
    zip_end(&out, &directory, NAMES);
    assert_int_equal(zip_open(&zip, arena, buf_span(&out)), ZIP_OK);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const struct zip_entry *found = zip_find(&zip, rows[i].name);
        if (found != (rows[i].entry < 0 ? NULL : &zip.entries[rows[i].entry]))
            fail_msg("'%s' is entry %d", rows[i].name, found ? (int)(found - zip.entries) : -1);
    }
    buf_clear(&out);
    zip_end(&out, &directory, 0);
    assert_int_equal(zip_open(&zip, arena, buf_span(&out)), ZIP_OK);
    assert_null(zip_find(&zip, ""));
    buf_free(&out);
    arena_free(&arena);
}

static void test_sink(void **state)
{
    struct sink sink = {.max = 16};
    sink_break(&sink, 2);
    sink_text(&sink, SPAN_LIT("a\r\n\n\n\nb\x01\xffz"));
    sink_cell_start(&sink);
    sink_text(&sink, SPAN_LIT("c"));
    sink_break(&sink, 1);
    sink_cell_end(&sink);
    sink_cell_end(&sink);
    sink_row_end(&sink);
    sink_text(&sink, SPAN_LIT("\xe2\x82\xac"));
    assert_string_equal(sink.text.p, "a\n\nb\xef\xbf\xbdzc\n\xe2\x82\xac");
    assert_false(sink.truncated);
    sink_text(&sink, SPAN_LIT("\xe2\x82\xac\xe2\x82\xac"));
    assert_true(sink.truncated);
    assert_true(sink.text.n <= 16);
    buf_free(&sink.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_kinds), cmocka_unit_test(test_damaged_zip),
        cmocka_unit_test(test_find),       cmocka_unit_test(test_sink),
    };
    return cmocka_run_group_tests_name("worker/protocol", tests, NULL, NULL);
}
