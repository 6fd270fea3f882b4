/*
 * The store has no log of its own: what it has to say at once it says by its events; what it counts is looked at here.
 */
#include "base/clock.h"

#include "milter/log.h"
#include "milter/storewatch.h"

enum { QUIET_MS = 60 * 1000 }; /* between two lines about the same */

static struct store_stats told; /* as of the last line, or the start */
static int64_t failures_due_ms, drops_due_ms;

static void on_event(enum store_event event, const char *text)
{
    static const int priorities[] = {
        [STORE_EVENT_TROUBLE] = LOG_ERR, [STORE_EVENT_LOSS] = LOG_ALERT, [STORE_EVENT_MENDED] = LOG_NOTICE};
    log_line(priorities[event], "store: %s", text);
}

void storewatch_start(struct store *store)
{
    store_on_event(store, on_event);
}

static void tell_failures(const struct store_stats *now)
{
    if (now->failures > told.failures)
        log_line(LOG_ERR, "store: %llu failures, the last: %s",
                 (unsigned long long)(now->failures - told.failures), now->last_error.text);
    told.failures = now->failures;
}

static void tell_drops(const struct store_stats *now)
{
    uint64_t decisions = now->decisions_dropped - told.decisions_dropped;
    uint64_t learned = now->learned_dropped - told.learned_dropped;
    if (decisions || learned)
        log_line(
            LOG_ERR,
            "store: LOST %llu rows of the log of decisions and %llu of history: it did not take them, and no "
            "more can wait",
            (unsigned long long)decisions, (unsigned long long)learned);
    told.decisions_dropped = now->decisions_dropped;
    told.learned_dropped = now->learned_dropped;
}

void storewatch_tick(struct store *store)
{
    struct store_stats now;
    int64_t now_ms = monotonic_ms();
    store_stats(store, &now);
    if (now.failures > told.failures && now_ms >= failures_due_ms) {
        tell_failures(&now);
        failures_due_ms = now_ms + QUIET_MS;
    }
    bool dropped =
        now.decisions_dropped > told.decisions_dropped || now.learned_dropped > told.learned_dropped;
    if (dropped && now_ms >= drops_due_ms) {
        tell_drops(&now);
        drops_due_ms = now_ms + QUIET_MS;
    }
}

void storewatch_end(struct store *store, bool closes)
{
    struct store_stats now;
    if (!store)
        return;
    store_stats(store, &now);
    tell_failures(&now);
    tell_drops(&now);
    if (!closes && now.waiting)
        log_line(
            LOG_ERR,
            "store: LOST up to %llu rows of the log of decisions and of history: messages are still being "
            "decided, so the end does not wait for it",
            (unsigned long long)now.waiting);
}

json_t *storewatch_status(struct store *store)
{
    struct store_stats s;
    store_stats(store, &s);
    json_t *health = json_pack("{s:s, s:s, s:I, s:I}", "state", store_state_name(s.state), "why", s.why.text,
                               "since", (json_int_t)(s.since_ms / 1000), "waiting", (json_int_t)s.waiting);
    return json_pack("{s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s}", "health", health, "quarantined",
                     (json_int_t)s.quarantined, "again", (json_int_t)s.again, "decisions",
                     (json_int_t)s.decisions, "decisions_dropped", (json_int_t)s.decisions_dropped, "learned",
                     (json_int_t)s.learned, "learned_dropped", (json_int_t)s.learned_dropped, "commits",
                     (json_int_t)s.commits, "failures", (json_int_t)s.failures, "last_error",
                     s.last_error.text);
}
