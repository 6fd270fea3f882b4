/*
 * ringer status --metrics: for the textfile collector of a node exporter, or anything that reads Prometheus'
 * text format.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cli/control.h"
#include "cli/status_metrics.h"

static int flag(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

static void gauge(const char *name, json_int_t value)
{
    printf("# TYPE ringer_%s gauge\nringer_%s %" JSON_INTEGER_FORMAT "\n", name, name, value);
}

/* Every number of the object, as PREFIX_KEY_total. */
static void counters(const char *prefix, const json_t *object)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        if (json_is_integer(value))
            printf("# TYPE ringer_%s%s_total counter\nringer_%s%s_total %" JSON_INTEGER_FORMAT "\n", prefix,
                   key, prefix, key, json_integer_value(value));
    }
}

/* Names of packs hold nothing that would need an escape: letters, digits, '.', '_', '-'. */
static void packs(const json_t *list)
{
    size_t i;
    json_t *pack;
    printf("# TYPE ringer_pack_seq gauge\n");
    json_array_foreach(list, i, pack)
        printf("ringer_pack_seq{pack=\"%s\"} %" JSON_INTEGER_FORMAT "\n",
               json_string_value(json_object_get(pack, "name")), control_integer(pack, "seq"));
    printf("# TYPE ringer_pack_expires_seconds gauge\n");
    json_array_foreach(list, i, pack)
        printf("ringer_pack_expires_seconds{pack=\"%s\"} %" JSON_INTEGER_FORMAT "\n",
               json_string_value(json_object_get(pack, "name")), control_integer(pack, "expires"));
    printf("# TYPE ringer_pack_fallback gauge\n");
    json_array_foreach(list, i, pack)
        printf("ringer_pack_fallback{pack=\"%s\"} %d\n", json_string_value(json_object_get(pack, "name")),
               flag(pack, "fallback"));
}

static void store(const json_t *health)
{
    const char *state = json_string_value(json_object_get(health, "state"));
    gauge("store_good", state && strcmp(state, "good") == 0);
    gauge("store_waiting", control_integer(health, "waiting"));
    gauge("store_purges", flag(health, "purges"));
}

void status_metrics(const json_t *status)
{
    const json_t *rules = json_object_get(status, "rules");
    const json_t *last = json_object_get(status, "last_reload");
    const char *digest = json_string_value(json_object_get(rules, "digest"));
    gauge("uptime_seconds", control_integer(status, "uptime"));
    gauge("connections", control_integer(status, "connections"));
    gauge("max_connections", control_integer(status, "max_connections"));
    gauge("connections_waiting", control_integer(status, "connections_waiting"));
    gauge("memory_bytes", control_integer(json_object_get(status, "memory"), "in_use"));
    gauge("memory_limit_bytes", control_integer(json_object_get(status, "memory"), "limit"));
    gauge("log_lines_lost", control_integer(status, "log_lines_lost"));
    gauge("policy_generation", control_integer(status, "generation"));
    gauge("last_reload_ok", flag(last, "ok"));
    gauge("last_reload_seconds", control_integer(last, "time"));
    gauge("rules", control_integer(rules, "rules"));
    printf("# TYPE ringer_rules_info gauge\nringer_rules_info{digest=\"%.16s\"} 1\n", digest ? digest : "");
    packs(json_object_get(rules, "packs"));
    gauge("pack_alarms", (json_int_t)json_array_size(json_object_get(rules, "alarms")));
    counters("", json_object_get(status, "counters"));
    gauge("worker_parts_failing", control_integer(json_object_get(status, "workers"), "failing"));
    if (json_is_object(json_object_get(status, "spf")))
        gauge("dns_answers", flag(json_object_get(status, "spf"), "dns_answers"));
    counters("spf_", json_object_get(status, "spf"));
    counters("attachments_", json_object_get(status, "attachments"));
    counters("store_", json_object_get(status, "store"));
    store(json_object_get(json_object_get(status, "store"), "health"));
}
