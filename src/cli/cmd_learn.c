/*
 * ringer learn: seeds history with archives, so that suppliers are known on the first day: who writes to us and
 * to whom we write, in which threads, with which accounts. The archive is the admin's and is believed without
 * authentication; but what the rules would hold is left out and named, since archives hold frauds, too.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/learn_accounts.h"
#include "cli/mailsource.h"
#include "cli/progress.h"
#include "cli/storeopt.h"
#include "judge/judgement.h"
#include "judge/learn.h"
#include "policy/partners.h"

enum {
    BATCH = 500,                    /* messages in one transaction, */
    BATCH_BYTES = 32 * 1024 * 1024, /* or so much memory */
    ARCHIVE_DEADLINE_MS = 30000,    /* no mail waits: what history knows is worth waiting for */
};

enum direction { DIRECTION_AUTO, DIRECTION_SENT, DIRECTION_RECEIVED };

struct learn {
    struct storeopt at;
    enum direction direction;
    bool no_attachments, all, quiet;
    struct policy *policy;
    struct services services;
    struct store *store;
    struct history_options options;
    int64_t now_ms;
    struct arena *arena;
    struct history_item items[BATCH];
    size_t n;
    int failed; /* exit code of a store that failed; 0 */
    struct learn_accounts *differing;
    unsigned long long changes; /* messages whose accounts somebody must look at first */
    unsigned long long messages, sent, received, known, held, old, automatic, nobody;
};

/* What waits goes into the store: -1 with `failed` set when that cannot be done. */
static int flush(struct learn *learn)
{
    struct store_error error;
    size_t known;
    if (history_learn(learn->store, &learn->options, learn->items, learn->n, &known, &error)) {
        learn->failed = storeopt_failed("learn", &error);
        return -1;
    }
    learn->known += known;
    learn->n = 0;
    return 0;
}

/* When the message says that it was written; the future and nonsense become now. False: history would forget it at once. */
static bool dated(const struct learn *learn, const struct message *message, int64_t *time_ms)
{
    *time_ms = message->date * 1000;
    if (message->date <= 0 || *time_ms > learn->now_ms)
        *time_ms = learn->now_ms;
    return learn->now_ms - *time_ms <= learn->policy->conf->history_retention_s * 1000;
}

static bool is_sent(const struct learn *learn, const struct message *message)
{
    if (learn->direction != DIRECTION_AUTO)
        return learn->direction == DIRECTION_SENT;
    return learn_is_ours(learn->policy, learn->arena, message);
}

static void put(struct learn *learn, const struct contact *contact, int64_t time_ms, unsigned what)
{
    struct contact *dated_contact = arena_alloc(learn->arena, sizeof(*dated_contact));
    if (contact->peers.n == 0) {
        learn->nobody++;
        return;
    }
    *dated_contact = *contact;
    dated_contact->time_ms = time_ms;
    learn->items[learn->n++] = (struct history_item){dated_contact, what};
    learn->sent += contact->sent;
    learn->received += !contact->sent;
}

static void take_sent(struct learn *learn, const struct message *message, int64_t time_ms)
{
    const struct fact_sources sources = policy_sources(learn->policy);
    if (learn_is_automatic(message))
        learn->automatic++;
    else
        put(learn, contact_sent(&sources, learn->arena, message), time_ms,
            HISTORY_PEER | HISTORY_THREAD | HISTORY_ARCHIVED);
}

static bool names(const struct contact *c, const char *number)
{
    for (size_t i = 0; i < c->n_accounts; i++)
        if (strcmp(c->accounts[i].number, number) == 0)
            return true;
    return false;
}

/* Does another account of the same payee still wait to be written? */
static bool other_waits(const struct learn *learn, const struct contact *c)
{
    for (size_t i = 0; c->payee && i < learn->n; i++) {
        const struct contact *waiting = learn->items[i].contact;
        if (!(learn->items[i].learn & HISTORY_ACCOUNTS) || strcmp(waiting->payee, c->payee) != 0)
            continue;
        for (size_t k = 0; k < waiting->n_accounts; k++)
            if (!names(c, waiting->accounts[k].number))
                return true;
    }
    return false;
}

/* History must have seen the payee's accounts that came before: they may still wait to be written. */
static struct judgement judge_in_turn(struct learn *learn, const struct message *message)
{
    struct judgement j = judge(learn->policy, &learn->services, learn->arena, message, learn->now_ms);
    if (j.facts->contact && j.facts->contact->n_accounts && other_waits(learn, j.facts->contact) &&
        flush(learn) == 0)
        j = judge(learn->policy, &learn->services, learn->arena, message, learn->now_ms);
    return j;
}

