/* Tests of src/store/ with a real SQLite file */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/arena.h"
#include "base/buf.h"
#include "store/quarantine.h"
#include "store/records.h"
#include "store/store.h"

#include "fixture.h"

static const char *const two[] = {"clerk@buyer.example", "boss@buyer.example"};

static struct store_mail mail_of(const char *subject, int64_t time_ms)
{
    return (struct store_mail){.time_ms = time_ms,
                               .queue_id = "4XyZ",
                               .client_ip = "192.0.2.7",
                               .helo = "mx.arce1or.example",
                               .sender = "Paul@Arce1or.example",
                               .rcpts = two,
                               .n_rcpts = 2,
                               .from = "Paul <paul@arce1or.example>",
                               .from_domain = "arce1or.example",
                               .subject = subject,
                               .message_id = "1@arce1or.example",
                               .action = "quarantine",
                               .score = 93,
                               .axes = "identity,request",
                               .reason = "looks like your supplier",
                               .rules_json = "[]",
                               .lookalikes_json = "[]",
                               .facts_json = "{}",
                               .verdict = "reject"};
}

static void put(struct store_fixture *f, const struct store_mail *mail, struct span bytes, char *id)
{
    struct store_body body = {.head = bytes, .fd = -1};
    if (store_quarantine_put(f->store, mail, &body, id, &f->error))
        fail_msg("put: %s", f->error.text);
}

static void raw(struct store_fixture *f, const char *id, struct buf *all)
{
    struct buf piece = {0};
    int got;
    buf_clear(all);
    for (uint64_t n = 0; (got = store_quarantine_piece(f->store, id, n, &piece, &f->error)) == 0; n++)
        buf_add_span(all, buf_span(&piece));
    buf_free(&piece);
    assert_int_equal(got, 1);
}

static void test_put_and_get(void **state)
{
    struct store_fixture *f = *state;
    static const char bytes[] = "Subject: x\r\n\r\n.dot\nbare LF\r\n\0nul \xff\xfe no end";
    struct store_mail mail = mail_of("Neue Bankverbindung \xe2\x82\xac", 1000);
    struct quarantine_item item;
    struct buf all = {0};
    char id[STORE_ID_SIZE];
    put(f, &mail, (struct span){bytes, sizeof(bytes) - 1}, id);
    assert_int_equal(strlen(id), STORE_ID_SIZE - 1);
    assert_int_equal(store_quarantine_get(f->store, f->arena, id, &item, &f->error), 0);
    assert_string_equal(item.mail.subject, mail.subject);
    assert_string_equal(item.mail.sender, "Paul@Arce1or.example");
    assert_string_equal(item.mail.facts_json, "{}");
    assert_string_equal(item.mail.verdict, "reject");
    assert_int_equal(item.mail.score, 93);
    assert_int_equal(item.mail.time_ms, 1000);
    assert_int_equal(item.size, sizeof(bytes) - 1);
    assert_int_equal(item.mail.n_rcpts, 2);
    assert_string_equal(item.mail.rcpts[1], "boss@buyer.example");
    assert_int_equal(item.state, QUARANTINE_HELD);
    raw(f, id, &all);
    assert_int_equal(all.n, sizeof(bytes) - 1);
    assert_memory_equal(all.p, bytes, all.n);
    assert_int_equal(store_quarantine_verify(f->store, id, &f->error), 0);
    buf_free(&all);
}

/* Sizes around the piece size, the split between memory and file anywhere. */
static void test_spooled_body(void **state)
{
    struct store_fixture *f = *state;
    enum { MAX = 300000 };
    char *bytes = malloc(MAX), name[128], id[STORE_ID_SIZE];
    static const size_t sizes[] = {0, 1, 131071, 131072, 131073, 262144, MAX};
    struct store_mail mail = mail_of("spooled", 1);
    struct buf all = {0};
    for (size_t i = 0; i < MAX; i++)
        bytes[i] = (char)(i * 2654435761u >> 13);
    snprintf(name, sizeof(name), "%s/spool", f->at.dir);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
        for (size_t head = 0; head <= sizes[i]; head += sizes[i] / 3 + 1) {
            int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
            assert_int_equal(pwrite(fd, bytes + head, sizes[i] - head, 7), sizes[i] - head);
            struct store_body body = {{bytes, head}, fd, 7, sizes[i] - head};
            mail.time_ms += STORE_AGAIN_MS + 1; /* each is another one */
            assert_int_equal(store_quarantine_put(f->store, &mail, &body, id, &f->error), 0);
            close(fd);
            raw(f, id, &all);
            assert_int_equal(all.n, sizes[i]);
            assert_true(sizes[i] == 0 || memcmp(all.p, bytes, sizes[i]) == 0);
            assert_int_equal(store_quarantine_verify(f->store, id, &f->error), 0);
        }
    buf_free(&all);
    free(bytes);
}

