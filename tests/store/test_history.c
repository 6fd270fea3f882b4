/* Tests of src/store/history*.c with a real SQLite file: learning, asking, forgetting, and a store that fails */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/arena.h"
#include "base/clock.h"
#include "store/db.h"
#include "store/history.h"
#include "store/records.h"
#include "store/store.h"

#include "fixture.h"

#define DAY ((int64_t)24 * 3600 * 1000)

static struct contact_strings one(struct store_fixture *f, const char *s)
{
    const char **v = arena_array(f->arena, 1, sizeof(*v));
    v[0] = s;
    return (struct contact_strings){v, 1};
}

static struct contact mail_of(struct store_fixture *f, const char *peer, const char *person, const char *id,
                              int64_t time_ms)
{
    return (struct contact){.time_ms = time_ms,
                            .peers = one(f, peer),
                            .people = one(f, person),
                            .payee = peer,
                            .parties = one(f, peer),
                            .message_id = id};
}

static void learn(struct store_fixture *f, const struct contact *contact, unsigned what)
{
    size_t known;
    struct history_item item = {contact, what};
    assert_int_equal(history_learn(f->store, &f->options, &item, 1, &known, &f->error), 0);
}

/* So much ordinary mail that history counts as ready. */
static void seed(struct store_fixture *f)
{
    struct contact contacts[HISTORY_LEAST];
    struct history_item items[HISTORY_LEAST];
    size_t known;
    for (int i = 0; i < HISTORY_LEAST; i++) {
        contacts[i] = mail_of(f, "supplier.example", "ap@buyer.example", arena_printf(f->arena, "s%d", i),
                              f->now - 60 * DAY + i * 3600000);
        items[i] = (struct history_item){&contacts[i], HISTORY_PEER | HISTORY_THREAD | HISTORY_ARCHIVED};
    }
    assert_int_equal(history_learn(f->store, &f->options, items, HISTORY_LEAST, &known, &f->error), 0);
    assert_int_equal(known, 0);
}

static struct contact_view look(struct store_fixture *f, const struct contact *contact)
{
    struct contact_view view;
    assert_int_equal(history_look(f->store, f->arena, &f->options, contact, &view, &f->error), 0);
    assert_true(view.answered);
    return view;
}

static void test_empty_is_not_ready(void **state)
{
    struct store_fixture *f = *state;
    struct contact c = mail_of(f, "supplier.example", "ap@buyer.example", "1", 0);
    struct contact_view view = look(f, &c);
    assert_false(view.ready);
    assert_false(view.peer_known);
    learn(f, &c, HISTORY_PEER | HISTORY_THREAD);
    view = look(f, &c);
    assert_true(view.peer_known);
    assert_false(view.ready); /* one message makes no history */
}

static void test_young_is_not_ready(void **state)
{
    struct store_fixture *f = *state;
    for (int i = 0; i < HISTORY_LEAST + 5; i++) {
        struct contact c =
            mail_of(f, "a.example", "ap@buyer.example", arena_printf(f->arena, "y%d", i), f->now - 2 * DAY);
        learn(f, &c, HISTORY_PEER | HISTORY_THREAD);
    }
    struct contact c = mail_of(f, "b.example", "ap@buyer.example", "1", 0);
    assert_false(look(f, &c).ready);
    f->options.learning_ms = DAY;
    assert_true(look(f, &c).ready);
}

static void test_peers_and_people(void **state)
{
    struct store_fixture *f = *state;
    seed(f);
    struct contact c = mail_of(f, "supplier.example", "ap@buyer.example", "new", 0);
    struct contact_view view = look(f, &c);
    assert_true(view.ready && view.peer_known);
    assert_int_equal(view.received, HISTORY_LEAST);
    assert_int_equal(view.sent, 0);
    assert_int_equal(view.first_ms, f->now - 60 * DAY);
    assert_int_equal(view.person, CONTACT_YES);
    assert_false(view.established); /* four days only */
    struct contact other = mail_of(f, "supplier.example", "boss@buyer.example", "new", 0);
    assert_int_equal(look(f, &other).person, CONTACT_NO);
    struct contact stranger = mail_of(f, "supp1ier.example", "ap@buyer.example", "new", 0);
    view = look(f, &stranger);
    assert_false(view.peer_known);
    assert_int_equal(view.person, CONTACT_NO);
    learn(f, &c, HISTORY_PEER | HISTORY_THREAD); /* two months later */
    assert_true(look(f, &c).established);
}

