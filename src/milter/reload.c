/*
 * Swaps the policy under the running sessions: each message keeps the one it began with. Building takes as long as
 * it takes, in the main thread, while the sessions go on with the old one.
 *
 * The allocator keeps what was freed: glibc gives only the top of its heap back, and the new policy lies above the
 * gap that the old one left. Without malloc_trim() a daemon has more than twice its size from the third reload on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#ifdef HAVE_MALLOC_TRIM
#include <malloc.h>
#endif

#include "base/clock.h"
#include "base/diag.h"

#include "milter/authseen.h"
#include "milter/daemon.h"
#include "milter/listener.h"
#include "milter/log.h"
#include "milter/notify.h"
#include "milter/packwatch.h"
#include "milter/process.h"
#include "milter/reload.h"
#include "milter/workers.h"
#include "milter/current.h"

static struct conf *running; /* what only a restart changes; policies point into it, so it stays */
static int64_t last_time;
static bool last_ok = true;
static bool trim_due;

static void notify_reloading(void)
{
    notify("RELOADING=1\nMONOTONIC_USEC=%lld", (long long)(monotonic_ns() / 1000));
}

static char *as_text(struct diag_list *diags)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    diag_attach_source(diags);
    diag_print(diags, out);
    fclose(out);
    return text;
}

/* What the file says and a restart only can bring, at each reload until then. */
static void warn_waiting(const struct conf *conf)
{
    for (size_t i = 0; i < conf->waiting.n; i++) {
        const struct conf_change *c = &conf->waiting.v[i];
        log_line(LOG_WARNING, "reload: %s%s%s: %s needs a restart of ringerd, %s stays in force", c->section,
                 *c->section ? " " : "", c->name, c->wanted, c->running);
    }
}

void log_packs(const struct policy *policy)
{
    for (size_t i = 0; i < policy->signed_packs.n; i++) {
        const struct policy_pack *p = &policy->signed_packs.v[i];
        log_line(LOG_NOTICE, "signed pack %s seq %lld, key %s%s", p->name, (long long)p->seq, p->key_id,
                 p->fallback ? ": THE PREVIOUS VERSION, the newest one is refused" : "");
    }
}

/* More connections than there are descriptors: some will have to wait at the door. */
static void warn_of_limits(const struct conf *conf)
{
    char error[256];
    if (process_raise_limits((unsigned)conf->max_connections, error, sizeof(error)) != 0)
        log_line(LOG_WARNING, "reload: %s", error);
}

/* What no policy carries: the state of the process and of what it has opened. */
static void follow(const struct conf *before, const struct conf *fresh)
{
    char error[512];
    warn_of_limits(fresh);
    log_set_level(fresh->log_level);
    if (!services_same(before, fresh))
        current_start_services(fresh, ringerd.store, workers_log);
    if (before->socket_mode != fresh->socket_mode &&
        listener_set_mode((mode_t)fresh->socket_mode, error, sizeof(error)) != 0)
        log_line(LOG_WARNING, "reload: %s", error);
}

static void put_in_force(struct policy *fresh)
{
    unsigned generation = fresh->generation;
    struct policy *before = current_get();
    warn_waiting(fresh->conf);
    follow(before->conf, fresh->conf);
    bool services = !services_same(before->conf, fresh->conf);
    policy_unref(&before);
    current_install(fresh);
    if (services)
        workers_check_soon();
    packwatch_reset();
    authseen_reset();
    log_line(LOG_NOTICE, "reloaded: generation %u is in force, mode %s, %zu rules, digest %.16s", generation,
             conf_mode_name(fresh->conf->mode), ruleset_size(fresh->rules), ruleset_digest(fresh->rules));
    log_packs(fresh);
    notify("READY=1\nSTATUS=generation %u", generation);
}

void reload_begin(const struct conf *conf)
{
    running = conf_running(conf);
}

bool reload(const char *conf_path, char **report_r)
{
    struct diag_list diags = {0};
    notify_reloading();
    struct policy *fresh = policy_reload(conf_path, running, &diags);
    log_diags(&diags);
    if (report_r)
        *report_r = as_text(&diags);
    diag_free(&diags);
    last_time = time(NULL);
    last_ok = fresh != NULL;
    trim_due = true;
    if (fresh) {
        put_in_force(fresh); /* the main thread alone installs: `fresh` stays until the next reload */
        return true;
    }
    count(COUNTER_RELOADS_FAILED);
    log_line(LOG_ERR, "reload failed: the last good configuration and rules stay in force");
    notify("READY=1\nSTATUS=last reload failed, the last good configuration stays in force");
    return false;
}

void reload_trim(void)
{
    if (!trim_due || policy_alive() > 1)
        return;
    trim_due = false;
#ifdef HAVE_MALLOC_TRIM
    malloc_trim(0); /* some milliseconds, with the lock of one arena at a time */
#endif
}

static json_t *waiting_json(const struct conf *conf)
{
    json_t *list = json_array();
    for (size_t i = 0; i < conf->waiting.n; i++) {
        const struct conf_change *c = &conf->waiting.v[i];
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "section", c->section, "option",
                                              c->name, "running", c->running, "wanted", c->wanted));
    }
    return list;
}

json_t *reload_status(void)
{
    struct policy *policy = current_get();
    json_t *status = json_pack(
        "{s:I, s:b, s:i, s:o}", "time", (json_int_t)(last_time ? last_time : ringerd.started), "ok", last_ok,
        "generation", (int)policy->generation, "needs_restart", waiting_json(policy->conf));
    policy_unref(&policy);
    return status;
}
