/*
 * ringer init: from an installed Ringer to one that the mail server asks: configuration, store, unit, Postfix, a first
 * memory, a test attack. Every step says what it did; what exists is kept; nothing of the mail server changes without
 * --apply, and never while Postfix could not reach ringerd.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/init.h"
#include "cli/run.h"
#include "cli/test_attack.h"

static const char usage[] =
    "usage: ringer init [OPTION...]\n"
    "       ringer init --undo\n\n"
    "Sets Ringer up on this machine: writes its configuration, makes its store and the folder of its socket, "
    "tells\n"
    "systemd of it, and says what Postfix (or Sendmail) is to be told. Run it as root. On a terminal it "
    "asks.\n\n"
    "      --own-domain DOMAIN      a domain of yours; any number of times\n"
    "      --partner-domain DOMAIN  a supplier's, customer's or bank's; any number of times\n"
    "      --authserv-id NAME       under which your servers write Authentication-Results (default: as "
    "found)\n"
    "      --internal-network NET   clients of yours, whose mail is not judged\n"
    "      --mode MODE              monitor (default), tag or enforce\n"
    "      --replace                replace a configuration that is there; a copy is kept\n"
    "      --apply                  set Postfix, too; copies of main.cf and master.cf are kept\n"
    "      --local-mail             also non_smtpd_milters: to whom local programs write is learned\n"
    "      --force                  set Postfix even though it does not reach ringerd\n"
    "      --learn PATH             then learn from an archive of mail: an mbox, a Maildir, a folder of "
    "these\n"
    "      --test[=RECIPIENT]       then send a test attack (ringer test-attack)\n"
    "      --smtp URL               through this listener (default: smtp://127.0.0.1:25)\n"
    "      --undo                   Postfix as it was before, no drop-in; store, mail and configuration "
    "stay\n"
    "  -n, --dry-run                only say what would be done\n"
    "  -c, --config FILE            the configuration (default: $RINGER_CONFIG, else " SYSCONFDIR
    "/ringer/ringer.yaml)\n"
    "      --user NAME              of ringerd (default: ringer)\n"
    "      --postfix FOLDER         of main.cf (default: $MAIL_CONFIG, else Postfix's own)\n"
    "      --sendmail               print the lines for sendmail.mc instead\n"
    "      --root DIR               Ringer's own files below DIR, for images and tests\n"
    "  -h, --help\n\n"
    "Exit codes: 0 done, 1 something could not be done, 2 wrong usage, 3 invalid configuration.\n";

/* --- what can be found out */

/* Names that stand in Postfix's lists as they are; tables, patterns and this host are left out. */
static const char *suggest_domains(const struct init *init)
{
    struct span rest = span_of(init->postfix.domains);
    char *out = arena_strdup(init->arena, "");
    while (rest.n) {
        size_t n = strcspn(rest.p, ", \t\r\n");
        const char *word = arena_strndup(init->arena, rest.p, n);
        if (n && strchr(word, '.') && !strpbrk(word, ":/$[") && strncmp(word, "localhost", 9) != 0 &&
            strcmp(word, init->postfix.myhostname) != 0 && !strstr(out, word))
            out = arena_printf(init->arena, "%s%s%s", out, *out ? " " : "", word);
        n += rest.p[n] != '\0';
        rest = (struct span){rest.p + n, rest.n - n};
    }
    return out;
}

static void add_answer(struct init *init, struct init_words *words, const char *answer)
{
    const char *p = answer;
    size_t n;
    while (*(p += strspn(p, ", \t")) && (n = strcspn(p, ", \t"))) {
        init_add(init, words, arena_strndup(init->arena, p, n));
        p += n;
    }
}

