/*
 * ringer scan: judges mail from files, mailboxes and folders as the daemon would, and says what enforce
 * mode would do. Messages are read by the main thread, judged by -j workers, and printed in order, so that
 * memory stays flat whatever the size of the mailbox.
 */
#include <arpa/inet.h>
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/mailsource.h"
#include "cli/progress.h"
#include "cli/scan_propose.h"
#include "judge/judgement.h"
#include "policy/policy.h"
#include "judge/services.h"

enum { MAX_JOBS = 64, SLOTS_PER_JOB = 8, MAX_RCPTS = 64 };

enum slot_state { SLOT_FREE, SLOT_READY, SLOT_BUSY, SLOT_DONE };

struct slot {
    enum slot_state state;
    struct buf raw;
    char *path;
    bool truncated;
    char *output; /* what is printed for it */
    struct proposal *proposal;
    enum action action;
};

struct scan {
    const struct policy *policy;
    const struct services *services;
    struct envelope envelope;
    bool json, quiet;
    struct proposals *proposals; /* NULL: --propose was not given */
    unsigned jobs;
    struct slot *slots; /* a ring: read at `head`, judged anywhere between, printed at `tail` */
    size_t n_slots, head, tail;
    bool ended; /* nothing more will be read */
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    unsigned long long counts[ACTION_REJECT + 1], messages;
};

static char *as_json(const struct judgement *judgement, const char *path)
{
    json_t *object = json_object();
    json_object_set_new(object, "path", json_string_nocheck(path));
    json_t *rest = judgement_json(judgement);
    json_object_update(object, rest);
    json_decref(rest);
    char *line = json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER);
    json_decref(object);
    return line ? line : mem_strdup("{\"error\":\"this judgement cannot be written as JSON\"}");
}

static char *as_text(const struct judgement *judgement, const char *path)
{
    struct buf out = {0};
    const struct verdict *v = &judgement->verdict;
    buf_printf(&out, "%-10s %3d  %s", action_name(v->action), v->score, path);
    if (judgement->message->from.n)
        buf_printf(&out, "\n                from %s", judgement->message->from.v[0].address);
    if (judgement->message->subject)
        buf_printf(&out, "\n                subject %s", judgement->message->subject);
    for (size_t i = 0; i < v->hits.n; i++)
        buf_printf(&out, "\n           %+4d  %s%s", v->hits.v[i].score, v->hits.v[i].why,
                   v->hits.v[i].monitor   ? " (monitored only)"
                   : v->hits.v[i].counted ? ""
                                          : " (not added: a stronger one says the same)");
    return out.p;
}

static void judge_slot(struct scan *scan, struct slot *slot, struct arena *arena)
{
    const struct message *message =
        message_parse(arena, &scan->envelope, buf_span(&slot->raw), slot->truncated, &scan->policy->limits);
    struct judgement judgement =
        judge(scan->policy, scan->services, arena, message, (int64_t)time(NULL) * 1000);
    slot->action = judgement.verdict.action;
    if (scan->proposals)
        slot->proposal = proposal_of(&judgement);
    else if (scan->json)
        slot->output = as_json(&judgement, slot->path);
    else if (!scan->quiet || slot->action != ACTION_PASS)
        slot->output = as_text(&judgement, slot->path);
}

static struct slot *take_ready(struct scan *scan)
{
    for (size_t i = scan->tail; i < scan->head; i++)
        if (scan->slots[i % scan->n_slots].state == SLOT_READY)
            return &scan->slots[i % scan->n_slots];
    return NULL;
}

static void *worker(void *data)
{
    struct scan *scan = data;
    struct arena *arena = arena_new();
    pthread_mutex_lock(&scan->lock);
    for (;;) {
        struct slot *slot = take_ready(scan);
        if (!slot && scan->ended)
            break;
        if (!slot) {
            pthread_cond_wait(&scan->work, &scan->lock);
            continue;
        }
        slot->state = SLOT_BUSY;
        pthread_mutex_unlock(&scan->lock);
        judge_slot(scan, slot, arena);
        arena_reset(arena);
        pthread_mutex_lock(&scan->lock);
        slot->state = SLOT_DONE;
        pthread_cond_signal(&scan->done);
    }
    pthread_mutex_unlock(&scan->lock);
    arena_free(&arena);
    return NULL;
}

/* Prints the oldest message when it is done, else waits for it. Called with the lock held. */
static void finish_oldest(struct scan *scan)
{
    struct slot *slot = &scan->slots[scan->tail % scan->n_slots];
    while (slot->state != SLOT_DONE)
        pthread_cond_wait(&scan->done, &scan->lock);
    pthread_mutex_unlock(&scan->lock);
    if (slot->output)
        puts(slot->output);
    if (scan->proposals)
        proposals_add(scan->proposals, slot->proposal);
    slot->proposal = NULL;
    free(slot->output);
    free(slot->path);
    slot->output = slot->path = NULL;
    scan->counts[slot->action]++;
    scan->messages++;
    pthread_mutex_lock(&scan->lock);
    slot->state = SLOT_FREE;
    scan->tail++;
}

