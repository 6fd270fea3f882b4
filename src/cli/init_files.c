/*
 * ringer init: the configuration, the store, the folder of the socket and the drop-in of the unit. What is there is
 * kept; a configuration is replaced only when it says nothing but defaults, or when the user asks for it.
 */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "conf/show.h"
#include "store/store.h"

#include "cli/cli.h"
#include "cli/init.h"
#include "cli/run.h"

/* --- the configuration */

static void add_words(struct buf *out, const char *key, const struct init_words *words)
{
    buf_printf(out, "  %s: [", key);
    for (size_t i = 0; i < words->n; i++) {
        buf_adds(out, i ? ", '" : "'");
        for (const char *p = words->v[i]; *p; p++)
            buf_printf(out, *p == '\'' ? "''" : "%c", *p);
        buf_addc(out, '\'');
    }
    buf_adds(out, "]\n");
}

static void add_protect(const struct init *init, struct buf *out)
{
    buf_adds(out, "protect:\n");
    add_words(out, "own-domains", &init->own);
    buf_adds(out, "  # Suppliers, customers, banks that fraudsters may imitate; or {file: partners.txt}, one "
                  "a line.\n");
    add_words(out, "partner-domains", &init->partners);
    buf_adds(out,
             "  # {name: Marie Martin, address: marie@company.example, role: vip}; or {file: people.tsv}\n"
             "  people: []\n\n");
}

static void add_trust(const struct init *init, struct buf *out)
{
    buf_adds(out, "trust:\n  # Clients whose mail is not judged: yours. No gateway that passes on mail from "
                  "outside.\n");
    struct init_words networks = {0};
    struct init all = *init;
    init_add(&all, &networks, "127.0.0.0/8");
    init_add(&all, &networks, "::1");
    for (size_t i = 0; i < init->internal.n; i++)
        init_add(&all, &networks, init->internal.v[i]);
    add_words(out, "internal-networks", &networks);
    buf_adds(out, "  # Names under which OpenDKIM, OpenDMARC, rspamd ... write Authentication-Results before "
                  "Ringer.\n");
    add_words(out, "authserv-ids", &init->authserv_ids);
    buf_addc(out, '\n');
}

static void add_places(const struct init *init, struct buf *out)
{
    if (*init->root)
        buf_printf(out, "rules:\n  signed-packs: '%s'\n\n", init_path(init, "/var/lib/ringer/packs"));
    buf_printf(out,
               "quarantine:\n  store: 'sqlite:%s'\n  # A listener without milters, for `ringer quarantine "
               "release`.\n"
               "  release-smtp: '%s'\n\n",
               init_path(init, "/var/lib/ringer/ringer.db"), init_release_url(init));
    buf_printf(out, "milter:\n  socket: '%s'\n  socket-mode: 0660\n\n", init->socket);
    buf_printf(out, "daemon:\n  user: '%s'\n  control-socket: '%s'\n", init->user,
               init_path(init, "/run/ringer/control.sock"));
}

static const char *config_text(const struct init *init)
{
    struct buf out = {0};
    buf_printf(
        &out,
        "# Ringer's configuration, written by `ringer init`. ringer.yaml(5) explains every option,\n"
        "# `ringer config show` lists all of them, `ringer config check` says whether this is valid.\n\n"
        "# monitor adds headers and remembers; tag marks the subject, too; enforce holds.\n"
        "mode: %s\n\n",
        init->mode);
    add_protect(init, &out);
    add_trust(init, &out);
    add_places(init, &out);
    const char *copy = arena_strdup(init->arena, out.p);
    buf_free(&out);
    return copy;
}

static bool says_the_same(const struct conf *one, const struct conf *other)
{
    struct buf ours = {0}, theirs = {0};
    conf_show_yaml(one, false, &ours);
    conf_show_yaml(other, false, &theirs);
    bool same = span_eq(buf_span(&ours), buf_span(&theirs));
    buf_free(&ours);
    buf_free(&theirs);
    return same;
}

