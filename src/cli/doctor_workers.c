/*
 * ringer doctor: the workers, tried from here, and what the running ringerd tells of its own; the DNS through them.
 * The two may differ: a filter of system calls in the unit kills ringerd's workers, not ours.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "judge/services.h"

#include "cli/doctor_checks.h"
#include "cli/run.h"

static const char sample[] = "{\\rtf1\\ansi Ringer reads this.}";

static json_int_t integer(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

/* The lines of the self-test that failed; it speaks TAP. */
static const char *first_failure(struct doctor *d, const char *output)
{
    struct span rest = span_of(output), line;
    while (span_line(&rest, &line))
        if (span_starts_nocase(line, SPAN_LIT("not ok")) || span_starts_nocase(line, SPAN_LIT("Bail out!")))
            return arena_span(d->arena, line);
    return "it says nothing";
}

static void check_sandbox(struct doctor *d)
{
    const char *output;
    char *path = *d->conf->worker_path ? strdup(d->conf->worker_path) : worker_find();
    const char *argv[] = {arena_strdup(d->arena, path), "--self-test", NULL};
    free(path);
    if (d->conf->worker_processes == 0 && d->conf->spf_processes == 0)
        return;
    int code = run_program(d->arena, argv, &output);
    if (code == RUN_MISSING)
        doctor_fail(d, "install it, or name it in worker.path",
                    "%s is missing: no attachment and no SPF is read", argv[0]);
    else if (code != 0)
        doctor_fail(d,
                    "`ringer-worker --self-test` shows all; a newer kernel, or a container that allows "
                    "seccomp and Landlock",
                    "%s: %s", argv[0], first_failure(d, output));
    else
        doctor_ok(d, "%s passes its self-test", argv[0]);
}

static void check_attachments(struct doctor *d)
{
    struct services services = {.workers = NULL};
    struct worker_text text;
    struct worker_stats stats;
    if (d->conf->worker_processes == 0) {
        doctor_ok(d, "worker.processes is 0: no attachment is read");
        return;
    }
    services_start(&services, d->conf, NULL);
    enum worker_status status =
        worker_extract(services.workers, d->arena, 0, "rtf", "sample.rtf", span_of(sample), &text);
    worker_pool_stats(services.workers, &stats);
    if (status == WORKER_OK)
        doctor_ok(d, "a worker reads a sample");
    else
        doctor_fail(d, "see the check sandbox", "no worker reads a sample: %s%s%s",
                    worker_status_name(status), *stats.last_error ? ": " : "",
                    arena_strdup(d->arena, stats.last_error));
    services_stop(&services);
}

/* What ringerd's own workers did: under its unit, with its user. */
static void check_workers(struct doctor *d)
{
    static const char *const kinds[] = {"attachments", "spf"};
    if (!d->status)
        return;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        const json_t *stats = json_object_get(d->status, kinds[i]);
        const char *last = json_string_value(json_object_get(stats, "last_error"));
        json_int_t good = integer(stats, "ok"), unstarted = integer(stats, "worker_start_failures");
        json_int_t died = integer(stats, "died"), killed = integer(stats, "workers_killed");
        if (unstarted && last && *last)
            doctor_fail(d,
                        "the shipped ringerd.service lets them work: compare SystemCallFilter; worker.path "
                        "must be open to ringerd's user",
                        "ringerd's workers for %s did not start %lld times: %s", kinds[i],
                        (long long)unstarted, arena_strdup(d->arena, last));
        else if (died > 0 && good == 0)
            doctor_fail(d, "the shipped ringerd.service lets them work: compare SystemCallFilter",
                        "all %lld requests for %s ended with a dead worker", (long long)died, kinds[i]);
        else if (killed > 10 && killed > good)
            doctor_warn(d, "ringerd's log names them",
                        "%lld workers for %s were killed, %lld requests went well", (long long)killed,
                        kinds[i], (long long)good);
        else
            continue;
        return;
    }
    doctor_ok(d, "ringerd's own workers did not fail");
}

static void check_resolver(struct doctor *d)
{
    struct services services = {.spf = NULL};
    struct spf_answer answer;
    const char *domain = d->conf->own_domains.n ? d->conf->own_domains.v[0].name : "example.com";
    const struct spf_question question = {.client_ip = "192.0.2.1",
                                          .helo = domain,
                                          .mail_from = arena_printf(d->arena, "postmaster@%s", domain),
                                          .from_domain = domain,
                                          .organisation = domain};
    if (d->conf->dns_servers.n == 0 || d->conf->spf_processes == 0) {
        doctor_ok(d, "DNS is not asked (trust.dns-servers, worker.spf-processes)");
        return;
    }
    services_start(&services, d->conf, NULL);
    int64_t start = monotonic_ms();
    spf_check(services.spf, d->arena, &question, &answer);
    long long took = monotonic_ms() - start;
    if (answer.dmarc == DMARC_UNKNOWN || answer.spf == SPF_UNKNOWN || answer.spf == SPF_TEMPERROR)
        doctor_fail(d, "name servers that answer in trust.dns-servers, or fix /etc/resolv.conf; [] asks none",
                    "DNS did not answer about %s within %lld ms: SPF and DMARC stay unknown%s%s", domain,
                    took, *answer.detail ? ": " : "", answer.detail);
    else
        doctor_ok(d, "DNS answered about %s in %lld ms: SPF %s", domain, took, spf_result_name(answer.spf));
    services_stop(&services);
}

static const struct doctor_check checks[] = {
    {"sandbox", check_sandbox},
    {"attachments", check_attachments},
    {"workers", check_workers},
    {"resolver", check_resolver},
};
const struct doctor_family doctor_workers = {checks, sizeof(checks) / sizeof(*checks)};
