/*
 * The daemon's words about its workers.
 *
 * Their self-test runs beside the start, since mail can be judged without them and must not wait: a worker that does
 * not start was silent for a whole release. What it found stays in the status until the next.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>

#include "base/clock.h"
#include "judge/services.h"

#include "milter/current.h"
#include "milter/log.h"
#include "milter/workers.h"

void workers_log(enum worker_log_level level, const char *line)
{
    static const int priorities[] = {
        [WORKER_LOG_ERROR] = LOG_ERR, [WORKER_LOG_WARNING] = LOG_WARNING, [WORKER_LOG_NOTICE] = LOG_NOTICE};
    log_line(priorities[level], "%s", line);
}

/* How requests to workers ended, and what the workers did; `n` of the statuses, since not all services know all. */
static json_t *workers_json(const struct worker_stats *stats, const enum worker_status *statuses, size_t n)
{
    json_t *object = json_object();
    for (size_t i = 0; i < n; i++)
        json_object_set_new(object, worker_status_name(statuses[i]),
                            json_integer((json_int_t)stats->by_status[statuses[i]]));
    json_object_set_new(object, "workers_started", json_integer((json_int_t)stats->started));
    json_object_set_new(object, "worker_start_failures", json_integer((json_int_t)stats->start_failures));
    json_object_set_new(object, "workers_killed", json_integer((json_int_t)stats->killed));
    json_object_set_new(object, "last_error", json_string(stats->last_error));
    return object;
}

json_t *workers_attachments_json(struct worker_pool *pool)
{
    struct worker_stats stats;
    enum worker_status all[WORKER_STATUSES];
    if (!pool)
        return json_null();
    for (size_t i = 0; i < WORKER_STATUSES; i++)
        all[i] = (enum worker_status)i;
    worker_pool_stats(pool, &stats);
    return workers_json(&stats, all, WORKER_STATUSES);
}

json_t *workers_spf_json(struct spf_service *service)
{
    static const enum worker_status statuses[] = {WORKER_OK, WORKER_TIMEOUT, WORKER_DIED, WORKER_UNAVAILABLE};
    struct spf_stats stats;
    if (!service)
        return json_null();
    spf_service_stats(service, &stats);
    json_t *object = json_pack(
        "{s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "dns_answers", stats.breaker.state != BREAKER_OPEN,
        "asked", (json_int_t)stats.asked, "from_cache", (json_int_t)stats.from_cache, "short_deadline",
        (json_int_t)stats.hurried, "not_asked", (json_int_t)stats.breaker.spared, "dns_outages",
        (json_int_t)stats.breaker.opened, "dns_silent_seconds", (json_int_t)(stats.breaker.open_ms / 1000),
        "crashed", (json_int_t)stats.crashed);
    json_object_update_new(object,
                           workers_json(&stats.workers, statuses, sizeof(statuses) / sizeof(*statuses)));
    return object;
}

/* --- the self-test */

enum { END_MS = 500 };

static struct {
    pthread_mutex_t lock;
    pthread_once_t once;
    pthread_cond_t ended;
    pthread_t thread;
    bool joinable, running, wanted;
    bool done; /* `last` says something */
    struct worker_check last;
} self_test = {.lock = PTHREAD_MUTEX_INITIALIZER, .once = PTHREAD_ONCE_INIT};

static void init(void)
{
    cond_init_monotonic(&self_test.ended);
}

static void tell(const struct worker_check *check)
{
    for (int i = 0; i < WORKER_PARTS; i++) {
        bool fails = check->parts[i].state == PART_FAILS;
        if (fails || check->parts[i].state == PART_WEAK)
            log_line(fails ? LOG_ERR : LOG_WARNING, "self-test of the workers: %s: %s",
                     worker_part_name((enum worker_part)i), check->parts[i].text);
    }
    for (int i = 0; i < WORKER_PARTS; i++) /* not installed: to be known, but no fault */
        if (check->parts[i].state == PART_SKIPPED && *check->parts[i].text)
            log_line(LOG_NOTICE, "self-test of the workers: %s: %s", worker_part_name((enum worker_part)i),
                     check->parts[i].text);
    if (!check->failing)
        log_line(LOG_INFO, "self-test of the workers: they do their work");
}

static void run_self_test(struct worker_check *check)
{
    struct policy *policy = current_get();
    services_check(policy->conf, false, check);
    policy_unref(&policy);
    tell(check);
    pthread_mutex_lock(&self_test.lock);
    self_test.last = *check;
    self_test.done = true;
    pthread_mutex_unlock(&self_test.lock);
}

int workers_check_now(char *error, size_t size)
{
    struct worker_check check;
    run_self_test(&check);
    for (int i = 0; i < WORKER_PARTS && check.failing; i++)
        if (check.parts[i].state == PART_FAILS) {
            snprintf(error, size, "worker.required, and their self-test failed: %s: %s",
                     worker_part_name((enum worker_part)i), check.parts[i].text);
            return -1;
        }
    return 0;
}

static void *check_while_wanted(void *arg)
{
    struct worker_check check;
    pthread_mutex_lock(&self_test.lock);
    while (self_test.wanted) {
        self_test.wanted = false;
        pthread_mutex_unlock(&self_test.lock);
        run_self_test(&check);
        pthread_mutex_lock(&self_test.lock);
    }
    self_test.running = false;
    pthread_cond_signal(&self_test.ended);
    pthread_mutex_unlock(&self_test.lock);
    return NULL;
}

void workers_check_soon(void)
{
    sigset_t all, before;
    pthread_once(&self_test.once, init);
    sigfillset(&all); /* signals are for the main thread */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_mutex_lock(&self_test.lock);
    self_test.wanted = true;
    if (!self_test.running) {
        if (self_test.joinable)
            pthread_join(self_test.thread, NULL);
        self_test.running = self_test.joinable =
            pthread_create(&self_test.thread, NULL, check_while_wanted, NULL) == 0;
    }
    pthread_mutex_unlock(&self_test.lock);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* A worker that hangs at its start is not worth waiting for: it ends with us. */
void workers_check_end(void)
{
    int64_t until_ms = monotonic_ms() + END_MS;
    pthread_once(&self_test.once, init);
    pthread_mutex_lock(&self_test.lock);
    self_test.wanted = false;
    while (self_test.running && cond_wait_until(&self_test.ended, &self_test.lock, until_ms))
        ;
    bool joinable = self_test.joinable, running = self_test.running;
    self_test.joinable = false;
    pthread_mutex_unlock(&self_test.lock);
    if (joinable && running)
        pthread_detach(self_test.thread);
    else if (joinable)
        pthread_join(self_test.thread, NULL);
}

json_t *workers_check_json(void)
{
    pthread_mutex_lock(&self_test.lock);
    json_t *object = json_pack("{s:b, s:i}", "done", self_test.done, "failing", (int)self_test.last.failing);
    for (int i = 0; i < WORKER_PARTS && self_test.done; i++)
        if (self_test.last.parts[i].state != PART_SKIPPED)
            json_object_set_new(object, worker_part_name((enum worker_part)i),
                                json_pack("{s:s, s:s}", "state",
                                          part_state_name(self_test.last.parts[i].state), "text",
                                          self_test.last.parts[i].text));
    pthread_mutex_unlock(&self_test.lock);
    return object;
}