/* Accounts that are not learned: of ordinary mail they may prove themselves, where a change is spoken of somebody must look. */
static void take_differing(struct learn *learn, const struct judgement *j, const char *path, int64_t time_ms)
{
    const struct contact *c = j->facts->contact;
    if (!c->n_accounts || !c->peers.n || c->payee != c->peers.v[0])
        return;
    if (learn_is_change(j)) {
        learn->changes++;
        fprintf(stderr, "ringer learn: %s: its account is not learned: %s\n", path,
                judgement_reason(j, learn->arena));
    } else {
        learn_accounts_note(learn->differing, c, time_ms);
    }
}

static void take_proved(struct learn *learn)
{
    size_t n;
    const struct contact *contacts = learn_accounts_proved(learn->differing, &n);
    for (size_t i = 0; i < n && !learn->failed; i++) {
        learn->items[learn->n++] = (struct history_item){&contacts[i], HISTORY_ACCOUNTS};
        if (learn->n == BATCH)
            flush(learn);
    }
}

/* Held for another account and nothing else: in an archive that may be a supplier's second one, which must prove itself. */
static bool held_for_account(const struct judgement *j)
{
    return facts_bool(j->facts, FACT_ACCOUNT_DIFFERS) && !(j->verdict.axes & 1u << AXIS_IDENTITY) &&
           !learn_is_change(j);
}

static void take_received(struct learn *learn, const struct message *message, const char *path,
                          int64_t time_ms)
{
    const struct judgement judgement = judge_in_turn(learn, message);
    const struct contact *contact = judgement.facts->contact;
    if (judgement.verdict.action >= ACTION_QUARANTINE && !learn->all && !held_for_account(&judgement)) {
        learn->held++;
        fprintf(stderr, "ringer learn: %s: left out, it would be held: %s\n", path,
                judgement_reason(&judgement, learn->arena));
        return;
    }
    unsigned what = learn->all ? learn_vouched(&judgement) : learn_archived(&judgement);
    if (!(what & HISTORY_ACCOUNTS))
        take_differing(learn, &judgement, path, time_ms);
    put(learn, contact, time_ms, what);
}

static void take(struct learn *learn, struct span raw, const struct mailsource_message *from)
{
    const struct message *message =
        message_parse(learn->arena, NULL, raw, from->truncated, &learn->policy->limits);
    int64_t time_ms;
    learn->messages++;
    if (!dated(learn, message, &time_ms))
        learn->old++;
    else if (is_sent(learn, message))
        take_sent(learn, message, time_ms);
    else
        take_received(learn, message, from->path, time_ms);
}

static void show_progress(const struct learn *learn, struct mailsource *source, bool last)
{
    progress_show(source, learn->messages, last, "%llu received, %llu sent", learn->received, learn->sent);
}

static int learn_all(struct learn *learn, struct mailsource *source)
{
    struct mailsource_message from;
    struct buf raw = {0};
    bool progress = isatty(STDERR_FILENO) && !learn->quiet;
    int code = EXIT_DONE;
    while (code == EXIT_DONE && mailsource_next(source, &raw, &from)) {
        const char *error = mailsource_error(source);
        if (error)
            fprintf(stderr, "ringer learn: %s\n", error);
        take(learn, buf_span(&raw), &from);
        bool full = learn->n == BATCH || arena_used(learn->arena) > BATCH_BYTES;
        if (learn->n == 0 || (full && flush(learn) == 0))
            arena_reset(learn->arena);
        code = learn->failed;
        if (progress)
            show_progress(learn, source, false);
    }
    const char *error = mailsource_error(source);
    if (error)
        fprintf(stderr, "ringer learn: %s\n", error);
    if (code == EXIT_DONE) {
        take_proved(learn);
        flush(learn);
        code = learn->failed;
    }
    if (progress)
        show_progress(learn, source, true);
    buf_free(&raw);
    return code;
}

static void left_out(unsigned long long n, const char *why)
{
    if (n)
        printf("  %llu left out: %s\n", n, why);
}

static void summary(struct learn *learn)
{
    struct history_summary now;
    struct store_error error;
    printf("%llu messages: learned from %llu received and %llu sent, %llu of them already known\n",
           learn->messages, learn->received, learn->sent, learn->known);
    left_out(learn->held, "the rules would hold them (--all learns from them, too)");
    left_out(learn->old, "older than history.retention");
    left_out(learn->automatic, "automatic answers");
    if (learn->changes)
        printf("  %llu speak of a change of accounts; theirs were not learned: look at each, ask the "
               "supplier by\n"
               "  telephone, and run `ringer learn --all` on those that are right\n",
               learn->changes);
    left_out(learn->nobody, "no correspondent outside your own domains");
    int64_t established = partners_count(learn->store, &learn->policy->history);
    if (history_summary(learn->store, &now, &error) == 0 && established >= 0)
        printf("history now knows %llu correspondents, %lld of them established, and %llu accounts\n"
               "`ringer reload` lets ringerd recognise lookalikes of the established ones\n",
               (unsigned long long)now.peers, (long long)established, (unsigned long long)now.accounts);
}

