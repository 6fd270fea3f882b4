/*
 * The daemon's side of SPF and DMARC: what is in the cache is answered from there, the rest asked of a worker.
 * One domain with slow name servers must not slow down the mail of others for long: after a few questions in a
 * row that found nothing out, each gets half a second until one succeeds. They are still asked: a sender with
 * slow name servers of his own must not be able to switch this check off.
 */
#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "worker/call.h"
#include "worker/protocol.h"
#include "worker/spf_cache.h"
#include "worker/spf_frames.h"

#include "worker/spf.h"

ENUM_DEFINE(spf_result, SPF_RESULT_LIST)

enum {
    KEEP_MS = 5 * 60 * 1000, /* records may change: no answer is older than this */
    KEEP_FAILED_MS = 20 * 1000,
    BAD_IN_A_ROW = 4,
    HURRIED_MS = 500,
};

struct spf_service {
    struct worker_pool *pool;
    struct spf_cache *cache;
    pthread_mutex_t lock;
    unsigned bad; /* questions in a row that found nothing out */
    uint64_t asked, from_cache, hurried;
};

struct spf_service *spf_service_new(const struct worker_options *options, char **error_r)
{
    struct worker_options o = *options;
    o.service = WORKER_SPF;
    o.input_bytes = FRAME_SPF_FIXED + SPF_IP_MAX + 2 * SPF_ADDRESS_MAX + 2 * SPF_DOMAIN_MAX;
    struct worker_pool *pool = worker_pool_new(&o, error_r);
    if (!pool)
        return NULL;
    struct spf_service *service = mem_alloc(sizeof(*service));
    service->pool = pool;
    service->cache = spf_cache_new();
    pthread_mutex_init(&service->lock, NULL);
    return service;
}

void spf_service_free(struct spf_service **service)
{
    if (!*service)
        return;
    worker_pool_free(&(*service)->pool);
    spf_cache_free(&(*service)->cache);
    pthread_mutex_destroy(&(*service)->lock);
    free(*service);
    *service = NULL;
}

void spf_service_stats(struct spf_service *service, struct spf_stats *stats_r)
{
    worker_pool_stats(service->pool, &stats_r->workers);
    pthread_mutex_lock(&service->lock);
    stats_r->asked = service->asked;
    stats_r->from_cache = service->from_cache;
    stats_r->hurried = service->hurried;
    pthread_mutex_unlock(&service->lock);
}

struct spf_call {
    struct spf_request request;
    struct spf_reply reply;
};

static size_t encode(void *data, uint32_t deadline_ms, unsigned char out[WORKER_CALL_FIXED])
{
    struct spf_call *call = data;
    call->request.deadline_ms = deadline_ms;
    spf_request_encode(out, &call->request);
    return FRAME_SPF_FIXED;
}

static bool decode(void *data, struct span payload)
{
    struct spf_call *call = data;
    return spf_reply_decode(payload, &call->reply);
}