/* Nothing in it but defaults, or as in the file that packages bring? */
static bool is_untouched(const struct conf *conf)
{
    struct diag_list diags = {0};
    struct conf *defaults = conf_default(),
                *packaged = conf_parse("package", span_of("milter: {socket: auto}\n"), &diags);
    bool same = says_the_same(conf, defaults) || says_the_same(conf, packaged);
    diag_free(&diags);
    conf_free(&defaults);
    conf_free(&packaged);
    return same;
}

static bool says_what_it_wants(const struct init *init)
{
    return init->own.n || init->partners.n || init->authserv_ids.n || init->internal.n ||
           strcmp(init->mode, "monitor") != 0;
}

static bool keep_copy(const struct init *init)
{
    const char *copy = init_copy(init, init->config, "before-init");
    return copy && printf("the configuration that was there is kept as %s\n", copy) > 0;
}

/* True when the configuration that is there stays. */
static bool keep(struct init *init, struct conf *there)
{
    init->conf = there;
    init->socket = there->socket;
    printf("the configuration %s is kept as it is\n", init->config);
    if (there->own_domains.n == 0)
        puts("  its own-domains is empty: lookalikes of your own domains are not seen");
    return true;
}

static const char *word_in_file(const struct init *init, const char *path, const char *key)
{
    size_t n;
    const char *text = init_read(init, init_path(init, path), &n);
    struct span rest = span_of(text), line;
    while (span_line(&rest, &line)) {
        line = span_trim(line);
        if (!span_starts_nocase(line, span_of(key)))
            continue;
        struct span value = span_trim((struct span){line.p + strlen(key), line.n - strlen(key)});
        if (value.n && value.n < line.n - strlen(key))
            return arena_span(init->arena, value);
    }
    return NULL;
}

/*
 * Only where another milter writes such headers: without one, a name that is believed is a name that anybody can
 * write on the mail that he sends.
 */
static void find_authserv_id(struct init *init)
{
    const char *list = init->postfix.smtpd_expanded, *address, *name = NULL;
    while (list && init->authserv_ids.n == 0 && !name && (address = postfix_next_milter(init->arena, &list)))
        name = postfix_verifier(address);
    if (!name)
        return;
    const char *id = word_in_file(init, "/etc/opendmarc.conf", "AuthservID");
    id = id ? id : word_in_file(init, "/etc/opendkim.conf", "AuthservID");
    id = id && strcmp(id, "HOSTNAME") != 0 ? id : init->postfix.myhostname;
    printf("%s runs before Ringer: Authentication-Results of %s are believed\n", name, id);
    init_add(init, &init->authserv_ids, id);
}

/* Written by an earlier run with the same options, which perhaps came no further. */
static bool is_what_it_wants(const struct init *init)
{
    struct init same = *init;
    size_t n;
    const char *text = init_read(init, init->config, &n);
    find_authserv_id(&same);
    return text && strcmp(text, config_text(&same)) == 0;
}

/* A file that is there: kept, or refused, or (1) to be replaced. */
static int look_at_old(struct init *init)
{
    struct diag_list diags = {0};
    struct conf *there = conf_load(init->config, &diags);
    cli_report(&diags);
    if (!there && !init->replace) {
        init_failed("fix it, or let it be replaced with --replace (a copy is kept)", "%s is not valid",
                    init->config);
        return -1;
    }
    if (there && !init->replace && !is_untouched(there)) {
        if (!says_what_it_wants(init) || is_what_it_wants(init))
            return keep(init, there) ? 0 : -1;
        conf_free(&there);
        init_failed("leave out --own-domain, --partner-domain, --authserv-id, --internal-network and --mode "
                    "to keep it, or "
                    "add --replace (a copy is kept)",
                    "%s is there already", init->config);
        return -1;
    }
    conf_free(&there);
    return 1;
}

