/*
 * Retention and new partners. A pass begins with the daemon's start and then every few hours; what is dropped goes
 * in small transactions, so that mail which must be held does not wait.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "policy/partners.h"
#include "store/history.h"
#include "store/quarantine.h"
#include "store/records.h"
#include "store/retention.h"

#include "milter/current.h"
#include "milter/daemon.h"
#include "milter/housekeep.h"
#include "milter/log.h"

enum { PERIOD_S = 6 * 3600, DOUBT_S = 10 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake;
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

/* --- the clock */

static struct clock_watch clock_watch;
static atomic_bool clock_doubted;

/* By what the store knows; the newest row counts only before this daemon, with this clock, writes any. */
static bool is_near(bool at_start)
{
    struct store_error error;
    int64_t believed_ms, newest_ms;
    if (store_clock_known(ringerd.store, &believed_ms, &newest_ms, &error))
        return false;
    int64_t known_ms = believed_ms ? believed_ms : newest_ms;
    return (believed_ms || at_start) && (!known_ms || clock_is_near(wall_ms(), known_ms));
}

static void begin_clock(void)
{
    clock_watch_begin(&clock_watch, wall_ms(), monotonic_ms(), is_near(true));
}

static bool believe_clock(void)
{
    struct store_error error;
    bool believed = clock_watch_look(&clock_watch, wall_ms(), monotonic_ms(), false);
    if (!believed) /* somebody may have confirmed it */
        believed = clock_watch_look(&clock_watch, wall_ms(), monotonic_ms(), is_near(false));
    if (believed)
        store_clock_believe(ringerd.store, wall_ms(), NULL, &error); /* else the next pass does it */
    if (!believed && !atomic_load(&clock_doubted))
        log_line(
            LOG_ERR,
            "the clock is far from what the store knows, or has jumped: nothing is purged until it has been "
            "steady for a day, or somebody says `ringer quarantine purge --confirm-clock`");
    if (believed && atomic_load(&clock_doubted))
        log_line(LOG_NOTICE, "the clock is believed: what is old is purged again");
    atomic_store(&clock_doubted, !believed);
    return believed;
}

bool housekeep_doubts_clock(void)
{
    return atomic_load(&clock_doubted);
}

/* --- dropping what is old */

/* Was it announced a day ago and more? */
static bool is_due(const struct purge_notice *notice, int64_t now_ms)
{
    return notice->before_ms && now_ms >= notice->at_ms + RETENTION_DAY_MS;
}

/* What of held mail goes in a day, if nobody releases or deletes it; as long as nothing else is announced. */
static void announce(const struct purge_notice *notice, int64_t before_ms, int64_t now_ms)
{
    struct store_error error;
    uint64_t n;
    if (notice->before_ms && notice->at_ms <= now_ms && !is_due(notice, now_ms))
        return;
    struct purge_notice next = {before_ms + RETENTION_DAY_MS + PERIOD_S * INT64_C(1000), now_ms};
    if (store_purge_announce(ringerd.store, &next, "ringerd", &n, &error))
        log_line(LOG_WARNING, "quarantine: cannot announce what will be purged: %s", error.text);
    else if (n)
        log_line(LOG_WARNING,
                 "quarantine: %llu held messages that nobody released or deleted reach the end of their "
                 "retention and "
                 "are purged from tomorrow on: see `ringer quarantine list`",
                 (unsigned long long)n);
}

static void purge_quarantine(int64_t before_ms, int64_t now_ms)
{
    struct store_error error;
    struct purge_notice notice;
    struct quarantine_purged purged = {0};
    int failed = store_purge_notice(ringerd.store, &notice, &error);
    int64_t held_before_ms = failed || !is_due(&notice, now_ms) ? 0 : notice.before_ms;
    if (held_before_ms > before_ms)
        held_before_ms = before_ms;
    if (!failed)
        failed = store_quarantine_purge(ringerd.store, before_ms, held_before_ms, "ringerd", &purged, &error);
    tell("quarantine", failed, purged.removed, &error);
    if (!failed)
        announce(&notice, before_ms, now_ms);
}

static void purge(const struct conf *conf, int64_t now_ms)
{
    struct store_error error;
    uint64_t removed = 0;
    int failed = history_purge(ringerd.store, now_ms - conf->history_retention_s * 1000, &removed, &error);
    tell("history", failed, removed, &error);
    purge_quarantine(now_ms - conf->retention_s * 1000, now_ms);
    failed =
        store_decision_purge(ringerd.store, now_ms - conf->decision_retention_s * 1000, &removed, &error);
    tell("decisions", failed, removed, &error);
}

/* Without a clock that can be believed only what is too much goes. */
static void drop_excess(void)
{
    struct store_error error;
    uint64_t removed = 0;
    tell("history", history_purge(ringerd.store, 0, &removed, &error), removed, &error);
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
        if (believe_clock()) { /* by another one, mail that is just coming in may look old */
            sweep();
            purge(policy->conf, wall_ms());
        } else {
            drop_excess();
        }
    }
    int64_t now =
        ringerd.store && policy->conf->history_learn ? partners_count(ringerd.store, &policy->history) : 0;
    if (now >= 0 && established >= 0 && now != established)
        atomic_store(&reload_wanted, true);
    established = now >= 0 ? now : established;
    policy_unref(&policy);
}

/* Waits for a time of the monotonic clock, or the end; the lock is held. */
static void wait_until(int64_t until_ms)
{
    while (!atomic_load(&stop) && cond_wait_until(&wake, &lock, until_ms))
        ;
}

/* A clock that is doubted may be confirmed at any time: then the next pass comes at once. */
static void *keep_house(void *arg)
{
    int64_t next_ms = 0;
    pthread_mutex_lock(&lock);
    while (!atomic_load(&stop)) {
        pthread_mutex_unlock(&lock);
        if (monotonic_ms() >= next_ms || (atomic_load(&clock_doubted) && believe_clock())) {
            pass();
            next_ms = monotonic_ms() + PERIOD_S * INT64_C(1000);
        }
        int64_t doubt_ms = monotonic_ms() + DOUBT_S * INT64_C(1000);
        pthread_mutex_lock(&lock);
        wait_until(atomic_load(&clock_doubted) && doubt_ms < next_ms ? doubt_ms : next_ms);
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

bool housekeep_start(void)
{
    cond_init_monotonic(&wake);
    begin_clock();
    running = pthread_create(&thread, NULL, keep_house, NULL) == 0;
    return running;
}

void housekeep_stop(void)
{
    if (!running)
        return;
    pthread_mutex_lock(&lock);
    atomic_store(&stop, true);
    store_leave_soon(ringerd.store);
    pthread_cond_signal(&wake);
    pthread_mutex_unlock(&lock);
    pthread_join(thread, NULL);
    running = false;
}

bool housekeep_wants_reload(void)
{
    return atomic_exchange(&reload_wanted, false);
}
