/*
 * Retention and new partners. A pass begins with the daemon's start and then every few hours; what is dropped goes
 * in small transactions, so that mail which must be held does not wait.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/clock.h"
#include "policy/partners.h"
#include "store/history.h"
#include "store/quarantine.h"
#include "store/records.h"

#include "milter/current.h"
#include "milter/daemon.h"
#include "milter/housekeep.h"
#include "milter/log.h"

enum { PERIOD_S = 6 * 3600 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static pthread_t thread;
static bool running;
static atomic_bool stop;
static atomic_bool reload_wanted;
static int64_t established = -1; /* at the last pass */

static void tell(const char *what, int failed, uint64_t removed, const struct store_error *error)
{
    if (failed)
        log_line(LOG_WARNING, "%s: cannot drop what is old: %s", what, error->text);
    else if (removed)
        log_line(LOG_NOTICE, "%s: dropped %llu entries older than the retention", what,
                 (unsigned long long)removed);
}

static void purge(const struct conf *conf, int64_t now_ms)
{
    struct store_error error;
    uint64_t removed = 0;
    int failed = history_purge(ringerd.store, now_ms - conf->history_retention_s * 1000, &removed, &error);
    tell("history", failed, removed, &error);
    failed =
        store_quarantine_purge(ringerd.store, now_ms - conf->retention_s * 1000, "ringerd", &removed, &error);
    tell("quarantine", failed, removed, &error);
    failed =
        store_decision_purge(ringerd.store, now_ms - conf->decision_retention_s * 1000, &removed, &error);
    tell("decisions", failed, removed, &error);
}

/* Nothing is dropped from a store that may be damaged: what is left may be all that can be rescued. */
static bool is_sound(void)
{
    struct store_stats stats;
    struct store_error error;
    int checked = store_check(ringerd.store, &error); /* damage is told by the store itself */
    if (checked < 0 && !atomic_load(&stop))
        log_line(LOG_WARNING, "store: cannot be checked: %s", error.text);
    store_stats(ringerd.store, &stats);
    return checked == 0 && stats.state == STORE_WORKS;
}

static void sweep(void)
{
    struct store_error error;
    uint64_t removed;
    if (store_quarantine_sweep(ringerd.store, &removed, &error))
        log_line(LOG_WARNING, "quarantine: cannot drop what was never finished: %s", error.text);
}

static void pass(void)
{
    struct policy *policy = current_get();
    if (is_sound()) {
        sweep();
        purge(policy->conf, wall_ms());
    }
    int64_t now =
        ringerd.store && policy->conf->history_learn ? partners_count(ringerd.store, &policy->history) : 0;
    if (now >= 0 && established >= 0 && now != established)
        atomic_store(&reload_wanted, true);
    established = now >= 0 ? now : established;
    policy_unref(&policy);
}

static void *keep_house(void *arg)
{
    pthread_mutex_lock(&lock);
    while (!stop) {
        struct timespec until;
        pthread_mutex_unlock(&lock);
        pass();
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += PERIOD_S;
        pthread_mutex_lock(&lock);
        while (!stop && pthread_cond_timedwait(&wake, &lock, &until) == 0)
            ;
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

bool housekeep_start(void)
{
    running = pthread_create(&thread, NULL, keep_house, NULL) == 0;
    return running;
}

void housekeep_stop(void)
{
    if (!running)
        return;
    pthread_mutex_lock(&lock);
    stop = true;
    store_check_no_more(ringerd.store);
    pthread_cond_signal(&wake);
    pthread_mutex_unlock(&lock);
    pthread_join(thread, NULL);
    running = false;
}

bool housekeep_wants_reload(void)
{
    return atomic_exchange(&reload_wanted, false);
}
