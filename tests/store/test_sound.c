/* What becomes of a write that goes well, and of a store, when something fails just behind it: by a driver that fails. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/internal.h"
#include "store/quarantine.h"
#include "store/records.h"

#include "fixture.h"

static const char *const rcpts[] = {"clerk@buyer.example"};

/* --- a driver that fails; all that it is told is an atomic, the writer's thread reads it */

static struct db_driver faulty;
static char db_path[96];
static atomic_int watch_result; /* what it says of the files; 0: the truth */
static atomic_bool watch_always;
static const char *_Atomic watch_when; /* once this gives a number; NULL: at once */
static atomic_int settled_fails, look_fails;
static atomic_bool rows_fail, check_is_slow, checking;
static struct store *_Atomic leaves; /* while it purges */
static atomic_int settled_cause;

static int64_t number(const char *sql)
{
    return store_number(db_path, sql);
}

static void say(struct store_error *error, enum store_cause cause, const char *text)
{
    error->cause = cause;
    snprintf(error->text, sizeof(error->text), "%s", text);
}

static int faulty_watch(struct db *db, struct store_error *error)
{
    int result = atomic_load(&watch_result);
    const char *when = atomic_load(&watch_when);
    if (!result || (when && !number(when)))
        return db_sqlite.watch(db, error);
    if (!atomic_load(&watch_always))
        atomic_store(&watch_result, 0);
    say(error, STORE_OTHER, "the test says that files are gone");
    return result;
}

static int faulty_settled(struct db *db, struct store_error *error)
{
    if (atomic_load(&settled_fails) <= 0)
        return db_sqlite.settled(db, error);
    atomic_fetch_sub(&settled_fails, 1);
    say(error, (enum store_cause)atomic_load(&settled_cause), "the test says that the checkpoint fails");
    return -1;
}

static int faulty_run(struct db *db, enum statement id, const struct db_value *args, size_t n_args,
                      db_row_fn row, void *context, uint64_t *changed_r, struct store_error *error)
{
    struct store *leaving = id == SQL_ITEM_OLD || id == SQL_DECISION_DROP ? atomic_load(&leaves) : NULL;
    if (leaving)
        store_leave_soon(leaving);
    bool fails = (id == SQL_ITEM_CLAIM_GET && atomic_load(&look_fails) > 0) ||
                 (id == SQL_DECISION_PUT && atomic_load(&rows_fail));
    if (!fails)
        return db_sqlite.run(db, id, args, n_args, row, context, changed_r, error);
    if (id == SQL_ITEM_CLAIM_GET)
        atomic_fetch_sub(&look_fails, 1);
    say(error, STORE_OTHER, "the test says that it cannot be read");
    return -1;
}

/* Takes as long as that of a large file, but not for ever. */
static int faulty_check(struct db *db, const atomic_uint *stop, struct store_error *error)
{
    int64_t until_ms = monotonic_ms() + 20 * 1000;
    atomic_store(&checking, true);
    while (atomic_load(&check_is_slow) && monotonic_ms() < until_ms)
        usleep(1000);
    atomic_store(&checking, false);
    return db_sqlite.check(db, stop, error);
}

static struct db *faulty_open(const char *where, unsigned flags, struct store_error *error)
{
    struct db *db = db_sqlite.open(where, flags, error);
    if (db)
        db->driver = &faulty;
    return db;
}

/* --- what the store says */

static pthread_mutex_t said_lock = PTHREAD_MUTEX_INITIALIZER;
static char said[128 * 1024];

static void hear(enum store_event event, const char *text)
{
    static const char *const names[] = {
        [STORE_EVENT_TROUBLE] = "TROUBLE", [STORE_EVENT_LOSS] = "LOSS", [STORE_EVENT_MENDED] = "MENDED"};
    pthread_mutex_lock(&said_lock);
    size_t n = strlen(said);
    snprintf(said + n, sizeof(said) - n, "%s %s\n", names[event], text);
    pthread_mutex_unlock(&said_lock);
}

static bool was_said(const char *text)
{
    pthread_mutex_lock(&said_lock);
    bool found = strstr(said, text) != NULL;
    pthread_mutex_unlock(&said_lock);
    return found;
}