static void ask(struct init *init)
{
    const char *suggestion = init->has_postfix ? suggest_domains(init) : "";
    if (init->own.n || init->dry_run || access(init->config, F_OK) == 0)
        return;
    if (!run_can_ask()) {
        if (*suggestion)
            fprintf(stderr, "ringer init: Postfix takes mail for: %s\n", suggestion);
        return;
    }
    add_answer(init, &init->own, run_ask(init->arena, "Your own domains, blanks between", suggestion));
    if (init->partners.n == 0)
        add_answer(
            init, &init->partners,
            run_ask(init->arena, "Domains of suppliers, customers, banks (more can be added later)", ""));
    if (!init->learn) {
        const char *path =
            run_ask(init->arena, "An archive of your mail to learn correspondents from (mbox, Maildir)", "");
        init->learn = *path ? path : NULL;
    }
}

static bool find_mail_server(struct init *init)
{
    const char *error;
    if (init->sendmail)
        return true;
    init->has_postfix = postfix_read(init->arena, init->postfix_folder, &init->postfix, &error);
    if (init->has_postfix)
        return true;
    if (!init->postfix_folder && access(init_path(init, "/etc/mail/sendmail.mc"), F_OK) == 0)
        return init->sendmail = true;
    return init_failed("install it, name its folder with --postfix, or use --sendmail",
                       "no working Postfix: %s", error);
}

/* --- the rest of the steps */

static void show_sendmail(const struct init *init)
{
    const char *url = init->conf->release_smtp, *port = strrchr(url, ':');
    const char *socket = init->socket;
    if (strncmp(socket, "unix:", 5) == 0)
        socket = arena_printf(init->arena, "local:%s", socket + 5);
    printf("\nSendmail is to be told, in sendmail.mc behind the other milters, by hand once ringerd runs:\n"
           "  INPUT_MAIL_FILTER(`ringer', `S=%s, F=T, T=C:10s;S:30s;R:30s;E:5m')dnl\n"
           "  DAEMON_OPTIONS(`Port=%s, Addr=127.0.0.1, Name=ringer-release, InputMailFilters=')dnl\n"
           "then: make -C /etc/mail && systemctl restart sendmail\n",
           socket, port ? port + 1 : "10026");
}

/* Only the system's own: not below --root, and not where another init runs. */
static bool has_systemd(const struct init *init)
{
    return !*init->root && access("/run/systemd/system", F_OK) == 0 && run_finds(init->arena, "systemctl");
}

static bool start_ringerd(const struct init *init)
{
    static const char *const steps[][5] = {{"systemctl", "daemon-reload", NULL},
                                           {"systemctl", "enable", "ringerd.service", NULL},
                                           {"systemctl", "restart", "ringerd.service", NULL}};
    const char *output;
    if (!has_systemd(init)) {
        puts("start ringerd as this machine starts its services (no systemd runs here)");
        return true;
    }
    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
        if (run_program(init->arena, steps[i], &output) != 0)
            return init_failed("`journalctl -u ringerd` says why", "systemctl %s: %s", steps[i][1], output);
    puts("ringerd runs");
    return true;
}

static bool set_postfix(struct init *init)
{
    if (!init_dropin(init) || !init_postfix_show(init))
        return false;
    if (!init->apply && !init->dry_run && run_can_ask())
        init->apply = *run_ask(init->arena, "Start ringerd and set Postfix now? (y/n)", "n") == 'y';
    if (!init->apply) {
        if (has_systemd(init) && !init->dry_run)
            puts("start ringerd before: systemctl daemon-reload && systemctl enable --now ringerd");
        return true;
    }
    return init->dry_run || (start_ringerd(init) && init_postfix_apply(init));
}

static int learn(const struct init *init)
{
    char *argv[] = {arena_strdup(init->arena, "learn"), arena_strdup(init->arena, "-c"),
                    arena_strdup(init->arena, init->config), arena_strdup(init->arena, init->learn), NULL};
    printf("\nlearning from %s\n", init->learn);
    fflush(stdout);
    optind = 0;
    return cmd_learn(4, argv);
}

