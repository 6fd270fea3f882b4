/*
 * ringer init: what Postfix is to be told, the lines that do it, and the way back. Ringer is appended behind the
 * milters that are there, since those write the Authentication-Results that it reads; its failure is said for itself
 * alone ("{ ..., default_action=tempfail }"), since what Postfix does without another milter is the admin's matter.
 *
 * The files are copied before and put back byte for byte, unless they were changed since: then only what is Ringer's
 * is taken out.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <jansson.h>
#include <sodium.h>

#include "cli/cli.h"
#include "cli/init.h"
#include "cli/reach.h"
#include "cli/run.h"

enum {
    RELEASE_FIRST = 10026,
    RELEASE_LAST = 10060,
    EDITS_MAX = 3,
    HASH_HEX = 2 * crypto_hash_sha256_BYTES + 1
};

struct edit { /* arguments of postconf behind its name and -c */
    const char *argv[4];
};
struct plan {
    struct edit v[EDITS_MAX];
    size_t n;
    const char *entry, *service; /* what --undo looks for; "" when it is not part of this plan */
};

/* --- what is missing */

static const char *const files[] = {"main.cf", "master.cf"};

static bool any_chrooted(const struct postfix *p)
{
    for (size_t i = 0; i < p->n_services; i++)
        if (postfix_is_smtpd(&p->services[i]) && p->services[i].chrooted)
            return true;
    return false;
}

/* As Postfix writes it. A path below the queue directory is given relative to it: right with and without chroot. */
static const char *address_of(const struct init *init)
{
    const char *socket = init->socket, *queue = init->postfix.queue_directory;
    size_t n = strlen(queue);
    if (strncmp(socket, "unix:", 5) == 0) {
        const char *path = socket + 5;
        return strncmp(path, queue, n) == 0 && path[n] == '/'
                   ? arena_printf(init->arena, "unix:%s", path + n + 1)
                   : socket;
    }
    const char *colon = strchr(socket, ':'), *at = strchr(socket, '@');
    return at ? arena_printf(init->arena, "inet:%s:%.*s", at + 1, (int)(at - colon - 1), colon + 1) : NULL;
}

static const struct postfix_service *service_on(const struct init *init, int port)
{
    const char *text = arena_printf(init->arena, "%d", port);
    for (size_t i = 0; i < init->postfix.n_services; i++) {
        const struct postfix_service *s = &init->postfix.services[i];
        if (strcmp(s->type, "inet") == 0 && strcmp(postfix_port(s), text) == 0)
            return s;
    }
    return NULL;
}

static bool answers(int port)
{
    struct sockaddr_in sin = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool open = fd >= 0 && connect(fd, (struct sockaddr *)&sin, sizeof(sin)) == 0;
    if (fd >= 0)
        close(fd);
    return open;
}

const char *init_release_url(const struct init *init)
{
    for (int port = RELEASE_FIRST; init->has_postfix && port <= RELEASE_LAST; port++) {
        const struct postfix_service *s = service_on(init, port);
        if (s ? postfix_is_smtpd(s) && s->milters && !*s->milters : !answers(port))
            return arena_printf(init->arena, "smtp://127.0.0.1:%d", port);
    }
    return "smtp://127.0.0.1:10026";
}

static void add_edit(struct plan *plan, const char *first, const char *second, const char *third)
{
    plan->v[plan->n++] = (struct edit){{first, second, third, NULL}};
}

static void plan_list(struct init *init, struct plan *plan, const char *name, const char *list,
                      const char *expanded)
{
    if (postfix_place(init->arena, &init->postfix, expanded, init->socket))
        return;
    add_edit(plan, "-e", arena_printf(init->arena, "%s = %s%s%s", name, list, *list ? ", " : "", plan->entry),
             NULL);
}

static void plan_release(struct init *init, struct plan *plan)
{
    const char *url = init->conf->release_smtp, *colon = strrchr(url, ':');
    int port = colon ? atoi(colon + 1) : 0;
    if (strncmp(url, "smtp://127.0.0.1:", 17) != 0 || service_on(init, port) || port == 0)
        return;
    plan->service = arena_printf(init->arena, "127.0.0.1:%d/inet", port);
    add_edit(
        plan, "-M", "-e",
        arena_printf(init->arena,
                     "%s=127.0.0.1:%d inet n - n - - smtpd -o syslog_name=postfix/ringer -o smtpd_milters= "
                     "-o smtpd_client_restrictions=permit_mynetworks,reject "
                     "-o smtpd_relay_restrictions=permit_mynetworks,reject -o mynetworks=127.0.0.0/8",
                     plan->service, port));
}

