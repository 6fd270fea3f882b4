/*
 * ringer rules verify, install, rollback, packs: the side of those who use signed packs. Nothing is put in force
 * before its signature, its number, its rules and their tests, together with the rules that are there, are good.
 */
#include <dirent.h>
#include <getopt.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "policy/packs.h"

#include "cli/cli.h"
#include "cli/packfetch.h"
#include "cli/rules_pack.h"

enum { MAX_KEYS = 8 };

struct pack_command {
    const char *name;
    const char *config, *cacert;
    struct minisign_public keys[MAX_KEYS];
    size_t n_keys;
    long long min_seq;
    struct arena *arena;
    struct conf *conf; /* NULL when the options say everything */
    struct bundle_trust trust;
    struct packdir installed;
};

static const char usage_text[] =
    "usage: ringer rules verify [-c FILE] [-k KEY]... [--min-seq N] PACK.tar...\n"
    "       ringer rules install [-c FILE] [--cacert FILE] FILE|FOLDER|https://...\n"
    "       ringer rules rollback [-c FILE] NAME\n"
    "       ringer rules packs [-c FILE]\n\n"
    "verify says whether signed packs are genuine, in time, and their rules right; its exit code is 0 when "
    "all\n"
    "are, 1 when a pack is refused, 3 when rules are wrong. install puts packs in force (the running "
    "ringerd\n"
    "after `ringer reload`) and keeps the version before; rollback goes back to that. packs lists what is "
    "there.\n\n"
    "  -c, --config FILE  configuration, for rules: keys, revoked-keys and signed-packs\n"
    "  -k, --key KEY      verify by this public key (file or line) in place of the configured ones\n"
    "      --min-seq N    refuse packs below this number\n"
    "      --cacert FILE  certificates that the server's is checked against\n"
    "  -h, --help         print this text\n";

static int complain(const struct pack_command *p, const char *what, const char *why)
{
    fprintf(stderr, "ringer rules %s: %s%s%s\n", p->name, what, why ? ": " : "", why ? why : "");
    return EXIT_FAILED;
}

static bool add_key(struct pack_command *p, const char *text)
{
    const char *error = "too many keys";
    if (p->n_keys < MAX_KEYS && policy_packs_key(p->arena, ".", text, &p->keys[p->n_keys], &error)) {
        p->n_keys++;
        return true;
    }
    complain(p, text, error);
    return false;
}

/* -1 = go on, else the exit code. */
static int parse(struct pack_command *p, int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'}, {"key", required_argument, NULL, 'k'},
        {"cacert", required_argument, NULL, 'a'}, {"min-seq", required_argument, NULL, 'm'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0}};
    int c;
    optind = 0;
    while ((c = getopt_long(argc, argv, "c:k:h", options, NULL)) != -1) {
        bool ok = true;
        char *end = NULL;
        if (c == 'c')
            p->config = optarg;
        else if (c == 'k')
            ok = add_key(p, optarg);
        else if (c == 'a')
            p->cacert = optarg;
        else if (c == 'm')
            ok = (p->min_seq = strtoll(optarg, &end, 10)) > 0 && !*end;
        else {
            fputs(usage_text, c == 'h' ? stdout : stderr);
            return c == 'h' ? EXIT_DONE : EXIT_USAGE;
        }
        if (!ok)
            return EXIT_USAGE;
    }
    return -1;
}

/* The configuration and whom it trusts, unless the options say so. -1 = go on. */
static int set_up(struct pack_command *p, bool needs_conf)
{
    struct diag_list diags = {0};
    if (!needs_conf && p->n_keys) {
        p->trust = (struct bundle_trust){.keys = p->keys, .n_keys = p->n_keys, .now = time(NULL)};
        return -1;
    }
    p->conf = conf_load(p->config ? p->config : cli_default_config(), &diags);
    bool ok = p->conf && policy_packs_trust(p->arena, p->conf, &p->trust, &diags);
    int code = cli_report(&diags);
    if (!ok)
        return code;
    if (p->n_keys) {
        p->trust.keys = p->keys;
        p->trust.n_keys = p->n_keys;
    }
    if (p->trust.n_keys)
        return -1;
    complain(p, "no key is accepted", "add one to rules: keys: in the configuration");
    return EXIT_CONFIG;
}

static void tear_down(struct pack_command *p)
{
    conf_free(&p->conf);
    arena_free(&p->arena);
}

static const char *day(int64_t expires, char out[16])
{
    time_t last = (time_t)expires - 1;
    struct tm tm;
    strftime(out, 16, "%Y-%m-%d", gmtime_r(&last, &tm));
    return out;
}

