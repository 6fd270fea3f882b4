/* Who waits for memory gets it when there is some, whoever gave it back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "milter/memory.h"

enum { LIMIT = 100 << 20, PATIENCE_MS = 60 * 1000, LOOK_MS = 10 };

struct waiting {
    pthread_t thread;
    struct memory_share share;
    uint64_t bytes;
    atomic_bool begun, ended;
    bool let_in;
};

static void *wait_for_memory(void *arg)
{
    struct waiting *w = arg;
    atomic_store(&w->begun, true);
    w->let_in = memory_wait(&w->share, w->bytes, LIMIT, PATIENCE_MS);
    atomic_store(&w->ended, true);
    return NULL;
}

static bool comes_true(atomic_bool *what)
{
    for (int i = 0; i < PATIENCE_MS / 2 / LOOK_MS && !atomic_load(what); i++)
        usleep(LOOK_MS * 1000);
    return atomic_load(what);
}

/* A message that was only collected, and is aborted, makes room while another one is judged for long. */
static void given_back_by_one_that_was_collected(void **state)
{
    struct memory_share judged = {0}, collected = {0};
    struct waiting w = {.bytes = 40 << 20};
    assert_true(memory_wait(&judged, 50 << 20, LIMIT, 0));
    assert_true(memory_grow(&collected, 40 << 20, LIMIT));
    assert_int_equal(pthread_create(&w.thread, NULL, wait_for_memory, &w), 0);
    assert_true(comes_true(&w.begun));
    usleep(100 * 1000); /* then it sleeps; should it not yet, it finds the room by itself */
    assert_false(atomic_load(&w.ended));
    memory_give_back(&collected);
    bool ended = comes_true(&w.ended);
    memory_give_back(&judged);
    pthread_join(w.thread, NULL);
    assert_true(ended);
    assert_true(w.let_in);
    memory_give_back(&w.share);
    assert_int_equal(memory_in_use(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(given_back_by_one_that_was_collected)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