static void show_progress(const struct scan *scan, struct mailsource *source, bool last)
{
    progress_show(source, scan->messages, last, "%llu held, %llu tagged",
                  scan->counts[ACTION_QUARANTINE] + scan->counts[ACTION_REJECT], scan->counts[ACTION_TAG]);
}

static void name_error(struct mailsource *source)
{
    const char *error = mailsource_error(source);
    if (error)
        fprintf(stderr, "ringer scan: %s\n", error);
}

static void feed(struct scan *scan, struct mailsource *source, bool progress)
{
    struct mailsource_message message;
    for (;;) {
        pthread_mutex_lock(&scan->lock);
        if (scan->head - scan->tail == scan->n_slots)
            finish_oldest(scan);
        struct slot *slot = &scan->slots[scan->head % scan->n_slots];
        pthread_mutex_unlock(&scan->lock);
        bool more = mailsource_next(source, &slot->raw, &message);
        name_error(source);
        pthread_mutex_lock(&scan->lock);
        if (!more)
            break;
        slot->path = mem_strdup(message.path);
        slot->truncated = message.truncated;
        slot->state = SLOT_READY;
        scan->head++;
        pthread_cond_signal(&scan->work);
        pthread_mutex_unlock(&scan->lock);
        if (progress)
            show_progress(scan, source, false);
    }
    scan->ended = true;
    pthread_cond_broadcast(&scan->work);
    while (scan->tail < scan->head)
        finish_oldest(scan);
    pthread_mutex_unlock(&scan->lock);
    if (progress)
        show_progress(scan, source, true);
}

static void run(struct scan *scan, struct mailsource *source)
{
    pthread_t threads[MAX_JOBS];
    bool progress = isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO);
    unsigned started = 0;
    scan->n_slots = (size_t)scan->jobs * SLOTS_PER_JOB;
    scan->slots = mem_array(scan->n_slots, sizeof(*scan->slots));
    pthread_mutex_init(&scan->lock, NULL);
    pthread_cond_init(&scan->work, NULL);
    pthread_cond_init(&scan->done, NULL);
    for (; started < scan->jobs; started++)
        if (pthread_create(&threads[started], NULL, worker, scan) != 0)
            break;
    if (started == 0) {
        fputs("ringer scan: no thread could be started\n", stderr);
        exit(EXIT_FAILED);
    }
    feed(scan, source, progress);
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    for (size_t i = 0; i < scan->n_slots; i++)
        buf_free(&scan->slots[i].raw);
    free(scan->slots);
    pthread_cond_destroy(&scan->work);
    pthread_cond_destroy(&scan->done);
    pthread_mutex_destroy(&scan->lock);
}

static void summary(const struct scan *scan, struct mailsource *source, double seconds)
{
    fprintf(stderr, "%llu messages in %.1f s (%.0f a second): %llu would be held, %llu tagged, %llu pass\n",
            scan->messages, seconds, (double)scan->messages / (seconds > 0 ? seconds : 1),
            scan->counts[ACTION_QUARANTINE] + scan->counts[ACTION_REJECT], scan->counts[ACTION_TAG],
            scan->counts[ACTION_PASS]);
    if (mailsource_failed(source))
        fprintf(stderr, "%zu paths could not be read\n", mailsource_failed(source));
}

static const char usage[] =
    "usage: ringer scan [OPTION...] PATH...\n"
    "\n"
    "Judges mail and says what enforce mode would do. PATH is a message, an mbox, a Maildir, a folder of\n"
    "these, or - for standard input.\n"
    "\n"
    "  -c, --config FILE     configuration (default: $RINGER_CONFIG, else the installed one, else built-in)\n"
    "      --json            one JSON object a message: path, message_id, score, action, axes, rules, facts\n"
    "      --propose         what would be held, by rule and sender, as YAML to paste: affiliates and "
    "allows\n"
    "  -q, --quiet           only messages that would not pass\n"
    "  -j, --jobs N          judge N messages at a time (default 1)\n"
    "      --sender ADDRESS  envelope sender of the messages\n"
    "      --rcpt ADDRESS    envelope recipient; may be given several times\n"
    "      --client IP       address of the client that sent them\n"
    "      --helo NAME       its HELO name\n"
    "      --no-attachments  do not read the text of attachments\n"
    "  -h, --help\n"
    "\n"
    "Exit codes: 0 done, 1 a path could not be read, 2 wrong usage, 3 invalid configuration.\n";

struct options {
    const char *config;
    bool no_attachments, propose;
    const char *rcpts[MAX_RCPTS];
};

enum { OPT_JSON = 256, OPT_SENDER, OPT_RCPT, OPT_CLIENT, OPT_HELO, OPT_NO_ATTACHMENTS, OPT_PROPOSE };