/* --- verify */

/* The pack's rules alone; what they refer to in other packs is only known where those are. */
static int check_alone(const struct bundle *bundle)
{
    struct diag_list diags = {0};
    struct ruleset_source *sources = calloc(bundle->n_files, sizeof(*sources));
    for (size_t i = 0; sources && i < bundle->n_files; i++)
        sources[i] = (struct ruleset_source){.path = bundle->files[i].name, .text = bundle->files[i].text};
    struct ruleset *rules = sources ? ruleset_load_from(sources, bundle->n_files, &diags) : NULL;
    if (rules)
        ruleset_test(rules, &diags);
    ruleset_free(&rules);
    free(sources);
    return cli_report(&diags);
}

static int verify_one(struct pack_command *p, const char *path)
{
    struct fetched_pack pack;
    struct bundle bundle;
    const char *error;
    char until[16];
    if (!packfetch(p->arena, path, p->cacert, &pack, &error))
        return complain(p, error, NULL);
    if (bundle_open(p->arena, &p->trust, pack.tar, pack.signature, &bundle, &error) != 0)
        return complain(p, path, error);
    if (bundle.seq < p->min_seq)
        return complain(p, path, "its seq is below --min-seq");
    int code = check_alone(&bundle);
    if (code == EXIT_DONE)
        printf("%s: good: pack %s seq %lld, key %s, accepted until %s\n", path, bundle.name,
               (long long)bundle.seq, bundle.key_id, day(bundle.expires, until));
    return code;
}

int rules_verify(int argc, char **argv)
{
    struct pack_command p = {.name = argv[0], .arena = arena_new()};
    int code = parse(&p, argc, argv);
    if (code < 0 && optind == argc) {
        complain(&p, "name the packs", NULL);
        code = EXIT_USAGE;
    }
    if (code < 0 && (code = set_up(&p, false)) < 0) {
        code = EXIT_DONE;
        for (int i = optind; i < argc; i++) {
            int one = verify_one(&p, argv[i]);
            code = one > code ? one : code;
        }
    }
    tear_down(&p);
    return code;
}

/* --- install, rollback */

static const char *who_am_i(void)
{
    const struct passwd *pw = getpwuid(getuid());
    return pw ? pw->pw_name : "?";
}

/* What is there; damage is only told, since a good pack may mend it. -1 when the state cannot be read. */
static int read_installed(struct pack_command *p)
{
    struct diag_list diags = {0};
    bool ok = packdir_read(p->arena, p->conf->signed_packs, &p->trust, DIAG_WARNING, &p->installed, &diags);
    cli_report(&diags);
    return ok ? 0 : -1;
}

static int install_verified(struct pack_command *p, const struct fetched_pack *pack,
                            const struct bundle *bundle)
{
    struct diag_list diags = {0};
    const char *error;
    if (!packdir_newer(p->arena, &p->installed, bundle, pack->tar, &error))
        return complain(p, pack->source, error);
    struct ruleset *rules =
        policy_packs_load_with(p->conf, &(struct policy_packs_change){.candidate = bundle}, &diags);
    bool ok = rules != NULL;
    ruleset_free(&rules);
    int code = cli_report(&diags);
    if (!ok) {
        complain(p, pack->source, "its rules are not right together with those in force: not installed");
        return code;
    }
    if (!packdir_install(p->arena, p->conf->signed_packs, &p->installed, bundle, pack->tar, pack->signature,
                         who_am_i(), &error))
        return complain(p, "not installed, what was in force stays", error);
    printf("installed: pack %s seq %lld; `ringer reload` puts it in force in the running ringerd\n",
           bundle->name, (long long)bundle->seq);
    return EXIT_DONE;
}

static int install_one(struct pack_command *p, const char *source)
{
    struct fetched_pack pack;
    struct bundle bundle;
    const char *error;
    if (!packfetch(p->arena, source, p->cacert, &pack, &error))
        return complain(p, error, NULL);
    if (bundle_open(p->arena, &p->trust, pack.tar, pack.signature, &bundle, &error) != 0)
        return complain(p, source, error);
    int lock = packdir_lock(p->arena, p->conf->signed_packs, &error);
    if (lock < 0)
        return complain(p, error, NULL);
    int code = read_installed(p) == 0 ? install_verified(p, &pack, &bundle) : EXIT_FAILED;
    packdir_unlock(lock);
    return code;
}