static const char usage[] =
    "usage: ringer learn [OPTION...] PATH...\n\n"
    "Seeds history with archives of sent and received mail. PATH is a message, an mbox, a Maildir, a folder "
    "of\n"
    "these, or - for standard input. What was learned before is not counted twice;\n"
    "the store is made when it is not there.\n\n"
    "      --sent            all of this was sent by you\n"
    "      --received        all of this was received (default: mail from your own domains was sent)\n"
    "      --all             learn from all messages, also those that the rules would hold, and all "
    "accounts\n"
    "      --no-attachments  do not read accounts in attachments (faster)\n"
    "  -q, --quiet           no progress, no summary\n"
    "  -c, --config FILE     the configuration (default: $RINGER_CONFIG, else the installed one)\n"
    "      --store URL       the store, instead of the configuration's: sqlite:PATH\n"
    "  -h, --help\n\n"
    "Exit codes: 0 done, 1 a path could not be read or the store failed, 2 wrong usage, 3 invalid "
    "configuration.\n";

enum {
    OPT_SENT = STOREOPT_FREE,
    OPT_RECEIVED,
    OPT_ALL,
    OPT_NO_ATTACHMENTS,
    OPT_CREATE /* done anyhow, kept for scripts */
};

static const struct option long_options[] = {{"sent", no_argument, NULL, OPT_SENT},
                                             {"received", no_argument, NULL, OPT_RECEIVED},
                                             {"all", no_argument, NULL, OPT_ALL},
                                             {"no-attachments", no_argument, NULL, OPT_NO_ATTACHMENTS},
                                             {"create", no_argument, NULL, OPT_CREATE},
                                             {"quiet", no_argument, NULL, 'q'},
                                             STOREOPT_LONG,
                                             {NULL, 0, NULL, 0}};

static bool take_option(struct learn *learn, int option)
{
    switch (option) {
    case OPT_SENT:
    case OPT_RECEIVED:
        learn->direction = option == OPT_SENT ? DIRECTION_SENT : DIRECTION_RECEIVED;
        return true;
    case OPT_ALL:
        return learn->all = true;
    case OPT_NO_ATTACHMENTS:
        return learn->no_attachments = true;
    case OPT_CREATE:
        return true;
    case 'q':
        return learn->quiet = true;
    }
    return storeopt_take(&learn->at, option);
}

static int open_all(struct learn *learn)
{
    struct diag_list diags = {0};
    struct store_error error;
    learn->policy = policy_load(learn->at.conf_path ? learn->at.conf_path : cli_default_config(), &diags);
    int code = cli_report(&diags);
    if (!learn->policy)
        return code ? code : EXIT_CONFIG;
    const struct conf *conf = learn->policy->conf;
    if (learn->direction == DIRECTION_AUTO && conf->own_domains.n == 0) {
        fputs("ringer learn: protect.own-domains is empty, so sent mail cannot be told from received mail: "
              "say --sent or --received\n",
              stderr);
        return EXIT_USAGE;
    }
    learn->store = store_open(learn->at.store ? learn->at.store : conf->store, STORE_CREATE, &error);
    if (!learn->store)
        return storeopt_failed("learn", &error);
    learn->policy->history.deadline_ms = ARCHIVE_DEADLINE_MS;
    if (!learn->no_attachments)
        services_start(&learn->services, conf, NULL);
    learn->services.store = learn->store;
    learn->options = learn->policy->history;
    learn->differing = learn_accounts_new();
    return EXIT_DONE;
}

static int run(struct learn *learn, const char *const *paths, size_t n_paths)
{
    int code = open_all(learn);
    if (code == EXIT_DONE) {
        struct mailsource *source = mailsource_open(paths, n_paths, learn->policy->limits.raw_bytes);
        code = learn_all(learn, source);
        if (code == EXIT_DONE && !learn->quiet)
            summary(learn);
        if (mailsource_failed(source))
            code = code ? code : EXIT_FAILED;
        mailsource_close(&source);
    }
    services_stop(&learn->services);
    learn_accounts_free(&learn->differing);
    store_close(&learn->store);
    policy_unref(&learn->policy);
    return code;
}

int cmd_learn(int argc, char **argv)
{
    struct learn *learn = mem_alloc(sizeof(*learn));
    int option, code = -1;
    while (code < 0 && (option = getopt_long(argc, argv, "qc:h", long_options, NULL)) != -1) {
        if (option == 'h') {
            fputs(usage, stdout);
            code = EXIT_DONE;
        } else if (!take_option(learn, option)) {
            fputs("`ringer learn --help` lists the options\n", stderr);
            code = EXIT_USAGE;
        }
    }
    if (code < 0 && optind == argc) {
        fputs("ringer learn: name a mailbox or a folder (or - for standard input)\n", stderr);
        code = EXIT_USAGE;
    }
    if (code < 0) {
        learn->now_ms = time(NULL) * INT64_C(1000);
        learn->arena = arena_new();
        code = run(learn, (const char *const *)(argv + optind), (size_t)(argc - optind));
        arena_free(&learn->arena);
    }
    free(learn);
    return code;
}