static int set_up(struct init *init)
{
    if (!find_mail_server(init))
        return EXIT_FAILED;
    init->socket =
        init->has_postfix
            ? arena_printf(init->arena, "unix:%s/ringer/ringer.sock", init->postfix.queue_directory)
            : arena_printf(init->arena, "unix:%s", init_path(init, "/run/ringer/ringer.sock"));
    ask(init);
    if (!init_user(init) || !init_config(init) || !init_store(init))
        return EXIT_FAILED;
    if (init->sendmail)
        show_sendmail(init);
    else if (!init_socket_folder(init) || !set_postfix(init))
        return EXIT_FAILED;
    int code = init->learn && !init->dry_run ? learn(init) : EXIT_DONE;
    if (!code && init->test && !init->dry_run) {
        puts("");
        code = test_attack_run(
            &(struct test_attack){.config = init->config, .smtp = init->smtp, .rcpt = init->recipient});
    }
    return code;
}

/* Nobody asks it any more; and without the drop-in the unit may not write where its socket lies. */
static void stop_ringerd(const struct init *init)
{
    static const char *const steps[][5] = {{"systemctl", "disable", "--now", "ringerd.service", NULL},
                                           {"systemctl", "daemon-reload", NULL}};
    const char *output;
    if (!has_systemd(init)) {
        puts("stop ringerd as this machine stops its services (no systemd runs here)");
        return;
    }
    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
        if (run_program(init->arena, steps[i], &output) != 0)
            printf("systemctl %s: %s\n", steps[i][1], output);
    puts("ringerd is stopped and will not start with the machine; `ringer init --apply` starts it again");
}

/* Set by hand, or in a list that was changed since: ringerd must not go while it is asked. */
static bool still_asked(struct init *init)
{
    struct diag_list diags = {0};
    const char *error;
    init->conf = conf_load(init->config, &diags);
    diag_free(&diags);
    return init->conf && postfix_read(init->arena, init->postfix_folder, &init->postfix, &error) &&
           postfix_place(init->arena, &init->postfix, init->postfix.smtpd_expanded, init->conf->socket) > 0;
}

static int undo(struct init *init)
{
    const char *dropin = init_dropin_path(init);
    if (!init_postfix_undo(init))
        return EXIT_FAILED;
    if (still_asked(init)) {
        init_failed(
            "take it out of smtpd_milters (postconf -e), `postfix reload`, then `ringer init --undo` again",
            "Postfix still asks Ringer, so ringerd and its unit are left alone");
        return EXIT_FAILED;
    }
    if (unlink(dropin) == 0)
        printf("removed %s\n", dropin);
    else if (errno != ENOENT)
        return init_failed("run this as root", "cannot remove %s: %s", dropin, strerror(errno)), EXIT_FAILED;
    rmdir(file_folder(init->arena, dropin)); /* when nothing else lies there */
    stop_ringerd(init);
    puts("the configuration, the store and the mail in it are left");
    return EXIT_DONE;
}

/* --- options */

enum {
    OPT_OWN = 256,
    OPT_PARTNER,
    OPT_AUTHSERV,
    OPT_INTERNAL,
    OPT_MODE,
    OPT_REPLACE,
    OPT_APPLY,
    OPT_LOCAL,
    OPT_FORCE,
    OPT_LEARN,
    OPT_TEST,
    OPT_SMTP,
    OPT_UNDO,
    OPT_USER,
    OPT_POSTFIX,
    OPT_SENDMAIL,
    OPT_ROOT
};
static const struct option longs[] = {{"own-domain", required_argument, NULL, OPT_OWN},
                                      {"partner-domain", required_argument, NULL, OPT_PARTNER},
                                      {"authserv-id", required_argument, NULL, OPT_AUTHSERV},
                                      {"internal-network", required_argument, NULL, OPT_INTERNAL},
                                      {"mode", required_argument, NULL, OPT_MODE},
                                      {"replace", no_argument, NULL, OPT_REPLACE},
                                      {"apply", no_argument, NULL, OPT_APPLY},
                                      {"local-mail", no_argument, NULL, OPT_LOCAL},
                                      {"force", no_argument, NULL, OPT_FORCE},
                                      {"learn", required_argument, NULL, OPT_LEARN},
                                      {"test", optional_argument, NULL, OPT_TEST},
                                      {"smtp", required_argument, NULL, OPT_SMTP},
                                      {"undo", no_argument, NULL, OPT_UNDO},
                                      {"dry-run", no_argument, NULL, 'n'},
                                      {"config", required_argument, NULL, 'c'},
                                      {"user", required_argument, NULL, OPT_USER},
                                      {"postfix", required_argument, NULL, OPT_POSTFIX},
                                      {"sendmail", no_argument, NULL, OPT_SENDMAIL},
                                      {"root", required_argument, NULL, OPT_ROOT},
                                      {"help", no_argument, NULL, 'h'},
                                      {NULL, 0, NULL, 0}};