bool init_config(struct init *init)
{
    struct diag_list diags = {0};
    bool there = access(init->config, F_OK) == 0;
    int old = there ? look_at_old(init) : 1;
    if (old <= 0)
        return old == 0;
    if (init->own.n == 0)
        return init_failed("name them: ringer init --own-domain company.example",
                           "your own domains are not known");
    find_authserv_id(init);
    const char *text = config_text(init);
    init->conf = conf_parse(init->config, span_of(text), &diags);
    cli_report(&diags);
    if (!init->conf)
        return init_failed("give other options", "this would be no valid configuration");
    if (init->dry_run) {
        printf("would write %s:\n%s", init->config, text);
        return true;
    }
    if ((there && !keep_copy(init)) || !init_replace(init, init->config, span_of(text), 0644))
        return false;
    printf("wrote %s: mode %s, %zu own domains\n", init->config, init->mode, init->own.n);
    return true;
}

/* --- folders and the store */

static bool find_user(const struct init *init, struct passwd *pw_r)
{
    struct passwd *pw = getpwnam(init->user);
    if (!pw)
        return init_failed("`systemd-sysusers`, or `useradd --system --home-dir /var/lib/ringer --shell "
                           "/usr/sbin/nologin ringer`, "
                           "makes it; or name another with --user",
                           "there is no user %s for ringerd", init->user);
    *pw_r = *pw;
    return true;
}

/* A folder with owner, group and mode, also where it is there: only for folders that are ringerd's alone. */
static bool make_folder(const struct init *init, const char *path, uid_t uid, gid_t gid, mode_t mode)
{
    if (!init_make_folders(init, path) || (mkdir(path, mode) != 0 && errno != EEXIST))
        return init_failed("run this as root", "cannot make %s: %s", path, strerror(errno));
    if (geteuid() == 0 && (chown(path, uid, gid) != 0 || chmod(path, mode) != 0))
        return init_failed("is it on a file system with owners and modes?",
                           "cannot give %s its owner and mode: %s", path, strerror(errno));
    return true;
}

/* As ringerd's user, so that all files of the store are its own. */
static int open_as(const struct init *init, const struct passwd *pw)
{
    struct store_error error;
    int failed = run_become(geteuid() == 0 ? pw : NULL, NULL, false);
    if (failed) {
        init_failed("see `ringer doctor`", "cannot become %s: %s", init->user, strerror(failed));
        return 1;
    }
    umask(0077);
    struct store *store = store_open(init->conf->store, STORE_CREATE, &error);
    if (!store) {
        init_failed("its folder must belong to that user", "as user %s: %s", init->user, error.text);
        return 1;
    }
    store_close(&store);
    return 0;
}

/* root owns the folder of the store and its sticky bit keeps ringerd from what is root's in it: the signed packs. */
static bool make_store_folders(const struct init *init, const struct passwd *pw)
{
    const char *path = init->conf->store + strlen("sqlite:"), *folder = file_folder(init->arena, path);
    const char *control = init->conf->control_socket;
    if (access(folder, F_OK) != 0 && !make_folder(init, folder, 0, pw->pw_gid, 01771))
        return false;
    if (access(init->conf->signed_packs, F_OK) != 0 &&
        !make_folder(init, init->conf->signed_packs, 0, 0, 0755))
        return false;
    return !*control || access(file_folder(init->arena, control), F_OK) == 0 ||
           make_folder(init, file_folder(init->arena, control), pw->pw_uid, pw->pw_gid, 0755);
}

bool init_user(const struct init *init)
{
    struct passwd pw = {0};
    return init->dry_run || find_user(init, &pw);
}

bool init_store(struct init *init)
{
    struct passwd pw = {0};
    int status;
    if (strncmp(init->conf->store, "sqlite:", 7) != 0)
        return true; /* a data base server has its own administrator */
    bool there = store_exists(init->conf->store);
    if (init->dry_run)
        return printf("would make the store %s for user %s\n", init->conf->store, init->user) > 0;
    if (!find_user(init, &pw) || !make_store_folders(init, &pw))
        return false;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0)
        _exit(open_as(init, &pw));
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        return false;
    printf("%s %s, of user %s\n", there ? "the store is there:" : "made the store", init->conf->store,
           init->user);
    return true;
}