static char *lower(struct arena *arena, const char *s)
{
    char *out = arena_strdup(arena, s);
    for (char *p = out; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    return out;
}

static const char *sender_domain(const char *mail_from)
{
    const char *at = mail_from ? strrchr(mail_from, '@') : NULL;
    return at && at[1] ? at + 1 : NULL;
}

static struct span text(const char *s, size_t max)
{
    struct span span = span_of(s ? s : "");
    return span.n <= max ? span : (struct span){"", 0};
}

/* How long this question may take. */
static int64_t deadline_now(struct spf_service *service)
{
    int64_t deadline = worker_deadline(service->pool), soon = monotonic_ms() + HURRIED_MS;
    pthread_mutex_lock(&service->lock);
    service->asked++;
    bool hurry = service->bad >= BAD_IN_A_ROW && soon < deadline;
    service->hurried += hurry;
    pthread_mutex_unlock(&service->lock);
    return hurry ? soon : deadline;
}

static void note_outcome(struct spf_service *service, bool bad)
{
    pthread_mutex_lock(&service->lock);
    service->bad = bad ? service->bad + 1 : 0;
    pthread_mutex_unlock(&service->lock);
}

static bool nothing_found_out(const struct spf_call *call)
{
    bool spf = call->request.ip.n && call->reply.spf != SPF_TEMPERROR && call->reply.spf != SPF_UNKNOWN;
    bool dmarc = call->request.from.n && call->reply.dmarc != DMARC_UNKNOWN;
    return !spf && !dmarc;
}

/* Asks a worker. false: nothing is known. */
static bool ask(struct spf_service *service, struct arena *arena, struct spf_call *call,
                struct spf_answer *answer)
{
    const struct spf_request *r = &call->request;
    struct buf texts = {0};
    struct worker_call wire = {
        .request_type = FRAME_SPF,
        .reply_type = FRAME_CHECKED,
        .reply_max = FRAME_CHECKED_FIXED + SPF_RECORD_MAX + FRAME_DETAIL_MAX,
        .encode = encode,
        .decode = decode,
        .data = call,
    };
    const struct span all[] = {r->ip, r->helo, r->sender, r->from, r->organisation};
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
        buf_add(&texts, all[i].p, all[i].n);
    wire.payload = buf_span(&texts);
    enum worker_status status =
        worker_ask(service->pool, arena, deadline_now(service), &wire, &answer->detail);
    worker_count(service->pool, status);
    buf_free(&texts);
    note_outcome(service, status != WORKER_OK || nothing_found_out(call));
    if (status != WORKER_OK)
        return false;
    char detail[FRAME_DETAIL_MAX + 1];
    frame_detail_clean(detail, call->reply.detail);
    answer->detail = arena_strdup(arena, detail);
    return true;
}

static void remember(struct spf_service *service, const char *key, bool good, unsigned value,
                     const char *record)
{
    int64_t until = monotonic_ms() + (good ? KEEP_MS : KEEP_FAILED_MS);
    spf_cache_put(service->cache, key, until, (struct spf_cached){value, record});
}

void spf_check(struct spf_service *service, struct arena *arena, const struct spf_question *q,
               struct spf_answer *answer)
{
    struct spf_call call = {0};
    struct spf_cached kept;
    const char *domain = sender_domain(q->mail_from), *spf_key = NULL, *dmarc_key = NULL;
    *answer = (struct spf_answer){.detail = "", .cached = true};
    if (!service)
        return;
    int64_t now = monotonic_ms();
    if (domain && q->client_ip && *q->client_ip) {
        answer->domain = lower(arena, domain);
        spf_key = arena_printf(arena, "S %s %s", q->client_ip, answer->domain);
        if (spf_cache_get(service->cache, arena, spf_key, now, &kept)) {
            answer->spf = (enum spf_result)kept.value;
        } else {
            call.request.ip = text(q->client_ip, SPF_IP_MAX);
            call.request.sender = text(q->mail_from, SPF_ADDRESS_MAX);
            call.request.helo = text(q->helo, SPF_ADDRESS_MAX);
            if (!call.request.sender.n) /* longer than any address */
                call.request.ip = (struct span){"", 0};
        }
    }
    if (q->from_domain && *q->from_domain) {
        dmarc_key = arena_printf(arena, "D %s", lower(arena, q->from_domain));
        if (spf_cache_get(service->cache, arena, dmarc_key, now, &kept)) {
            answer->dmarc = (enum dmarc_found)kept.value;
            answer->record = kept.text;
        } else {
            call.request.from = text(q->from_domain, SPF_DOMAIN_MAX);
            call.request.organisation = text(q->organisation, SPF_DOMAIN_MAX);
        }
    }
    if (!call.request.ip.n && !call.request.from.n) {
        pthread_mutex_lock(&service->lock);
        service->from_cache += spf_key || dmarc_key;
        pthread_mutex_unlock(&service->lock);
        return;
    }
    answer->cached = false;
    bool answered = ask(service, arena, &call, answer);
    if (call.request.ip.n) {
        answer->spf = answered ? call.reply.spf : SPF_UNKNOWN;
        if (!answered || !call.reply.per_sender)
            remember(service, spf_key, answer->spf != SPF_UNKNOWN && answer->spf != SPF_TEMPERROR,
                     answer->spf, NULL);
    }
    if (call.request.from.n) {
        answer->dmarc = answered ? call.reply.dmarc : DMARC_UNKNOWN;
        answer->record = answered && call.reply.record.n ? arena_span(arena, call.reply.record) : NULL;
        remember(service, dmarc_key, answer->dmarc != DMARC_UNKNOWN, answer->dmarc, answer->record);
    }
}