/* Options with a list or a text behind them; false for another one. */
static bool take_value(struct init *init, int option)
{
    struct {
        int option;
        struct init_words *words;
        const char **text;
    } const values[] = {{OPT_OWN, &init->own, NULL},
                        {OPT_PARTNER, &init->partners, NULL},
                        {OPT_AUTHSERV, &init->authserv_ids, NULL},
                        {OPT_INTERNAL, &init->internal, NULL},
                        {OPT_MODE, NULL, &init->mode},
                        {OPT_LEARN, NULL, &init->learn},
                        {OPT_SMTP, NULL, &init->smtp},
                        {OPT_USER, NULL, &init->user},
                        {OPT_POSTFIX, NULL, &init->postfix_folder},
                        {OPT_ROOT, NULL, &init->root},
                        {'c', NULL, &init->config}};
    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
        if (values[i].option == option) {
            if (values[i].words)
                init_add(init, values[i].words, optarg);
            else
                *values[i].text = optarg;
            return true;
        }
    return false;
}

static bool take_flag(struct init *init, int option)
{
    struct {
        int option;
        bool *flag;
    } const flags[] = {{OPT_REPLACE, &init->replace},   {OPT_APPLY, &init->apply},
                       {OPT_LOCAL, &init->local_mail},  {OPT_FORCE, &init->force},
                       {OPT_TEST, &init->test},         {OPT_UNDO, &init->undo},
                       {OPT_SENDMAIL, &init->sendmail}, {'n', &init->dry_run}};
    for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
        if (flags[i].option == option)
            return *flags[i].flag = true;
    return false;
}

/* -1 = go on, else the exit code. */
static int parse(struct init *init, int argc, char **argv)
{
    int c;
    optind = 0;
    while ((c = getopt_long(argc, argv, "nc:h", longs, NULL)) != -1) {
        if (c == OPT_TEST)
            init->recipient = optarg;
        if (c == 'h')
            return fputs(usage, stdout), EXIT_DONE;
        if (!take_value(init, c) && !take_flag(init, c))
            return fputs("`ringer init --help` lists the options\n", stderr), EXIT_USAGE;
    }
    if (optind == argc)
        return -1;
    fprintf(stderr, "ringer init: unexpected argument '%s'\n", argv[optind]);
    return EXIT_USAGE;
}

int cmd_init(int argc, char **argv)
{
    struct init init = {
        .arena = arena_new(), .root = "", .user = "ringer", .mode = "monitor", .smtp = "smtp://127.0.0.1:25"};
    int code = parse(&init, argc, argv);
    const char *env = getenv("RINGER_CONFIG");
    if (!init.config)
        init.config = env && *env && !*init.root ? env : init_path(&init, SYSCONFDIR "/ringer/ringer.yaml");
    if (code < 0)
        code = init.undo ? undo(&init) : set_up(&init);
    conf_free(&init.conf);
    arena_free(&init.arena);
    return code;
}
