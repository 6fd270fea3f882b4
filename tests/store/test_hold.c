/* How messages come into the quarantine: once, with their decision, the large ones without keeping others waiting. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/mem.h"
#include "store/db.h"
#include "store/quarantine.h"
#include "store/records.h"

#include "fixture.h"

static const char *const two[] = {"clerk@buyer.example", "boss@buyer.example"};
static const char *const other[] = {"chief@buyer.example"};

static struct store_mail mail_of(int64_t time_ms)
{
    return (struct store_mail){.time_ms = time_ms,
                               .queue_id = "4XyZ",
                               .sender = "paul@arce1or.example",
                               .rcpts = two,
                               .n_rcpts = 2,
                               .message_id = "1@arce1or.example",
                               .action = "quarantine"};
}

static int put(struct store_fixture *f, struct store_mail mail, const char *bytes, char *id)
{
    struct store_body body = {.head = span_of(bytes), .fd = -1};
    int result = store_quarantine_put(f->store, &mail, &body, id, &f->error);
    if (result < 0)
        fail_msg("put: %s", f->error.text);
    return result;
}

static void test_again_is_once(void **state)
{
    struct store_fixture *f = *state;
    struct store_stats stats;
    char first[STORE_ID_SIZE], id[STORE_ID_SIZE];
    struct store_mail mail = mail_of(f->now);
    assert_int_equal(put(f, mail, "bytes", first), 0);
    for (int64_t after = 1; after <= STORE_AGAIN_MS; after += STORE_AGAIN_MS / 3) {
        struct store_mail again = mail_of(f->now + after);
        again.queue_id = "5another";
        again.client_ip = "192.0.2.99"; /* large senders try again from elsewhere */
        assert_int_equal(put(f, again, "bytes", id), 1);
        assert_string_equal(id, first);
    }
    assert_int_equal(store_number(f->at.path, "SELECT count(*) FROM quarantine"), 1);
    assert_int_equal(store_number(f->at.path, "SELECT count(*) FROM quarantine_piece"), 1);
    assert_int_equal(store_number(f->at.path, "SELECT count(*) FROM decision"), 1);
    store_stats(f->store, &stats);
    assert_int_equal(stats.quarantined, 1);
    assert_int_equal(stats.again, 3);
}

static void test_what_differs_is_new(void **state)
{
    struct store_fixture *f = *state;
    char id[STORE_ID_SIZE];
    struct store_mail mail = mail_of(f->now);
    assert_int_equal(put(f, mail, "bytes", id), 0);
    assert_int_equal(put(f, mail, "other bytes", id), 0); /* with the same Message-ID */
    mail.sender = "else@arce1or.example";
    assert_int_equal(put(f, mail, "bytes", id), 0);
    mail = mail_of(f->now);
    mail.n_rcpts = 1;
    assert_int_equal(put(f, mail, "bytes", id), 0);
    mail.rcpts = other;
    assert_int_equal(put(f, mail, "bytes", id), 0);
    assert_int_equal(put(f, mail_of(f->now + STORE_AGAIN_MS + 1), "bytes", id), 0);
    assert_int_equal(store_number(f->at.path, "SELECT count(*) FROM quarantine"), 6);
    assert_int_equal(store_number(f->at.path, "SELECT count(*) FROM decision"), 6);
}

static void test_looked_up_by_bytes(void **state)
{
    struct store_fixture *f = *state;
    sqlite3 *handle;
    sqlite3_stmt *stmt;
    char sql[2000], plan[1000] = "";
    assert_int_equal(sqlite3_open(f->at.path, &handle), SQLITE_OK);
    snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", statement_sql[SQL_ITEM_SAME]);
    assert_int_equal(sqlite3_prepare_v2(handle, sql, -1, &stmt, NULL), SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW)
        snprintf(plan + strlen(plan), sizeof(plan) - strlen(plan), "%s\n",
                 (const char *)sqlite3_column_text(stmt, 3));
    sqlite3_finalize(stmt);
    sqlite3_close(handle);
    if (!strstr(plan, "INDEX quarantine_bytes (tenant=? AND sha256=?)") || strstr(plan, "SCAN"))
        fail_msg("%s", plan);
}

/* Somebody looked at the first one and acted on it: the second one is to be looked at, too. */
static void test_new_after_release_or_deletion(void **state)
{
    struct store_fixture *f = *state;
    char id[STORE_ID_SIZE];
    struct quarantine_claim claim;
    struct quarantine_sent sent = {two[0], true, "250 ok"};
    assert_int_equal(put(f, mail_of(f->now), "deleted", id), 0);
    assert_int_equal(store_quarantine_delete(f->store, id, "anna", &f->error), 0);
    assert_int_equal(put(f, mail_of(f->now), "deleted", id), 0);
    assert_int_equal(put(f, mail_of(f->now), "released to one", id), 0);
    assert_int_equal(store_quarantine_claim_release(f->store, id, "anna", &claim, &f->error), 0);
    assert_int_equal(put(f, mail_of(f->now), "released to one", id), 0); /* just being sent */
    assert_int_equal(store_quarantine_delete(f->store, id, "anna", &f->error), 0);
    assert_int_equal(store_quarantine_mark_released(f->store, &claim, "anna", &sent, 1, &f->error), 0);
    assert_int_equal(put(f, mail_of(f->now), "released to one", id), 0);
    assert_int_equal(store_number(f->at.path, "SELECT count(*) FROM quarantine"), 5);
}

