/*
 * ringer rules keygen, sign: the side of those who write packs. A pack whose rules are not right is not signed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "rules/packdir.h"
#include "rules/rules.h"

#include "cli/cli.h"
#include "cli/rules_pack.h"
#include "cli/rules_try.h"

enum { KEY_MAX = 4096 };

static const char keygen_usage[] =
    "usage: ringer rules keygen NAME\n\n"
    "Makes a key pair: NAME.pub, for the configuration's rules: keys, and NAME.key, the secret one, without "
    "a\n"
    "password: keep it off the mail server. Keys of minisign(1) can be used as well.\n";
static const char sign_usage[] =
    "usage: ringer rules sign -k KEY -n NAME -s SEQ -e YYYY-MM-DD [OPTION...] FILE|FOLDER...\n\n"
    "Checks the rules in the files, and packs and signs them: NAME-SEQ.tar and NAME-SEQ.tar.minisig.\n\n"
    "  -k, --key FILE            secret key\n"
    "  -n, --name NAME           name of the pack\n"
    "  -s, --seq N               number of this version: greater than that of every one before\n"
    "  -e, --expires YYYY-MM-DD  last day on which it is accepted\n"
    "  -o, --output FILE         another name than NAME-SEQ.tar\n"
    "      --password-file FILE  first line: password of the key\n"
    "  -h, --help                print this text\n";

static int complain(const char *command, const char *what, const char *why)
{
    fprintf(stderr, "ringer rules %s: %s%s%s\n", command, what, why ? ": " : "", why ? why : "");
    return EXIT_FAILED;
}

/* Never over a file that is there: a lost secret key cannot be had back. */
static bool write_file(const char *path, struct span text, mode_t mode, int flags)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, mode);
    bool ok = fd >= 0;
    while (ok && text.n) {
        ssize_t n = write(fd, text.p, text.n);
        ok = n > 0;
        if (ok)
            text = (struct span){text.p + n, text.n - (size_t)n};
    }
    ok = ok && fsync(fd) == 0;
    int saved = errno;
    if (fd >= 0)
        close(fd);
    errno = saved;
    return ok;
}

int rules_keygen(int argc, char **argv)
{
    const char *public_key, *secret_key, *error;
    if (argc == 2 && (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0)) {
        fputs(keygen_usage, stdout);
        return EXIT_DONE;
    }
    if (argc != 2 || argv[1][0] == '-') {
        fputs(keygen_usage, stderr);
        return EXIT_USAGE;
    }
    struct arena *arena = arena_new();
    const char *public_path = arena_printf(arena, "%s.pub", argv[1]);
    const char *secret_path = arena_printf(arena, "%s.key", argv[1]);
    int code = EXIT_DONE;
    if (minisign_generate(arena, &public_key, &secret_key, &error) != 0)
        code = complain("keygen", error, NULL);
    else if (!write_file(secret_path, span_of(secret_key), 0600, O_EXCL))
        code = complain("keygen", secret_path, strerror(errno));
    else if (!write_file(public_path, span_of(public_key), 0644, O_EXCL))
        code = complain("keygen", public_path, strerror(errno));
    else
        printf("%s: the secret key\n%s: the public key; its second line goes into rules: keys:\n%s",
               secret_path, public_path, public_key);
    arena_free(&arena);
    return code;
}

/* --- sign */

struct sign {
    const char *key, *name, *expires, *output, *password_file;
    long long seq;
    struct bundle_file files[BUNDLE_FILES_MAX];
    size_t n_files;
};

static bool add_file(struct sign *s, struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/'), *error;
    if (s->n_files == BUNDLE_FILES_MAX) {
        complain("sign", path, "too many files");
        return false;
    }
    struct bundle_file *file = &s->files[s->n_files++];
    file->name = slash ? slash + 1 : path;
    if (file_read_arena(arena, path, BUNDLE_BYTES_MAX, &file->text, &error))
        return true;
    complain("sign", error, NULL);
    return false;
}

static int is_rule_file(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    return entry->d_name[0] != '.' && n > 5 && strcmp(entry->d_name + n - 5, ".yaml") == 0;
}

static bool add_path(struct sign *s, struct arena *arena, const char *path)
{
    struct dirent **entries = NULL;
    struct stat st;
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
        return add_file(s, arena, path);
    int n = scandir(path, &entries, is_rule_file, alphasort);
    bool ok = n > 0;
    if (!ok)
        complain("sign", path, "no *.yaml in this folder");
    for (int i = 0; i < n; i++) {
        ok = ok && add_file(s, arena, arena_printf(arena, "%s/%s", path, entries[i]->d_name));
        free(entries[i]);
    }
    free(entries);
    return ok;
}

