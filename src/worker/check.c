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
