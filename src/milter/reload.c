/*
 * Swaps the policy under the running sessions: each message keeps the one it began with. Building takes as long as
 * it takes, in the main thread, while the sessions go on with the old one.
 *
 * The allocator keeps what was freed: glibc gives only the top of its heap back, and the new policy lies above the
 * gap that the old one left. Without malloc_trim() a daemon has more than twice its size from the third reload on.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <systemd/sd-daemon.h>

#include "base/diag.h"

#include "milter/daemon.h"
#include "milter/log.h"
#include "milter/packwatch.h"
#include "milter/process.h"
#include "milter/reload.h"
#include "milter/current.h"

static int64_t last_time;
static bool last_ok = true;
static bool trim_due;

static void notify_reloading(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
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

/* Options that are only read at the start: say so instead of silently ignoring them. */
static void warn_unchangeable(const struct conf *before, const struct conf *after)
{
    const struct {
        const char *name, *before, *after;
    } options[] = {
        {"milter socket", before->socket, after->socket},
        {"milter socket-group", before->socket_group, after->socket_group},
        {"daemon user", before->user, after->user},
        {"daemon group", before->group, after->group},
        {"daemon pid-file", before->pid_file, after->pid_file},
        {"daemon control-socket", before->control_socket, after->control_socket},
        {"quarantine store", before->store, after->store},
    };
    for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
        if (strcmp(options[i].before, options[i].after) != 0)
            log_line(LOG_WARNING, "reload: the changed '%s' takes effect only after a restart",
                     options[i].name);
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

static void put_in_force(struct policy *fresh)
{
    unsigned generation = fresh->generation;
    struct policy *before = current_get();
    warn_unchangeable(before->conf, fresh->conf);
    warn_of_limits(fresh->conf);
    log_set_level(fresh->conf->log_level);
    policy_unref(&before);
    current_install(fresh);
    packwatch_reset();
    log_line(LOG_NOTICE, "reloaded: generation %u is in force, mode %s, %zu rules, digest %.16s", generation,
             conf_mode_name(fresh->conf->mode), ruleset_size(fresh->rules), ruleset_digest(fresh->rules));
    log_packs(fresh);
    sd_notifyf(0, "READY=1\nSTATUS=generation %u", generation);
}

bool reload(const char *conf_path, char **report_r)
{
    struct diag_list diags = {0};
    notify_reloading();
    struct policy *fresh = policy_reload(conf_path, &diags);
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
    sd_notify(0, "READY=1\nSTATUS=last reload failed, the last good configuration stays in force");
    return false;
}

void reload_trim(void)
{
    if (!trim_due || policy_alive() > 1)
        return;
    trim_due = false;
    malloc_trim(0); /* some milliseconds, with the lock of one arena at a time */
}

json_t *reload_status(void)
{
    struct policy *policy = current_get();
    json_t *status =
        json_pack("{s:I, s:b, s:i}", "time", (json_int_t)(last_time ? last_time : ringerd.started), "ok",
                  last_ok, "generation", (int)policy->generation);
    policy_unref(&policy);
    return status;
}