static int first_decision(void *context, const struct decision *decision)
{
    const struct decision *d = decision;
    char *text = context;
    snprintf(text, 200, "%s %s %zu %s %s %s", d->quarantine_id, d->mail.action, d->mail.n_rcpts,
             d->mail.rcpts[0], d->mail.rcpts[1], d->mail.rcpts[2]);
    return 0;
}

/* Not queued: it is there when the message is. */
static void test_decision_comes_with_it(void **state)
{
    struct store_fixture *f = *state;
    char id[STORE_ID_SIZE], want[200], got[200] = "";
    struct store_mail mail = mail_of(f->now);
    mail.spared = other;
    mail.n_spared = 1;
    assert_int_equal(put(f, mail, "bytes", id), 0);
    assert_int_equal(store_number(f->at.path, "SELECT count(*) FROM decision WHERE action = 'quarantine'"),
                     1);
    assert_int_equal(store_number(f->at.path, "SELECT count(*) FROM quarantine_rcpt"), 2);
    assert_int_equal(
        store_decision_each(f->store, &(struct decision_filter){0}, first_decision, got, &f->error), 0);
    snprintf(want, sizeof(want), "%s quarantine 3 %s %s %s", id, two[0], two[1], other[0]);
    assert_string_equal(got, want);
}

/* --- large ones */

enum { LARGE = 20 * 1024 * 1024 + 77, LARGE_ONES = 4 };

static struct store_body large_body(const struct store_fixture *f, int number)
{
    char name[128], *bytes = mem_alloc(LARGE);
    snprintf(name, sizeof(name), "%s/spool%d", f->at.dir, number);
    for (size_t i = 0; i < LARGE; i++)
        bytes[i] = (char)((i + (size_t)number) * 2654435761u >> 13);
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(write(fd, bytes, LARGE), LARGE);
    free(bytes);
    return (struct store_body){SPAN_LIT("head"), fd, 0, LARGE};
}

static void test_large_one(void **state)
{
    struct store_fixture *f = *state;
    char id[STORE_ID_SIZE], again[STORE_ID_SIZE];
    struct store_mail mail = mail_of(f->now);
    struct store_body body = large_body(f, 0);
    assert_int_equal(store_quarantine_put(f->store, &mail, &body, id, &f->error), 0);
    assert_int_equal(store_quarantine_verify(f->store, id, &f->error), 0);
    int64_t pieces = store_number(f->at.path, "SELECT count(*) FROM quarantine_piece");
    assert_int_equal(store_quarantine_put(f->store, &mail, &body, again, &f->error), 1);
    assert_string_equal(again, id);
    assert_int_equal(store_number(f->at.path, "SELECT count(*) FROM quarantine_piece"), pieces);
    assert_int_equal(store_number(f->at.path, "SELECT count(*) FROM quarantine_part"), 0);
    body.fd_size++; /* it cannot be read to its end */
    assert_int_equal(store_quarantine_put(f->store, &mail, &body, id, &f->error), -1);
    assert_int_equal(store_number(f->at.path, "SELECT count(*) FROM quarantine_piece"), pieces);
    close(body.fd);
}

