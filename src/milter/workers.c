/*
 * The daemon's words about its workers.
 */
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
        "asked", (json_int_t)stats.asked, "from_cache", (json_int_t)stats.from_cache, "hurried",
        (json_int_t)stats.hurried, "not_asked", (json_int_t)stats.breaker.spared, "dns_outages",
        (json_int_t)stats.breaker.opened, "dns_silent_seconds", (json_int_t)(stats.breaker.open_ms / 1000),
        "crashed", (json_int_t)stats.crashed);
    json_object_update_new(object,
                           workers_json(&stats.workers, statuses, sizeof(statuses) / sizeof(*statuses)));
    return object;
}
