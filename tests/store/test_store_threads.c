/* Many threads and a second process on one store: everything acknowledged is there, unharmed, exactly once. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "store/quarantine.h"
#include "store/records.h"

#include "fixture.h"

enum { THREADS = 16, PUTS = 40, READERS = 6, CHILD_PUTS = 100 };

static struct place place;

struct worker {
    struct store *store;
    int number;
    int failed;
    char ids[PUTS][STORE_ID_SIZE];
};

static int put_one(struct store *store, int number, int i, char *id)
{
    static const char *const rcpts[] = {"a@b.example", "c@d.example"};
    char subject[32], *text = malloc(200000);
    struct store_error error;
    size_t size = i % 10 == 0 ? 200000 : 3000;
    snprintf(subject, sizeof(subject), "%d/%d", number, i);
    memset(text, 'a' + (number + i) % 26, size);
    memcpy(text, subject, strlen(subject)); /* each is another one */
    struct store_mail mail = {
        .sender = "s@x.example", .rcpts = rcpts, .n_rcpts = 2, .subject = subject, .action = "quarantine"};
    struct store_body body = {{text, size}, -1, 0, 0};
    int failed = store_quarantine_put(store, &mail, &body, id, &error);
    if (failed)
        fprintf(stderr, "%s\n", error.text);
    free(text);
    return failed;
}

static void *put_many(void *arg)
{
    struct worker *w = arg;
    for (int i = 0; i < PUTS; i++)
        w->failed += put_one(w->store, w->number, i, w->ids[i]) != 0;
    return NULL;
}

static void *read_many(void *arg)
{
    struct worker *w = arg;
    for (int i = 0; i < 40; i++) {
        struct arena *arena = arena_new();
        struct quarantine_filter filter = {.state = QUARANTINE_ALL, .limit = 20};
        struct quarantine_list list;
        struct store_error error;
        if (store_quarantine_list(w->store, arena, &filter, &list, &error))
            w->failed++;
        else
            for (size_t k = 0; k < list.n; k++) /* an item that is seen is whole */
                w->failed += store_quarantine_verify(w->store, list.v[k].id, &error) != 0;
        arena_free(&arena);
    }
    return NULL;
}

/* One release for an item, however many want it. */
static void *claim_one(void *arg)
{
    struct worker *w = arg;
    struct quarantine_claim claim;
    struct store_error error;
    w->failed = store_quarantine_claim_release(w->store, w->ids[0], "somebody", &claim, &error) != 0;
    return NULL;
}

static pid_t second_process(void)
{
    pid_t pid = fork();
    if (pid)
        return pid;
    struct store_error error;
    char id[STORE_ID_SIZE];
    int failed = 0;
    struct store *store = store_open(place.url, STORE_CREATE, &error);
    if (!store)
        _exit(2);
    for (int i = 0; i < CHILD_PUTS; i++)
        failed += put_one(store, 1000, i, id) != 0;
    store_close(&store);
    _exit(failed ? 1 : 0);
}

static void run_threads(struct worker *workers, int n, void *(*run)(void *))
{
    pthread_t thread[THREADS];
    for (int i = 0; i < n; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, run, &workers[i]), 0);
    for (int i = 0; i < n; i++)
        pthread_join(thread[i], NULL);
}

static int count_decision(void *context, const struct decision *decision)
{
    ++*(int *)context;
    return 0;
}

static void test_together(void **state)
{
    static struct worker writers[THREADS], readers[READERS];
    pthread_t reading[READERS];
    struct store_error error;
    struct store_stats stats;
    int status, decisions = 0, expected = THREADS * PUTS + CHILD_PUTS;
    pid_t pid = second_process(); /* both create the store at the same time */
    struct store *store = store_open(place.url, STORE_CREATE, &error);
    if (!store)
        fail_msg("%s", error.text);
    for (int i = 0; i < READERS; i++) {
        readers[i] = (struct worker){.store = store};
        assert_int_equal(pthread_create(&reading[i], NULL, read_many, &readers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        writers[i] = (struct worker){.store = store, .number = i};
    run_threads(writers, THREADS, put_many);
    for (int i = 0; i < READERS; i++) {
        pthread_join(reading[i], NULL);
        assert_int_equal(readers[i].failed, 0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(writers[i].failed, 0);
        for (int k = 0; k < PUTS; k++)
            assert_int_equal(store_quarantine_verify(store, writers[i].ids[k], &error), 0);
    }
    store_stats(store, &stats);
    assert_int_equal(stats.quarantined, THREADS * PUTS);
    assert_true(stats.commits < THREADS * PUTS); /* they shared commits */
    store_close(&store);

    store = store_open(place.url, 0, &error);
    assert_non_null(store);
    struct arena *arena = arena_new();
    struct quarantine_list list;
    assert_int_equal(store_quarantine_list(store, arena, &(struct quarantine_filter){.state = QUARANTINE_ALL},
                                           &list, &error),
                     0);
    assert_int_equal(list.n, expected);
    assert_int_equal(store_decision_each(store, &(struct decision_filter){.since_ms = 0}, count_decision,
                                         &decisions, &error),
                     0);
    assert_int_equal(decisions, expected);

    int claimed = 0;
    for (int i = 0; i < THREADS; i++) {
        writers[i].store = store;
        memcpy(writers[i].ids[0], list.v[0].id, STORE_ID_SIZE);
    }
    run_threads(writers, THREADS, claim_one);
    for (int i = 0; i < THREADS; i++)
        claimed += !writers[i].failed;
    assert_int_equal(claimed, 1);
    arena_free(&arena);
    store_close(&store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_together)};
    if (!place_make(&place))
        return 1;
    int failed = cmocka_run_group_tests_name("store-threads", tests, NULL, NULL);
    return place_remove(&place) || failed;
}