static void test_written_to(void **state)
{
    struct store_fixture *f = *state;
    struct contact out = mail_of(f, "customer.example", "sales@buyer.example", "o1", f->now - 30 * DAY);
    out.sent = true;
    learn(f, &out, HISTORY_PEER | HISTORY_THREAD);
    struct contact in = mail_of(f, "customer.example", "sales@buyer.example", "i1", f->now - 20 * DAY);
    learn(f, &in, HISTORY_PEER | HISTORY_THREAD);
    in.message_id = "i2";
    struct contact_view view = look(f, &in);
    assert_true(view.wrote_first);
    assert_int_equal(view.sent, 1);
    assert_int_equal(view.received, 1);
    assert_false(view.established);
    in.time_ms = f->now;
    learn(f, &in, HISTORY_PEER | HISTORY_THREAD);
    assert_true(look(f, &in).established);
    /* many messages that nobody answered establish nobody */
    for (int i = 0; i < 9; i++) {
        struct contact news = mail_of(f, "news.example", "sales@buyer.example",
                                      arena_printf(f->arena, "n%d", i), f->now - i * 10 * DAY);
        learn(f, &news, HISTORY_PEER | HISTORY_THREAD);
        assert_false(look(f, &news).established);
    }
}

static void test_learned_once(void **state)
{
    struct store_fixture *f = *state;
    struct contact c = mail_of(f, "supplier.example", "ap@buyer.example", "1", 0);
    struct history_item items[] = {{&c, HISTORY_PEER | HISTORY_THREAD}, {&c, HISTORY_PEER | HISTORY_THREAD}};
    size_t known;
    assert_int_equal(history_learn(f->store, &f->options, items, 2, &known, &f->error), 0);
    assert_int_equal(known, 1);
    assert_int_equal(look(f, &c).received, 1);
}

/* Mail that came unauthenticated makes nobody known; found again in an archive it does, and then no more. */
static void test_counts_from_the_archive(void **state)
{
    struct store_fixture *f = *state;
    struct contact c = mail_of(f, "supplier.example", "ap@buyer.example", "1", 0);
    struct history_item again = {&c, HISTORY_PEER | HISTORY_THREAD | HISTORY_ARCHIVED};
    size_t known;
    learn(f, &c, HISTORY_THREAD);
    assert_false(look(f, &c).peer_known);
    assert_int_equal(history_learn(f->store, &f->options, &again, 1, &known, &f->error), 0);
    assert_int_equal(known, 0);
    assert_int_equal(look(f, &c).received, 1);
    assert_int_equal(history_learn(f->store, &f->options, &again, 1, &known, &f->error), 0);
    assert_int_equal(known, 1);
    learn(f, &c, HISTORY_THREAD);
    assert_int_equal(look(f, &c).received, 1);
}

static void test_threads(void **state)
{
    struct store_fixture *f = *state;
    static const char *const both[] = {"buyer.example", "supplier.example"};
    struct contact c = mail_of(f, "supplier.example", "ap@buyer.example", "seen@supplier.example", 0);
    c.parties = (struct contact_strings){both, 2};
    learn(f, &c, HISTORY_PEER | HISTORY_THREAD);
    static const char *const refs[] = {"never@supplier.example", "seen@supplier.example", "later@x.example"};
    struct contact reply = mail_of(f, "supplier.example", "ap@buyer.example", "r", 0);
    assert_int_equal(look(f, &reply).thread, CONTACT_UNKNOWN);
    reply.refs = (struct contact_strings){refs, 3};
    struct contact_view view = look(f, &reply);
    assert_int_equal(view.thread, CONTACT_YES);
    assert_int_equal(view.party, CONTACT_YES);
    reply.peers = one(f, "supp1ier.example");
    view = look(f, &reply);
    assert_int_equal(view.thread, CONTACT_YES);
    assert_int_equal(view.party, CONTACT_NO);
    reply.refs.n = 1;
    view = look(f, &reply);
    assert_int_equal(view.thread, CONTACT_NO);
    assert_int_equal(view.party, CONTACT_UNKNOWN);
}

