/* Tests of src/base/clock.c */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <pthread.h>

#include "base/clock.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond;
static bool said; /* with the lock */

/* By the other clock this time is decades ago, and so would be the end of the wait. */
static void test_waits_by_the_monotonic_clock(void **state)
{
    int64_t until_ms = monotonic_ms() + 120;
    pthread_mutex_lock(&lock);
    while (cond_wait_until(&cond, &lock, until_ms))
        ;
    pthread_mutex_unlock(&lock);
    assert_true(monotonic_ms() >= until_ms);
}

static void test_waits_for_no_time_that_is_past(void **state)
{
    pthread_mutex_lock(&lock);
    assert_false(cond_wait_until(&cond, &lock, monotonic_ms() - 1));
    pthread_mutex_unlock(&lock);
}

static void *say(void *arg)
{
    pthread_mutex_lock(&lock);
    said = true;
    pthread_cond_signal(&cond);
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void test_wakes_when_signalled(void **state)
{
    pthread_t thread;
    bool in_time = true;
    pthread_mutex_lock(&lock);
    assert_int_equal(pthread_create(&thread, NULL, say, NULL), 0);
    while (!said && in_time)
        in_time = cond_wait_until(&cond, &lock, monotonic_ms() + 60 * 1000);
    pthread_mutex_unlock(&lock);
    pthread_join(thread, NULL);
    assert_true(said && in_time);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_waits_by_the_monotonic_clock),
        cmocka_unit_test(test_waits_for_no_time_that_is_past),
        cmocka_unit_test(test_wakes_when_signalled),
    };
    cond_init_monotonic(&cond);
    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
