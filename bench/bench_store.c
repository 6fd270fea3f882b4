/*
 * Durable quarantine puts a second: N threads, messages of 4 KiB, each waits for its own commit, as the
 * daemon's connections do; LARGE more threads put messages of 32 MiB meanwhile, and only the wait of the small ones is
 * shown. usage: bench_store [THREADS [SECONDS [FOLDER [LARGE]]]]
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/store.h"

enum { MESSAGE_BYTES = 4096, LARGE_BYTES = 32 * 1024 * 1024 };

struct client {
    pthread_t thread;
    struct store *store;
    double until;
    size_t bytes; /* of a message */
    uint64_t n;
    double worst;
};

static double now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void *put_until(void *arg)
{
    struct client *c = arg;
    static const char *const rcpts[] = {"clerk@buyer.example"};
    char *text = mem_alloc(c->bytes), id[STORE_ID_SIZE];
    struct store_error error;
    struct store_mail mail = {.queue_id = "4Bench",
                              .sender = "s@x.example",
                              .rcpts = rcpts,
                              .n_rcpts = 1,
                              .subject = "Invoice",
                              .action = "quarantine",
                              .rules_json = "[]"};
    struct store_body body = {{text, c->bytes}, -1, 0, 0};
    memset(text, 'x', c->bytes);
    for (double start; (start = now()) < c->until; c->n++) {
        snprintf(text, c->bytes, "%p %llu", (void *)c, (unsigned long long)c->n); /* each is another one */
        if (store_quarantine_put(c->store, &mail, &body, id, &error)) {
            fprintf(stderr, "bench_store: %s\n", error.text);
            exit(1);
        }
        double took = now() - start;
        c->worst = took > c->worst ? took : c->worst;
    }
    free(text);
    return NULL;
}

int main(int argc, char **argv)
{
    int threads = argc > 1 ? atoi(argv[1]) : 16;
    int larges = argc > 4 ? atoi(argv[4]) : 0;
    double seconds = argc > 2 ? atof(argv[2]) : 3, worst = 0;
    char *dir = mem_printf("%s/ringer-bench-XXXXXX", argc > 3 ? argv[3] : "/tmp");
    struct store_error error;
    struct store_stats stats;
    uint64_t n = 0;
    if (threads < 1 || !mkdtemp(dir))
        return perror(dir), 2;
    char *url = mem_printf("sqlite:%s/ringer.db", dir);
    struct client *clients = mem_array((size_t)(threads + larges), sizeof(*clients));
    struct store *store = store_open(url, STORE_CREATE, &error);
    if (!store)
        return fprintf(stderr, "bench_store: %s\n", error.text), 1;
    double start = now();
    for (int i = 0; i < threads + larges; i++) {
        clients[i] = (struct client){
            .store = store, .until = start + seconds, .bytes = i < threads ? MESSAGE_BYTES : LARGE_BYTES};
        if (pthread_create(&clients[i].thread, NULL, put_until, &clients[i]))
            return perror("pthread_create"), 1;
    }
    for (int i = threads; i < threads + larges; i++)
        pthread_join(clients[i].thread, NULL);
    for (int i = 0; i < threads; i++) {
        pthread_join(clients[i].thread, NULL);
        n += clients[i].n;
        worst = clients[i].worst > worst ? clients[i].worst : worst;
    }
    double took = now() - start;
    store_stats(store, &stats);
    store_close(&store);
    printf("durable quarantine, SQLite, %d threads, %d bytes: %.0f messages/s (%.1f a commit, worst wait "
           "%.0f ms, "
           "%llu decisions dropped)\n",
           threads, MESSAGE_BYTES, (double)n / took, (double)n / (double)stats.commits, worst * 1000,
           (unsigned long long)stats.decisions_dropped);
    char *command = mem_printf("rm -rf '%s'", dir);
    int failed = system(command);
    free(command);
    free(clients);
    free(url);
    free(dir);
    return failed ? 1 : 0;
}