static void exec(struct store_fixture *f, const char *sql)
{
    sqlite3 *handle;
    assert_int_equal(sqlite3_open(f->at.path, &handle), SQLITE_OK);
    assert_int_equal(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(handle);
}

/* What a killed ringerd leaves of a large message. */
static void test_sweep(void **state)
{
    struct store_fixture *f = *state;
    uint64_t removed;
    char sql[400], id[STORE_ID_SIZE];
    assert_int_equal(put(f, mail_of(f->now), "whole", id), 0);
    snprintf(sql, sizeof(sql),
             "INSERT INTO quarantine_part VALUES ('default', 'old', %lld), ('default', 'young', %lld);"
             "INSERT INTO quarantine_piece VALUES ('default', 'old', 0, 'x'), ('default', 'old', 1, 'x'), "
             "('default', 'young', 0, 'x')",
             (long long)(f->now - 3 * 3600000), (long long)f->now);
    exec(f, sql);
    assert_int_equal(store_quarantine_sweep(f->store, &removed, &f->error), 0);
    assert_int_equal(removed, 1);
    assert_int_equal(store_number(f->at.path, "SELECT count(*) FROM quarantine_piece WHERE id = 'old'"), 0);
    assert_int_equal(store_number(f->at.path, "SELECT count(*) FROM quarantine_piece"), 2);
    assert_int_equal(store_number(f->at.path, "SELECT count(*) FROM quarantine_part"), 1);
    assert_int_equal(store_quarantine_verify(f->store, id, &f->error), 0);
}

static void *sweep(void *arg)
{
    struct store_fixture *f = arg;
    uint64_t removed;
    return (void *)(intptr_t)store_quarantine_sweep(f->store, &removed, &f->error);
}

/* By a clock that was set forward it is old; it is recorded while somebody waits to sweep it away. */
static void test_sweep_spares_what_is_held_meanwhile(void **state)
{
    struct store_fixture *f = *state;
    sqlite3 *handle;
    pthread_t thread;
    void *failed;
    char sql[400], id[STORE_ID_SIZE];
    assert_int_equal(put(f, mail_of(f->now), "whole", id), 0);
    snprintf(sql, sizeof(sql), "INSERT INTO quarantine_part VALUES ('default', '%s', %lld)", id,
             (long long)(f->now - 3 * 3600000));
    exec(f, sql);
    assert_int_equal(sqlite3_open(f->at.path, &handle), SQLITE_OK);
    assert_int_equal(sqlite3_exec(handle, "BEGIN IMMEDIATE; DELETE FROM quarantine_part", NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(pthread_create(&thread, NULL, sweep, f), 0);
    usleep(300 * 1000); /* then it waits for the lock */
    assert_int_equal(sqlite3_exec(handle, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(handle);
    pthread_join(thread, &failed);
    if (failed)
        fail_msg("%s", f->error.text);
    assert_int_equal(store_quarantine_verify(f->store, id, &f->error), 0);
}

static atomic_int larges_done;

struct large {
    pthread_t thread;
    struct store *store;
    struct store_mail mail;
    struct store_body body;
    int result;
};

static void *put_large(void *arg)
{
    struct large *l = arg;
    char id[STORE_ID_SIZE];
    struct store_error error;
    l->result = store_quarantine_put(l->store, &l->mail, &l->body, id, &error);
    atomic_fetch_add(&larges_done, 1);
    return NULL;
}

static void test_small_ones_do_not_wait(void **state)
{
    struct store_fixture *f = *state;
    struct large larges[LARGE_ONES];
    struct store_stats stats;
    char id[STORE_ID_SIZE];
    for (int i = 0; i < LARGE_ONES; i++) {
        larges[i] = (struct large){.store = f->store, .mail = mail_of(f->now), .body = large_body(f, i)};
        assert_int_equal(pthread_create(&larges[i].thread, NULL, put_large, &larges[i]), 0);
    }
    do /* until all are on their way */
        store_stats(f->store, &stats);
    while (stats.commits < 2 * LARGE_ONES);
    assert_int_equal(put(f, mail_of(f->now), "small", id), 0);
    assert_in_range(atomic_load(&larges_done), 0, LARGE_ONES - 1); /* it did not stand behind all of them */
    for (int i = 0; i < LARGE_ONES; i++) {
        pthread_join(larges[i].thread, NULL);
        assert_int_equal(larges[i].result, 0);
        close(larges[i].body.fd);
    }
}

static void patient_store(struct store_fixture *f)
{
    store_close(&f->store);
    f->store = store_open(f->at.url, STORE_CREATE | STORE_PATIENT, &f->error);
    assert_non_null(f->store);
}

/* A backup is put in its place while a message waits to be written: what went into the old file is not held. */
static void test_replaced_while_writing(void **state)
{
    struct store_fixture *f = *state;
    struct large l = {.mail = mail_of(f->now), .body = {.head = SPAN_LIT("bytes"), .fd = -1}};
    sqlite3 *handle;
    char backup[sizeof(f->at.path) + 8], sql[sizeof(backup) + 20];
    patient_store(f);
    snprintf(backup, sizeof(backup), "%s.backup", f->at.path);
    snprintf(sql, sizeof(sql), "VACUUM INTO '%s'", backup);
    exec(f, sql);
    assert_int_equal(sqlite3_open(f->at.path, &handle), SQLITE_OK);
    assert_int_equal(sqlite3_exec(handle, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    l.store = f->store;
    assert_int_equal(pthread_create(&l.thread, NULL, put_large, &l), 0);
    usleep(300 *
           1000); /* then it waits for the lock; should it not yet, it finds the new file and is held there */
    assert_int_equal(rename(backup, f->at.path), 0);
    assert_int_equal(sqlite3_exec(handle, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(handle);
    pthread_join(l.thread, NULL);
    int64_t held = store_number(f->at.path, "SELECT count(*) FROM quarantine");
    assert_int_equal(held, l.result == 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, store_setup, store_teardown)
    const struct CMUnitTest tests[] = {
        T(test_again_is_once),
        T(test_what_differs_is_new),
        T(test_looked_up_by_bytes),
        T(test_new_after_release_or_deletion),
        T(test_decision_comes_with_it),
        T(test_large_one),
        T(test_sweep),
        T(test_sweep_spares_what_is_held_meanwhile),
        T(test_small_ones_do_not_wait),
        T(test_replaced_while_writing),
    };
#undef T
    return cmocka_run_group_tests_name("hold", tests, NULL, NULL);
}
