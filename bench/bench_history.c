/*
 * How long a message waits for what history knows: N threads ask about correspondents at random while the writer
 * learns, over a store of so many correspondents with threads and accounts. Prints p50, p99 and the worst.
 * usage: bench_history [THREADS [SECONDS [CORRESPONDENTS [FOLDER]]]]
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/mem.h"
#include "store/history.h"

enum { BATCH = 1000, MOST_SAMPLES = 1000000 };

struct client {
    pthread_t thread;
    struct store *store;
    unsigned seed, correspondents;
    double until;
    double *samples;
    size_t n, failed;
};

static double now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

struct letter {
    char peer[40], id[48];
    const char *peers[1];
    struct contact_account account;
    char number[24];
    struct contact contact;
};

static void write_letter(struct letter *l, unsigned peer, unsigned serial)
{
    static const char *const people[] = {"ap@buyer.example"};
    snprintf(l->peer, sizeof(l->peer), "supplier-%u.example", peer);
    snprintf(l->id, sizeof(l->id), "%u@supplier-%u.example", serial, peer);
    snprintf(l->number, sizeof(l->number), "DE%020u", peer);
    l->peers[0] = l->peer;
    l->account = (struct contact_account){l->number, "DE", "37040044"};
    l->contact = (struct contact){.peers = {l->peers, 1},
                                  .people = {people, 1},
                                  .payee = l->peer,
                                  .message_id = l->id,
                                  .refs = {l->peers, 1}, /* any text will do */
                                  .parties = {l->peers, 1},
                                  .accounts = &l->account,
                                  .n_accounts = 1};
}

static void fill(struct store *store, unsigned correspondents)
{
    static struct letter letters[BATCH];
    static struct history_item items[BATCH];
    struct store_error error;
    size_t known;
    for (unsigned at = 0; at < correspondents; at += BATCH) {
        for (unsigned i = 0; i < BATCH; i++) {
            write_letter(&letters[i], at + i, 0);
            items[i] =
                (struct history_item){&letters[i].contact, HISTORY_PEER | HISTORY_THREAD | HISTORY_ACCOUNTS};
        }
        if (history_learn(store, &history_options_default, items, BATCH, &known, &error)) {
            fprintf(stderr, "bench_history: %s\n", error.text);
            exit(1);
        }
    }
}

static void *ask_until(void *arg)
{
    struct client *c = arg;
    struct arena *arena = arena_new();
    for (double start; (start = now()) < c->until && c->n < MOST_SAMPLES;) {
        struct letter letter;
        struct contact_view view;
        struct store_error error;
        write_letter(&letter, (unsigned)rand_r(&c->seed) % (c->correspondents * 2), c->seed);
        c->failed +=
            history_look(c->store, arena, &history_options_default, &letter.contact, &view, &error) != 0;
        c->samples[c->n++] = now() - start;
        history_record(c->store, &history_options_default, &letter.contact, HISTORY_PEER | HISTORY_THREAD);
        arena_reset(arena);
        usleep(500); /* a message takes some time beside this */
    }
    arena_free(&arena);
    return NULL;
}

static int by_time(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void print(struct client *clients, unsigned threads, unsigned seconds)
{
    size_t n = 0, failed = 0;
    for (unsigned i = 0; i < threads; i++)
        n += clients[i].n;
    double *all = mem_array(n, sizeof(*all));
    n = 0;
    for (unsigned i = 0; i < threads; i++) {
        memcpy(all + n, clients[i].samples, clients[i].n * sizeof(*all));
        n += clients[i].n;
        failed += clients[i].failed;
    }
    qsort(all, n, sizeof(*all), by_time);
    if (n)
        printf("%u threads: %zu look-ups a second, p50 %.0f us, p99 %.0f us, worst %.1f ms, %zu unanswered\n",
               threads, n / seconds, all[n / 2] * 1e6, all[n * 99 / 100] * 1e6, all[n - 1] * 1e3, failed);
    free(all);
}

int main(int argc, char **argv)
{
    unsigned threads = argc > 1 ? (unsigned)atoi(argv[1]) : 16,
             seconds = argc > 2 ? (unsigned)atoi(argv[2]) : 5;
    unsigned correspondents = argc > 3 ? (unsigned)atoi(argv[3]) : 100000;
    char path[512], url[600];
    struct store_error error;
    snprintf(path, sizeof(path), "%s/ringer-bench-XXXXXX", argc > 4 ? argv[4] : ".");
    if (threads == 0 || seconds == 0 || correspondents < BATCH || !mkdtemp(path)) {
        fputs("usage: bench_history [THREADS [SECONDS [CORRESPONDENTS [FOLDER]]]]\n", stderr);
        return 2;
    }
    snprintf(url, sizeof(url), "sqlite:%s/ringer.db", path);
    struct store *store = store_open(url, STORE_CREATE, &error);
    if (!store) {
        fprintf(stderr, "bench_history: %s\n", error.text);
        return 1;
    }
    double start = now();
    fill(store, correspondents);
    printf("%u correspondents learned in %.1f s\n", correspondents, now() - start);
    struct client *clients = mem_array(threads, sizeof(*clients));
    for (unsigned i = 0; i < threads; i++) {
        clients[i] = (struct client){
            .store = store, .seed = i + 1, .correspondents = correspondents, .until = now() + seconds};
        clients[i].samples = mem_array(MOST_SAMPLES, sizeof(double));
        pthread_create(&clients[i].thread, NULL, ask_until, &clients[i]);
    }
    for (unsigned i = 0; i < threads; i++)
        pthread_join(clients[i].thread, NULL);
    print(clients, threads, seconds);
    store_close(&store);
    char command[600];
    snprintf(command, sizeof(command), "rm -rf '%s'", path);
    return system(command) ? 1 : 0;
}