static int is_pack(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    return entry->d_name[0] != '.' && n > 4 && strcmp(entry->d_name + n - 4, ".tar") == 0;
}

static bool is_installed(const struct pack_command *p, const struct bundle *bundle)
{
    for (size_t i = 0; i < p->installed.n; i++)
        if (strcmp(p->installed.v[i].name, bundle->name) == 0 && p->installed.v[i].highest >= bundle->seq)
            return true;
    return false;
}

/* A folder that packs are copied to: old versions may lie there still, and are passed over. */
static bool skip(struct pack_command *p, const char *path)
{
    struct fetched_pack pack;
    struct bundle bundle;
    const char *error;
    if (!packfetch(p->arena, path, NULL, &pack, &error) ||
        bundle_open(p->arena, &p->trust, pack.tar, pack.signature, &bundle, &error) != 0 ||
        read_installed(p) != 0 || !is_installed(p, &bundle))
        return false;
    printf("%s: pack %s seq %lld or a newer one is installed already\n", path, bundle.name,
           (long long)bundle.seq);
    return true;
}

static int install_folder(struct pack_command *p, const char *folder)
{
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, is_pack, versionsort), code = EXIT_DONE;
    if (n <= 0)
        code = complain(p, folder, "no *.tar in this folder");
    for (int i = 0; i < n; i++) {
        const char *path = arena_printf(p->arena, "%s/%s", folder, entries[i]->d_name);
        int one = skip(p, path) ? EXIT_DONE : install_one(p, path);
        code = one > code ? one : code;
        free(entries[i]);
    }
    free(entries);
    return code;
}

int rules_install(int argc, char **argv)
{
    struct pack_command p = {.name = argv[0], .arena = arena_new()};
    struct stat st;
    int code = parse(&p, argc, argv);
    if (code < 0 && optind == argc) {
        complain(&p, "name a pack, a folder of packs or an https:// address", NULL);
        code = EXIT_USAGE;
    }
    if (code < 0 && (code = set_up(&p, true)) < 0) {
        code = EXIT_DONE;
        for (int i = optind; i < argc; i++) {
            bool folder = stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode);
            int one = (folder ? install_folder : install_one)(&p, argv[i]);
            code = one > code ? one : code;
        }
    }
    tear_down(&p);
    return code;
}

static int rollback(struct pack_command *p, const char *name)
{
    const char *error;
    int64_t seq = 0;
    int lock = packdir_lock(p->arena, p->conf->signed_packs, &error);
    if (lock < 0)
        return complain(p, error, NULL);
    bool ok = read_installed(p) == 0;
    if (ok && !packdir_rollback(p->arena, p->conf->signed_packs, &p->installed, &p->trust, name, who_am_i(),
                                &seq, &error)) {
        complain(p, error, NULL);
        ok = false;
    }
    packdir_unlock(lock);
    if (ok)
        printf("pack %s is back at seq %lld; `ringer reload` puts it in force in the running ringerd\n", name,
               (long long)seq);
    return ok ? EXIT_DONE : EXIT_FAILED;
}

int rules_rollback(int argc, char **argv)
{
    struct pack_command p = {.name = argv[0], .arena = arena_new()};
    int code = parse(&p, argc, argv);
    if (code < 0 && optind + 1 != argc) {
        complain(&p, "name one pack", NULL);
        code = EXIT_USAGE;
    }
    if (code < 0 && (code = set_up(&p, true)) < 0)
        code = rollback(&p, argv[optind]);
    tear_down(&p);
    return code;
}

int rules_packs(int argc, char **argv)
{
    struct pack_command p = {.name = argv[0], .arena = arena_new()};
    char until[16];
    int code = parse(&p, argc, argv);
    if (code < 0 && (code = set_up(&p, true)) < 0) {
        code = read_installed(&p) == 0 ? EXIT_DONE : EXIT_FAILED;
        printf("%-24s %8s %8s %8s  %-16s  %s\n", "PACK", "SEQ", "PREVIOUS", "HIGHEST", "KEY", "UNTIL");
        for (size_t i = 0; i < p.installed.n; i++) {
            const struct packdir_pack *v = &p.installed.v[i];
            printf("%-24s %8lld %8lld %8lld  %-16s  %s\n", v->name, (long long)v->current,
                   (long long)v->previous, (long long)v->highest, v->usable ? v->bundle.key_id : "-",
                   v->usable ? day(v->bundle.expires, until) : "refused");
            if (!v->usable || v->fallback)
                code = EXIT_FAILED;
        }
    }
    tear_down(&p);
    return code;
}
