/*
 * ringer rules try, profile: rules over real mail. Facts are drawn once a message with the policy in force;
 * the rules in force and the new ones are asked about the same facts.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/datadir.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/mailsource.h"
#include "cli/rules_try.h"
#include "cli/storeopt.h"
#include "judge/judge.h"
#include "policy/decide.h"
#include "policy/policy.h"
#include "judge/services.h"
#include "store/quarantine.h"

enum { MAX_BYTES = 32 * 1024 * 1024 }; /* of one message */

struct trial {
    const char *config;
    struct storeopt at; /* of --quarantine */
    bool quarantine, attachments, only;
    struct services services;
    const struct envelope *envelope; /* of the message that is judged; NULL: nothing is known */
    struct buf piece;
    const char **rule_files;
    size_t n_rule_files;
    struct policy *policy;
    struct ruleset *rules; /* the new ones; NULL: those in force */
    unsigned long long messages, scores, changed[ACTION_REJECT + 1][ACTION_REJECT + 1];
    struct rule_cost *costs;
};

static bool has_rule(struct rule_hits hits, const char *id)
{
    for (size_t i = 0; i < hits.n; i++)
        if (strcmp(hits.v[i].id, id) == 0)
            return true;
    return false;
}

static void print_only_in(char sign, struct rule_hits hits, struct rule_hits other)
{
    for (size_t i = 0; i < hits.n; i++)
        if (!has_rule(other, hits.v[i].id))
            printf("    %c %s (%+d): %s\n", sign, hits.v[i].id, hits.v[i].score, hits.v[i].why);
}

static void compare(struct trial *trial, const char *path, const struct judgement *judgement,
                    struct arena *arena)
{
    const struct verdict *old = &judgement->verdict;
    struct verdict new =
        policy_decide(trial->policy, judgement->message, judgement->facts,
                      rules_eval(trial->rules, judgement->facts, arena), time(NULL), arena, NULL);
    trial->changed[old->action][new.action]++;
    if (old->action == new.action && old->score == new.score)
        return;
    trial->scores++;
    printf("%s: %s %d -> %s %d\n", path, action_name(old->action), old->score, action_name(new.action),
           new.score);
    print_only_in('-', old->hits, new.hits);
    print_only_in('+', new.hits, old->hits);
}

static void one_message(struct trial *trial, const char *path, struct span raw, bool truncated,
                        struct arena *arena)
{
    static const struct envelope nobody;
    const struct envelope *envelope = trial->envelope ? trial->envelope : &nobody;
    const struct message *message = message_parse(arena, envelope, raw, truncated, &trial->policy->limits);
    struct judgement judgement = judge(trial->policy, trial->attachments ? &trial->services : NULL, arena,
                                       message, (int64_t)time(NULL) * 1000);
    trial->messages++;
    if (trial->costs)
        rules_profile(trial->rules ? trial->rules : trial->policy->rules, judgement.facts, arena,
                      trial->costs);
    else
        compare(trial, path, &judgement, arena);
}

/* Number of paths that could not be read. */
static size_t all_messages(struct trial *trial, const char *const *paths, size_t n)
{
    struct mailsource *source = mailsource_open(paths, n, MAX_BYTES);
    struct mailsource_message message;
    struct buf raw = {0};
    struct arena *arena = arena_new();
    bool progress = isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO);
    while (mailsource_next(source, &raw, &message)) {
        one_message(trial, message.path, buf_span(&raw), message.truncated, arena);
        arena_reset(arena);
        if (progress && trial->messages % 100 == 0)
            fprintf(stderr, "\r%llu messages, %.1f MB ", trial->messages,
                    (double)mailsource_bytes(source) / 1e6);
    }
    const char *error = mailsource_error(source);
    if (error)
        fprintf(stderr, "ringer rules: %s\n", error);
    size_t failed = mailsource_failed(source);
    arena_free(&arena);
    buf_free(&raw);
    mailsource_close(&source);
    return failed;
}

/* --- the quarantine */

/* The original bytes, as far as messages are looked at. */
static bool read_item(struct trial *trial, struct store *store, const char *id, struct buf *raw)
{
    struct store_error error;
    int result = 0;
    buf_clear(raw);
    for (uint64_t n = 0; raw->n < MAX_BYTES; n++) {
        buf_clear(&trial->piece);
        if ((result = store_quarantine_piece(store, id, n, &trial->piece, &error)) != 0)
            break;
        buf_add_span(raw, buf_span(&trial->piece));
    }
    if (result >= 0)
        return raw->n > 0;
    storeopt_failed("rules try", &error);
    return false;
}

