/*
 * ringer phrases: what the phrase packs say about a text; for the people who write packs.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "payment/payment.h"
#include "cli/cli.h"
#include "cli/commands.h"

static const char usage[] =
    "usage: ringer phrases [-d DIR] check\n"
    "       ringer phrases [-d DIR] match [--lines] [FILE...]\n"
    "\n"
    "check   load the packs and run the examples that stand in them\n"
    "match   print the requests, boosters and accounts found in plain text (standard input without FILE)\n"
    "\n"
    "  -d, --dir DIR  the folder of packs (the shipped one)\n"
    "  -l, --lines    each line is a text of its own, \\n in it a line end; one line of output for each\n"
    "  -h, --help     this text\n"
    "\n"
    "Exit: 0 done, 1 a file cannot be read, 2 wrong usage, 3 a pack is not valid or an example fails.\n"
    "See ringer-phrases(5).\n";

static void print_span(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        putchar((unsigned char)s.p[i] < ' ' ? ' ' : s.p[i]);
}

static void print_long(const struct payment_result *result)
{
    for (size_t i = 0; i < result->n_requests; i++) {
        const struct payment_request *r = &result->requests[i];
        printf("request %-12s %3d  %-11s %s\n    ", request_name(r->kind), r->strength,
               stance_name(r->stance), r->phrase);
        print_span(r->evidence);
        putchar('\n');
    }
    for (unsigned b = 0; b < BOOSTER_COUNT; b++)
        if (result->boosters & (1u << b))
            printf("booster %s\n", booster_name((enum booster)b));
    for (size_t i = 0; i < result->n_accounts; i++) {
        const struct payment_account *a = &result->accounts[i];
        printf("account %s %s %s bank=%s %s\n", account_name(a->kind), a->number,
               a->country[0] ? a->country : "--", a->bank, a->valid ? "valid" : "invalid");
    }
    printf("language %s%s\n", *result->language ? result->language : "unknown",
           result->limit_hit ? "\na limit was hit: not everything was looked at" : "");
}

/* "language<TAB>kind:strength:stance:phrase ...<TAB>boosters<TAB>kind:number:country:valid ..." */
static void print_line(const struct payment_result *result)
{
    fputs(result->language, stdout);
    putchar('\t');
    for (size_t i = 0; i < result->n_requests; i++) {
        const struct payment_request *r = &result->requests[i];
        printf("%s%s:%d:%s:%s", i ? " " : "", request_name(r->kind), r->strength, stance_name(r->stance),
               r->phrase);
    }
    putchar('\t');
    for (unsigned b = 0; b < BOOSTER_COUNT; b++)
        if (result->boosters & (1u << b))
            printf("%s ", booster_name((enum booster)b));
    putchar('\t');
    for (size_t i = 0; i < result->n_accounts; i++)
        printf("%s%s:%s:%s:%s", i ? " " : "", account_name(result->accounts[i].kind),
               result->accounts[i].number, result->accounts[i].country,
               result->accounts[i].valid ? "valid" : "invalid");
    puts(result->limit_hit ? "\tlimit" : "");
}

static void match_text(const struct payment_packs *packs, struct arena *arena, struct span text, bool line)
{
    struct payment_text own = {PAYMENT_OWN, text_fold(arena, text)};
    const struct payment_result *result = payment_analyse(packs, arena, &own, 1);
    if (line)
        print_line(result);
    else
        print_long(result);
    arena_reset(arena);
}

/* "\n" written as two characters becomes a line end, in place. */
static struct span unescape(char *p, size_t n)
{
    size_t out = 0;
    for (size_t i = 0; i < n; i++)
        if (p[i] == '\\' && i + 1 < n && p[i + 1] == 'n')
            p[out++] = '\n', i++;
        else
            p[out++] = p[i];
    return (struct span){p, out};
}

static void match_lines(const struct payment_packs *packs, struct arena *arena, struct buf *text)
{
    struct span rest = buf_span(text), line;
    while (span_line(&rest, &line))
        match_text(packs, arena, unescape(text->p + (line.p - text->p), line.n), true);
}

static int match_file(const struct payment_packs *packs, const char *path, bool lines)
{
    struct buf text = {0};
    struct file_error error;
    if (!file_read_argument(path, FILE_LIST_MAX, &text, &error)) {
        fprintf(stderr, "ringer phrases: %s: %s: %s\n", path, error.reason, error.remedy);
        return EXIT_FAILED;
    }
    struct arena *arena = arena_new();
    if (lines)
        match_lines(packs, arena, &text);
    else
        match_text(packs, arena, buf_span(&text), false);
    arena_free(&arena);
    buf_free(&text);
    return EXIT_DONE;
}

static int check(const struct payment_packs *packs)
{
    struct diag_list diags = {0};
    size_t n = payment_packs_test(packs, &diags), failed = diags.errors;
    printf("%zu examples, %zu failed\n", n, failed);
    return cli_report(&diags);
}

int cmd_phrases(int argc, char **argv)
{
    static const struct option options[] = {{"dir", required_argument, NULL, 'd'},
                                            {"lines", no_argument, NULL, 'l'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    const char *dir = NULL;
    bool lines = false;
    int option;
    while ((option = getopt_long(argc, argv, "d:lh", options, NULL)) != -1) {
        if (option == 'h') {
            fputs(usage, stdout);
            return EXIT_DONE;
        }
        if (option == 'd')
            dir = optarg;
        else if (option == 'l')
            lines = true;
        else
            break;
    }
    const char *verb = optind < argc ? argv[optind++] : "";
    if (option != -1 || (strcmp(verb, "check") != 0 && strcmp(verb, "match") != 0)) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    struct diag_list diags = {0};
    struct payment_packs *packs = payment_packs_load(dir, &diags);
    int rc = cli_report(&diags);
    if (!packs)
        return rc ? rc : EXIT_CONFIG;
    rc = EXIT_DONE;
    if (*verb == 'c')
        rc = check(packs);
    else if (optind == argc)
        rc = match_file(packs, "-", lines);
    for (int i = optind; *verb == 'm' && i < argc; i++)
        rc |= match_file(packs, argv[i], lines);
    payment_packs_free(&packs);
    return rc;
}