static void test_too_many_parties(void **state)
{
    struct store_fixture *f = *state;
    const char *many[40];
    for (size_t i = 0; i < 40; i++)
        many[i] = arena_printf(f->arena, "p%zu.example", i);
    struct contact c = mail_of(f, "supplier.example", "ap@buyer.example", "crowd", 0);
    c.parties = (struct contact_strings){many, 40};
    learn(f, &c, HISTORY_PEER | HISTORY_THREAD);
    struct contact reply = mail_of(f, "else.example", "ap@buyer.example", "r", 0);
    reply.refs = one(f, "crowd");
    struct contact_view view = look(f, &reply);
    assert_int_equal(view.thread, CONTACT_YES);
    assert_int_equal(view.party, CONTACT_UNKNOWN);
}

static const struct contact_account first = {"DE89370400440532013000", "DE", "37040044"},
                                    second = {"DE02120300000000202051", "DE", "12030000"},
                                    foreign = {"LT121000011101001000", "LT", "10000"};

static void test_accounts(void **state)
{
    struct store_fixture *f = *state;
    struct contact c = mail_of(f, "supplier.example", "ap@buyer.example", "1", 0);
    c.accounts = &first;
    c.n_accounts = 1;
    assert_int_equal(look(f, &c).payee_accounts, 0);
    assert_int_equal(look(f, &c).accounts_new, 0); /* nothing to compare with */
    learn(f, &c, HISTORY_PEER | HISTORY_ACCOUNTS);
    struct contact_view view = look(f, &c);
    assert_int_equal(view.payee_accounts, 1);
    assert_int_equal(view.accounts_known, 1);
    assert_int_equal(view.accounts_new, 0);
    const struct contact_account mixed[] = {first, second};
    c.accounts = mixed;
    c.n_accounts = 2;
    view = look(f, &c);
    assert_int_equal(view.accounts_known, 1);
    assert_int_equal(view.accounts_new, 1);
    assert_int_equal(view.first_new, 1);
    assert_int_equal(view.country, CONTACT_YES);
    assert_int_equal(view.bank, CONTACT_NO);
    c.accounts = &foreign;
    c.n_accounts = 1;
    view = look(f, &c);
    assert_int_equal(view.accounts_new, 1);
    assert_int_equal(view.country, CONTACT_NO);
    c.peers = one(f, "supp1ier.example"); /* the imitated supplier's accounts */
    assert_int_equal(look(f, &c).accounts_new, 1);
    c.payee = NULL;
    assert_int_equal(look(f, &c).accounts_new, 0);
}

static size_t count_in_file(const char *path, const char *needle)
{
    FILE *in = fopen(path, "rb");
    size_t n = 0, hits = 0;
    static char data[8 << 20];
    if (!in)
        return 0;
    n = fread(data, 1, sizeof(data), in);
    fclose(in);
    for (char *p = data; (p = memmem(p, n - (size_t)(p - data), needle, strlen(needle))); p++)
        hits++;
    return hits;
}

static void test_nothing_readable(void **state)
{
    struct store_fixture *f = *state;
    f->options.hash_addresses = true;
    struct contact c = mail_of(f, "jane.doe@freemail.example", "clerk@buyer.example", "secret-id", 0);
    c.accounts = &first;
    c.n_accounts = 1;
    c.marks = &(struct contact_mark){"reply-to", "diverted@elsewhere.example"};
    c.n_marks = 1;
    learn(f, &c, HISTORY_PEER | HISTORY_THREAD | HISTORY_ACCOUNTS | HISTORY_MARKS);
    struct contact_view view = look(f, &c);
    assert_true(view.peer_known);
    assert_int_equal(view.person, CONTACT_YES);
    assert_int_equal(view.accounts_known, 1);
    f->options.hash_addresses = false; /* what was hidden is still recognised */
    view = look(f, &c);
    assert_true(view.peer_known);
    assert_int_equal(view.accounts_known, 1);
    assert_int_equal(view.person, CONTACT_YES);
    store_close(&f->store);
    char wal[128];
    snprintf(wal, sizeof(wal), "%s-wal", f->at.path);
    const char *const secrets[] = {"jane.doe", "clerk", "secret-id", first.number, first.bank, "diverted"};
    for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++)
        assert_int_equal(count_in_file(f->at.path, secrets[i]) + count_in_file(wal, secrets[i]), 0);
    assert_true(count_in_file(f->at.path, "freemail.example") > 0);
}