/* The folder of the socket, if it lies below Postfix's queue directory, which init makes; else NULL. */
static const char *queue_folder(const struct init *init)
{
    const char *queue = init->postfix.queue_directory;
    size_t n = strlen(queue);
    bool below = strncmp(init->socket, "unix:", 5) == 0 && strncmp(init->socket + 5, queue, n) == 0;
    return below && init->socket[5 + n] == '/' ? file_folder(init->arena, init->socket + 5) : NULL;
}

/* A folder of Postfix, or of anybody else, is never given to ringerd: `install -d` and chown() would take it. */
static bool own_folder(const struct init *init, const char *folder, uid_t uid)
{
    struct stat st;
    if (lstat(folder, &st) != 0 && errno == ENOENT)
        return true;
    if (S_ISDIR(st.st_mode) && st.st_uid == uid)
        return true;
    return init_failed(arena_printf(init->arena,
                                    "give the socket a folder of its own: unix:%s/ringer/ringer.sock",
                                    init->postfix.queue_directory),
                       "%s, where milter.socket lies, is not a folder of user %s", folder, init->user);
}

bool init_socket_folder(struct init *init)
{
    struct passwd pw = {0}, *mta;
    const char *folder = queue_folder(init);
    if (!folder)
        return true; /* somebody else's folder */
    if (init->dry_run)
        return printf("would make the folder %s, through which %s reaches ringerd\n", folder,
                      init->postfix.mail_owner) > 0;
    if (!find_user(init, &pw) || !own_folder(init, folder, pw.pw_uid))
        return false;
    if (!(mta = getpwnam(init->postfix.mail_owner)))
        return init_failed("see `postconf mail_owner`", "there is no user %s, as which Postfix runs",
                           init->postfix.mail_owner);
    /* set-group-ID: the socket belongs to the mail server's group, without a right of ringerd's to give it away */
    if (!make_folder(init, folder, pw.pw_uid, mta->pw_gid, 02750))
        return false;
    printf("the folder %s lets %s, and nobody else, reach ringerd\n", folder, init->postfix.mail_owner);
    return true;
}

/* --- the unit */

const char *init_dropin_path(const struct init *init)
{
    return init_path(init, "/etc/systemd/system/ringerd.service.d/postfix.conf");
}

/* install(1) only for the folder that is ringerd's own; any other one, whose owner gave him a right, is only opened. */
bool init_dropin(struct init *init)
{
    const char *path = init_dropin_path(init), *queue = queue_folder(init);
    const char *folder = queue ? queue : file_folder(init->arena, init->socket + 5), *install = "";
    struct passwd *mta = getpwnam(init->postfix.mail_owner);
    struct group *gr = mta ? getgrgid(mta->pw_gid) : NULL;
    if (strncmp(init->socket, "unix:", 5) != 0 || strcmp(folder, "/run/ringer") == 0)
        return true; /* the unit alone reaches it */
    if (queue)
        install = arena_printf(init->arena, "ExecStartPre=+/usr/bin/install -d -o %s -g %s -m 2750 %s\n",
                               init->user, gr ? gr->gr_name : init->postfix.mail_owner, folder);
    const char *text =
        arena_printf(init->arena,
                     "# Written by `ringer init`, removed by `ringer init --undo`: where the socket "
                     "for the mail server\n"
                     "# lies; a chrooted smtpd of Postfix reaches only its queue directory.\n"
                     "[Service]\n"
                     "%sReadWritePaths=-%s\n",
                     install, folder);
    if (init->dry_run)
        return printf("would write %s:\n%s", path, text) > 0;
    if (!init_replace(init, path, span_of(text), 0644))
        return false;
    printf("wrote %s\n", path);
    return true;
}
