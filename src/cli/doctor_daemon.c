/*
 * ringer doctor: the running ringerd: is it there, does it know what the files say, has it room, what did it complain of?
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/show.h"

#include "cli/control.h"
#include "cli/doctor_checks.h"

static void check_daemon(struct doctor *d)
{
    if (!d->status)
        doctor_fail(d, "`systemctl start ringerd`; its log says why it ended (`journalctl -u ringerd`)",
                    "ringerd does not answer: %s", d->no_status);
    else if (strcmp(control_string(d->status, "version"), PACKAGE_VERSION) != 0)
        doctor_warn(d, "`systemctl restart ringerd`", "ringerd %s runs, installed is " PACKAGE_VERSION,
                    control_string(d->status, "version"));
    else
        doctor_ok(d, "ringerd " PACKAGE_VERSION " runs as process %lld since %lld seconds",
                  (long long)control_integer(d->status, "pid"),
                  (long long)control_integer(d->status, "uptime"));
}

/* The options that wait for a restart, with blanks between. */
static const char *waiting(struct doctor *d, const json_t *list)
{
    const char *text = "";
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item) text =
        arena_printf(d->arena, "%s%s%s.%s", text, *text ? " " : "", control_string(item, "section"),
                     control_string(item, "option"));
    return text;
}

static void check_generation(struct doctor *d)
{
    char digest[CONF_DIGEST_SIZE];
    const json_t *last = json_object_get(d->status, "last_reload");
    if (!d->status || !d->policy)
        return;
    conf_digest(d->conf, digest);
    const char *restart = waiting(d, json_object_get(last, "needs_restart"));
    const char *rules = control_string(json_object_get(d->status, "rules"), "digest");
    if (!json_is_true(json_object_get(last, "ok")))
        doctor_fail(d, "fix what `ringer config check` shows, then `ringer reload`",
                    "the last reload failed: generation %lld stays in force",
                    (long long)control_integer(d->status, "generation"));
    else if (*restart)
        doctor_warn(d, "`systemctl restart ringerd`", "changed options wait for a restart: %s", restart);
    else if (strcmp(digest, control_string(d->status, "config_digest")) != 0)
        doctor_warn(d, "`ringer reload`",
                    "the configuration or its lists were changed since ringerd read them");
    else if (strcmp(rules, ruleset_digest(d->policy->rules)) != 0)
        doctor_warn(d, "`ringer reload`", "the rules were changed since ringerd read them");
    else
        doctor_ok(d, "generation %lld is what the files say",
                  (long long)control_integer(d->status, "generation"));
}

/* The soft limit of open files of a process; 0: not known. */
static unsigned long file_limit(struct doctor *d, json_int_t pid)
{
    FILE *f = fopen(arena_printf(d->arena, "/proc/%lld/limits", (long long)pid), "r");
    char line[256];
    unsigned long limit = 0;
    while (f && fgets(line, sizeof(line), f))
        if (strncmp(line, "Max open files", 14) == 0)
            limit = strtoul(line + 14, NULL, 10);
    if (f)
        fclose(f);
    return limit;
}

static void check_descriptors(struct doctor *d)
{
    unsigned long limit = file_limit(d, control_integer(d->status, "pid"));
    unsigned long want = (unsigned long)d->conf->max_connections * CONF_FILES_EACH + CONF_FILES_OTHER;
    if (!d->status || limit == 0)
        return;
    if (limit < want)
        doctor_fail(
            d,
            arena_printf(d->arena, "LimitNOFILE=%lu in the unit, or a smaller milter.max-connections", want),
            "ringerd may open %lu files; %lld connections need %lu", limit,
            (long long)d->conf->max_connections, want);
    else
        doctor_ok(d, "%lu files may be open, %lu are needed at most", limit, want);
}

static void check_counters(struct doctor *d)
{
    static const struct {
        const char *name, *text, *remedy;
    } bad[] = {
        {"errors_store", "times a message could not be kept", "see the check store, and ringerd's log"},
        {"errors_internal", "messages could not be judged", "ringerd's log says why"},
        {"connections_refused", "connections were over milter.max-connections",
         "raise it, or lower Postfix's default_process_limit"},
        {"memory_refused", "messages or recipients got 451 for want of memory",
         "raise limits.memory, below MemoryMax of the unit"},
        {"accept_failed", "times a connection could not be accepted",
         "raise LimitNOFILE of the unit, or lower milter.max-connections"},
    };
    const json_t *counters = json_object_get(d->status, "counters");
    if (!d->status)
        return;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        if (control_integer(counters, bad[i].name)) {
            doctor_warn(d, bad[i].remedy, "since its start: %lld %s",
                        (long long)control_integer(counters, bad[i].name), bad[i].text);
            return;
        }
    doctor_ok(d, "%lld messages since its start, none failed",
              (long long)control_integer(counters, "messages"));
}

static const struct doctor_check checks[] = {
    {"daemon", check_daemon},
    {"generation", check_generation},
    {"descriptors", check_descriptors},
    {"counters", check_counters},
};
const struct doctor_family doctor_daemon = {checks, sizeof(checks) / sizeof(*checks)};
