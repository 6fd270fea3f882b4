/*
 * ringer doctor: the workers, tried from here, and what the running ringerd tells of its own; the DNS through them.
 * The two may differ: a filter of system calls in the unit kills ringerd's workers, not ours.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/services.h"
#include "worker/check.h"

#include "cli/control.h"
#include "cli/doctor_checks.h"
#include "cli/run.h"

static const char unit_remedy[] =
    "the shipped ringerd.service lets them work: compare SystemCallFilter; worker.path must "
    "be open to ringerd's user";

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

/* --- worker_check(), as ringerd's user */

/* One line a part: its name, its state, what is wrong; tabs between. */
static int try_parts(struct doctor *d, char *text, size_t size)
{
    struct worker_check check;
    size_t n = 0;
    services_check(d->conf, true, &check);
    for (int i = 0; i < WORKER_PARTS && n < size; i++)
        n += (size_t)snprintf(text + n, size - n, "%s\t%s\t%s\n", worker_part_name((enum worker_part)i),
                              part_state_name(check.parts[i].state), check.parts[i].text);
    return 0;
}

static enum part_state part_of(struct doctor *d, enum worker_part part, const char **text_r)
{
    enum part_state state = PART_SKIPPED;
    struct span rest, line;
    if (!d->parts && doctor_as_user(d, try_parts, &d->parts) != 0)
        d->parts = "";
    rest = span_of(d->parts);
    while (span_line(&rest, &line)) {
        struct span name = span_cut(&line, '\t'), word = span_cut(&line, '\t');
        if (!span_eq(name, span_of(worker_part_name(part))))
            continue;
        *text_r = arena_span(d->arena, line);
        if (!part_state_from_name(arena_span(d->arena, word), &state))
            state = PART_FAILS;
    }
    return state;
}

/* The first of some parts that is not as it should be, else PART_WORKS. */
static enum part_state worst_of(struct doctor *d, const enum worker_part *parts, size_t n,
                                const char **text_r)
{
    enum part_state worst = PART_SKIPPED;
    for (size_t i = 0; i < n; i++) {
        const char *text = "";
        enum part_state state = part_of(d, parts[i], &text);
        if (state > worst) {
            worst = state;
            *text_r = text;
        }
    }
    return worst;
}

static void say_part(struct doctor *d, enum part_state state, const char *text, const char *good,
                     const char *off, const char *remedy)
{
    if (state == PART_FAILS)
        doctor_fail(d, remedy, "%s", text);
    else if (state == PART_WEAK)
        doctor_warn(d, remedy, "%s", text);
    else
        doctor_ok(d, "%s", state == PART_SKIPPED ? off : good);
}

static void check_attachments(struct doctor *d)
{
    static const enum worker_part parts[] = {PART_EXTRACT, PART_PDF, PART_DOCX};
    const char *text = "";
    enum part_state state = worst_of(d, parts, sizeof(parts) / sizeof(*parts), &text);
    say_part(
        d, state, text, "a worker reads a PDF and a DOCX", "worker.processes is 0: no attachment is read",
        "`ringer-worker --self-test` and ringerd's log say more; worker.path and pdftotext must be there");
}

static void check_pictures(struct doctor *d)
{
    static const char remedy[] =
        "install ringer-pictures, and tesseract-ocr-eng for words; ringerd's log says more";
    const char *codes = "", *words = "";
    enum part_state codes_state = part_of(d, PART_CODES, &codes),
                    words_state = part_of(d, PART_WORDS, &words);
    say_part(d, codes_state, codes, "QR codes in pictures are read",
             *codes ? codes : "QR codes in pictures are not read (worker.picture-processes is 0)", remedy);
    say_part(d, words_state, words, "words in pictures are read",
             *words ? words : "words in pictures are not read (worker.ocr, worker.picture-processes)",
             remedy);
}

static void check_spf(struct doctor *d)
{
    const char *text = "";
    enum part_state state = part_of(d, PART_SPF, &text);
    say_part(d, state, text, "a worker checks SPF",
             "SPF is not checked (trust.dns-servers, worker.spf-processes)",
             "`ringer-worker --self-test --service=spf` says more");
}

static void check_landlock(struct doctor *d)
{
    const char *text = "";
    enum part_state state = part_of(d, PART_FILES, &text);
    if (state != PART_SKIPPED)
        say_part(d, state, text, "the kernel keeps workers from files", "",
                 "a kernel that has it is better; seccomp holds without");
}

static void check_resolver(struct doctor *d)
{
    const char *text = "";
    enum part_state state = part_of(d, PART_DNS, &text);
    say_part(d, state, text, "the DNS servers answer",
             "DNS is not asked (trust.dns-servers, worker.spf-processes)",
             "name servers that answer in trust.dns-servers, or fix /etc/resolv.conf; [] asks none");
}

/* The first part that failed in ringerd's own self-test; NULL: none. */
static const char *failing_part(struct doctor *d)
{
    const char *name;
    json_t *part;
    json_object_foreach(json_object_get(d->status, "workers"), name, part)
    {
        const char *state = json_string_value(json_object_get(part, "state"));
        if (state && strcmp(state, part_state_name(PART_FAILS)) == 0)
            return arena_printf(d->arena, "%s: %s", name, json_string_value(json_object_get(part, "text")));
    }
    return NULL;
}

/* What ringerd's own workers did: under its unit, with its user. */
static void check_workers(struct doctor *d)
{
    static const char *const kinds[] = {"attachments", "spf"};
    const char *failing = d->status ? failing_part(d) : NULL;
    if (!d->status)
        return;
    if (failing) {
        doctor_fail(d, unit_remedy, "ringerd's own workers fail: %s", failing);
        return;
    }
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        const json_t *stats = json_object_get(d->status, kinds[i]);
        const char *last = json_string_value(json_object_get(stats, "last_error"));
        json_int_t good = control_integer(stats, "ok"),
                   unstarted = control_integer(stats, "worker_start_failures");
        json_int_t died = control_integer(stats, "died"), killed = control_integer(stats, "workers_killed");
        if (unstarted && last && *last)
            doctor_fail(d, unit_remedy, "ringerd's workers for %s did not start %lld times: %s", kinds[i],
                        (long long)unstarted, arena_strdup(d->arena, last));
        else if (died > 0 && good == 0)
            doctor_fail(d, unit_remedy, "all %lld requests for %s ended with a dead worker", (long long)died,
                        kinds[i]);
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

static const struct doctor_check checks[] = {
    {"sandbox", check_sandbox},   {"attachments", check_attachments}, {"pictures", check_pictures},
    {"spf", check_spf},           {"landlock", check_landlock},       {"workers", check_workers},
    {"resolver", check_resolver},
};
const struct doctor_family doctor_workers = {checks, sizeof(checks) / sizeof(*checks)};