static void test_campaign(void **state)
{
    struct store_fixture *f = *state;
    const struct contact_mark marks[] = {{"domain", "supp1ier.example"}, {"account", foreign.number}};
    struct contact c = mail_of(f, "supp1ier.example", "ap@buyer.example", "c", f->now - 3600000);
    c.marks = marks;
    c.n_marks = 2;
    assert_int_equal(look(f, &c).campaign, 0);
    learn(f, &c, HISTORY_MARKS);
    learn(f, &c, HISTORY_MARKS);
    struct contact other = mail_of(f, "another.example", "boss@buyer.example", "d", 0);
    other.marks = marks + 1; /* another domain, the same account */
    other.n_marks = 1;
    learn(f, &other, HISTORY_MARKS);
    struct contact_view view = look(f, &c);
    assert_int_equal(view.campaign, 3);
    assert_string_equal(view.campaign_kind, "account");
    assert_int_equal(view.campaign_ms, f->now - 3600000);
    assert_int_equal(strlen(view.campaign_id), 16);
    /* out of the window it begins anew */
    other.time_ms = f->now + 30 * DAY;
    assert_int_equal(look(f, &other).campaign, 0);
    learn(f, &other, HISTORY_MARKS);
    assert_int_equal(look(f, &other).campaign, 1);
}

static void test_background(void **state)
{
    struct store_fixture *f = *state;
    struct store_stats stats;
    struct contact c = mail_of(f, "supplier.example", "ap@buyer.example", NULL, 0);
    c.accounts = &first;
    c.n_accounts = 1;
    for (int i = 0; i < 1000; i++)
        history_record(f->store, &f->options, &c, HISTORY_PEER | HISTORY_ACCOUNTS);
    store_close(&f->store); /* writes what waits */
    f->store = store_open(f->at.url, 0, &f->error);
    assert_non_null(f->store);
    struct contact_view view = look(f, &c);
    assert_int_equal(view.received, 1000);
    assert_int_equal(view.accounts_known, 1);
    store_stats(f->store, &stats);
    assert_int_equal(stats.learned_dropped, 0);
}

enum { HANGS_MS = 4000 }; /* nobody who minds his deadline takes as long, on a busy machine either */