/* A spool file that lost its end is refused, and nothing of it stays. */
static void test_short_spool(void **state)
{
    struct store_fixture *f = *state;
    char name[128], id[STORE_ID_SIZE];
    struct store_mail mail = mail_of("short", 0);
    struct quarantine_list list;
    snprintf(name, sizeof(name), "%s/spool", f->at.dir);
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(ftruncate(fd, 200000), 0);
    struct store_body body = {SPAN_LIT("head"), fd, 0, 200001};
    assert_int_equal(store_quarantine_put(f->store, &mail, &body, id, &f->error), -1);
    assert_non_null(strstr(f->error.text, "shorter"));
    close(fd);
    assert_int_equal(store_quarantine_list(f->store, f->arena,
                                           &(struct quarantine_filter){.state = QUARANTINE_ALL}, &list,
                                           &f->error),
                     0);
    assert_int_equal(list.n, 0);
    assert_int_equal(store_quarantine_piece(f->store, id, 0, &(struct buf){0}, &f->error), 1);
}

static size_t count(struct store_fixture *f, struct quarantine_filter filter)
{
    struct quarantine_list list;
    assert_int_equal(store_quarantine_list(f->store, f->arena, &filter, &list, &f->error), 0);
    return list.n;
}

static void test_filters_and_paging(void **state)
{
    struct store_fixture *f = *state;
    char id[STORE_ID_SIZE], subject[16];
    static const char *const other[] = {"Other@Buyer.example"};
    for (int i = 0; i < 25; i++) {
        snprintf(subject, sizeof(subject), "%d", i);
        struct store_mail mail = mail_of(subject, 1000 + i / 10);
        if (i == 7) {
            mail.rcpts = other;
            mail.n_rcpts = 1;
            mail.sender = "";
        }
        put(f, &mail, span_of(subject), id);
    }
    assert_int_equal(count(f, (struct quarantine_filter){.state = QUARANTINE_HELD}), 25);
    assert_int_equal(count(f, (struct quarantine_filter){.state = QUARANTINE_RELEASED}), 0);
    assert_int_equal(count(f, (struct quarantine_filter){.state = QUARANTINE_ALL, .since_ms = 1001}), 15);
    assert_int_equal(
        count(f, (struct quarantine_filter){.state = QUARANTINE_ALL, .rcpt = "other@buyer.example"}), 1);
    assert_int_equal(
        count(f, (struct quarantine_filter){.state = QUARANTINE_ALL, .sender = "@arce1or.example"}), 24);
    assert_int_equal(count(f, (struct quarantine_filter){.state = QUARANTINE_ALL, .sender = "@%"}), 0);
    assert_int_equal(count(f, (struct quarantine_filter){.state = QUARANTINE_ALL, .sender = ""}), 1);
    assert_int_equal(
        count(f, (struct quarantine_filter){.state = QUARANTINE_ALL, .sender = "paul@arce1or.example"}), 24);
    struct quarantine_filter page = {.state = QUARANTINE_ALL, .limit = 4};
    struct quarantine_list list;
    size_t seen = 0;
    do {
        assert_int_equal(store_quarantine_list(f->store, f->arena, &page, &list, &f->error), 0);
        for (size_t i = 1; i < list.n; i++)
            assert_true(list.v[i - 1].mail.time_ms >= list.v[i].mail.time_ms);
        seen += list.n;
        if (list.n) {
            page.before_ms = list.v[list.n - 1].mail.time_ms;
            page.before_id = list.v[list.n - 1].id;
        }
    } while (list.n);
    assert_int_equal(seen, 25);
}

static void test_find_by_prefix(void **state)
{
    struct store_fixture *f = *state;
    char id[STORE_ID_SIZE], found[STORE_ID_SIZE], prefix[9] = "";
    struct store_mail mail = mail_of("x", 0);
    put(f, &mail, SPAN_LIT("x"), id);
    memcpy(prefix, id, 8);
    assert_int_equal(store_quarantine_find(f->store, prefix, found, &f->error), 0);
    assert_string_equal(found, id);
    prefix[3] = '\0';
    assert_int_equal(store_quarantine_find(f->store, prefix, found, &f->error), 1);
    assert_int_equal(store_quarantine_find(f->store, "%%%%%%", found, &f->error), 1);
    assert_int_equal(store_quarantine_find(f->store, "000000000000", found, &f->error), 1);
}

