/*
 * ringer report: what was held and tagged since a time, for people (text, HTML) and for tools (JSON, CSV).
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "report/csv.h"
#include "report/digest.h"
#include "report/record_json.h"
#include "report/when.h"

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/storeopt.h"

enum { DEFAULT_MAX = 500 }; /* messages on one page: more is nothing to read */

static const char help_text[] =
    "usage: ringer report [--since TIME] [--until TIME] [--text] [--html FILE|-] [--json|--csv]\n\n"
    "What was held and tagged, with the reason in words and the lookalike beside the genuine domain.\n\n"
    "      --since TIME    90m, 24h, 7d, 2w or 2026-11-01 [14:30] (default: 24h)\n"
    "      --until TIME    the same (default: now)\n"
    "      --text          plain text on stdout (default)\n"
    "      --html FILE     one self-contained page; - is stdout\n"
    "      --json          every decision, passed mail too, one JSON object a line\n"
    "      --csv           the same as CSV\n"
    "      --action NAME   with --json and --csv: only these (pass, tag, quarantine, reject, tempfail)\n"
    "      --max N         with --text and --html: at most so many messages (default: 500)\n" STOREOPT_HELP
    "  -h, --help          print this text\n"
    "\n"
    "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 invalid configuration.\n";

enum { OPT_SINCE = STOREOPT_FREE, OPT_UNTIL, OPT_TEXT, OPT_HTML, OPT_JSON, OPT_CSV, OPT_ACTION, OPT_MAX };

static const struct option long_options[] = {STOREOPT_LONG,
                                             {"since", required_argument, NULL, OPT_SINCE},
                                             {"until", required_argument, NULL, OPT_UNTIL},
                                             {"text", no_argument, NULL, OPT_TEXT},
                                             {"html", required_argument, NULL, OPT_HTML},
                                             {"json", no_argument, NULL, OPT_JSON},
                                             {"csv", no_argument, NULL, OPT_CSV},
                                             {"action", required_argument, NULL, OPT_ACTION},
                                             {"max", required_argument, NULL, OPT_MAX},
                                             {NULL, 0, NULL, 0}};

struct report_args {
    struct storeopt at;
    int64_t since_ms, until_ms;
    const char *html, *action;
    bool text, json, csv;
    size_t max;
    struct store *store;
};

static bool take_option(struct report_args *args, int option)
{
    switch (option) {
    case OPT_SINCE:
        return storeopt_time("report", "--since", optarg, &args->since_ms);
    case OPT_UNTIL:
        return storeopt_time("report", "--until", optarg, &args->until_ms);
    case OPT_TEXT:
        return args->text = true;
    case OPT_HTML:
        args->html = optarg;
        return true;
    case OPT_JSON:
        return args->json = true;
    case OPT_CSV:
        return args->csv = true;
    case OPT_ACTION:
        args->action = optarg;
        return true;
    case OPT_MAX:
        return storeopt_number("report", "--max", optarg, &args->max);
    }
    return storeopt_take(&args->at, option);
}

static int print_json(void *context, const struct decision *decision)
{
    json_t *json = record_decision_json(decision);
    json_dumpf(json, stdout, JSON_COMPACT);
    json_decref(json);
    return putchar('\n') == EOF;
}

static int print_csv(void *context, const struct decision *decision)
{
    struct buf line = {0};
    csv_decision(&line, decision);
    bool failed = fwrite(line.p, 1, line.n, stdout) != line.n;
    buf_free(&line);
    return failed;
}

static int export_decisions(struct report_args *args)
{
    struct decision_filter filter = {args->since_ms, args->until_ms, args->action};
    struct store_error error;
    struct buf head = {0};
    if (args->csv) {
        csv_head(&head);
        fputs(head.p, stdout);
        buf_free(&head);
    }
    if (store_decision_each(args->store, &filter, args->csv ? print_csv : print_json, NULL, &error))
        return storeopt_failed("report", &error);
    return EXIT_DONE;
}

/* Written beside and renamed, so that a reader never sees half a page. */
static int write_file(const char *path, const struct buf *page)
{
    if (strcmp(path, "-") == 0)
        return fwrite(page->p, 1, page->n, stdout) == page->n ? EXIT_DONE : EXIT_FAILED;
    char *temporary = mem_printf("%s.tmp", path);
    FILE *out = fopen(temporary, "w");
    bool failed = !out || fwrite(page->p, 1, page->n, out) != page->n;
    if (out && fclose(out))
        failed = true;
    if (!failed && rename(temporary, path))
        failed = true;
    if (failed) {
        fprintf(stderr, "ringer report: %s: %s\n", path, strerror(errno));
        unlink(temporary);
    }
    free(temporary);
    return failed ? EXIT_FAILED : EXIT_DONE;
}

static int write_digest(struct report_args *args)
{
    struct arena *arena = arena_new();
    struct digest digest;
    struct store_error error;
    struct buf page = {0};
    int code = EXIT_DONE;
    if (digest_build(args->store, arena, args->since_ms, args->until_ms, args->max, &digest, &error))
        code = storeopt_failed("report", &error);
    if (code == EXIT_DONE && args->html) {
        digest_html(&digest, &page);
        code = write_file(args->html, &page);
        buf_clear(&page);
    }
    if (code == EXIT_DONE && (args->text || !args->html)) {
        digest_text(&digest, &page, isatty(STDOUT_FILENO));
        fputs(page.p, stdout);
    }
    buf_free(&page);
    arena_free(&arena);
    return code;
}

int cmd_report(int argc, char **argv)
{
    int64_t now = wall_ms();
    struct report_args args = {.since_ms = now - INT64_C(86400000), .until_ms = now, .max = DEFAULT_MAX};
    int option, code;
    while ((option = getopt_long(argc, argv, "hc:", long_options, NULL)) != -1) {
        if (option == 'h') {
            fputs(help_text, stdout);
            return EXIT_DONE;
        }
        if (option == '?' || !take_option(&args, option))
            return EXIT_USAGE;
    }
    if (optind != argc || (args.json + args.csv + (args.text || args.html)) > 1 ||
        args.since_ms > args.until_ms) {
        fputs(
            "ringer report: no further arguments, one of --json, --csv and --text/--html, and --since before "
            "--until; see `ringer report --help`\n",
            stderr);
        return EXIT_USAGE;
    }
    args.store = storeopt_open(&args.at, "report", STORE_RDONLY, false, &code);
    if (!args.store)
        return code;
    code = args.json || args.csv ? export_decisions(&args) : write_digest(&args);
    storeopt_close(&args.at, &args.store);
    if (fflush(stdout)) {
        fprintf(stderr, "ringer report: stdout: %s\n", strerror(errno));
        code = EXIT_FAILED;
    }
    return code;
}
