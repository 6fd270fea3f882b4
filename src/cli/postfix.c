/*
 * Reads a Postfix through postconf(1), which alone knows its defaults and the meaning of its files.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#include "cli/postfix.h"
#include "cli/run.h"

enum { ARGV_MAX = 32, SERVICE_FIELDS = 8 };

int postfix_run(struct arena *arena, const struct postfix *postfix, const char *const *argv,
                const char **output_r)
{
    const char *full[ARGV_MAX];
    size_t n = 0;
    full[n++] = argv[0];
    if (postfix->option) {
        full[n++] = "-c";
        full[n++] = postfix->option;
    }
    for (size_t i = 1; argv[i] && n + 1 < ARGV_MAX; i++)
        full[n++] = argv[i];
    full[n] = NULL;
    return run_program(arena, full, output_r);
}

bool postfix_runs(struct arena *arena, const struct postfix *postfix)
{
    const char *output;
    return postfix_run(arena, postfix, (const char *const[]){"postfix", "status", NULL}, &output) == 0;
}

/* The value in "name = value" of postconf's output; NULL when it is not there. */
static const char *value_of(struct arena *arena, const char *output, const char *name)
{
    struct span rest = span_of(output), line;
    size_t n = strlen(name);
    while (span_line(&rest, &line))
        if (line.n > n && memcmp(line.p, name, n) == 0 && (line.p[n] == ' ' || line.p[n] == '=')) {
            span_cut(&line, '=');
            return arena_span(arena, span_trim(line));
        }
    return NULL;
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static bool read_parameters(struct arena *arena, struct postfix *p, const char **error_r)
{
    static const char *const expanded[] = {"postconf",
                                           "-x",
                                           "config_directory",
                                           "queue_directory",
                                           "mail_owner",
                                           "myhostname",
                                           "smtpd_milters",
                                           "non_smtpd_milters",
                                           "mynetworks",
                                           "mydestination",
                                           "relay_domains",
                                           "virtual_mailbox_domains",
                                           "virtual_alias_domains",
                                           NULL};
    static const char *const written[] = {"postconf", "-n", "smtpd_milters", "non_smtpd_milters", NULL};
    const char *out;
    if (postfix_run(arena, p, expanded, &out) != 0 ||
        !(p->queue_directory = value_of(arena, out, "queue_directory"))) {
        *error_r = arena_span(arena, span_trim(span_of(out)));
        return false;
    }
    p->config_directory = p->option ? p->option : or_empty(value_of(arena, out, "config_directory"));
    p->mail_owner = or_empty(value_of(arena, out, "mail_owner"));
    p->myhostname = or_empty(value_of(arena, out, "myhostname"));
    p->smtpd_expanded = or_empty(value_of(arena, out, "smtpd_milters"));
    p->non_smtpd_expanded = or_empty(value_of(arena, out, "non_smtpd_milters"));
    p->mynetworks = or_empty(value_of(arena, out, "mynetworks"));
    p->domains = arena_printf(arena, "%s %s %s %s", or_empty(value_of(arena, out, "mydestination")),
                              or_empty(value_of(arena, out, "relay_domains")),
                              or_empty(value_of(arena, out, "virtual_mailbox_domains")),
                              or_empty(value_of(arena, out, "virtual_alias_domains")));
    postfix_run(arena, p, written, &out); /* names that are not in the file are left out */
    const char *smtpd = value_of(arena, out, "smtpd_milters"),
               *other = value_of(arena, out, "non_smtpd_milters");
    p->has_smtpd = smtpd;
    p->has_non_smtpd = other;
    p->smtpd_milters = or_empty(smtpd);
    p->non_smtpd_milters = or_empty(other);
    return true;
}

/* "smtp inet n - y - - smtpd -o ...": the eighth word is the command. */
static bool read_service(struct arena *arena, struct span line, struct postfix_service *service_r)
{
    const char *fields[SERVICE_FIELDS];
    size_t n = 0;
    while (n < SERVICE_FIELDS && (line = span_trim(line)).n) {
        size_t end = 0;
        while (end < line.n && line.p[end] != ' ' && line.p[end] != '\t')
            end++;
        fields[n++] = arena_strndup(arena, line.p, end);
        line = (struct span){line.p + end, line.n - end};
    }
    if (n < SERVICE_FIELDS)
        return false;
    *service_r = (struct postfix_service){
        .name = fields[0], .type = fields[1], .command = fields[7], .chrooted = strcmp(fields[4], "y") == 0};
    return true;
}

/* The services, with the parameters that each sets for itself ("smtp/inet/smtpd_milters = ..."). */
static bool read_services(struct arena *arena, struct postfix *p, const char **error_r)
{
    const char *services, *own;
    struct span rest, line;
    struct postfix_service service, *all = NULL;
    if (postfix_run(arena, p, (const char *const[]){"postconf", "-M", NULL}, &services) != 0 ||
        postfix_run(arena, p, (const char *const[]){"postconf", "-x", "-P", NULL}, &own) != 0) {
        *error_r = arena_span(arena, span_trim(span_of(services)));
        return false;
    }
    rest = span_of(services);
    while (span_line(&rest, &line)) {
        if (!read_service(arena, line, &service))
            continue;
        service.milters =
            value_of(arena, own, arena_printf(arena, "%s/%s/smtpd_milters", service.name, service.type));
        all = arena_grow(arena, all, p->n_services, p->n_services + 1, sizeof(*all));
        all[p->n_services++] = service;
    }
    p->services = all;
    return true;
}

bool postfix_read(struct arena *arena, const char *folder, struct postfix *out, const char **error_r)
{
    *out = (struct postfix){.option = folder};
    if (!run_finds(arena, "postconf")) {
        *error_r = "no program postconf";
        return false;
    }
    return read_parameters(arena, out, error_r) && read_services(arena, out, error_r);
}

/* --- lists of milters */

const char *postfix_next_milter(struct arena *arena, const char **list)
{
    const char *p = *list + strspn(*list, ", \t\r\n");
    const char *inside = p, *end;
    if (!*p)
        return NULL;
    if (*p == '{') {
        end = strchr(p, '}');
        *list = end ? end + 1 : p + strlen(p);
        inside = p + 1 + strspn(p + 1, " \t");
    } else {
        *list = p + strcspn(p, ", \t\r\n");
    }
    return arena_strndup(arena, inside, strcspn(inside, ", \t\r\n}"));
}

static const char *after(const char *text, const char *head)
{
    size_t n = strlen(head);
    return strncmp(text, head, n) == 0 ? text + n : NULL;
}

static const char *path_of(const char *address)
{
    const char *path = after(address, "unix:");
    return path ? path : after(address, "local:");
}

/* Postfix writes inet:HOST:PORT, libmilter inet:PORT@HOST. */
static const char *port_of(struct arena *arena, const char *address)
{
    const char *rest = after(address, "inet:"), *at;
    rest = rest ? rest : after(address, "inet6:");
    if (!rest)
        return NULL;
    if ((at = strchr(rest, '@')))
        return arena_strndup(arena, rest, (size_t)(at - rest));
    at = strrchr(rest, ':');
    return at ? at + 1 : rest;
}

bool postfix_leads_to(struct arena *arena, const struct postfix *postfix, const char *address,
                      const char *socket)
{
    const char *path = path_of(address), *ours = path_of(socket);
    if (!path || !ours) {
        const char *port = port_of(arena, address), *our_port = port_of(arena, socket);
        return port && our_port && strcmp(port, our_port) == 0;
    }
    if (strcmp(path, ours) == 0)
        return true;
    while (*path == '/')
        path++;
    return strcmp(arena_printf(arena, "%s/%s", postfix->queue_directory, path), ours) == 0;
}

size_t postfix_place(struct arena *arena, const struct postfix *postfix, const char *list, const char *socket)
{
    const char *address;
    for (size_t place = 1; (address = postfix_next_milter(arena, &list)); place++)
        if (postfix_leads_to(arena, postfix, address, socket))
            return place;
    return 0;
}

const char *postfix_verifier(const char *address)
{
    static const struct {
        const char *mark, *name;
    } known[] = {
        {"opendkim", "OpenDKIM"}, {"opendmarc", "OpenDMARC"},
        {"rspamd", "rspamd"},     {"authentication_milter", "Authentication Milter"},
        {":8891", "OpenDKIM"},    {":12301", "OpenDKIM"},
        {":8893", "OpenDMARC"},   {":54321", "OpenDMARC"},
        {":11332", "rspamd"},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        if (strstr(address, known[i].mark))
            return known[i].name;
    return NULL;
}

bool postfix_is_smtpd(const struct postfix_service *service)
{
    return strcmp(service->command, "smtpd") == 0;
}

const char *postfix_port(const struct postfix_service *service)
{
    const char *colon = strrchr(service->name, ':');
    return colon ? colon + 1 : service->name;
}