static void test_release(void **state)
{
    struct store_fixture *f = *state;
    struct store_mail mail = mail_of("x", 0);
    struct quarantine_claim claim, second;
    struct quarantine_item item;
    struct audit_list audit;
    char id[STORE_ID_SIZE];
    put(f, &mail, SPAN_LIT("x"), id);
    assert_int_equal(store_quarantine_claim_release(f->store, id, "anna", &claim, &f->error), 0);
    assert_int_equal(store_quarantine_claim_release(f->store, id, "bert", &second, &f->error), 1);
    assert_non_null(strstr(f->error.text, "anna"));
    assert_int_equal(store_quarantine_delete(f->store, id, "bert", &f->error), 1);
    assert_int_equal(
        store_quarantine_mark_release_failed(f->store, &claim, "anna", "421 \xff later", &f->error), 0);
    assert_int_equal(store_quarantine_get(f->store, f->arena, id, &item, &f->error), 0);
    assert_int_equal(item.state, QUARANTINE_HELD);
    assert_non_null(strstr(item.last_error, "421 \xef\xbf\xbd later"));

    struct quarantine_sent partly[] = {{two[0], true, "250 ok"}, {two[1], false, "550 no"}};
    assert_int_equal(store_quarantine_claim_release(f->store, id, "bert", &claim, &f->error), 0);
    assert_int_equal(store_quarantine_mark_released(f->store, &claim, "bert", partly, 2, &f->error), 0);
    assert_int_equal(store_quarantine_get(f->store, f->arena, id, &item, &f->error), 0);
    assert_int_equal(item.state, QUARANTINE_HELD);
    assert_true(item.rcpts[0].released_ms > 0);
    assert_int_equal(item.rcpts[1].released_ms, 0);
    assert_string_equal(item.rcpts[1].reply, "550 no");

    struct quarantine_sent rest = {two[1], true, "250 ok"};
    assert_int_equal(store_quarantine_claim_release(f->store, id, "bert", &claim, &f->error), 0);
    assert_int_equal(store_quarantine_mark_released(f->store, &claim, "bert", &rest, 1, &f->error), 0);
    assert_int_equal(store_quarantine_get(f->store, f->arena, id, &item, &f->error), 0);
    assert_int_equal(item.state, QUARANTINE_RELEASED);
    assert_string_equal(item.changed_by, "bert");
    assert_null(item.last_error);
    assert_int_equal(store_quarantine_claim_release(f->store, id, "anna", &claim, &f->error), 1);
    assert_non_null(strstr(f->error.text, "already released by bert"));
    assert_int_equal(store_audit_list(f->store, f->arena, id, 0, &audit, &f->error), 0);
    assert_int_equal(audit.n, 4); /* failed; released and refused; released */
}

static void test_delete_and_purge(void **state)
{
    struct store_fixture *f = *state;
    struct store_mail old = mail_of("old", 1000), young = mail_of("young", 5000);
    struct quarantine_item item;
    struct quarantine_claim claim;
    struct audit_list audit;
    char id[STORE_ID_SIZE], gone[STORE_ID_SIZE];
    struct quarantine_purged purged;
    put(f, &young, SPAN_LIT("x"), id);
    assert_int_equal(store_quarantine_delete(f->store, id, "anna", &f->error), 0);
    assert_int_equal(store_quarantine_delete(f->store, id, "anna", &f->error), 1);
    assert_int_equal(store_quarantine_claim_release(f->store, id, "anna", &claim, &f->error), 1);
    assert_int_equal(store_quarantine_get(f->store, f->arena, id, &item, &f->error), 0);
    assert_int_equal(item.state, QUARANTINE_DELETED);
    assert_int_equal(store_quarantine_piece(f->store, id, 0, &(struct buf){0}, &f->error), 1);
    assert_int_equal(store_quarantine_verify(f->store, id, &f->error), 1);
    for (int i = 0; i < 150; i++) {
        char bytes[16];
        snprintf(bytes, sizeof(bytes), "%d", i);
        put(f, &old, span_of(bytes), gone);
    }
    assert_int_equal(store_quarantine_purge(f->store, 5000, 1000, "anna", &purged, &f->error), 0);
    assert_int_equal(purged.removed, 0); /* they are held, and not so old */
    assert_int_equal(store_quarantine_purge(f->store, 5000, 5000, "anna", &purged, &f->error), 0);
    assert_int_equal(purged.removed, 150);
    assert_int_equal(purged.unreviewed, 150);
    assert_int_equal(store_audit_list(f->store, f->arena, gone, 0, &audit, &f->error), 0);
    assert_int_equal(audit.n, 1);
    assert_string_equal(audit.v[0].what, "purge-unreviewed");
    assert_int_equal(store_quarantine_get(f->store, f->arena, gone, &item, &f->error), 1);
    assert_int_equal(count(f, (struct quarantine_filter){.state = QUARANTINE_ALL}), 1);
    assert_int_equal(store_audit_list(f->store, f->arena, NULL, 0, &audit, &f->error), 0);
    assert_int_equal(audit.n, 1 + 150 + 1); /* deleted; one each; and all together */
}

