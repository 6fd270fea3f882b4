/*
 * ringer quarantine: look after held mail. The options of all sub-commands are read in one place; each
 * sub-command is a function below, showing and exporting are in quarantine_show.c.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "report/record_json.h"
#include "report/safetext.h"
#include "report/when.h"
#include "store/quarantine.h"
#include "store/records.h"
#include "store/reinject.h"
#include "store/retention.h"

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/quarantine.h"

enum { LIST_DEFAULT = 50 };

static const char help_text[] =
    "usage: ringer quarantine list [--state held|released|deleted|all] [--since TIME] [--rcpt ADDRESS]\n"
    "                              [--sender ADDRESS|@DOMAIN|'<>'] [--limit N] [--json]\n"
    "       ringer quarantine show ID [--raw|--json]\n"
    "       ringer quarantine release ID... [--to ADDRESS] [--smtp smtp://HOST:PORT]\n"
    "       ringer quarantine delete ID...\n"
    "       ringer quarantine purge --older-than TIME [--decisions] [--confirm-clock]\n"
    "       ringer quarantine purge --confirm-clock\n"
    "       ringer quarantine export [list's options] [ID...] --dir FOLDER\n\n" STOREOPT_HELP
    "  -h, --help          print this text\n"
    "      --smtp URL      where released mail goes: a listener, best one that runs no milters\n"
    "      --to ADDRESS    release only this recipient; if it was not held for ADDRESS, send a copy\n"
    "      --raw           the original bytes, exactly\n"
    "      --json          one JSON object a line\n"
    "      --decisions     purge the decision log as well\n"
    "      --confirm-clock the clock is right, however far it is from what the store knows: purging goes "
    "on\n\n"
    "ID may be cut to its first characters. TIME is 90m, 24h, 7d, 2w or 2026-11-01 [14:30].\n"
    "Exit codes: 0 done, 1 something could not be done, 2 wrong usage, 3 invalid configuration.\n";

enum {
    OPT_SMTP = STOREOPT_FREE,
    OPT_TO,
    OPT_RAW,
    OPT_JSON,
    OPT_STATE,
    OPT_SINCE,
    OPT_RCPT,
    OPT_SENDER,
    OPT_LIMIT,
    OPT_OLDER,
    OPT_DECISIONS,
    OPT_CLOCK,
    OPT_DIR
};

static const struct option long_options[] = {STOREOPT_LONG,
                                             {"smtp", required_argument, NULL, OPT_SMTP},
                                             {"to", required_argument, NULL, OPT_TO},
                                             {"raw", no_argument, NULL, OPT_RAW},
                                             {"json", no_argument, NULL, OPT_JSON},
                                             {"state", required_argument, NULL, OPT_STATE},
                                             {"since", required_argument, NULL, OPT_SINCE},
                                             {"rcpt", required_argument, NULL, OPT_RCPT},
                                             {"recipient", required_argument, NULL, OPT_RCPT},
                                             {"sender", required_argument, NULL, OPT_SENDER},
                                             {"limit", required_argument, NULL, OPT_LIMIT},
                                             {"older-than", required_argument, NULL, OPT_OLDER},
                                             {"decisions", no_argument, NULL, OPT_DECISIONS},
                                             {"confirm-clock", no_argument, NULL, OPT_CLOCK},
                                             {"dir", required_argument, NULL, OPT_DIR},
                                             {NULL, 0, NULL, 0}};

static bool state_option(enum quarantine_state *state_r)
{
    if (quarantine_state_from_name(optarg, state_r))
        return true;
    fprintf(stderr, "ringer quarantine: --state %s: write held, released, deleted or all\n", optarg);
    return false;
}

static bool take_filter(struct quarantine_args *args, int option)
{
    struct quarantine_filter *filter = &args->filter;
    switch (option) {
    case OPT_STATE:
        return state_option(&filter->state);
    case OPT_SINCE:
        return storeopt_time("quarantine", "--since", optarg, &filter->since_ms);
    case OPT_RCPT:
        filter->rcpt = optarg;
        return true;
    case OPT_SENDER:
        filter->sender = strcmp(optarg, "<>") == 0 ? "" : optarg;
        return true;
    case OPT_LIMIT:
        return storeopt_number("quarantine", "--limit", optarg, &filter->limit);
    }
    return false;
}

static bool take_option(struct quarantine_args *args, int option)
{
    switch (option) {
    case OPT_SMTP:
        args->at.smtp = optarg;
        return true;
    case OPT_TO:
        args->to = optarg;
        return true;
    case OPT_DIR:
        args->dir = optarg;
        return true;
    case OPT_RAW:
        return args->raw = true;
    case OPT_JSON:
        return args->json = true;
    case OPT_DECISIONS:
        return args->decisions = true;
    case OPT_CLOCK:
        return args->confirm_clock = true;
    case OPT_OLDER:
        return storeopt_time("quarantine", "--older-than", optarg, &args->older_ms);
    }
    return take_filter(args, option) || storeopt_take(&args->at, option);
}

static size_t terminal_width(void)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    long n = columns ? strtol(columns, NULL, 10) : 0;
    if (n <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        n = size.ws_col;
    return n >= 60 && n <= 1000 ? (size_t)n : 120;
}

static void print_row(const struct quarantine_item *item, bool with_state, size_t width)
{
    struct buf line = {0};
    char when[WHEN_SIZE];
    size_t left = width - 10 - 2 - 16 - 2 - 4 - 2 - (with_state ? 10 : 0);
    const struct store_mail *mail = &item->mail;
    struct arena *arena = arena_new();
    const char *rcpt = mail->n_rcpts ? mail->rcpts[0] : "";
    if (mail->n_rcpts > 1)
        rcpt = arena_printf(arena, "%s +%zu", rcpt, mail->n_rcpts - 1);
    buf_printf(&line, "%.10s  %s  %4d  ", item->id, when_local(mail->time_ms, when), mail->score);
    if (with_state)
        buf_printf(&line, "%-8s  ", quarantine_state_name(item->state));
    safetext_cell(&line, mail->from ? mail->from : mail->sender, left * 35 / 100, 1);
    buf_adds(&line, "  ");
    safetext_cell(&line, rcpt, left * 25 / 100, 1);
    buf_adds(&line, "  ");
    safetext_cell(&line, mail->subject, left - left * 35 / 100 - left * 25 / 100 - 4, 0);
    puts(line.p);
    buf_free(&line);
    arena_free(&arena);
}

static void print_head(bool with_state, size_t width)
{
    size_t left = width - 10 - 2 - 16 - 2 - 4 - 2 - (with_state ? 10 : 0);
    printf("%-10s  %-16s  %4.4s  %s%-*s  %-*s  %s\n", "ID", "TIME", "PTS", with_state ? "STATE     " : "",
           (int)(left * 35 / 100), "FROM", (int)(left * 25 / 100), "TO", "SUBJECT");
}

static int list_one(struct quarantine_args *args, const struct quarantine_item *item)
{
    args->seen++;
    if (args->json) {
        json_t *json = record_item_json(item);
        json_dumpf(json, stdout, JSON_COMPACT);
        putchar('\n');
        json_decref(json);
        return EXIT_DONE;
    }
    bool with_state = args->filter.state == QUARANTINE_ALL;
    if (args->seen == 1)
        print_head(with_state, terminal_width());
    print_row(item, with_state, terminal_width());
    return EXIT_DONE;
}

static int list(struct quarantine_args *args)
{
    bool limited = !args->json && !args->filter.limit;
    if (limited)
        args->filter.limit = LIST_DEFAULT;
    int code = quarantine_list_each(args, list_one);
    if (args->json || code)
        return code;
    if (args->seen == 0)
        fputs("Nothing there.\n", stderr);
    else if (limited && args->seen == LIST_DEFAULT)
        fprintf(stderr, "These are the latest %d; --limit shows more.\n", LIST_DEFAULT);
    return EXIT_DONE;
}

static int release_one(struct quarantine_args *args, const char *id)
{
    struct arena *arena = arena_new();
    struct reinject_result result;
    struct store_error error;
    struct buf line = {0};
    int failed =
        reinject_item(args->store, arena, id, storeopt_who(arena), args->at.smtp, args->to, &result, &error);
    for (size_t i = 0; i < result.n_sent; i++) {
        const struct quarantine_sent *sent = &result.sent[i];
        buf_printf(&line, "%.10s: %s ", id,
                   !sent->accepted ? "NOT sent to"
                   : result.copy   ? "copy sent to"
                                   : "released to");
        safetext_plain(&line, sent->address);
        buf_adds(&line, ": ");
        safetext_plain(&line, sent->reply ? sent->reply : "no answer");
        buf_addc(&line, '\n');
    }
    if (line.n)
        fputs(line.p, stdout);
    buf_free(&line);
    if (failed)
        storeopt_failed("quarantine", &error);
    arena_free(&arena);
    return failed ? EXIT_FAILED : EXIT_DONE;
}

static int release(struct quarantine_args *args)
{
    if (!args->at.smtp || !*args->at.smtp) {
        fputs("ringer quarantine: where to release to? Set release-smtp in the configuration or give --smtp "
              "smtp://HOST:PORT\n",
              stderr);
        return EXIT_USAGE;
    }
    return quarantine_each(args, release_one);
}

static int delete_one(struct quarantine_args *args, const char *id)
{
    struct arena *arena = arena_new();
    struct store_error error;
    int failed = store_quarantine_delete(args->store, id, storeopt_who(arena), &error);
    if (failed)
        storeopt_failed("quarantine", &error);
    else
        printf("%.10s: deleted\n", id);
    arena_free(&arena);
    return failed ? EXIT_FAILED : EXIT_DONE;
}

static int delete (struct quarantine_args *args)
{
    return quarantine_each(args, delete_one);
}

/* A clock that is wrong makes everything old. 0 = go on, else the exit code. */
static int check_clock(struct quarantine_args *args)
{
    struct store_error error;
    int64_t believed_ms, newest_ms, now_ms = wall_ms();
    char now[WHEN_SIZE], known[WHEN_SIZE];
    if (store_clock_known(args->store, &believed_ms, &newest_ms, &error))
        return storeopt_failed("quarantine", &error);
    int64_t known_ms = believed_ms ? believed_ms : newest_ms;
    if (!known_ms || clock_is_near(now_ms, known_ms))
        return EXIT_DONE;
    fprintf(stderr,
            "ringer quarantine: it is %s by the clock, and %s by the store (%s): nothing is purged; if the "
            "clock is "
            "right, say so with --confirm-clock\n",
            when_local(now_ms, now), when_local(known_ms, known),
            believed_ms ? "the last time that ringerd trusted the clock" : "its newest row");
    return EXIT_FAILED;
}

