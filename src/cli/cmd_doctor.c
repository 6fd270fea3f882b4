/*
 * ringer doctor: is everything as it must be for mail to be judged, held and released? One line a check, with what is
 * to be done; exit codes as monitoring plug-ins have them.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "mail/message.h"

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/control.h"
#include "cli/doctor_checks.h"
#include "cli/test_attack.h"

enum { EXIT_UNKNOWN = 3 /* as monitoring plug-ins have it: neither good nor bad */ };

static const struct doctor_family *const families[] = {&doctor_config,  &doctor_host,  &doctor_daemon,
                                                       &doctor_workers, &doctor_store, &doctor_mta};
enum { FAMILIES = sizeof(families) / sizeof(*families), NAMES_MAX = 64 };
static const char *const level_words[] = {[DOCTOR_OK] = "ok", [DOCTOR_WARN] = "warn", [DOCTOR_FAIL] = "FAIL"};

struct options {
    const char *config, *postfix;
    const char *only[NAMES_MAX], *skip[NAMES_MAX];
    size_t n_only, n_skip;
    bool json, quiet, list;
    const char *probe; /* listener for it; NULL: none is sent */
};

/* --- what is looked at */

static const char *with_place(struct doctor *d, const struct diag *e)
{
    if (!e->file)
        return arena_strdup(d->arena, e->text);
    return e->line ? arena_printf(d->arena, "%s:%u: %s", e->file, e->line, e->text)
                   : arena_printf(d->arena, "%s: %s", e->file, e->text);
}

/* The first error and the first warning. Signed packs have a check of their own. */
static void note_diag(struct doctor *d, const struct diag *e)
{
    const char *remedy =
        e->remedy ? arena_strdup(d->arena, e->remedy) : "`ringer config check` shows the place";
    size_t n = strlen(d->conf ? d->conf->signed_packs : "");
    if (e->level == DIAG_ERROR && !d->invalid) {
        d->invalid = with_place(d, e);
        d->invalid_remedy = remedy;
    } else if (e->level == DIAG_WARNING && !d->warning &&
               !(n && e->file && strncmp(e->file, d->conf->signed_packs, n) == 0)) {
        d->warning = with_place(d, e);
        d->warning_remedy = remedy;
    }
}

static void load_configuration(struct doctor *d)
{
    struct diag_list diags = {0};
    d->policy = policy_load(d->config_path, &diags);
    struct diag_list again = {0};
    if (!d->policy &&
        !(d->alone = conf_load(d->config_path, &again))) /* the rules may be wrong, the rest still be known */
        d->alone = conf_default();
    d->conf = d->policy ? d->policy->conf : d->alone;
    for (size_t i = 0; i < diags.n; i++)
        note_diag(d, &diags.v[i]);
    diag_free(&again);
    diag_free(&diags);
}

static const struct passwd *copy_user(struct doctor *d, const struct passwd *pw)
{
    if (!pw)
        return NULL;
    struct passwd *copy = arena_alloc(d->arena, sizeof(*copy));
    *copy = (struct passwd){
        .pw_name = arena_strdup(d->arena, pw->pw_name), .pw_uid = pw->pw_uid, .pw_gid = pw->pw_gid};
    return copy;
}

/* The running daemon's, else the one that is configured, else the package's. */
static void find_user(struct doctor *d)
{
    struct stat st;
    json_int_t pid = json_integer_value(json_object_get(d->status, "pid"));
    if (pid && stat(arena_printf(d->arena, "/proc/%lld", (long long)pid), &st) == 0)
        d->user = copy_user(d, getpwuid(st.st_uid));
    else
        d->user = copy_user(d, getpwnam(*d->conf->user ? d->conf->user : "ringer"));
}

static void look(struct doctor *d, const struct options *o)
{
    char *error = arena_alloc(d->arena, CONTROL_ERROR_SIZE);
    load_configuration(d);
    d->status = control_ask(d->conf->control_socket, "status", error, CONTROL_ERROR_SIZE);
    d->no_status = error;
    find_user(d);
    d->has_postfix = postfix_read(d->arena, o->postfix, &d->postfix, &d->no_postfix);
}

/* --- running and showing */