/* The writer's thread sleeps and has done nothing yet: it sees this with its first job. */
static int setup(void **state, unsigned flags)
{
    if (store_setup(state))
        return -1;
    struct store_fixture *f = *state;
    memcpy(db_path, f->at.path, sizeof(db_path));
    faulty = db_sqlite;
    faulty.open = faulty_open;
    faulty.watch = faulty_watch;
    faulty.settled = faulty_settled;
    faulty.run = faulty_run;
    faulty.check = faulty_check;
    atomic_store(&watch_result, 0);
    atomic_store(&watch_always, false);
    atomic_store(&watch_when, NULL);
    atomic_store(&settled_fails, 0);
    atomic_store(&look_fails, 0);
    atomic_store(&rows_fail, false);
    atomic_store(&check_is_slow, false);
    atomic_store(&leaves, NULL);
    said[0] = '\0';
    store_on_event(f->store, hear);
    pthread_mutex_lock(&f->store->lock);
    f->store->driver = f->store->writer_db->driver = &faulty;
    f->store->flags |= flags;
    pthread_mutex_unlock(&f->store->lock);
    return 0;
}

static int setup_plain(void **state)
{
    return setup(state, 0);
}

static int setup_patient(void **state)
{
    return setup(state, STORE_PATIENT);
}

static struct store_mail mail_of(const struct store_fixture *f)
{
    return (struct store_mail){.time_ms = f->now,
                               .queue_id = "4XyZ",
                               .sender = "paul@arce1or.example",
                               .rcpts = rcpts,
                               .n_rcpts = 1,
                               .action = "quarantine"};
}

static int put(struct store_fixture *f, const char *bytes, size_t n, char *id)
{
    struct store_mail mail = mail_of(f);
    struct store_body body = {.head = {bytes, n}, .fd = -1};
    return store_quarantine_put(f->store, &mail, &body, id, &f->error);
}

static struct store_stats stats_of(const struct store_fixture *f)
{
    struct store_stats stats;
    store_stats(f->store, &stats);
    return stats;
}

/* --- just behind a commit */

/* Its MTA gets 451 and comes again: what is held by then must be whole. */
static void test_large_one_that_was_held_all_the_same(void **state)
{
    enum { LARGE = 1500 * 1000 }; /* two transactions */
    struct store_fixture *f = *state;
    char id[STORE_ID_SIZE], *bytes = mem_alloc(LARGE);
    memset(bytes, 'x', LARGE);
    atomic_store(&watch_when, "SELECT count(*) FROM quarantine");
    atomic_store(&watch_result, -1);
    assert_int_equal(put(f, bytes, LARGE, id), -1);
    assert_int_equal(put(f, bytes, LARGE, id), 1);
    assert_int_equal(store_quarantine_verify(f->store, id, &f->error), 0);
    free(bytes);
}

static void wait_for_rows(const struct store_fixture *f, int64_t ms)
{
    int64_t until_ms = monotonic_ms() + ms;
    while (stats_of(f).waiting && monotonic_ms() < until_ms)
        usleep(10 * 1000);
}

/* The rows are there, but nobody knows: they are written again, once. */
static void test_decisions_that_were_written_all_the_same(void **state)
{
    struct store_fixture *f = *state;
    struct store_mail mail = mail_of(f);
    atomic_store(&watch_when, "SELECT count(*) FROM decision");
    atomic_store(&watch_result, -1);
    for (int i = 0; i < 3; i++)
        store_decision_put(f->store, &mail);
    wait_for_rows(f, 10000);
    assert_int_equal(stats_of(f).failures, 1);
    assert_int_equal(stats_of(f).waiting, 0);
    assert_int_equal(number("SELECT count(*) FROM decision"), 3);
}

/* What is committed stands in the log, and that is enough. */
static void test_checkpoint_that_fails(void **state)
{
    struct store_fixture *f = *state;
    char id[STORE_ID_SIZE];
    atomic_store(&settled_cause, STORE_FULL);
    atomic_store(&settled_fails, 1);
    assert_int_equal(put(f, "one", 3, id), 0);
    assert_int_equal(atomic_load(&settled_fails), 0);
    assert_string_equal(said, "");
    assert_int_equal(stats_of(f).state, STORE_WORKS);
    assert_int_equal(stats_of(f).failures, 1);
    assert_string_equal(stats_of(f).last_error.text, "the test says that the checkpoint fails");
}

static void test_checkpoint_that_finds_damage(void **state)
{
    struct store_fixture *f = *state;
    char id[STORE_ID_SIZE];
    atomic_store(&settled_cause, STORE_DAMAGED);
    atomic_store(&settled_fails, 1);
    assert_int_equal(put(f, "one", 3, id), 0); /* it is committed */
    assert_true(was_said("TROUBLE the test says that the checkpoint fails; mail that must be held"));
    assert_int_equal(put(f, "two", 3, id), -1);
}

/* --- which messages are lost? */

