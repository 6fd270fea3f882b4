/*
 * What a judgement uses and what may be down.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "judge/services.h"

/* The options of both services; false: the configuration has switched it off. `servers` keeps what they point to. */
static bool spf_options(const struct conf *conf, worker_log *log, struct buf *servers,
                        struct worker_options *out)
{
    if (conf->dns_servers.n == 0 || conf->spf_processes == 0)
        return false;
    for (size_t i = 0; i < conf->dns_servers.n; i++)
        if (strcmp(conf->dns_servers.v[i], "system") != 0)
            buf_printf(servers, "%s%s", servers->n ? " " : "", conf->dns_servers.v[i]);
    *out = (struct worker_options){
        .path = *conf->worker_path ? conf->worker_path : NULL,
        .resolvers = servers->n ? servers->p : "",
        .processes = (unsigned)conf->spf_processes,
        .deadline_ms = (unsigned)conf->dns_deadline_ms,
        .memory_bytes = (size_t)conf->worker_memory,
        .allow_unsandboxed = conf->worker_unsandboxed,
        .log = log,
    };
    return true;
}

static bool extract_options(const struct conf *conf, worker_log *log, struct worker_options *out)
{
    *out = (struct worker_options){
        .path = *conf->worker_path ? conf->worker_path : NULL,
        .processes = (unsigned)conf->worker_processes,
        .deadline_ms = (unsigned)conf->worker_deadline_ms,
        .memory_bytes = (size_t)conf->worker_memory,
        .output_bytes = (size_t)conf->worker_output,
        .allow_unsandboxed = conf->worker_unsandboxed,
        .log = log,
    };
    return conf->worker_processes != 0;
}

/* Pictures have workers of their own: slow ones must keep no letter waiting. */
static bool picture_options(const struct conf *conf, worker_log *log, struct worker_options *out)
{
    extract_options(conf, log, out);
    out->processes = (unsigned)conf->picture_processes;
    out->deadline_ms = (unsigned)conf->picture_deadline_ms;
    return conf->picture_processes != 0;
}

/* Errors: the configuration's bounds are narrower, so that options that were loaded are good. */
void services_start(struct services *services, const struct conf *conf, worker_log *log)
{
    struct worker_options options;
    struct buf servers = {0};
    char *error = NULL;
    if (spf_options(conf, log, &servers, &options))
        services->spf = spf_service_new(&options, &error);
    free(error);
    buf_free(&servers);
    error = NULL;
    if (extract_options(conf, log, &options))
        services->workers = worker_pool_new(&options, &error);
    free(error);
    error = NULL;
    if (picture_options(conf, log, &options))
        services->pictures = worker_pool_new(&options, &error);
    free(error);
}

bool services_check(const struct conf *conf, bool dns, struct worker_check *check_r)
{
    static const enum check_words words[] = {[CONF_OCR_AUTO] = PICTURES_WORDS_IF_THERE,
                                             [CONF_OCR_YES] = PICTURES_WORDS,
                                             [CONF_OCR_NO] = PICTURES_NO_WORDS};
    struct worker_options extract, pictures, spf;
    struct buf servers = {0};
    bool reads = extract_options(conf, NULL, &extract), asks = spf_options(conf, NULL, &servers, &spf),
         looks = picture_options(conf, NULL, &pictures);
    worker_check(reads ? &extract : NULL, asks ? &spf : NULL, dns, check_r);
    bool good = worker_check_pictures(looks ? &pictures : NULL, words[conf->ocr], check_r);
    buf_free(&servers);
    return good;
}

static bool same_texts(const struct conf_strings *a, const struct conf_strings *b)
{
    bool same = a->n == b->n;
    for (size_t i = 0; same && i < a->n; i++)
        same = strcmp(a->v[i], b->v[i]) == 0;
    return same;
}

bool services_same(const struct conf *a, const struct conf *b)
{
    return same_texts(&a->dns_servers, &b->dns_servers) && a->dns_deadline_ms == b->dns_deadline_ms &&
           strcmp(a->worker_path, b->worker_path) == 0 && a->worker_processes == b->worker_processes &&
           a->picture_processes == b->picture_processes && a->picture_deadline_ms == b->picture_deadline_ms &&
           a->spf_processes == b->spf_processes && a->worker_deadline_ms == b->worker_deadline_ms &&
           a->worker_memory == b->worker_memory && a->worker_output == b->worker_output &&
           a->worker_unsandboxed == b->worker_unsandboxed;
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
    worker_pool_free(&services->pictures);
    spf_service_free(&services->spf);
}
