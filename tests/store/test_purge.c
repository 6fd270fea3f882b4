/* When old mail may go: by a clock that can be believed, and when it was announced. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/quarantine.h"
#include "store/records.h"
#include "store/retention.h"

#include "fixture.h"

#define HOUR INT64_C(3600000)
#define DAY  (24 * HOUR)
#define NOW  (INT64_C(1800000000) * 1000)

static void test_near_clock(void **state)
{
    struct clock_watch w;
    clock_watch_begin(&w, NOW, 1000, true);
    assert_true(clock_watch_look(&w, NOW + HOUR, 1000 + HOUR, false));
    assert_true(
        clock_watch_look(&w, NOW + 400 * DAY + HOUR / 2, 1000 + 400 * DAY, false)); /* set right a little */
}

static void test_far_clock(void **state)
{
    struct clock_watch w;
    clock_watch_begin(&w, NOW + 100 * DAY, 1000, false);
    assert_false(clock_watch_look(&w, NOW + 100 * DAY, 1000, false));
    assert_false(clock_watch_look(&w, NOW + 101 * DAY - 1, 1000 + DAY - 1, false));
    assert_true(clock_watch_look(&w, NOW + 101 * DAY, 1000 + DAY, false)); /* a day without a jump */
    clock_watch_begin(&w, NOW + 100 * DAY, 1000, false);
    assert_true(clock_watch_look(&w, NOW + 100 * DAY + 1, 1001, true)); /* somebody confirmed it */
    assert_true(clock_watch_look(&w, NOW + 100 * DAY + 2, 1002, false));
}

static void test_jumps(void **state)
{
    struct clock_watch w;
    for (int sign = -1; sign <= 1; sign += 2) {
        clock_watch_begin(&w, NOW, 1000, true);
        assert_true(clock_watch_look(&w, NOW + 5 * DAY, 1000 + 5 * DAY, false));
        assert_false(clock_watch_look(&w, NOW + 5 * DAY + sign * 100 * DAY, 1000 + 5 * DAY, false));
        /* and back: it is steady again only a day later */
        assert_false(clock_watch_look(&w, NOW + 6 * DAY, 1000 + 6 * DAY - HOUR, false));
        assert_false(clock_watch_look(&w, NOW + 6 * DAY + 20 * HOUR, 1000 + 6 * DAY + 19 * HOUR, false));
        assert_true(clock_watch_look(&w, NOW + 7 * DAY, 1000 + 7 * DAY - HOUR, false));
    }
}

static void test_what_the_store_knows(void **state)
{
    struct store_fixture *f = *state;
    int64_t believed, newest;
    char id[STORE_ID_SIZE];
    static const char *const rcpts[] = {"a@b.example"};
    struct store_mail mail = {
        .time_ms = NOW, .sender = "s@x.example", .rcpts = rcpts, .n_rcpts = 1, .action = "quarantine"};
    struct store_body body = {SPAN_LIT("x"), -1, 0, 0};
    assert_int_equal(store_clock_known(f->store, &believed, &newest, &f->error), 0);
    assert_int_equal(believed, 0);
    assert_int_equal(newest, 0);
    assert_int_equal(store_quarantine_put(f->store, &mail, &body, id, &f->error), 0);
    assert_int_equal(store_clock_believe(f->store, NOW + DAY, NULL, &f->error), 0);
    assert_int_equal(store_clock_known(f->store, &believed, &newest, &f->error), 0);
    assert_int_equal(believed, NOW + DAY);
    assert_int_equal(newest, NOW);
    assert_true(clock_is_near(NOW, NOW + DAY));
    assert_false(clock_is_near(NOW + 3 * DAY, NOW));
    assert_false(clock_is_near(NOW - 3 * DAY, NOW));
}

static void test_announcement(void **state)
{
    struct store_fixture *f = *state;
    struct purge_notice notice = {NOW, NOW}, known;
    struct audit_list audit;
    uint64_t n;
    char id[STORE_ID_SIZE];
    static const char *const rcpts[] = {"a@b.example"};
    struct store_mail mail = {
        .time_ms = NOW - 1, .sender = "s@x.example", .rcpts = rcpts, .n_rcpts = 1, .action = "quarantine"};
    struct store_body body = {SPAN_LIT("x"), -1, 0, 0};
    assert_int_equal(store_purge_announce(f->store, &notice, "ringerd", &n, &f->error), 0);
    assert_int_equal(n, 0);
    assert_int_equal(store_purge_notice(f->store, &known, &f->error), 0);
    assert_int_equal(known.before_ms, 0); /* nothing to announce */
    assert_int_equal(store_quarantine_put(f->store, &mail, &body, id, &f->error), 0);
    assert_int_equal(store_purge_announce(f->store, &notice, "ringerd", &n, &f->error), 0);
    assert_int_equal(n, 1);
    assert_int_equal(store_purge_notice(f->store, &known, &f->error), 0);
    assert_int_equal(known.before_ms, NOW);
    assert_int_equal(known.at_ms, NOW);
    assert_int_equal(store_audit_list(f->store, f->arena, NULL, 0, &audit, &f->error), 0);
    assert_int_equal(audit.n, 1);
    assert_string_equal(audit.v[0].what, "purge-notice");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, store_setup, store_teardown)
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_near_clock), cmocka_unit_test(test_far_clock),
                                       cmocka_unit_test(test_jumps), T(test_what_the_store_knows),
                                       T(test_announcement)};
#undef T
    return cmocka_run_group_tests_name("purge", tests, NULL, NULL);
}