static void exec(const char *sql)
{
    sqlite3 *handle;
    assert_int_equal(sqlite3_open(db_path, &handle), SQLITE_OK);
    sqlite3_busy_timeout(handle, 5000);
    assert_int_equal(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(handle);
}

/* Who cannot read does not know what is gone: nothing is called lost, and nothing is forgotten. */
static void test_lost_ones_are_told_once_it_can_be_read(void **state)
{
    struct store_fixture *f = *state;
    char there[STORE_ID_SIZE], lost[STORE_ID_SIZE], id[STORE_ID_SIZE];
    assert_int_equal(put(f, "there", 5, there), 0);
    assert_int_equal(put(f, "lost", 4, lost), 0);
    char *sql = mem_printf("DELETE FROM quarantine WHERE id = '%s'", lost);
    exec(sql);
    free(sql);
    atomic_store(&look_fails, 1);
    atomic_store(&watch_result, 1);
    put(f, "another", 7, id);
    assert_int_equal(atomic_load(&look_fails), 0);
    for (int i = 0; i < 100 && !was_said("LOSS"); i++) {
        assert_false(was_said(there));
        put(f, "and another", 11, id);
        usleep(20 * 1000);
    }
    assert_true(was_said("LOSS LOST: messages that were acknowledged"));
    assert_true(was_said(lost));
    assert_false(was_said(there));
}

static void test_more_than_are_noted(void **state)
{
    struct store_fixture *f = *state;
    char id[STORE_ID_SIZE];
    for (int i = 0; i < STORE_RISK_MOST + 5; i++) {
        snprintf(id, sizeof(id), "gone%d", i);
        state_held(f->store, id, "4XyZ");
    }
    atomic_store(&watch_result, 1);
    put(f, "one", 3, id);
    assert_true(was_said(" gone1999 (4XyZ)"));
    assert_true(was_said("LOSS LOST: "));
    assert_true(was_said("and 5 more that were not noted"));
}

/* The daemon ends before it could be read: nobody else knows their names. */
static void test_not_looked_up_before_the_end(void **state)
{
    struct store_fixture *f = *state;
    char id[STORE_ID_SIZE];
    state_held(f->store, "gone1", "4XyZ");
    atomic_store(&look_fails, 1000);
    atomic_store(&watch_result, 1);
    put(f, "one", 3, id);
    assert_false(was_said("LOSS"));
    store_close(&f->store);
    assert_true(was_said("LOSS PERHAPS LOST"));
    assert_true(was_said(" gone1 (4XyZ)"));
}

static bool comes_true(const atomic_bool *what)
{
    for (int i = 0; i < 1000 && !atomic_load(what); i++)
        usleep(10 * 1000);
    return atomic_load(what);
}

/* A check of many gigabytes takes minutes: mail is refused meanwhile, and does not wait until its MTA gives up. */
static void test_mail_does_not_wait_for_a_check(void **state)
{
    struct store_fixture *f = *state;
    char id[STORE_ID_SIZE];
    assert_int_equal(put(f, "one", 3, id), 0);
    atomic_store(&check_is_slow, true);
    atomic_store(&watch_result, -1); /* another file stands there */
    assert_int_equal(put(f, "two", 3, id), -1);
    assert_int_equal(stats_of(f).state, STORE_BROKEN);
    assert_true(was_said("another file stands there now, and is checked first; mail that must be held"));
    assert_true(comes_true(&checking));
    assert_int_equal(put(f, "two", 3, id), -1);
    assert_true(atomic_load(&checking));
    atomic_store(&check_is_slow, false);
    for (int i = 0; i < 1000 && stats_of(f).state != STORE_WORKS; i++)
        usleep(10 * 1000);
    assert_int_equal(put(f, "two", 3, id), 0);
}

/* --- rows that wait */

static void test_rows_that_are_given_up(void **state)
{
    struct store_fixture *f = *state;
    struct store_mail mail = mail_of(f);
    struct contact contact = {.time_ms = f->now, .peers = {(const char *[]){"supplier.example"}, 1}};
    atomic_store(&rows_fail, true);
    for (int i = 0; i < 3; i++)
        store_decision_put(f->store, &mail);
    history_record(f->store, &f->options, &contact, HISTORY_PEER);
    store_close(&f->store);
    assert_true(was_said("TROUBLE LOST 3 rows of the log of decisions and 1 of history: "));
    assert_true(was_said("the test says that it cannot be read"));
}

static void test_nothing_is_given_up(void **state)
{
    struct store_fixture *f = *state;
    struct store_mail mail = mail_of(f);
    store_decision_put(f->store, &mail);
    store_close(&f->store);
    assert_string_equal(said, "");
    assert_int_equal(number("SELECT count(*) FROM decision"), 1);
}

/* However few they are: what senders write into them is long. */
static void test_rows_are_bounded_by_their_bytes(void **state)
{
    enum { LONG = 1024 * 1024, ROOM = STORE_QUEUED_BYTES / LONG };
    struct store_fixture *f = *state;
    struct store_mail mail = mail_of(f);
    char *subject = mem_alloc(LONG + 1);
    memset(subject, 'x', LONG);
    mail.subject = subject;
    atomic_store(&rows_fail, true);
    for (int i = 0; i < 2 * ROOM; i++)
        store_decision_put(f->store, &mail);
    free(subject);
    assert_in_range(stats_of(f).waiting, ROOM / 2, ROOM);
    assert_int_equal(stats_of(f).waiting + stats_of(f).decisions_dropped, 2 * ROOM);
    atomic_store(&rows_fail, false);
    wait_for_rows(f, 60000);
    assert_int_equal(stats_of(f).waiting, 0);
    mail.subject = "short";
    store_decision_put(f->store, &mail); /* their room is free again */
    wait_for_rows(f, 60000);
    assert_int_equal(stats_of(f).decisions_dropped, 2 * ROOM - number("SELECT count(*) - 1 FROM decision"));
}

/* --- an end while it purges */

static void add_old(int n, int64_t size)
{
    char *sql = mem_printf("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < %d) "
                           "INSERT INTO quarantine (tenant, id, time_ms, score, size, sha256, state, "
                           "changed_ms, claim_until_ms) "
                           "SELECT 'default', 'old' || x, x, 0, %lld, '', 'released', 0, 0 FROM c",
                           n, (long long)size);
    exec(sql);
    free(sql);
}

static void test_purge_ends_behind_its_batch(void **state)
{
    struct store_fixture *f = *state;
    struct quarantine_purged purged;
    add_old(250, 10);
    atomic_store(&leaves, f->store);
    assert_int_equal(store_quarantine_purge(f->store, f->now, f->now, "test", &purged, &f->error), 0);
    assert_int_equal(purged.removed, 100);
    assert_int_equal(number("SELECT count(*) FROM quarantine"), 150);
    assert_int_equal(number("SELECT count(*) FROM audit WHERE what = 'purge' AND detail LIKE '100 removed%'"),
                     1);
}

/* What must be held waits until the transaction ends. */
static void test_purge_takes_few_large_ones(void **state)
{
    struct store_fixture *f = *state;
    struct quarantine_purged purged;
    add_old(5, 20 * 1024 * 1024);
    atomic_store(&leaves, f->store);
    assert_int_equal(store_quarantine_purge(f->store, f->now, f->now, "test", &purged, &f->error), 0);
    assert_int_equal(purged.removed, 2);
}

static void test_all_purges_end(void **state)
{
    struct store_fixture *f = *state;
    uint64_t removed;
    exec("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 2500) "
         "INSERT INTO decision (tenant, id, time_ms, score) SELECT 'default', x, x, 0 FROM c");
    atomic_store(&leaves, f->store);
    assert_int_equal(store_decision_purge(f->store, f->now, &removed, &f->error), 0);
    assert_int_equal(removed, 1000);
    assert_int_equal(store_decision_purge(f->store, f->now, &removed, &f->error), 0);
    assert_int_equal(removed, 0); /* not even one more */
    struct contact contact = {.time_ms = f->now, .peers = {(const char *[]){"supplier.example"}, 1}};
    struct history_item item = {&contact, HISTORY_PEER};
    size_t known;
    assert_int_equal(history_learn(f->store, &f->options, &item, 1, &known, &f->error), 0);
    assert_int_equal(history_purge(f->store, f->now + 1, &removed, &f->error), 0);
    assert_int_equal(removed, 0);
}

int main(void)
{
#define T(name, setup) cmocka_unit_test_setup_teardown(name, setup, store_teardown)
    const struct CMUnitTest tests[] = {
        T(test_large_one_that_was_held_all_the_same, setup_plain),
        T(test_decisions_that_were_written_all_the_same, setup_plain),
        T(test_checkpoint_that_fails, setup_patient),
        T(test_checkpoint_that_finds_damage, setup_patient),
        T(test_lost_ones_are_told_once_it_can_be_read, setup_patient),
        T(test_more_than_are_noted, setup_patient),
        T(test_not_looked_up_before_the_end, setup_patient),
        T(test_mail_does_not_wait_for_a_check, setup_patient),
        T(test_rows_that_are_given_up, setup_patient),
        T(test_nothing_is_given_up, setup_patient),
        T(test_rows_are_bounded_by_their_bytes, setup_patient),
        T(test_purge_ends_behind_its_batch, setup_plain),
        T(test_purge_takes_few_large_ones, setup_plain),
        T(test_all_purges_end, setup_plain),
    };
#undef T
    return cmocka_run_group_tests_name("sound", tests, NULL, NULL);
}
