/*
 * Opening needs two things: questions in a row without an answer, and a probe without one. The questions alone say
 * nothing, since senders choose whom they make us ask: a flood from domains with silent name servers must not switch
 * a check off for all others. The probe alone would be one more question a second for good.
 */
#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

#include "worker/breaker.h"

enum {
    BAD_IN_A_ROW = 4,
    PROBE_PAUSE_MS = 1000, /* between two probes while it is open */
    TRUST_MS =
        5000, /* after an answer, doubts wait for so long: a slow sender is no reason to probe on and on */
};

struct breaker {
    struct say *say;
    char *what;
    enum breaker_probe (*probe)(void *data);
    void *data;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    bool running, stop, said_open;
    unsigned bad; /* in a row */
    enum breaker_state state;
    int64_t no_doubt_before, opened_at;
    uint64_t spared_before; /* when it opened */
    struct breaker_stats stats;
};

struct breaker *breaker_new(struct say *say, const char *what, enum breaker_probe (*probe)(void *data),
                            void *data)
{
    struct breaker *b = mem_alloc(sizeof(*b));
    *b = (struct breaker){.say = say, .what = mem_strdup(what), .probe = probe, .data = data};
    pthread_mutex_init(&b->lock, NULL);
    cond_init_monotonic(&b->wake);
    return b;
}

void breaker_free(struct breaker **breaker)
{
    struct breaker *b = *breaker;
    if (!b)
        return;
    pthread_mutex_lock(&b->lock);
    b->stop = true;
    pthread_cond_signal(&b->wake);
    pthread_mutex_unlock(&b->lock);
    if (b->running)
        pthread_join(b->thread, NULL);
    pthread_cond_destroy(&b->wake);
    pthread_mutex_destroy(&b->lock);
    free(b->what);
    free(b);
    *breaker = NULL;
}

/* --- with the lock */

static void open_it(struct breaker *b)
{
    int64_t now = monotonic_ms();
    if (b->state != BREAKER_OPEN) {
        b->state = BREAKER_OPEN;
        b->opened_at = now;
        b->spared_before = b->stats.spared;
        b->stats.opened++;
    }
    /* again with every probe: said once in a while, and also when it opened while nothing could be said */
    b->said_open |= say(
        b->say, SAY_DNS, WORKER_LOG_WARNING,
        "%s does not answer (for %lld s now): SPF and DMARC are unknown until it does; is it running, and "
        "are trust.dns-servers right?",
        b->what, (long long)(now - b->opened_at) / 1000);
}

static void close_it(struct breaker *b)
{
    int64_t now = monotonic_ms();
    bool was_open = b->state == BREAKER_OPEN;
    b->state = BREAKER_CLOSED;
    b->no_doubt_before = now + TRUST_MS;
    if (!was_open)
        return;
    b->bad = 0;
    b->stats.closed_at = now;
    b->no_doubt_before = 0;
    if (b->said_open)
        say_always(b->say, WORKER_LOG_NOTICE,
                   "%s answers again after %lld s; SPF and DMARC of %llu messages stayed unknown", b->what,
                   (long long)(now - b->opened_at) / 1000,
                   (unsigned long long)(b->stats.spared - b->spared_before));
    b->said_open = false;
}

static void probed(struct breaker *b, enum breaker_probe result)
{
    if (b->state == BREAKER_CLOSED) /* a question was answered meanwhile */
        return;
    if (result == PROBE_SILENT)
        open_it(b);
    else if (result == PROBE_ANSWERED || b->state == BREAKER_DOUBTFUL)
        close_it(b);
}

static void pause_probing(struct breaker *b)
{
    int64_t until_ms = monotonic_ms() + PROBE_PAUSE_MS;
    while (!b->stop && b->state == BREAKER_OPEN && cond_wait_until(&b->wake, &b->lock, until_ms))
        ;
}

static void *run(void *arg)
{
    struct breaker *b = arg;
    pthread_mutex_lock(&b->lock);
    while (!b->stop) {
        if (b->state == BREAKER_CLOSED) {
            pthread_cond_wait(&b->wake, &b->lock);
            continue;
        }
        pthread_mutex_unlock(&b->lock);
        enum breaker_probe result = b->probe(b->data);
        pthread_mutex_lock(&b->lock);
        probed(b, result);
        pause_probing(b);
    }
    pthread_mutex_unlock(&b->lock);
    return NULL;
}

static void doubt(struct breaker *b)
{
    sigset_t all, before;
    if (!b->running) { /* no signal of the daemon is for this thread */
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        b->running = pthread_create(&b->thread, NULL, run, b) == 0;
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    if (!b->running) /* later, then */
        return;
    b->state = BREAKER_DOUBTFUL;
    pthread_cond_signal(&b->wake);
}

/* --- for all threads */

enum breaker_state breaker_ask(struct breaker *b)
{
    pthread_mutex_lock(&b->lock);
    enum breaker_state state =
        b->state == BREAKER_CLOSED && b->bad >= BAD_IN_A_ROW ? BREAKER_DOUBTFUL : b->state;
    b->stats.spared += state == BREAKER_OPEN;
    pthread_mutex_unlock(&b->lock);
    return state;
}

void breaker_note(struct breaker *b, bool good)
{
    pthread_mutex_lock(&b->lock);
    b->bad = good ? 0 : b->bad + 1;
    if (good && b->state != BREAKER_CLOSED) {
        close_it(b);
        pthread_cond_signal(&b->wake);
    } else if (b->bad >= BAD_IN_A_ROW && b->state == BREAKER_CLOSED && monotonic_ms() >= b->no_doubt_before) {
        doubt(b);
    }
    pthread_mutex_unlock(&b->lock);
}

void breaker_stats(struct breaker *b, struct breaker_stats *stats_r)
{
    pthread_mutex_lock(&b->lock);
    *stats_r = b->stats;
    stats_r->state = b->state;
    stats_r->open_ms = b->state == BREAKER_OPEN ? monotonic_ms() - b->opened_at : 0;
    pthread_mutex_unlock(&b->lock);
}
