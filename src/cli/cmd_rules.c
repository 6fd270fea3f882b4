/*
 * ringer rules: what people who write rules need: check them, list them, see one, run their tests, look up
 * facts. Without files it takes those in force. Signed packs and trials have files of their own.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/policy.h"

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/rules_pack.h"
#include "cli/rules_stats.h"
#include "cli/rules_try.h"

struct rules_command {
    const char *name;
    int (*run)(int argc, char **argv); /* argv[0] is its name, options are gone */
    const char *usage, *help;
};

static const char *config; /* of -c */

/* The files or folders that are named, else the rules in force. NULL after saying what is wrong. */
static struct ruleset *load(int n, char **names, struct diag_list *diags)
{
    if (n)
        return ruleset_load((const char *const *)names, (size_t)n, diags);
    struct conf *conf = conf_load(config ? config : cli_default_config(), diags);
    struct ruleset *rules = conf ? policy_rules(conf, NULL, diags) : NULL;
    conf_free(&conf);
    return rules;
}

/* Both kinds of tests. */
static size_t run_tests(const struct ruleset *rules, struct diag_list *diags)
{
    size_t n = ruleset_test(rules, diags);
    return n + rules_try_messages(rules, diags);
}

static int run_check(int argc, char **argv)
{
    struct diag_list diags = {0};
    struct ruleset *rules = load(argc - 1, argv + 1, &diags);
    size_t n = rules ? ruleset_size(rules) : 0, tests = rules ? run_tests(rules, &diags) : 0;
    for (size_t i = 0; i < n; i++)
        if (ruleset_info(rules, i)->n_tests == 0)
            diag_add(&diags, DIAG_WARNING, ruleset_info(rules, i)->at,
                     "add one that hits and one that does not: see ringer-rules(5)", "rule %s has no tests",
                     ruleset_info(rules, i)->id);
    bool ok = rules && diags.errors == 0;
    ruleset_free(&rules);
    int code = cli_report(&diags);
    if (ok)
        printf("%zu rules and their %zu tests are right\n", n, tests);
    return code;
}

static int run_test(int argc, char **argv)
{
    struct diag_list diags = {0};
    struct ruleset *rules = load(argc - 1, argv + 1, &diags);
    if (!rules)
        return cli_report(&diags);
    size_t tests = run_tests(rules, &diags), failed = diags.errors;
    ruleset_free(&rules);
    cli_report(&diags);
    printf("%zu tests, %zu failed\n", tests, failed);
    return failed ? EXIT_FAILED : EXIT_DONE;
}

static int run_list(int argc, char **argv)
{
    struct diag_list diags = {0};
    struct ruleset *rules = load(argc - 1, argv + 1, &diags);
    if (!rules)
        return cli_report(&diags);
    printf("%-32s %-8s %-9s %-8s %-18s %s\n", "ID", "STATE", "AXIS", "SEVERITY", "SCORE", "TITLE");
    for (size_t i = 0; i < ruleset_size(rules); i++) {
        const struct rule_info *r = ruleset_info(rules, i);
        printf("%-32s %-8s %-9s %-8s %-18s %s\n", r->id, rule_state_name(r->state), axis_name(r->axis),
               severity_name(r->severity), r->score, r->title);
    }
    ruleset_free(&rules);
    return cli_report(&diags);
}

static void show(const struct rule_info *r)
{
    printf("%s: %s\n", r->id, r->title);
    printf("  file      %s:%u\n", r->at.file, r->at.line);
    printf("  pack      %s\n", *r->pack ? r->pack : "-");
    printf("  when      %s\n", r->when);
    printf("  why       %s\n", r->why);
    printf("  score     %s on axis %s\n", r->score, axis_name(r->axis));
    printf("  alone     %s\n", rule_alone_name(r->alone));
    printf("  booster   %s\n", r->booster ? "yes" : "no");
    printf("  group     %s\n", r->group ? r->group : "-");
    printf("  severity  %s\n", severity_name(r->severity));
    printf("  enabled   %s\n", rule_state_name(r->state));
    printf("  tags     ");
    for (size_t i = 0; i < r->n_tags; i++)
        printf(" %s", r->tags[i]);
    printf("%s\n  tests     %zu\n", r->n_tags ? "" : " -", r->n_tests);
}