static bool is_ip(const char *text)
{
    struct in6_addr address;
    return inet_pton(AF_INET, text, &address) == 1 || inet_pton(AF_INET6, text, &address) == 1;
}

static int parse_options(int argc, char **argv, struct scan *scan, struct options *o)
{
    static const struct option longopts[] = {
        {"config", 1, NULL, 'c'},
        {"json", 0, NULL, OPT_JSON},
        {"propose", 0, NULL, OPT_PROPOSE},
        {"quiet", 0, NULL, 'q'},
        {"jobs", 1, NULL, 'j'},
        {"sender", 1, NULL, OPT_SENDER},
        {"rcpt", 1, NULL, OPT_RCPT},
        {"client", 1, NULL, OPT_CLIENT},
        {"helo", 1, NULL, OPT_HELO},
        {"no-attachments", 0, NULL, OPT_NO_ATTACHMENTS},
        {"help", 0, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int c;
    while ((c = getopt_long(argc, argv, "c:qj:h", longopts, NULL)) != -1) {
        char *end;
        unsigned long jobs;
        switch (c) {
        case 'c':
            o->config = optarg;
            break;
        case OPT_JSON:
            scan->json = true;
            break;
        case OPT_PROPOSE:
            o->propose = true;
            break;
        case 'q':
            scan->quiet = true;
            break;
        case 'j':
            jobs = strtoul(optarg, &end, 10);
            if (*end || jobs < 1 || jobs > MAX_JOBS) {
                fprintf(stderr, "ringer scan: -j takes a number from 1 to %d, not '%s'\n", MAX_JOBS, optarg);
                return EXIT_USAGE;
            }
            scan->jobs = (unsigned)jobs;
            break;
        case OPT_SENDER:
            scan->envelope.mail_from = optarg;
            break;
        case OPT_RCPT:
            if (scan->envelope.n_rcpts == MAX_RCPTS) {
                fprintf(stderr, "ringer scan: --rcpt can be given %d times at most\n", MAX_RCPTS);
                return EXIT_USAGE;
            }
            o->rcpts[scan->envelope.n_rcpts++] = optarg;
            break;
        case OPT_CLIENT:
            if (!is_ip(optarg)) {
                fprintf(stderr, "ringer scan: --client takes an IP address, not '%s'\n", optarg);
                return EXIT_USAGE;
            }
            scan->envelope.client_ip = optarg;
            break;
        case OPT_HELO:
            scan->envelope.helo = optarg;
            break;
        case OPT_NO_ATTACHMENTS:
            o->no_attachments = true;
            break;
        case 'h':
            fputs(usage, stdout);
            return -2;
        default:
            fputs("`ringer scan --help` lists the options\n", stderr);
            return EXIT_USAGE;
        }
    }
    scan->envelope.rcpts = o->rcpts;
    if (scan->json && o->propose) {
        fputs("ringer scan: --propose prints YAML, so --json cannot be given beside it\n", stderr);
        return EXIT_USAGE;
    }
    if (optind == argc) {
        fputs("ringer scan: name a message, a mailbox or a folder (or - for standard input)\n", stderr);
        return EXIT_USAGE;
    }
    return -1;
}

int cmd_scan(int argc, char **argv)
{
    struct scan scan = {.jobs = 1};
    struct options options = {.config = cli_default_config()};
    struct diag_list diags = {0};
    int code = parse_options(argc, argv, &scan, &options);
    if (code >= -2 && code != -1)
        return code == -2 ? EXIT_DONE : code;
    struct policy *policy = policy_load(options.config, &diags);
    code = cli_report(&diags);
    if (!policy)
        return code ? code : EXIT_CONFIG;
    struct services services = {0};
    if (!options.no_attachments)
        services_start(&services, policy->conf, NULL);
    struct store_error no_history;
    services_open_history(&services, policy->conf, &no_history);
    if (*no_history.text)
        fprintf(stderr, "ringer scan: without history: %s\n", no_history.text);
    scan.proposals = options.propose ? proposals_new() : NULL;
    scan.policy = policy;
    scan.services = &services;
    struct mailsource *source = mailsource_open((const char *const *)(argv + optind), (size_t)(argc - optind),
                                                policy->limits.raw_bytes);
    int64_t start = monotonic_ms();
    run(&scan, source);
    int64_t took_ms = monotonic_ms() - start;
    if (scan.proposals)
        proposals_print(scan.proposals, scan.messages, time(NULL), stdout);
    proposals_free(&scan.proposals);
    bool failed = fflush(stdout) != 0 || ferror(stdout) || mailsource_failed(source);
    if (!scan.json || isatty(STDERR_FILENO))
        summary(&scan, source, (double)took_ms / 1e3);
    mailsource_close(&source);
    services_stop(&services);
    store_close(&services.store);
    policy_unref(&policy);
    return failed ? EXIT_FAILED : EXIT_DONE;
}
