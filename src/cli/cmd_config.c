/*
 * ringer config: is the configuration valid, and what is in force?
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "conf/conf.h"
#include "conf/show.h"
#include "policy/policy.h"

#include "cli/cli.h"
#include "cli/commands.h"

struct config_options {
    const char *path;
    bool defaults, json, man;
};

static void usage(FILE *out)
{
    fputs(
        "usage: ringer config check [-c FILE]\n"
        "       ringer config show [-c FILE] [--defaults] [--json]\n"
        "       ringer config show --man\n"
        "\n"
        "check reads what ringerd reads at its start (the configuration, its list files, rules and phrases)\n"
        "and says what is wrong. show prints every option as it is in force, with its help.\n"
        "\n"
        "  -c, --config FILE  the configuration (default: $RINGER_CONFIG, else " SYSCONFDIR
        "/ringer/ringer.yaml)\n"
        "      --defaults     the built-in defaults instead of a file: an example to start from\n"
        "      --json         JSON: section, option, then value, default (true or false), reload and help\n"
        "      --man          the options' part of ringer.yaml(5), in mdoc\n"
        "  -h, --help         print this text\n"
        "\n"
        "Exit codes: 0 valid, 1 the output could not be written, 2 wrong usage, 3 the configuration is not "
        "valid.\n",
        out);
}

static void print(struct buf *text)
{
    fwrite(text->p, 1, text->n, stdout);
    buf_free(text);
}

static void summarize(const struct conf *conf)
{
    if (!conf->path)
        puts("no configuration file: the built-in defaults are in force");
    else
        printf("%s: valid\n", conf->path);
    printf("mode %s; %zu own, %zu partner, %zu affiliate and %zu allowed domains; %zu people\n",
           conf_mode_name(conf->mode), conf->own_domains.n, conf->partner_domains.n,
           conf->affiliate_domains.n, conf->allow_domains.n, conf->people.n);
    if (!conf->own_domains.n)
        puts("note: protect: own-domains is empty, so that lookalikes of your own domains are not seen");
    if (!conf->people.n)
        puts("note: protect: people is empty, so that borrowed names of your people are not seen");
    puts("not seen from here: whether the mail server asks ringerd and reaches its socket, whether "
         "authserv-ids are "
         "written\nby servers of yours, whether the store, the workers and DNS work: `ringer doctor` tries "
         "these");
}

static void show(const struct conf *conf, const struct config_options *options)
{
    struct buf out = {0};
    if (options->man)
        conf_show_man(&out);
    else if (options->json)
        conf_show_json(conf, &out);
    else {
        if (options->defaults)
            buf_adds(&out, "# Ringer's configuration, see ringer.yaml(5): every option with its default.\n"
                           "# Keep what you change; `ringer config check` says whether it is valid.\n\n");
        conf_show_yaml(conf, !options->defaults, &out);
    }
    print(&out);
}

static int written(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    perror("ringer config: standard output");
    return EXIT_FAILED;
}

/* All that ringerd would build: a check that says "valid" of what does not start is worse than none. */
static int run_check(const struct config_options *options)
{
    struct diag_list diags = {0};
    struct policy *policy = policy_load(options->path, &diags);
    int code = cli_report(&diags);
    if (!policy)
        return EXIT_CONFIG;
    summarize(policy->conf);
    policy_unref(&policy);
    return written(code);
}

static int run_show(const struct config_options *options)
{
    struct diag_list diags = {0};
    struct conf *conf = conf_load(options->defaults || options->man ? NULL : options->path, &diags);
    int code = cli_report(&diags);
    if (!conf)
        return EXIT_CONFIG;
    show(conf, options);
    conf_free(&conf);
    return written(code);
}

static bool read_options(int argc, char **argv, struct config_options *out)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},
        {"defaults", no_argument, NULL, 'd'},
        {"json", no_argument, NULL, 'j'},
        {"man", no_argument, NULL, 'm'},
        {NULL, 0, NULL, 0},
    };
    int c;
    optind = 0; /* a new command line for getopt */
    while ((c = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
        if (c == 'c')
            out->path = optarg;
        else if (c == 'd')
            out->defaults = true;
        else if (c == 'j')
            out->json = true;
        else if (c == 'm')
            out->man = true;
        else
            return false;
    }
    return optind == argc;
}

int cmd_config(int argc, char **argv)
{
    struct config_options options = {.path = cli_default_config()};
    const char *what = argc > 1 ? argv[1] : "";
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            usage(stdout);
            return EXIT_DONE;
        }
    bool check = strcmp(what, "check") == 0;
    if ((!check && strcmp(what, "show") != 0) || !read_options(argc - 1, argv + 1, &options) ||
        (check && (options.defaults || options.json || options.man))) {
        usage(stderr);
        return EXIT_USAGE;
    }
    return check ? run_check(&options) : run_show(&options);
}
