/*
 * Real documents for real workers, small enough to be written here: a PDF of one line and a DOCX of one paragraph. SPF
 * is checked for a name that resolve.c answers by itself, so that it works without network.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "worker/spf.h"

#include "worker/check.h"

/* The deadlines of the options are for mail, and may be short: a busy machine at its start is no fault. */
enum { PATIENCE_MS = 5000 };

#define WORDS "Ringer reads this."

ENUM_DEFINE(worker_part, WORKER_PART_LIST)
ENUM_DEFINE(part_state, PART_STATE_LIST)

__attribute__((format(printf, 4, 5))) static void set(struct worker_check *check, enum worker_part part,
                                                      enum part_state state, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    check->parts[part].state = state;
    check->failing += state == PART_FAILS;
    vsnprintf(check->parts[part].text, sizeof(check->parts[part].text), fmt, args);
    va_end(args);
}

/* --- documents */

static void pdf(struct buf *out)
{
    static const char page[] = "BT /F 12 Tf 72 720 Td (" WORDS ") Tj ET";
    const char *const objects[] = {
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 "
        "R >> >> >>",
        NULL, /* the page's text */
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    };
    enum { N = sizeof(objects) / sizeof(*objects) };
    size_t at[N];
    buf_adds(out, "%PDF-1.4\n");
    for (size_t i = 0; i < N; i++) {
        at[i] = out->n;
        buf_printf(out, "%zu 0 obj\n", i + 1);
        if (objects[i])
            buf_adds(out, objects[i]);
        else
            buf_printf(out, "<< /Length %zu >>\nstream\n%s\nendstream", sizeof(page) - 1, page);
        buf_adds(out, "\nendobj\n");
    }
    size_t table = out->n;
    buf_printf(out, "xref\n0 %d\n0000000000 65535 f \n", N + 1);
    for (size_t i = 0; i < N; i++)
        buf_printf(out, "%010zu 00000 n \n", at[i]);
    buf_printf(out, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n", N + 1, table);
}

static void little(struct buf *out, uint32_t value, unsigned bytes)
{
    for (; bytes; bytes--, value >>= 8)
        buf_addc(out, (char)(value & 0xff));
}

/* The fields that the local header and the central directory share: version to extra length. */
static void zip_fields(struct buf *out, const char *name, const char *text)
{
    uint32_t crc = (uint32_t)crc32(0, (const Bytef *)text, (uInt)strlen(text));
    little(out, 20, 2);
    little(out, 0, 4);          /* no flags, stored */
    little(out, 0x5b210000, 4); /* 2025-09-01 00:00 */
    little(out, crc, 4);
    little(out, (uint32_t)strlen(text), 4);
    little(out, (uint32_t)strlen(text), 4);
    little(out, (uint32_t)strlen(name), 2);
    little(out, 0, 2);
}

static void docx(struct buf *out)
{
    static const char
        xml[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
        types[] = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>",
        body[] = "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">"
                 "<w:body><w:p><w:r><w:t>" WORDS "</w:t></w:r></w:p></w:body></w:document>";
    static const char *const names[] = {"[Content_Types].xml", "word/document.xml"}, *const texts[] = {types,
                                                                                                       body};
    struct buf directory = {0};
    for (size_t i = 0; i < 2; i++) {
        uint32_t at = (uint32_t)out->n;
        struct buf text = {0};
        buf_printf(&text, "%s%s", xml, texts[i]);
        buf_add(out, "PK\003\004", 4);
        zip_fields(out, names[i], text.p);
        buf_adds(out, names[i]);
        buf_adds(out, text.p);
        buf_add(&directory, "PK\001\002", 4);
        little(&directory, 20, 2);
        zip_fields(&directory, names[i], text.p);
        little(&directory, 0, 4); /* comment, disk */
        little(&directory, 0, 2);
        little(&directory, 0, 4); /* attributes */
        little(&directory, at, 4);
        buf_adds(&directory, names[i]);
        buf_free(&text);
    }
    uint32_t at = (uint32_t)out->n;
    buf_add_span(out, buf_span(&directory));
    buf_add(out, "PK\005\006", 4);
    little(out, 0, 4);
    little(out, 2, 2);
    little(out, 2, 2);
    little(out, (uint32_t)directory.n, 4);
    little(out, at, 4);
    little(out, 0, 2);
    buf_free(&directory);
}

/* A QR code that says WORDS, a pixel a square, as `qrencode` and a PNG of one bit make it. */
static void code(struct buf *out)
{
    static const unsigned char png[] = {
        0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00,
        0x00, 0x00, 0x21, 0x00, 0x00, 0x00, 0x21, 0x01, 0x00, 0x00, 0x00, 0x00, 0x7f, 0x9f, 0xff, 0xc2, 0x00,
        0x00, 0x00, 0x90, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0xf8, 0x0f, 0x02, 0x0c, 0x98, 0xe4, 0x07,
        0x81, 0x2b, 0xec, 0xff, 0x19, 0xbe, 0x5f, 0x9b, 0xfa, 0xfd, 0x3f, 0xc3, 0x97, 0xe8, 0xa9, 0xe2, 0x40,
        0x32, 0xae, 0x14, 0x44, 0x86, 0xc5, 0x02, 0xc9, 0xef, 0x17, 0x45, 0x81, 0xe2, 0x1f, 0x44, 0x43, 0x80,
        0x6a, 0xfe, 0x7f, 0xde, 0x0f, 0x54, 0xff, 0x71, 0x92, 0x41, 0x3a, 0x50, 0xbc, 0x3e, 0x65, 0x3a, 0x50,
        0xe4, 0x24, 0xa3, 0x39, 0x90, 0xfc, 0x13, 0xb5, 0xfe, 0x3f, 0xc3, 0xa7, 0x8b, 0x53, 0x80, 0xe4, 0x4f,
        0xcd, 0x96, 0xed, 0x40, 0xf5, 0xd3, 0x9e, 0x00, 0x75, 0xfd, 0xcf, 0xdf, 0x0e, 0x64, 0x7f, 0xba, 0xa1,
        0xa0, 0x0e, 0x64, 0x7f, 0x4d, 0xd7, 0x07, 0x8a, 0x4b, 0x8a, 0x86, 0x03, 0xf5, 0x5e, 0x72, 0x37, 0x07,
        0xd9, 0xd5, 0x00, 0x34, 0xe7, 0x4b, 0xfc, 0xac, 0x7c, 0x20, 0x19, 0xf2, 0x5c, 0x1d, 0x64, 0xd7, 0x76,
        0x90, 0x7b, 0xc4, 0xd4, 0xcc, 0xb1, 0xb9, 0x13, 0x4c, 0x02, 0x00, 0x36, 0x08, 0x7c, 0xbe, 0xa4, 0x1d,
        0xaf, 0x75, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};
    buf_add(out, (const char *)png, sizeof(png));
}

/* --- the workers */

static void check_document(struct worker_check *check, struct worker_pool *pool, enum worker_part part,
                           const char *name, void (*write)(struct buf *))
{
    struct buf document = {0};
    struct arena *arena = arena_new();
    struct worker_text text;
    write(&document);
    enum worker_status status = worker_extract(pool, arena, 0, "", name, buf_span(&document), &text);
    if (status == WORKER_OK && text.text.n && memmem(text.text.p, text.text.n, WORDS, strlen(WORDS)))
        set(check, part, PART_WORKS, "%s", "");
    else
        set(check, part, PART_FAILS, "ringer-worker reads no text from a %s: %s%s%s", name + 5,
            worker_status_name(status), *text.detail ? ", " : "", text.detail);
    arena_free(&arena);
    buf_free(&document);
}

static void check_files(struct worker_check *check, const struct worker_stats *stats)
{
    if (check->parts[PART_FILES].state == PART_WEAK)
        return;
    if (stats->files_shut_in)
        set(check, PART_FILES, PART_WORKS, "%s", "");
    else
        set(check, PART_FILES, PART_WEAK,
            "the kernel refuses Landlock to ringer-worker: files are protected by seccomp and user rights "
            "only; Linux "
            "5.13 and later have it where /sys/kernel/security/lsm names landlock");
}

/* True when it started; `stats_r` is of then. */
static bool check_start(struct worker_check *check, enum worker_part part, const struct worker_stats *stats,
                        const char *detail)
{
    if (!stats->started) {
        set(check, part, PART_FAILS, "no ringer-worker starts: %s",
            *stats->last_error ? stats->last_error : detail);
        return false;
    }
    check_files(check, stats);
    return true;
}

static void check_extract(struct worker_check *check, const struct worker_options *options)
{
    struct worker_options one = *options;
    struct arena *arena = arena_new();
    struct worker_text text;
    struct worker_stats stats;
    char *error;
    one.processes = 1;
    one.deadline_ms = one.deadline_ms < PATIENCE_MS ? PATIENCE_MS : one.deadline_ms;
    one.log = NULL; /* it is said by whoever asked */
    struct worker_pool *pool = worker_pool_new(&one, &error);
    if (!pool) {
        set(check, PART_EXTRACT, PART_FAILS, "%s", error);
        free(error);
        arena_free(&arena);
        return;
    }
    enum worker_status status = worker_extract(pool, arena, 0, "", "a.txt", span_of(WORDS), &text);
    worker_pool_stats(pool, &stats);
    if (check_start(check, PART_EXTRACT, &stats, text.detail)) {
        if (status != WORKER_OK)
            set(check, PART_EXTRACT, PART_FAILS, "ringer-worker reads no text: %s, %s",
                worker_status_name(status), *stats.last_error ? stats.last_error : text.detail);
        else if (!stats.shut_in)
            set(check, PART_EXTRACT, PART_WEAK,
                "ringer-worker works without seccomp, as worker.allow-unsandboxed says");
        else
            set(check, PART_EXTRACT, PART_WORKS, "%s", "");
        check_document(check, pool, PART_PDF, "test.pdf", pdf);
        check_document(check, pool, PART_DOCX, "test.docx", docx);
    }
    worker_pool_free(&pool);
    arena_free(&arena);
}

static enum spf_result spf_of(struct spf_service *service, struct arena *arena, const char *client,
                              const char **detail_r)
{
    struct spf_answer answer;
    const struct spf_question question = {
        .client_ip = client, .helo = "self-test.example", .mail_from = "check@" SPF_SELF_TEST_DOMAIN};
    spf_check(service, arena, &question, &answer);
    *detail_r = answer.detail;
    return answer.spf;
}

static void check_spf(struct worker_check *check, const struct worker_options *options, bool dns)
{
    struct worker_options one = *options;
    struct spf_stats stats;
    const char *detail;
    char *error;
    one.processes = 1;
    one.deadline_ms = one.deadline_ms < PATIENCE_MS ? PATIENCE_MS : one.deadline_ms;
    one.log = NULL;
    struct spf_service *service = spf_service_new(&one, &error);
    if (!service) {
        set(check, PART_SPF, PART_FAILS, "%s", error);
        free(error);
        return;
    }
    struct arena *arena = arena_new();
    enum spf_result good = spf_of(service, arena, "192.0.2.1", &detail);
    spf_service_stats(service, &stats);
    if (check_start(check, PART_SPF, &stats.workers, detail)) {
        enum spf_result bad = spf_of(service, arena, "192.0.2.2", &detail);
        if (good == SPF_PASS && bad == SPF_FAIL)
            set(check, PART_SPF, PART_WORKS, "%s", "");
        else
            set(check, PART_SPF, PART_FAILS, "ringer-worker checks SPF wrongly: %s for pass, %s for fail%s%s",
                spf_result_name(good), spf_result_name(bad), *detail ? ", " : "", detail);
        if (dns && spf_service_dns_answers(service))
            set(check, PART_DNS, PART_WORKS, "%s", "");
        else if (dns)
            set(check, PART_DNS, PART_FAILS,
                "DNS (%s) does not answer: is it running and reachable from here, and are trust.dns-servers "
                "right?",
                options->resolvers && *options->resolvers ? options->resolvers
                                                          : "the servers of /etc/resolv.conf");
    }
    arena_free(&arena);
    spf_service_free(&service);
}

bool worker_check(const struct worker_options *extract, const struct worker_options *spf, bool dns,
                  struct worker_check *check_r)
{
    *check_r = (struct worker_check){0};
    if (extract)
        check_extract(check_r, extract);
    if (spf)
        check_spf(check_r, spf, dns);
    return check_r->failing == 0;
}

/* --- pictures */

static void check_look(struct worker_check *check, struct worker_pool *pool, enum worker_part part,
                       enum worker_look look, void (*write)(struct buf *), bool wanted)
{
    struct buf document = {0};
    struct arena *arena = arena_new();
    struct worker_text text;
    write(&document);
    enum worker_status status = worker_look(pool, arena, 0, look, buf_span(&document), &text);
    bool there = status != WORKER_NO_READER;
    if (status == WORKER_OK && text.text.n && memmem(text.text.p, text.text.n, WORDS, strlen(WORDS)))
        set(check, part, PART_WORKS, "%s", "");
    else if (!there && !wanted)
        set(check, part, PART_SKIPPED, "%s", text.detail);
    else
        set(check, part, PART_FAILS, "%s of pictures are not read: %s%s%s", worker_part_name(part),
            there ? worker_status_name(status) : "", there && *text.detail ? ", " : "", text.detail);
    arena_free(&arena);
    buf_free(&document);
}

bool worker_check_pictures(const struct worker_options *pictures, enum check_words words,
                           struct worker_check *check)
{
    char *error = NULL;
    if (!pictures || check->parts[PART_EXTRACT].state == PART_FAILS) /* which says why no worker starts */
        return check->failing == 0;
    struct worker_options one = *pictures;
    one.processes = 1;
    one.deadline_ms = one.deadline_ms < PATIENCE_MS ? PATIENCE_MS : one.deadline_ms;
    one.log = NULL;
    struct worker_pool *pool = worker_pool_new(&one, &error);
    if (pool) {
        check_look(check, pool, PART_CODES, LOOK_CODES, code, false);
        if (words != PICTURES_NO_WORDS)
            check_look(check, pool, PART_WORDS, LOOK_WORDS, pdf, words == PICTURES_WORDS);
    } else {
        set(check, PART_CODES, PART_FAILS, "%s", error);
    }
    free(error);
    worker_pool_free(&pool);
    return check->failing == 0;
}