static int confirm_clock(struct quarantine_args *args)
{
    struct arena *arena = arena_new();
    struct store_error error;
    char now[WHEN_SIZE];
    int64_t now_ms = wall_ms();
    int failed = store_clock_believe(args->store, now_ms, storeopt_who(arena), &error);
    arena_free(&arena);
    if (failed)
        return storeopt_failed("quarantine", &error);
    printf("the clock is right: it is %s\n", when_local(now_ms, now));
    return EXIT_DONE;
}

static int purge(struct quarantine_args *args)
{
    struct store_error error;
    struct quarantine_purged purged;
    uint64_t decisions = 0;
    int code = args->confirm_clock ? confirm_clock(args) : check_clock(args);
    if (code || !args->older_ms)
        return code;
    struct arena *arena = arena_new();
    int failed = store_quarantine_purge(args->store, args->older_ms, args->older_ms, storeopt_who(arena),
                                        &purged, &error);
    if (!failed && args->decisions)
        failed = store_decision_purge(args->store, args->older_ms, &decisions, &error);
    printf("%llu message%s purged", (unsigned long long)purged.removed, purged.removed == 1 ? "" : "s");
    if (purged.unreviewed)
        printf(" (%llu never released or deleted)", (unsigned long long)purged.unreviewed);
    if (args->decisions)
        printf(", %llu decision%s", (unsigned long long)decisions, decisions == 1 ? "" : "s");
    putchar('\n');
    arena_free(&arena);
    return failed ? storeopt_failed("quarantine", &error) : EXIT_DONE;
}