static int no_rule(const struct ruleset *rules, const char *id)
{
    size_t n = ruleset_size(rules);
    const char **ids = calloc(n + 1, sizeof(*ids));
    for (size_t i = 0; ids && i < n; i++)
        ids[i] = ruleset_info(rules, i)->id;
    const char *near = ids ? diag_nearest(id, ids, n) : NULL;
    fprintf(stderr, "ringer rules: no rule is called '%s'%s%s%s; `ringer rules list` lists them\n", id,
            near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
    free(ids);
    return EXIT_FAILED;
}

static int run_show(int argc, char **argv)
{
    struct diag_list diags = {0};
    struct ruleset *rules;
    if (argc < 2) {
        fputs("usage: ringer rules show ID [FILE...]\n", stderr);
        return EXIT_USAGE;
    }
    if (!(rules = load(argc - 2, argv + 2, &diags)))
        return cli_report(&diags);
    int code = -1;
    for (size_t i = 0; i < ruleset_size(rules); i++)
        if (strcmp(ruleset_info(rules, i)->id, argv[1]) == 0) {
            show(ruleset_info(rules, i));
            code = EXIT_DONE;
        }
    if (code < 0)
        code = no_rule(rules, argv[1]);
    ruleset_free(&rules);
    cli_report(&diags);
    return code;
}

/* The facts' part of ringer-facts(7), in mdoc: a section for each first word of the names. */
static int facts_man(void)
{
    size_t family = 0;
    for (size_t i = 0; i < FACT_COUNT; i++) {
        const char *name = fact_info[i].name;
        size_t n = strcspn(name, "._");
        if (i == 0 || n != family || strncmp(name, fact_info[i - 1].name, n) != 0)
            printf("%s.Ss %.*s\n.Bl -tag -width Ds\n", i ? ".El\n" : "", (int)n, name);
        printf(".It Va %s Pq %s\n%s\n", name, fact_type_name(fact_info[i].type), fact_info[i].help);
        family = n;
    }
    puts(".El");
    return EXIT_DONE;
}

static int run_facts(int argc, char **argv)
{
    int shown = 0;
    if (argc > 1 && strcmp(argv[1], "--man") == 0)
        return facts_man();
    for (size_t i = 0; i < FACT_COUNT; i++) {
        if (argc > 1 && !strstr(fact_info[i].name, argv[1]) && !strstr(fact_info[i].help, argv[1]))
            continue;
        printf("%-24s %-7s %s\n", fact_info[i].name, fact_type_name(fact_info[i].type), fact_info[i].help);
        shown++;
    }
    if (!shown)
        fprintf(stderr, "ringer rules: no fact has '%s' in its name or its line of help\n", argv[1]);
    return shown ? EXIT_DONE : EXIT_FAILED;
}

static const struct rules_command commands[] = {
    {"check", run_check, "[FILE...]", "read the rules, run their tests, tell every mistake"},
    {"test", run_test, "[FILE...]", "run the tests that stand in the rules"},
    {"list", run_list, "[FILE...]", "one line a rule"},
    {"show", run_show, "ID [FILE...]", "all about one rule"},
    {"try", rules_try, "-r FILE... PATH...", "what new rules would change on this mail (try --help)"},
    {"profile", rules_try, "[-r FILE...] PATH...", "what each rule costs and how often it hits"},
    {"stats", rules_stats, "[--since TIME]", "how often rules hit, and what became of that mail"},
    {"keygen", rules_keygen, "NAME", "make a pair of keys for signed packs"},
    {"sign", rules_sign, "OPTION... FILE...", "make a signed pack (try --help)"},
    {"verify", rules_verify, "[-k KEY] PACK.tar...", "is a signed pack genuine and right?"},
    {"install", rules_install, "PACK.tar|https://...", "put a signed pack in force (try --help)"},
    {"rollback", rules_rollback, "NAME", "back to the pack's previous version"},
    {"packs", rules_packs, "", "the signed packs that are installed"},
    {"facts", run_facts, "[WORD|--man]", "the facts that rules can ask about; those about a word; as mdoc"},
};
enum { N_COMMANDS = sizeof(commands) / sizeof(*commands) };

static int usage(FILE *out, int code)
{
    fputs("usage: ringer rules COMMAND [ARGUMENT...]\n\n", out);
    for (size_t i = 0; i < N_COMMANDS; i++)
        fprintf(out, "  %-8s %-20s %s\n", commands[i].name, commands[i].usage, commands[i].help);
    fputs(
        "\nFILE is a file or a folder of *.yaml; without one check, test, list and show take the rules in "
        "force: "
        "shipped,\nsigned and your own ones, as the configuration (-c CONFIG, else $RINGER_CONFIG, else the "
        "installed one) has them.\n"
        "The language is in ringer-rules(5), the facts in ringer-facts(7).\n",
        out);
    return code;
}

static int wrong_command(const char *name)
{
    const char *names[N_COMMANDS];
    for (size_t i = 0; i < N_COMMANDS; i++)
        names[i] = commands[i].name;
    const char *near = diag_nearest(name, names, N_COMMANDS);
    fprintf(stderr, "ringer rules: no command '%s'%s%s%s\n", name, near ? ", did you mean '" : "",
            near ? near : "", near ? "'?" : "");
    return EXIT_USAGE;
}

static bool has_own_options(const char *name)
{
    static const char *const plain[] = {"check", "test", "list", "show", "facts"};
    for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
        if (strcmp(name, plain[i]) == 0)
            return false;
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (strcmp(name, commands[i].name) == 0)
            return true;
    return false;
}

/* Takes the options of the plain commands out of the arguments. -1 = go on, else the exit code. */
static int take_options(int *argc, char **argv)
{
    int kept = 1;
    for (int i = 1; i < *argc; i++) {
        const char *arg = argv[i];
        if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0)
            return usage(stdout, EXIT_DONE);
        if ((strcmp(arg, "-c") == 0 || strcmp(arg, "--config") == 0) && i + 1 < *argc) {
            config = argv[++i];
        } else if (strncmp(arg, "--config=", 9) == 0) {
            config = arg + 9;
        } else if (arg[0] == '-' && strcmp(arg, "--man") != 0) {
            fprintf(stderr, "ringer rules: unknown option %s\n", arg);
            return usage(stderr, EXIT_USAGE);
        } else {
            argv[kept++] = argv[i];
        }
    }
    *argc = kept;
    return kept > 1 ? -1 : usage(stderr, EXIT_USAGE);
}

int cmd_rules(int argc, char **argv)
{
    if (argc < 2)
        return usage(stderr, EXIT_USAGE);
    if (!has_own_options(argv[1])) {
        int code = take_options(&argc, argv);
        if (code >= 0)
            return code;
    }
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    return wrong_command(argv[1]);
}