static void test_queue_is_bounded(void **state)
{
    struct store_fixture *f = *state;
    struct store_stats stats;
    sqlite3 *other;
    struct contact c = mail_of(f, "supplier.example", "ap@buyer.example", NULL, 0);
    assert_int_equal(sqlite3_open(f->at.path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    int64_t start = monotonic_ms();
    for (int i = 0; i < HISTORY_QUEUED + 2000; i++)
        history_record(f->store, &f->options, &c, HISTORY_PEER);
    assert_true(monotonic_ms() - start < HANGS_MS); /* nobody waits for the lock */
    store_stats(f->store, &stats);
    assert_true(stats.learned_dropped > 0 && stats.learned_dropped <= 2000);
    assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
}

static void test_locked(void **state)
{
    struct store_fixture *f = *state;
    sqlite3 *other;
    struct contact_view view;
    seed(f);
    struct contact c = mail_of(f, "nobody.example", "ap@buyer.example", "l", 0);
    /* somebody who writes delays nobody who reads */
    assert_int_equal(sqlite3_open(f->at.path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_false(look(f, &c).peer_known);
    assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    /* somebody who keeps the whole file to himself does, up to the deadline, and once only */
    store_close(&f->store);
    assert_int_equal(
        sqlite3_exec(other, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    f->store = store_open(f->at.url, STORE_RDONLY, &f->error);
    if (f->store) {
        int64_t start = monotonic_ms();
        assert_int_equal(history_look(f->store, f->arena, &f->options, &c, &view, &f->error), -1);
        assert_false(view.answered || view.ready);
        assert_true(monotonic_ms() - start < HANGS_MS);
        start = monotonic_ms();
        for (int i = 0; i < 100; i++)
            assert_int_equal(history_look(f->store, f->arena, &f->options, &c, &view, &f->error), -1);
        assert_true(monotonic_ms() - start < HANGS_MS); /* a hundred deadlines are longer */
    } else {
        assert_int_equal(f->error.cause, STORE_LOCKED);
    }
    sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL);
    sqlite3_close(other);
}

static void test_locked_after_start(void **state)
{
    struct store_fixture *f = *state;
    sqlite3 *other;
    struct contact_view view;
    struct contact c = mail_of(f, "nobody.example", "ap@buyer.example", "l", 0);
    assert_int_equal(sqlite3_open(f->at.path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "ALTER TABLE history_meta RENAME TO gone", NULL, NULL, NULL),
                     SQLITE_OK);
    int64_t start = monotonic_ms();
    assert_int_equal(history_look(f->store, f->arena, &f->options, &c, &view, &f->error), -1);
    assert_false(view.answered);
    assert_true(monotonic_ms() - start < HANGS_MS);
    assert_int_equal(sqlite3_exec(other, "ALTER TABLE gone RENAME TO history_meta", NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(other);
    assert_int_equal(history_look(f->store, f->arena, &f->options, &c, &view, &f->error), -1); /* the pause */
    usleep((HISTORY_PAUSE_MS + 50) * 1000);
    assert_true(look(f, &c).answered); /* back again by itself */
}

static void test_damaged(void **state)
{
    struct store_fixture *f = *state;
    struct contact_view view;
    seed(f);
    store_close(&f->store);
    int fd = open(f->at.path, O_RDWR);
    assert_true(fd >= 0);
    off_t size = lseek(fd, 0, SEEK_END);
    for (off_t at = 4096 * 2; at + 512 < size; at += 4096) /* every page but the first two */
        assert_int_equal(pwrite(fd, "\xff\xff\xff\xff garbage garbage garbage", 28, at), 28);
    close(fd);
    f->store = store_open(f->at.url, STORE_RDONLY, &f->error);
    struct contact c = mail_of(f, "nobody.example", "ap@buyer.example", "l", 0);
    if (f->store && history_look(f->store, f->arena, &f->options, &c, &view, &f->error)) {
        assert_false(view.answered);
        assert_int_equal(f->error.cause, STORE_DAMAGED);
    } else {
        assert_null(f->store);
    }
}

static int count_row(void *context, const struct history_peer *peer)
{
    (*(int *)context)++;
    return 0;
}

static int keep_names(void *context, const struct history_peer *peer)
{
    struct store_fixture *f = ((void **)context)[0];
    const char **names = ((void **)context)[1];
    for (size_t i = 0; i < 4; i++)
        if (!names[i]) {
            names[i] = arena_strdup(f->arena, peer->name);
            return 0;
        }
    return 1;
}

static void test_established(void **state)
{
    struct store_fixture *f = *state;
    const char *names[4] = {NULL};
    void *context[] = {f, names};
    const char *const peers[] = {"younger.example", "older.example", "brief.example"};
    for (int p = 0; p < 3; p++)
        for (int i = 0; i < 5; i++) {
            struct contact c = mail_of(f, peers[p], "ap@buyer.example", arena_printf(f->arena, "%d.%d", p, i),
                                       f->now - (p == 2 ? 1 : (40 + 40 * p - i * 10)) * DAY);
            learn(f, &c, HISTORY_PEER | HISTORY_THREAD | HISTORY_ARCHIVED);
        }
    assert_int_equal(history_established(f->store, &f->options, keep_names, context, &f->error), 0);
    assert_string_equal(names[0], "older.example");
    assert_string_equal(names[1], "younger.example");
    assert_null(names[2]);
}

static void test_list_get_forget(void **state)
{
    struct store_fixture *f = *state;
    struct history_peer peer;
    struct contact_strings people;
    struct history_summary summary;
    uint64_t removed;
    int n = 0;
    for (int i = 0; i < 450; i++) { /* over two pages */
        struct contact c =
            mail_of(f, arena_printf(f->arena, "peer%03d.example", i), "ap@buyer.example", NULL, 0);
        c.accounts = &first;
        c.n_accounts = 1;
        learn(f, &c, HISTORY_PEER | HISTORY_ACCOUNTS);
    }
    assert_int_equal(history_each(f->store, &f->options, "", count_row, &n, &f->error), 0);
    assert_int_equal(n, 450);
    assert_int_equal(
        history_get(f->store, f->arena, &f->options, "peer007.example", &peer, &people, &f->error), 0);
    assert_int_equal(peer.received, 1);
    assert_int_equal(peer.accounts, 1);
    assert_int_equal(people.n, 1);
    assert_string_equal(people.v[0], "ap@buyer.example");
    assert_int_equal(history_forget(f->store, "peer007.example", "tester", &removed, &f->error), 0);
    assert_int_equal(removed, 3);
    assert_int_equal(
        history_get(f->store, f->arena, &f->options, "peer007.example", &peer, &people, &f->error), 1);
    assert_int_equal(history_forget(f->store, "ap@buyer.example", "tester", &removed, &f->error), 0);
    assert_int_equal(removed, 449);
    struct audit_list audit;
    assert_int_equal(store_audit_list(f->store, f->arena, NULL, 0, &audit, &f->error), 0);
    assert_int_equal(audit.n, 2);
    assert_string_equal(audit.v[0].what, "history-forget");
    assert_int_equal(history_summary(f->store, &summary, &f->error), 0);
    assert_int_equal(summary.peers, 449);
    assert_int_equal(summary.accounts, 449);
    assert_int_equal(summary.received, 450);
}

static void test_purge(void **state)
{
    struct store_fixture *f = *state;
    uint64_t removed;
    for (int i = 0; i < 20; i++) {
        struct contact c = mail_of(f, arena_printf(f->arena, "p%d.example", i), "ap@buyer.example",
                                   arena_printf(f->arena, "id%d", i), f->now - (i < 15 ? 500 : 10) * DAY);
        c.accounts = &second;
        c.n_accounts = 1;
        c.marks = &(struct contact_mark){"domain", c.peers.v[0]};
        c.n_marks = 1;
        learn(f, &c, HISTORY_PEER | HISTORY_THREAD | HISTORY_ACCOUNTS | HISTORY_MARKS);
    }
    assert_int_equal(history_purge(f->store, f->now - 395 * DAY, &removed, &f->error), 0);
    assert_int_equal(removed, 15 * 5);
    struct history_summary summary;
    assert_int_equal(history_summary(f->store, &summary, &f->error), 0);
    assert_int_equal(summary.peers, 5);
    assert_int_equal(summary.threads, 5);
    assert_int_equal(summary.accounts, 5);
}

/* A store of the first schema gets the new tables and keeps its mail. */
static int count_one(void *context, const struct decision *d)
{
    ++*(int *)context;
    return 0;
}

static void test_migration(void **state)
{
    struct store_fixture *f = *state;
    sqlite3 *old;
    store_decision_put(f->store, &(struct store_mail){.action = "pass"});
    store_close(&f->store);
    assert_int_equal(sqlite3_open(f->at.path, &old), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(old,
                     "DELETE FROM ringer_schema WHERE version > 1; DROP TABLE history_meta; "
                     "DROP TABLE history_peer; DROP TABLE history_person; DROP TABLE "
                     "history_thread; DROP TABLE history_account; DROP TABLE history_campaign; "
                     "DROP TABLE quarantine_part; DROP TABLE store_meta; DROP TABLE release_pass; "
                     "DROP INDEX quarantine_bytes",
                     NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(old);
    assert_null(store_open(f->at.url, STORE_RDONLY, &f->error));
    assert_int_equal(f->error.cause, STORE_INVALID);
    f->store = store_open(f->at.url, 0, &f->error);
    assert_non_null(f->store);
    struct contact c = mail_of(f, "supplier.example", "ap@buyer.example", "1", 0);
    learn(f, &c, HISTORY_PEER);
    assert_true(look(f, &c).peer_known);
    int n = 0;
    assert_int_equal(store_decision_each(f->store, &(struct decision_filter){0}, count_one, &n, &f->error),
                     0);
    assert_int_equal(n, 1);
}

/* A message waits for these: each must find its rows by the whole key, however large the tables are. */
static void test_looked_up_by_key(void **state)
{
    struct store_fixture *f = *state;
    static const struct {
        enum statement id;
        const char *key;
    } asked[] = {{SQL_HISTORY_PEER_GET, "(tenant=? AND peer=?)"},
                 {SQL_HISTORY_PERSON_GET, "(tenant=? AND peer=? AND person=?)"},
                 {SQL_HISTORY_THREAD_GET, "(tenant=? AND hash=?)"},
                 {SQL_HISTORY_ACCOUNT_GET, "(tenant=? AND peer=?)"},
                 {SQL_HISTORY_CAMPAIGN_GET, "(tenant=? AND kind=? AND hash=?)"}};
    sqlite3 *other;
    assert_int_equal(sqlite3_open(f->at.path, &other), SQLITE_OK);
    for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++) {
        sqlite3_stmt *stmt;
        const char *sql = arena_printf(f->arena, "EXPLAIN QUERY PLAN %s", statement_sql[asked[i].id]);
        assert_int_equal(sqlite3_prepare_v2(other, sql, -1, &stmt, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
        assert_non_null(strstr((const char *)sqlite3_column_text(stmt, 3), asked[i].key));
        assert_int_equal(sqlite3_step(stmt), SQLITE_DONE);
        sqlite3_finalize(stmt);
    }
    sqlite3_close(other);
}

struct reader {
    struct store_fixture *f;
    int answered, failed;
};

static void *read_much(void *arg)
{
    struct reader *r = arg;
    struct arena *arena = arena_new();
    static const char *const peers[] = {"supplier.example"};
    struct contact c = {.peers = {peers, 1}};
    for (int i = 0; i < 500; i++) {
        struct contact_view view;
        struct store_error error;
        int result = history_look(r->f->store, arena, &r->f->options, &c, &view, &error);
        r->answered += result == 0 && view.peer_known;
        r->failed += result != 0;
        arena_reset(arena);
    }
    arena_free(&arena);
    return NULL;
}

/* More threads than connections read while the writer learns. */
static void test_threads_at_once(void **state)
{
    struct store_fixture *f = *state;
    enum { THREADS = 8 };
    pthread_t threads[THREADS];
    struct reader readers[THREADS];
    seed(f);
    f->options.deadline_ms = 10000; /* a test machine may be busy */
    for (int i = 0; i < THREADS; i++) {
        readers[i] = (struct reader){.f = f};
        assert_int_equal(pthread_create(&threads[i], NULL, read_much, &readers[i]), 0);
    }
    struct contact c = mail_of(f, "supplier.example", "ap@buyer.example", NULL, 0);
    for (int i = 0; i < 2000; i++)
        history_record(f->store, &f->options, &c, HISTORY_PEER);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(readers[i].failed, 0);
        assert_int_equal(readers[i].answered, 500);
    }
}

#define T(name) cmocka_unit_test_setup_teardown(name, store_setup, store_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_empty_is_not_ready),
        T(test_young_is_not_ready),
        T(test_peers_and_people),
        T(test_written_to),
        T(test_learned_once),
        T(test_counts_from_the_archive),
        T(test_threads),
        T(test_too_many_parties),
        T(test_accounts),
        T(test_nothing_readable),
        T(test_campaign),
        T(test_background),
        T(test_queue_is_bounded),
        T(test_locked),
        T(test_locked_after_start),
        T(test_damaged),
        T(test_established),
        T(test_list_get_forget),
        T(test_purge),
        T(test_migration),
        T(test_threads_at_once),
        T(test_looked_up_by_key),
    };
    return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