static void one_item(struct trial *trial, struct store *store, const struct quarantine_item *item,
                     struct buf *raw, struct arena *arena)
{
    const struct store_mail *mail = &item->mail;
    const char **rcpts = arena_array(arena, mail->n_rcpts + 1, sizeof(*rcpts));
    for (size_t i = 0; i < mail->n_rcpts; i++)
        rcpts[i] = mail->rcpts[i];
    const struct envelope envelope = {.client_ip = mail->client_ip,
                                      .helo = mail->helo,
                                      .mail_from = mail->sender,
                                      .rcpts = rcpts,
                                      .n_rcpts = mail->n_rcpts,
                                      .queue_id = mail->queue_id};
    if (!read_item(trial, store, item->id, raw))
        return;
    trial->envelope = &envelope;
    one_message(trial, item->id, buf_span(raw), raw->n >= MAX_BYTES, arena);
    trial->envelope = NULL;
}

/* Held and released mail; of what was deleted the bytes are gone. Page by page, newest first. */
static int all_held(struct trial *trial)
{
    enum { PAGE = 100 };
    struct quarantine_filter filter = {.state = QUARANTINE_ALL, .limit = PAGE};
    struct quarantine_list list = {0};
    struct store_error error;
    struct arena *page = arena_new(), *arena = arena_new();
    struct buf raw = {0};
    char before[STORE_ID_SIZE];
    int code = EXIT_FAILED;
    struct store *store = storeopt_open(&trial->at, "rules try", STORE_RDONLY, false, &code);
    bool ok = store != NULL;
    do {
        arena_reset(page);
        if (ok && store_quarantine_list(store, page, &filter, &list, &error) != 0) {
            code = storeopt_failed("rules try", &error);
            ok = false;
        }
        for (size_t i = 0; ok && i < list.n; i++) {
            if (list.v[i].state != QUARANTINE_DELETED)
                one_item(trial, store, &list.v[i], &raw, arena);
            arena_reset(arena);
            filter.before_ms = list.v[i].mail.time_ms;
            memcpy(before, list.v[i].id, sizeof(before));
            filter.before_id = before;
        }
    } while (ok && list.n == PAGE);
    storeopt_close(&trial->at, &store);
    buf_free(&raw);
    buf_free(&trial->piece);
    arena_free(&arena);
    arena_free(&page);
    return ok ? EXIT_DONE : code;
}

static void print_changes(const struct trial *trial)
{
    printf("%llu messages, %llu with another score or action\n", trial->messages, trial->scores);
    for (unsigned a = 0; a <= ACTION_REJECT; a++)
        for (unsigned b = 0; b <= ACTION_REJECT; b++)
            if (a != b && trial->changed[a][b])
                printf("  %s -> %s: %llu\n", action_name((enum action)a), action_name((enum action)b),
                       trial->changed[a][b]);
}

static int dearest(const void *a, const void *b)
{
    const struct rule_cost *x = *(const struct rule_cost *const *)a, *y = *(const struct rule_cost *const *)b;
    return (x->nanoseconds < y->nanoseconds) - (x->nanoseconds > y->nanoseconds);
}

static void print_costs(const struct trial *trial, const struct ruleset *rules)
{
    size_t n = ruleset_size(rules);
    const struct rule_cost **order = mem_array(n + 1, sizeof(*order));
    double total = 0, messages = trial->messages ? (double)trial->messages : 1;
    for (size_t i = 0; i < n; i++) {
        order[i] = &trial->costs[i];
        total += trial->costs[i].nanoseconds;
    }
    if (n > 1)
        qsort(order, n, sizeof(*order), dearest);
    printf("%-32s %12s %10s %10s\n", "ID", "NS A MESSAGE", "HITS", "UNKNOWN");
    for (size_t i = 0; i < n; i++)
        printf("%-32s %12.0f %10llu %10llu\n", ruleset_info(rules, (size_t)(order[i] - trial->costs))->id,
               order[i]->nanoseconds / messages, order[i]->hits, order[i]->unknown);
    printf("%llu messages, %.1f us a message for %zu rules\n", trial->messages, total / messages / 1e3, n);
    free(order);
}

struct message_tests {
    struct policy *policy; /* loaded with the first message */
    struct diag_list *diags;
};

static bool judge_file(void *ctx, const struct ruleset *rules, const char *path, struct arena *arena,
                       struct rule_hits *hits_r, const char **error_r)
{
    static const struct envelope nobody;
    struct message_tests *tests = ctx;
    struct mailsource_message found;
    struct buf raw = {0};
    *error_r = "the built-in configuration cannot be loaded";
    if (!tests->policy && !(tests->policy = policy_load(NULL, tests->diags)))
        return false;
    struct mailsource *source = mailsource_open(&path, 1, MAX_BYTES);
    bool ok = mailsource_next(source, &raw, &found);
    if (ok) {
        const struct message *message =
            message_parse(arena, &nobody, buf_span(&raw), found.truncated, &tests->policy->limits);
        *hits_r = rules_eval(
            rules, judge(tests->policy, NULL, arena, message, (int64_t)time(NULL) * 1000).facts, arena);
    } else {
        const char *error = mailsource_error(source);
        *error_r = error ? arena_strdup(arena, error) : "no message in it";
    }
    mailsource_close(&source);
    buf_free(&raw);
    return ok;
}