/* ids: how many are wanted: 0 none, 1 exactly one, 2 one and more, 3 any number. */
static const struct subcommand {
    const char *name;
    int (*run)(struct quarantine_args *args);
    int ids;
    bool writes;
} subcommands[] = {
    {"list", list, 0, false},    {"show", quarantine_show, 1, false}, {"release", release, 2, true},
    {"delete", delete, 2, true}, {"purge", purge, 0, true},           {"export", quarantine_export, 3, false},
};
enum { N_SUBCOMMANDS = sizeof(subcommands) / sizeof(*subcommands) };

static const struct subcommand *find_subcommand(const char *name)
{
    const char *names[N_SUBCOMMANDS];
    for (size_t i = 0; i < N_SUBCOMMANDS; i++) {
        names[i] = subcommands[i].name;
        if (strcmp(name, names[i]) == 0)
            return &subcommands[i];
    }
    const char *near = diag_nearest(name, names, N_SUBCOMMANDS);
    fprintf(stderr, "ringer quarantine: no sub-command '%s'%s%s%s\n%s", name, near ? ", did you mean '" : "",
            near ? near : "", near ? "'?" : "", help_text);
    return NULL;
}

static bool fits(const struct subcommand *sub, const struct quarantine_args *args)
{
    const char *wrong = NULL;
    if (sub->ids == 0 && args->n_ids)
        wrong = "takes no ID";
    else if (sub->ids == 1 && args->n_ids != 1)
        wrong = "wants one ID";
    else if (sub->ids == 2 && args->n_ids == 0)
        wrong = "wants an ID; `ringer quarantine list` shows them";
    else if (sub->run == purge && !args->older_ms && !args->confirm_clock)
        wrong = "wants --older-than TIME, e.g. 90d";
    else if (sub->run == quarantine_export && !args->dir)
        wrong = "wants --dir FOLDER";
    if (wrong)
        fprintf(stderr, "ringer quarantine %s: %s\n", sub->name, wrong);
    return !wrong;
}

int cmd_quarantine(int argc, char **argv)
{
    struct quarantine_args args = {.filter = {.state = QUARANTINE_HELD}};
    int option, code = EXIT_DONE;
    while ((option = getopt_long(argc, argv, "hc:", long_options, NULL)) != -1) {
        if (option == 'h') {
            fputs(help_text, stdout);
            return EXIT_DONE;
        }
        if (option == '?' || !take_option(&args, option))
            return EXIT_USAGE;
    }
    if (optind == argc) {
        fputs(help_text, stderr);
        return EXIT_USAGE;
    }
    const struct subcommand *sub = find_subcommand(argv[optind]);
    args.ids = (const char *const *)argv + optind + 1;
    args.n_ids = (size_t)(argc - optind - 1);
    if (!sub || !fits(sub, &args))
        return EXIT_USAGE;
    args.store =
        storeopt_open(&args.at, "quarantine", sub->writes ? 0 : STORE_RDONLY, sub->run == release, &code);
    if (!args.store)
        return code;
    code = sub->run(&args);
    storeopt_close(&args.at, &args.store);
    return code;
}