static int collect(void *context, const struct decision *d)
{
    int *seen = context;
    char want[16];
    snprintf(want, sizeof(want), "%d", *seen);
    assert_string_equal(d->mail.subject, want); /* in order */
    assert_int_equal(d->mail.n_rcpts, 2);
    assert_string_equal(d->mail.rcpts[1], "boss@buyer.example");
    assert_string_equal(d->quarantine_id, "");
    return ++*seen == 450 ? 1 : 0;
}

static int count_tagged(void *context, const struct decision *d)
{
    assert_string_equal(d->mail.action, "tag");
    ++*(int *)context;
    return 0;
}

static void test_decisions(void **state)
{
    struct store_fixture *f = *state;
    char subject[16];
    uint64_t removed;
    int seen = 0, tagged = 0;
    for (int i = 0; i < 500; i++) {
        snprintf(subject, sizeof(subject), "%d", i);
        struct store_mail mail = mail_of(subject, 1000 + i);
        mail.action = i % 2 ? "tag" : "pass";
        store_decision_put(f->store, &mail);
    }
    store_close(&f->store); /* writes what is queued */
    f->store = store_open(f->at.url, 0, &f->error);
    assert_non_null(f->store);
    assert_int_equal(
        store_decision_each(f->store, &(struct decision_filter){.since_ms = 1000}, collect, &seen, &f->error),
        0);
    assert_int_equal(seen, 450);
    struct decision_filter some = {.since_ms = 1100, .action = "tag"};
    assert_int_equal(store_decision_each(f->store, &some, count_tagged, &tagged, &f->error), 0);
    assert_int_equal(tagged, 200);
    assert_int_equal(store_decision_purge(f->store, 1100, &removed, &f->error), 0);
    assert_int_equal(removed, 100);
}

static void test_hostile_text(void **state)
{
    struct store_fixture *f = *state;
    struct store_mail mail = mail_of("a\xff'; DROP TABLE quarantine; --\x02\x03", 0);
    struct quarantine_item item;
    char id[STORE_ID_SIZE];
    put(f, &mail, SPAN_LIT("x"), id);
    assert_int_equal(store_quarantine_get(f->store, f->arena, id, &item, &f->error), 0);
    assert_string_equal(item.mail.subject, "a\xef\xbf\xbd'; DROP TABLE quarantine; --\x02\x03");
}

static void test_open_errors(void **state)
{
    struct store_fixture *f = *state;
    char url[160], path[140];
    assert_null(store_open("mysql:x", STORE_CREATE, &f->error));
    assert_null(store_open("sqlite:", STORE_CREATE, &f->error));
    snprintf(url, sizeof(url), "sqlite:%s/none.db", f->at.dir);
    assert_null(store_open(url, 0, &f->error));
    assert_null(store_open(url, STORE_RDONLY, &f->error));
    assert_non_null(strstr(f->error.text, "ringerd creates it"));
    snprintf(url, sizeof(url), "sqlite:%s/no/such/folder.db", f->at.dir);
    assert_null(store_open(url, STORE_CREATE, &f->error));
    snprintf(path, sizeof(path), "%s/text.db", f->at.dir);
    FILE *out = fopen(path, "w");
    fputs("This is no database, but a text file of some length that SQLite will not like at all.\n", out);
    fclose(out);
    snprintf(url, sizeof(url), "sqlite:%s", path);
    assert_null(store_open(url, STORE_CREATE, &f->error));
    assert_int_equal(f->error.cause, STORE_DAMAGED);
    assert_non_null(strstr(f->error.text, ".recover"));
}