/* The rules as they stand on disk, with both kinds of tests. */
static int check_rules(const char *const *paths, size_t n)
{
    struct diag_list diags = {0};
    struct ruleset *rules = ruleset_load(paths, n, &diags);
    if (rules) {
        ruleset_test(rules, &diags);
        rules_try_messages(rules, &diags);
    }
    ruleset_free(&rules);
    return cli_report(&diags);
}

static bool read_secret(struct arena *arena, const struct sign *s, struct minisign_secret *secret)
{
    struct span text, password = {0};
    const char *error = NULL, *word = NULL;
    bool ok = file_read_arena(arena, s->key, KEY_MAX, &text, &error);
    if (ok && s->password_file) {
        ok = file_read_arena(arena, s->password_file, KEY_MAX, &password, &error);
        struct span line = password;
        word = ok && span_line(&password, &line) ? arena_span(arena, line) : "";
    }
    ok = ok && minisign_secret_parse(text, word, secret, &error) == 0;
    if (!ok)
        complain("sign", s->key, error);
    return ok;
}

/* An expiry that has passed, or is none, is found here and not by everybody who installs the pack. */
static bool good_expiry(const char *text)
{
    struct tm tm = {0};
    const char *end = strptime(text, "%Y-%m-%d", &tm);
    return end && !*end && strlen(text) == 10 && timegm(&tm) + 24 * 60 * 60 > time(NULL);
}

static int write_pack(struct arena *arena, const struct sign *s, const struct minisign_secret *secret)
{
    struct span tar;
    const char *error;
    const char *path = s->output ? s->output : arena_printf(arena, "%s-%lld.tar", s->name, s->seq);
    const char *signature_path = arena_printf(arena, "%s.minisig", path);
    if (bundle_pack(arena, s->files, s->n_files, &tar, &error) != 0)
        return complain("sign", error, NULL);
    if (tar.n > BUNDLE_BYTES_MAX)
        return complain("sign", "the pack would be larger than 16 MiB", NULL);
    const char *signature =
        minisign_sign(arena, secret, tar, bundle_comment(arena, s->name, s->seq, s->expires));
    if (!write_file(path, tar, 0644, O_TRUNC))
        return complain("sign", path, strerror(errno));
    if (!write_file(signature_path, span_of(signature), 0644, O_TRUNC))
        return complain("sign", signature_path, strerror(errno));
    printf("%s: pack %s seq %lld, %zu files, accepted until %s\n", path, s->name, s->seq, s->n_files,
           s->expires);
    return EXIT_DONE;
}

static int sign(struct sign *s, int n, char **paths)
{
    struct minisign_secret secret;
    struct arena *arena = arena_new();
    int code = check_rules((const char *const *)paths, (size_t)n);
    for (int i = 0; i < n && code == EXIT_DONE; i++)
        code = add_path(s, arena, paths[i]) ? EXIT_DONE : EXIT_FAILED;
    if (code == EXIT_DONE)
        code = read_secret(arena, s, &secret) ? EXIT_DONE : EXIT_FAILED;
    if (code == EXIT_DONE) {
        code = write_pack(arena, s, &secret);
        minisign_wipe(&secret);
    }
    arena_free(&arena);
    return code;
}

static const char *wrong(const struct sign *s)
{
    if (!s->key || !s->name || !s->expires)
        return "give --key, --name, --seq and --expires";
    if (!bundle_name_ok(s->name))
        return "the name of a pack: letters, digits, '.', '_' and '-', at most 64";
    if (s->seq < 1)
        return "--seq: a number from 1 on";
    return good_expiry(s->expires) ? NULL : "--expires: a day that has not passed, as YYYY-MM-DD";
}

int rules_sign(int argc, char **argv)
{
    static const struct option options[] = {
        {"key", required_argument, NULL, 'k'},    {"name", required_argument, NULL, 'n'},
        {"seq", required_argument, NULL, 's'},    {"expires", required_argument, NULL, 'e'},
        {"output", required_argument, NULL, 'o'}, {"password-file", required_argument, NULL, 'p'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0}};
    struct sign s = {0};
    char *end = NULL;
    int c;
    optind = 0;
    while ((c = getopt_long(argc, argv, "k:n:s:e:o:h", options, NULL)) != -1) {
        switch (c) {
        case 'k':
            s.key = optarg;
            break;
        case 'n':
            s.name = optarg;
            break;
        case 's':
            s.seq = strtoll(optarg, &end, 10);
            if (*end)
                s.seq = 0;
            break;
        case 'e':
            s.expires = optarg;
            break;
        case 'o':
            s.output = optarg;
            break;
        case 'p':
            s.password_file = optarg;
            break;
        default:
            fputs(sign_usage, c == 'h' ? stdout : stderr);
            return c == 'h' ? EXIT_DONE : EXIT_USAGE;
        }
    }
    const char *problem = optind == argc ? "name the rule files, or their folder" : wrong(&s);
    if (problem) {
        complain("sign", problem, NULL);
        return EXIT_USAGE;
    }
    return sign(&s, argc - optind, argv + optind);
}