static bool make_plan(struct init *init, struct plan *plan)
{
    const struct postfix *p = &init->postfix;
    const char *address = address_of(init);
    if (!address)
        return init_failed("use unix:PATH or inet:PORT@HOST", "Postfix cannot be told of milter.socket %s",
                           init->socket);
    if (strncmp(address, "unix:/", 6) == 0 && any_chrooted(p))
        return init_failed(arena_printf(init->arena, "set milter.socket to unix:%s/ringer/ringer.sock in %s",
                                        p->queue_directory, init->config),
                           "smtpd runs in a chroot below %s and cannot see %s", p->queue_directory,
                           address + 5);
    plan->entry = arena_printf(
        init->arena, "{ %s, default_action=tempfail, command_timeout=30s, content_timeout=300s }", address);
    plan->service = "";
    plan_list(init, plan, "smtpd_milters", p->smtpd_milters, p->smtpd_expanded);
    if (init->local_mail)
        plan_list(init, plan, "non_smtpd_milters", p->non_smtpd_milters, p->non_smtpd_expanded);
    plan_release(init, plan);
    return true;
}

/* --- what is said */

static void show_line(const struct init *init, const char *const *argv)
{
    printf("  postconf");
    if (init->postfix.option)
        printf(" -c %s", run_quote(init->arena, init->postfix.option));
    for (size_t i = 0; argv[i]; i++)
        printf(" %s", run_quote(init->arena, argv[i]));
    putchar('\n');
}

static const char *reload_line(const struct init *init)
{
    return init->postfix.option ? arena_printf(init->arena, "postfix -c %s reload",
                                               run_quote(init->arena, init->postfix.option))
                                : "postfix reload";
}

/* What else an admin should know of this Postfix. */
static void show_notes(struct init *init)
{
    const struct postfix *p = &init->postfix;
    for (size_t i = 0; i < p->n_services; i++)
        if (postfix_is_smtpd(&p->services[i]) && p->services[i].milters && *p->services[i].milters &&
            !postfix_place(init->arena, p, p->services[i].milters, init->socket))
            printf("note: %s in master.cf has smtpd_milters of its own, without Ringer: mail through it is "
                   "not judged\n",
                   p->services[i].name);
    if (!init->local_mail && *p->non_smtpd_milters &&
        !postfix_place(init->arena, p, p->non_smtpd_expanded, init->socket))
        puts("note: non_smtpd_milters is left alone; with --local-mail Ringer also learns to whom local "
             "programs write");
}

static const char *file_path(const struct init *init, const char *name)
{
    return arena_printf(init->arena, "%s/%s", init->postfix.config_directory, name);
}

/* The name in an extended regular expression. */
static const char *escaped(struct init *init, const char *name)
{
    char *out = arena_alloc(init->arena, 2 * strlen(name) + 1), *to = out;
    for (; *name; name++) {
        if (!isalnum((unsigned char)*name) && *name != '-' && *name != '_')
            *to++ = '\\';
        *to++ = *name;
    }
    *to = '\0';
    return out;
}

/*
 * header_checks are done before milters see a message. OpenDKIM's RemoveARAll and RemoveARFrom come too late for
 * milters before it, and count wrongly where there are several (CVE-2022-48521); OpenDMARC removes nothing.
 */
static void show_forgeries(struct init *init)
{
    const struct conf_strings *ids = &init->conf->authserv_ids;
    if (ids->n == 0)
        return;
    const char *file = file_path(init, "ringer_header_checks");
    puts("\nA sender can write Authentication-Results in a name that is believed. They must be gone before "
         "your "
         "milters\nwrite theirs. Put these lines into a file:");
    printf("  # %s\n", file);
    for (size_t i = 0; i < ids->n; i++)
        printf("  /^Authentication-Results:.*%s/ IGNORE\n", escaped(init, ids->v[i]));
    puts("  /^Authentication-Results:[^;]*\"/ IGNORE");
    printf("and add it to header_checks:\n  postconf -e 'header_checks = regexp:%s'   # behind those that "
           "are there\n",
           file);
    puts("Listeners into which a content filter gives mail back need -o "
         "receive_override_options=no_header_body_checks.\n`ringer doctor --probe` proves it with a forged "
         "one.");
}