static void exec(struct store_fixture *f, const char *sql)
{
    sqlite3 *handle;
    assert_int_equal(sqlite3_open(f->at.path, &handle), SQLITE_OK);
    assert_int_equal(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(handle);
}

static void test_newer_schema_refused(void **state)
{
    struct store_fixture *f = *state;
    store_close(&f->store);
    exec(f, "INSERT INTO ringer_schema VALUES (9999, 0)");
    assert_null(store_open(f->at.url, STORE_CREATE, &f->error));
    assert_non_null(strstr(f->error.text, "newer Ringer"));
}

static void test_reading_only(void **state)
{
    struct store_fixture *f = *state;
    struct store_mail mail = mail_of("x", 0);
    struct quarantine_list list;
    char id[STORE_ID_SIZE];
    put(f, &mail, SPAN_LIT("x"), id);
    struct store *reader = store_open(f->at.url, STORE_RDONLY, &f->error);
    assert_non_null(reader);
    assert_int_equal(store_quarantine_list(reader, f->arena,
                                           &(struct quarantine_filter){.state = QUARANTINE_ALL}, &list,
                                           &f->error),
                     0);
    assert_int_equal(list.n, 1);
    assert_int_equal(store_quarantine_delete(reader, id, "anna", &f->error), -1);
    assert_int_equal(f->error.cause, STORE_READ_ONLY);
    store_decision_put(reader, &mail); /* dropped, not hung */
    store_close(&reader);
}

/* The bytes were changed behind our back: release must not send them. */
static void test_changed_bytes_are_found(void **state)
{
    struct store_fixture *f = *state;
    struct store_mail mail = mail_of("x", 0);
    char id[STORE_ID_SIZE];
    put(f, &mail, SPAN_LIT("pay into the old account"), id);
    exec(f, "UPDATE quarantine_piece SET bytes = CAST('pay into the new account' AS BLOB)");
    assert_int_equal(store_quarantine_verify(f->store, id, &f->error), -1);
    assert_int_equal(f->error.cause, STORE_DAMAGED);
}

static void test_removed_file(void **state)
{
    struct store_fixture *f = *state;
    struct store_mail mail = mail_of("x", 0);
    struct store_body body = {.head = SPAN_LIT("x"), .fd = -1};
    char id[STORE_ID_SIZE];
    put(f, &mail, SPAN_LIT("x"), id);
    assert_int_equal(unlink(f->at.path), 0);
    assert_int_equal(store_quarantine_put(f->store, &mail, &body, id, &f->error), -1);
    assert_non_null(strstr(f->error.text, "removed or replaced"));
}

/* Another process holds the write lock for longer than we wait. */
static void test_locked(void **state)
{
    struct store_fixture *f = *state;
    struct store_mail mail = mail_of("x", 0);
    struct store_body body = {.head = SPAN_LIT("x"), .fd = -1};
    char id[STORE_ID_SIZE];
    sqlite3 *handle;
    assert_int_equal(sqlite3_open(f->at.path, &handle), SQLITE_OK);
    assert_int_equal(sqlite3_exec(handle, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(store_quarantine_put(f->store, &mail, &body, id, &f->error), -1);
    assert_int_equal(f->error.cause, STORE_LOCKED);
    assert_int_equal(sqlite3_exec(handle, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(handle);
    assert_int_equal(count(f, (struct quarantine_filter){.state = QUARANTINE_ALL}), 0);
    put(f, &mail, SPAN_LIT("x"), id);
}

/* What was refused on the way to a good store is no word about it. */
static void test_new_one_is_no_trouble(void **state)
{
    struct store_fixture *f = *state;
    char url[sizeof(f->at.url) + 4];
    assert_string_equal(f->error.text, "");
    snprintf(url, sizeof(url), "%s.new", f->at.url);
    struct store *patient = store_open(url, STORE_CREATE | STORE_PATIENT, &f->error);
    assert_non_null(patient);
    assert_string_equal(f->error.text, "");
    store_close(&patient);
}

static void test_mode_is_private(void **state)
{
    struct store_fixture *f = *state;
    struct stat st;
    assert_int_equal(stat(f->at.path, &st), 0);
    assert_int_equal(st.st_mode & 07, 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, store_setup, store_teardown)
    const struct CMUnitTest tests[] = {
        T(test_put_and_get),
        T(test_spooled_body),
        T(test_short_spool),
        T(test_filters_and_paging),
        T(test_find_by_prefix),
        T(test_release),
        T(test_delete_and_purge),
        T(test_decisions),
        T(test_hostile_text),
        T(test_open_errors),
        T(test_newer_schema_refused),
        T(test_reading_only),
        T(test_changed_bytes_are_found),
        T(test_removed_file),
        T(test_locked),
        T(test_mode_is_private),
        T(test_new_one_is_no_trouble),
    };
#undef T
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
