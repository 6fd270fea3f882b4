/*
 * What a judgement uses and what may be down.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "lookalike/domain.h"

#include "services.h"

static struct spf_service *start_spf(const struct conf *conf)
{
    struct buf servers = {0};
    char *error = NULL;
    if (conf->dns_servers.n == 0 || conf->spf_processes == 0)
        return NULL;
    for (size_t i = 0; i < conf->dns_servers.n; i++)
        if (strcmp(conf->dns_servers.v[i], "system") != 0)
            buf_printf(&servers, "%s%s", servers.n ? " " : "", conf->dns_servers.v[i]);
    struct spf_service *spf = spf_service_new(
        &(struct worker_options){
            .path = *conf->worker_path ? conf->worker_path : NULL,
            .resolvers = servers.n ? servers.p : "",
            .processes = (unsigned)conf->spf_processes,
            .deadline_ms = (unsigned)conf->dns_deadline_ms,
            .memory_bytes = (size_t)conf->worker_memory,
            .allow_unsandboxed = conf->worker_unsandboxed,
        },
        &error);
    free(error); /* see services_start() */
    buf_free(&servers);
    return spf;
}

void services_start(struct services *services, const struct conf *conf)
{
    char *error = NULL;
    services->spf = start_spf(conf);
    if (conf->worker_processes == 0)
        return;
    services->workers = worker_pool_new(
        &(struct worker_options){
            .path = *conf->worker_path ? conf->worker_path : NULL,
            .processes = (unsigned)conf->worker_processes,
            .deadline_ms = (unsigned)conf->worker_deadline_ms,
            .memory_bytes = (size_t)conf->worker_memory,
            .output_bytes = (size_t)conf->worker_output,
            .allow_unsandboxed = conf->worker_unsandboxed,
        },
        &error);
    free(error); /* the configuration's bounds are narrower: options that were loaded are good */
}

void services_open_history(struct services *services, const struct conf *conf, struct store_error *error)
{
    error->text[0] = '\0';
    if (conf->history_learn && conf->path && store_exists(conf->store))
        services->store = store_open(conf->store, STORE_RDONLY, error);
}

void services_stop(struct services *services)
{
    worker_pool_free(&services->workers);
    spf_service_free(&services->spf);
}

/* One deadline for all attachments of a message: many small ones must not add up to a long wait. */
const char *const *services_read_attachments(const struct services *services, struct arena *arena,
                                             struct message *message)
{
    if (!services || !services->workers)
        return NULL;
    const char **read = arena_array(arena, message->n_attachments, sizeof(*read));
    int64_t deadline = worker_deadline(services->workers);
    for (size_t i = 0; i < message->n_attachments; i++) {
        const struct message_attachment *a = &message->attachments[i];
        struct worker_text text;
        if (!a->bytes.n || !worker_can_extract(a->sniffed, a->filename, a->bytes))
            continue;
        enum worker_status status =
            worker_extract(services->workers, arena, deadline, a->sniffed, a->filename, a->bytes, &text);
        read[i] = worker_status_name(status);
        if (text.text.n)
            message_add_text(arena, message, (int)i, text.text);
    }
    return read;
}

/* libspf2 takes every loopback client for a pass, and so would we. */
static bool is_internal(const struct conf *conf, const struct envelope *e)
{
    return e->auth_user || strncmp(e->client_ip, "127.", 4) == 0 || strcmp(e->client_ip, "::1") == 0 ||
           conf_network_match(&conf->internal_networks, e->client_ip);
}

static const char *ascii_domain(struct arena *arena, const char *name)
{
    struct domain domain;
    domain_parse(arena, name, &domain);
    return domain.ascii;
}

const struct auth_lookup *services_ask_auth(const struct services *services, const struct conf *conf,
                                            const struct fact_sources *sources, struct arena *arena,
                                            const struct message *message)
{
    const struct envelope *e = message->envelope;
    struct spf_answer answer;
    if (!e || !e->client_ip || !*e->client_ip)
        return NULL;
    struct auth_lookup *lookup = arena_alloc(arena, sizeof(*lookup));
    lookup->internal = is_internal(conf, e);
    const char *from = message->from.n && *message->from.v[0].domain ? message->from.v[0].domain : NULL;
    if (lookup->internal || !services || !services->spf || !from ||
        !facts_auth_needed(sources, arena, message))
        return lookup;
    const struct spf_question question = {
        .client_ip = e->client_ip,
        .helo = e->helo,
        .mail_from = e->mail_from,
        .from_domain = ascii_domain(arena, from),
        .organisation = lookalike_registrable(sources->index, arena, from),
    };
    spf_check(services->spf, arena, &question, &answer);
    lookup->asked = true;
    lookup->spf = answer.spf == SPF_UNKNOWN ? NULL : spf_result_name(answer.spf);
    lookup->spf_domain = answer.domain;
    lookup->record_known = answer.dmarc != DMARC_UNKNOWN;
    lookup->record = answer.record;
    lookup->record_of_organisation = answer.dmarc == DMARC_ORGANISATION;
    return lookup;
}