bool init_postfix_show(struct init *init)
{
    struct plan plan = {.n = 0};
    if (!make_plan(init, &plan))
        return false;
    if (plan.n == 0) {
        puts("Postfix asks Ringer already: nothing to change in it");
        show_forgeries(init);
        return true;
    }
    puts(init->dry_run || !init->apply
             ? "\nPostfix is to be told, by `ringer init --apply` or by hand once ringerd runs:"
             : "\nPostfix is to be told:");
    for (size_t i = 0; i < plan.n; i++)
        show_line(init, plan.v[i].argv);
    printf("  %s\n", reload_line(init));
    show_notes(init);
    show_forgeries(init);
    return true;
}

/* --- the files and their copies */

static const char *state_path(const struct init *init)
{
    return arena_printf(init->arena, "%s.init-undo.json", init->config);
}

static const char *hash_of(const struct init *init, const char *path)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    size_t n;
    const char *text = init_read(init, path, &n);
    char *hex = arena_alloc(init->arena, HASH_HEX);
    if (!text)
        return "";
    crypto_hash_sha256(hash, (const unsigned char *)text, n);
    return sodium_bin2hex(hex, HASH_HEX, hash, sizeof(hash));
}

static json_t *copy_files(const struct init *init, const struct plan *plan)
{
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        const char *path = file_path(init, files[i]), *copy = init_copy(init, path, "before-ringer");
        if (!copy) {
            json_decref(list);
            return NULL;
        }
        json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "path", path, "copy", copy, "after", ""));
    }
    return json_pack("{s:s?, s:s, s:s, s:b, s:b, s:o}", "folder", init->postfix.option, "entry", plan->entry,
                     "service", plan->service, "had_smtpd_milters", init->postfix.has_smtpd,
                     "had_non_smtpd_milters", init->postfix.has_non_smtpd, "files", list);
}