size_t rules_try_messages(const struct ruleset *rules, struct diag_list *diags)
{
    struct message_tests tests = {.diags = diags};
    size_t n = ruleset_test_messages(rules, judge_file, &tests, diags);
    policy_unref(&tests.policy);
    return n;
}

static const char try_usage[] =
    "usage: ringer rules try [OPTION...] -r FILE... PATH...\n"
    "       ringer rules profile [OPTION...] [-r FILE...] PATH...\n"
    "\n"
    "try asks new rules and the ones in force about the same mail and prints what differs; profile tells\n"
    "what each rule costs and how often it hits. PATH is a message, an mbox, a Maildir, a folder of these,\n"
    "or -.\n"
    "\n"
    "  -c, --config FILE  configuration (default: $RINGER_CONFIG, else the installed one, else built-in)\n"
    "  -r, --rules FILE   rules that join those in force; a file takes the place of the one of its name. May "
    "be\n"
    "                     a folder, and may be given several times\n"
    "      --only         the files of -r alone, without the rules in force\n"
    "  -q, --quarantine   also mail in quarantine, held or released, with its envelope\n"
    "      --store URL    its store, instead of the configuration's: sqlite:PATH\n"
    "  -a, --attachments  read the text of attachments, too\n"
    "  -h, --help\n";

/* -1 = go on, else the exit code. */
static int parse_options(int argc, char **argv, struct trial *trial)
{
    static const struct option options[] = {{"config", 1, NULL, 'c'},     {"rules", 1, NULL, 'r'},
                                            {"quarantine", 0, NULL, 'q'}, {"attachments", 0, NULL, 'a'},
                                            {"only", 0, NULL, 'o'},       {"store", 1, NULL, 's'},
                                            {"help", 0, NULL, 'h'},       {NULL, 0, NULL, 0}};
    int c;
    optind = 0; /* a new command line for getopt */
    while ((c = getopt_long(argc, argv, "c:r:qah", options, NULL)) != -1) {
        if (c == 'c') {
            trial->config = trial->at.conf_path = optarg;
        } else if (c == 'r') {
            trial->rule_files[trial->n_rule_files++] = optarg;
        } else if (c == 'q') {
            trial->quarantine = true;
        } else if (c == 'a') {
            trial->attachments = true;
        } else if (c == 'o') {
            trial->only = true;
        } else if (c == 's') {
            trial->at.store = optarg;
        } else {
            fputs(try_usage, c == 'h' ? stdout : stderr);
            return c == 'h' ? EXIT_DONE : EXIT_USAGE;
        }
    }
    bool profile = strcmp(argv[0], "profile") == 0;
    bool mail = optind < argc || trial->quarantine;
    if (mail && (profile || trial->n_rule_files))
        return -1;
    fprintf(stderr, "ringer rules %s: name %s\n", argv[0],
            mail ? "the new rules with -r" : "a message, a mailbox or a folder, or say --quarantine");
    return EXIT_USAGE;
}

static int load_all(struct trial *trial)
{
    struct diag_list diags = {0};
    trial->policy = policy_load(trial->config ? trial->config : cli_default_config(), &diags);
    if (trial->policy && trial->n_rule_files) {
        const struct policy_packs_change change = {
            .files = trial->rule_files, .n_files = trial->n_rule_files, .alone = trial->only};
        trial->rules = policy_rules(trial->policy->conf, &change, &diags);
    }
    return cli_report(&diags);
}

static int run(int argc, char **argv, struct trial *trial)
{
    int code = load_all(trial);
    if (code != EXIT_DONE)
        return code;
    const struct ruleset *rules = trial->rules ? trial->rules : trial->policy->rules;
    if (strcmp(argv[0], "profile") == 0)
        trial->costs = mem_array(ruleset_size(rules) + 1, sizeof(*trial->costs));
    if (trial->attachments)
        services_start(&trial->services, trial->policy->conf, NULL);
    size_t failed = 0;
    if (optind < argc)
        failed = all_messages(trial, (const char *const *)argv + optind, (size_t)(argc - optind));
    if (trial->quarantine && (code = all_held(trial)) != EXIT_DONE)
        return code;
    if (trial->costs)
        print_costs(trial, rules);
    else
        print_changes(trial);
    return failed ? EXIT_FAILED : EXIT_DONE;
}

int rules_try(int argc, char **argv)
{
    struct trial trial = {.rule_files = mem_array((size_t)argc, sizeof(char *))};
    int code = parse_options(argc, argv, &trial);
    if (code < 0)
        code = run(argc, argv, &trial);
    services_stop(&trial.services);
    free(trial.costs);
    free(trial.rule_files);
    ruleset_free(&trial.rules);
    policy_unref(&trial.policy);
    return code;
}