static bool is_named(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static bool is_wanted(const struct options *o, const char *name)
{
    return (o->n_only == 0 || is_named(o->only, o->n_only, name)) && !is_named(o->skip, o->n_skip, name);
}

static void show_text(const struct doctor *d, const struct options *o)
{
    for (size_t i = 0; i < d->n_findings; i++) {
        const struct doctor_finding *f = &d->findings[i];
        if (f->level != DOCTOR_OK || !o->quiet)
            printf("%-4s %s: %s%s%s\n", level_words[f->level], f->check, f->text, f->remedy ? "; " : "",
                   f->remedy ? f->remedy : "");
    }
}

static void show_json(const struct doctor *d, const struct options *o, enum doctor_level worst)
{
    json_t *list = json_array();
    for (size_t i = 0; i < d->n_findings; i++) {
        const struct doctor_finding *f = &d->findings[i];
        if (f->level != DOCTOR_OK || !o->quiet)
            json_array_append_new(list,
                                  json_pack("{s:s, s:s, s:s, s:s?}", "check", f->check, "status",
                                            level_words[f->level], "finding", f->text, "remedy", f->remedy));
    }
    json_t *out = json_pack("{s:s, s:o}", "status", level_words[worst], "checks", list);
    json_dumpf(out, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    putchar('\n');
    json_decref(out);
}

static int examine(struct doctor *d, const struct options *o)
{
    enum doctor_level worst = DOCTOR_OK;
    look(d, o);
    for (size_t i = 0; i < FAMILIES; i++)
        for (size_t k = 0; k < families[i]->n; k++)
            if (is_wanted(o, families[i]->v[k].name)) {
                d->check = families[i]->v[k].name;
                families[i]->v[k].run(d);
            }
    for (size_t i = 0; i < d->n_findings; i++)
        worst = d->findings[i].level > worst ? d->findings[i].level : worst;
    if (o->json)
        show_json(d, o, worst);
    else
        show_text(d, o);
    json_decref(d->status);
    policy_unref(&d->policy);
    conf_free(&d->alone);
    return (int)worst;
}

static const char usage[] =
    "usage: ringer doctor [OPTION...]\n\n"
    "Checks whether everything is as it must be for mail to be judged, held and released, and says for each "
    "finding\n"
    "what is to be done. It changes nothing. Run it as root, so that it can try what others may.\n\n"
    "  -q, --quiet           only warnings and failures\n"
    "      --json            as JSON\n"
    "      --only NAME       only this check; any number of times\n"
    "      --skip NAME       not this check; any number of times\n"
    "      --probe           first sends a test attack (ringer-test-attack(1)) with forged "
    "Authentication-Results\n"
    "      --list            the names of the checks\n"
    "      --postfix FOLDER  of main.cf (default: $MAIL_CONFIG, else Postfix's own)\n"
    "  -c, --config FILE     the configuration (default: $RINGER_CONFIG, else the installed one)\n"
    "  -h, --help\n\n"
    "Exit codes: 0 all is well, 1 warnings, 2 failures, 3 wrong usage.\n";

static bool is_check(const char *name)
{
    for (size_t i = 0; i < FAMILIES; i++)
        for (size_t k = 0; k < families[i]->n; k++)
            if (strcmp(families[i]->v[k].name, name) == 0)
                return true;
    fprintf(stderr, "ringer doctor: no check '%s'; `ringer doctor --list` names them\n", name);
    return false;
}

static bool add_name(const char **names, size_t *n, const char *name)
{
    if (!is_check(name) || *n == NAMES_MAX)
        return false;
    names[(*n)++] = name;
    return true;
}

/* -1 = go on, else the exit code. */
static int parse(struct options *o, int argc, char **argv)
{
    static const struct option longs[] = {
        {"quiet", no_argument, NULL, 'q'},         {"json", no_argument, NULL, 'j'},
        {"only", required_argument, NULL, 'o'},    {"skip", required_argument, NULL, 's'},
        {"probe", optional_argument, NULL, 'P'},   {"list", no_argument, NULL, 'l'},
        {"postfix", required_argument, NULL, 'p'}, {"config", required_argument, NULL, 'c'},
        {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0}};
    int c;
    optind = 0;
    while ((c = getopt_long(argc, argv, "qc:h", longs, NULL)) != -1) {
        if (c == 'q')
            o->quiet = true;
        else if (c == 'j')
            o->json = true;
        else if (c == 'P')
            o->probe = optarg ? optarg : "smtp://127.0.0.1:25";
        else if (c == 'l')
            o->list = true;
        else if (c == 'p')
            o->postfix = optarg;
        else if (c == 'c')
            o->config = optarg;
        else if (c == 'h')
            return fputs(usage, stdout), EXIT_DONE;
        else if (c == '?' ||
                 !(c == 'o' ? add_name(o->only, &o->n_only, optarg) : add_name(o->skip, &o->n_skip, optarg)))
            return EXIT_UNKNOWN;
    }
    if (optind == argc)
        return -1;
    fprintf(stderr, "ringer doctor: unexpected argument '%s'\n", argv[optind]);
    return EXIT_UNKNOWN;
}

static int list_checks(void)
{
    for (size_t i = 0; i < FAMILIES; i++)
        for (size_t k = 0; k < families[i]->n; k++)
            puts(families[i]->v[k].name);
    return EXIT_DONE;
}

int cmd_doctor(int argc, char **argv)
{
    struct options o = {.config = cli_default_config()};
    int code = parse(&o, argc, argv);
    if (code >= 0)
        return code;
    if (o.list)
        return list_checks();
    if (o.probe) /* what became of it stands in ringerd's status */
        test_attack_run(&(struct test_attack){.config = o.config, .smtp = o.probe, .quiet = true});
    struct doctor d = {.arena = arena_new(), .config_path = o.config};
    code = examine(&d, &o);
    arena_free(&d.arena);
    return code;
}