static bool save_state(const struct init *init, json_t *state)
{
    size_t i;
    json_t *file;
    json_array_foreach(json_object_get(state, "files"), i, file) json_object_set_new(
        file, "after", json_string(hash_of(init, json_string_value(json_object_get(file, "path")))));
    char *text = json_dumps(state, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    bool good = text && init_replace(init, state_path(init), span_of(text), 0644);
    free(text);
    return good;
}

/* --- apply */

/* Postfix answers 451 to all mail while it cannot reach its milter: so ringerd first. */
static bool is_reachable(const struct init *init)
{
    const struct postfix *p = &init->postfix;
    const char *at = strchr(init->socket, '@');
    int error = 0;
    if (strncmp(init->socket, "unix:", 5) == 0) {
        const char *path = address_of(init) + 5;
        error = reach_unix(&(struct reach){geteuid() == 0 ? p->mail_owner : NULL, p->queue_directory,
                                           any_chrooted(p), path});
    } else if (at && !answers(atoi(strchr(init->socket, ':') + 1))) {
        error = ECONNREFUSED;
    }
    if (error == 0 || init->force)
        return true;
    return init_failed("start ringerd (`systemctl start ringerd`), then `ringer init --apply` again; Postfix "
                       "was not changed, since it "
                       "would refuse all mail now",
                       "%s does not reach ringerd at %s: %s", p->mail_owner, init->socket, strerror(error));
}

static bool run_postconf(const struct init *init, const char *const *argv)
{
    const char *full[6] = {"postconf"}, *output;
    for (size_t i = 0; argv[i]; i++)
        full[i + 1] = argv[i];
    return postfix_run(init->arena, &init->postfix, full, &output) == 0 ||
           init_failed("see postconf(1)", "postconf %s: %s", argv[0], output);
}

static bool reload_postfix(const struct init *init)
{
    const char *output;
    if (!postfix_runs(init->arena, &init->postfix)) {
        puts("Postfix is not running: it takes this when it starts");
        return true;
    }
    if (postfix_run(init->arena, &init->postfix, (const char *const[]){"postfix", "reload", NULL}, &output) !=
        0)
        return init_failed("reload it yourself", "postfix reload: %s", output);
    puts("Postfix is reloaded");
    return true;
}

static void show_copies(const struct init *init, const json_t *state)
{
    size_t i;
    json_t *file;
    printf("to undo it: ringer init --undo%s%s; or by hand:\n", init->postfix.option ? " --postfix " : "",
           init->postfix.option ? run_quote(init->arena, init->postfix.option) : "");
    printf(" ");
    json_array_foreach(json_object_get(state, "files"), i, file)
        printf(" cp -p %s %s &&", run_quote(init->arena, json_string_value(json_object_get(file, "copy"))),
               run_quote(init->arena, json_string_value(json_object_get(file, "path"))));
    printf(" %s\n", reload_line(init));
}

bool init_postfix_apply(struct init *init)
{
    struct plan plan = {.n = 0};
    if (!make_plan(init, &plan) || (plan.n && !is_reachable(init)))
        return false;
    if (plan.n == 0)
        return true;
    json_t *state = copy_files(init, &plan);
    bool good = state && save_state(init, state);
    for (size_t i = 0; i < plan.n && good; i++)
        good = run_postconf(init, plan.v[i].argv);
    good = good && save_state(init, state);
    if (good)
        show_copies(init, state);
    json_decref(state);
    return good && reload_postfix(init);
}

/* --- undo */

/* Takes our entry out of a list that was changed since, and leaves the rest. */
static bool take_out(struct init *init, const char *name, const char *list, const char *entry, bool had)
{
    const char *at = strstr(list, entry);
    if (!at)
        return true;
    struct span before = span_trim((struct span){list, (size_t)(at - list)});
    const char *behind = at + strlen(entry);
    behind += strspn(behind, ", ");
    while (before.n && before.p[before.n - 1] == ',')
        before = span_trim((struct span){before.p, before.n - 1});
    const char *rest = arena_printf(init->arena, "%.*s%s%s", (int)before.n, before.p,
                                    before.n && *behind ? ", " : "", behind);
    if (!*rest && !had)
        return run_postconf(init, (const char *const[]){"-X", name, NULL});
    return run_postconf(init,
                        (const char *const[]){"-e", arena_printf(init->arena, "%s = %s", name, rest), NULL});
}

static bool take_out_all(struct init *init, const json_t *state, const char *path)
{
    const char *entry = json_string_value(json_object_get(state, "entry"));
    const char *service = json_string_value(json_object_get(state, "service"));
    printf("%s was changed since: only what is Ringer's is taken out\n", path);
    if (strcmp(path, file_path(init, "master.cf")) == 0)
        return !service || !*service || run_postconf(init, (const char *const[]){"-M", "-X", service, NULL});
    return !entry || (take_out(init, "smtpd_milters", init->postfix.smtpd_milters, entry,
                               json_is_true(json_object_get(state, "had_smtpd_milters"))) &&
                      take_out(init, "non_smtpd_milters", init->postfix.non_smtpd_milters, entry,
                               json_is_true(json_object_get(state, "had_non_smtpd_milters"))));
}

static bool put_back(struct init *init, const json_t *state, const json_t *file)
{
    const char *path = json_string_value(json_object_get(file, "path"));
    const char *copy = json_string_value(json_object_get(file, "copy"));
    const char *after = json_string_value(json_object_get(file, "after"));
    size_t n;
    if (!path || !copy || !after)
        return init_failed("put the copies back by hand", "%s is damaged", state_path(init));
    const char *text = init_read(init, copy, &n);
    if (!text || strcmp(hash_of(init, path), after) != 0)
        return take_out_all(init, state, path);
    if (!init_replace(init, path, (struct span){text, n}, 0644))
        return false;
    unlink(copy);
    printf("%s is as it was before\n", path);
    return true;
}

bool init_postfix_undo(struct init *init)
{
    size_t n, i;
    const char *path = state_path(init), *text = init_read(init, path, &n), *error;
    json_t *state = text ? json_loadb(text, n, 0, NULL) : NULL, *file;
    if (!state) {
        printf("nothing to undo in Postfix: there is no %s\n", path);
        return true;
    }
    const char *folder =
        init->postfix_folder ? init->postfix_folder : json_string_value(json_object_get(state, "folder"));
    bool good = postfix_read(init->arena, folder, &init->postfix, &error) ||
                init_failed("is Postfix installed?", "%s", error);
    json_array_foreach(json_object_get(state, "files"), i, file)
    {
        good = good && put_back(init, state, file);
    }
    json_decref(state);
    if (good)
        unlink(path);
    return good && reload_postfix(init);
}
