/*
 * The daemon's side of SPF and DMARC: what is in the cache is answered from there, the rest asked of a worker.
 * One domain with slow name servers must not slow down the mail of others for long: after a few questions in a
 * row that found nothing out, each gets half a second until one succeeds. They are still asked: a sender with
 * slow name servers of his own must not be able to switch this check off. Only when the DNS servers do not answer a
 * question either that no sender chose, nothing is asked any more until they do (breaker.c).
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/newlist.h"
#include "worker/call.h"
#include "worker/protocol.h"
#include "worker/spf_cache.h"
#include "worker/spf_frames.h"

#include "worker/spf.h"

ENUM_DEFINE(spf_result, SPF_RESULT_LIST)

enum {
    KEEP_MS = 5 * 60 * 1000, /* records may change: no answer is older than this */
    KEEP_FAILED_MS = 20 * 1000,
    HURRIED_MS = 500,
    PROBE_MS =
        1500, /* a worker's start and a question that any resolver answers at once, or within a second */
};

struct spf_service {
    struct worker_pool *pool;
    struct worker_options probe; /* of a pool for one question */
    char *path, *resolvers;      /* that it points to */
    struct spf_cache *cache;
    struct say say;
    struct breaker *breaker;
    pthread_mutex_t lock;
    uint64_t asked, from_cache, hurried, crashed;
};

static enum breaker_probe probe(void *data);

struct spf_service *spf_service_new(const struct worker_options *options, char **error_r)
{
    struct worker_options o = *options;
    o.service = WORKER_SPF;
    o.input_bytes = FRAME_SPF_FIXED + SPF_IP_MAX + 2 * SPF_ADDRESS_MAX + SPF_DOMAIN_MAX + SPF_LISTS_MAX;
    struct worker_pool *pool = worker_pool_new(&o, error_r);
    if (!pool)
        return NULL;
    struct spf_service *service = mem_alloc(sizeof(*service));
    service->pool = pool;
    service->path = o.path ? mem_strdup(o.path) : NULL;
    service->resolvers = mem_strdup(o.resolvers ? o.resolvers : "");
    service->probe = o;
    service->probe.path = service->path;
    service->probe.resolvers = service->resolvers;
    service->probe.processes = 1;
    service->probe.deadline_ms = PROBE_MS;
    service->probe.log = NULL; /* that no worker starts is said by the other pool */
    service->cache = spf_cache_new();
    say_init(&service->say, o.log);
    char *what =
        mem_printf("DNS (%s)", *service->resolvers ? service->resolvers : "the servers of /etc/resolv.conf");
    service->breaker = breaker_new(&service->say, what, probe, service);
    free(what);
    pthread_mutex_init(&service->lock, NULL);
    return service;
}

void spf_service_free(struct spf_service **service)
{
    if (!*service)
        return;
    breaker_free(&(*service)->breaker);
    worker_pool_free(&(*service)->pool);
    say_done(&(*service)->say);
    free((*service)->path);
    free((*service)->resolvers);
    spf_cache_free(&(*service)->cache);
    pthread_mutex_destroy(&(*service)->lock);
    free(*service);
    *service = NULL;
}

void spf_service_stats(struct spf_service *service, struct spf_stats *stats_r)
{
    worker_pool_stats(service->pool, &stats_r->workers);
    breaker_stats(service->breaker, &stats_r->breaker);
    pthread_mutex_lock(&service->lock);
    stats_r->asked = service->asked;
    stats_r->from_cache = service->from_cache;
    stats_r->hurried = service->hurried;
    stats_r->crashed = service->crashed;
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
static int64_t deadline_now(struct spf_service *service, bool hurry)
{
    int64_t deadline = worker_deadline(service->pool), soon = monotonic_ms() + HURRIED_MS;
    hurry = hurry && soon < deadline;
    pthread_mutex_lock(&service->lock);
    service->asked++;
    service->hurried += hurry;
    pthread_mutex_unlock(&service->lock);
    return hurry ? soon : deadline;
}

static bool nothing_found_out(const struct spf_call *call)
{
    bool spf = call->request.ip.n && call->reply.spf != SPF_TEMPERROR && call->reply.spf != SPF_UNKNOWN;
    bool dmarc = call->request.from.n && call->reply.dmarc != DMARC_UNKNOWN;
    bool list = call->request.lists.n && call->reply.listed.n &&
                !memchr(call->reply.listed.p, '?', call->reply.listed.n);
    return !spf && !dmarc && !list;
}

static enum worker_status ask_worker(struct worker_pool *pool, struct arena *arena, int64_t deadline,
                                     struct spf_call *call, const char **detail_r)
{
    const struct spf_request *r = &call->request;
    struct buf texts = {0};
    struct worker_call wire = {
        .request_type = FRAME_SPF,
        .reply_type = FRAME_CHECKED,
        .reply_max = FRAME_CHECKED_FIXED + SPF_RECORD_MAX + FRAME_DETAIL_MAX + SPF_LISTED_MAX,
        .encode = encode,
        .decode = decode,
        .data = call,
    };
    const struct span all[] = {r->ip, r->helo, r->sender, r->from, r->lists};
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
        buf_add(&texts, all[i].p, all[i].n);
    wire.payload = buf_span(&texts);
    enum worker_status status = worker_ask(pool, arena, deadline, &wire, detail_r);
    worker_count(pool, status);
    buf_free(&texts);
    return status;
}

/*
 * A name that nobody has asked for before, so that no cache knows it, below a domain that no sender controls. Asked by
 * a worker of its own: those that serve may all be waiting, and know a server as dead for some seconds longer.
 */
static enum breaker_probe probe(void *data)
{
    struct spf_service *service = data;
    struct spf_call call = {0};
    unsigned char random[8] = {0};
    const char *detail;
    char name[40], *error;
    if (getentropy(random, sizeof(random)) != 0)
        return PROBE_UNKNOWN;
    struct worker_pool *pool = worker_pool_new(&service->probe, &error);
    if (!pool) {
        free(error);
        return PROBE_UNKNOWN;
    }
    snprintf(name, sizeof(name), "%02x%02x%02x%02x%02x%02x%02x%02x.com", random[0], random[1], random[2],
             random[3], random[4], random[5], random[6], random[7]);
    call.request.from = span_of(name);
    struct arena *arena = arena_new();
    enum worker_status status = ask_worker(pool, arena, 0, &call, &detail);
    arena_free(&arena);
    worker_pool_free(&pool);
    if (status != WORKER_OK)
        return status == WORKER_TIMEOUT ? PROBE_SILENT : PROBE_UNKNOWN;
    return call.reply.dmarc == DMARC_UNKNOWN ? PROBE_SILENT : PROBE_ANSWERED;
}

static void note_crash(struct spf_service *service, const struct spf_call *call)
{
    char sender[FRAME_DETAIL_MAX + 1];
    const char *name = call->reply.crashed == SPF_CRASHED ? NULL : sigabbrev_np(call->reply.crashed);
    pthread_mutex_lock(&service->lock);
    service->crashed++;
    pthread_mutex_unlock(&service->lock);
    frame_detail_clean(sender, call->request.sender);
    say(&service->say, SAY_CHECKER, WORKER_LOG_WARNING,
        "the check of SPF for mail from '%s' crashed (%s%s): its result is unknown; another process serves "
        "on",
        sender, name ? "SIG" : "", name ? name : "it ended");
}

bool spf_service_dns_answers(struct spf_service *service)
{
    return probe(service) == PROBE_ANSWERED;
}

/* Asks a worker. false: nothing is known. */
static bool ask(struct spf_service *service, struct arena *arena, bool hurry, struct spf_call *call,
                struct spf_answer *answer)
{
    enum worker_status status =
        ask_worker(service->pool, arena, deadline_now(service, hurry), call, &answer->detail);
    if (status == WORKER_OK || status == WORKER_TIMEOUT) /* else it says nothing about DNS */
        breaker_note(service->breaker, status == WORKER_OK && !nothing_found_out(call));
    if (status != WORKER_OK)
        return false;
    if (call->reply.crashed)
        note_crash(service, call);
    char detail[FRAME_DETAIL_MAX + 1];
    frame_detail_clean(detail, call->reply.detail);
    answer->detail = arena_strdup(arena, detail);
    return true;
}

static void remember(struct spf_service *service, const char *key, bool good, unsigned value,
                     const char *record)
{
    int64_t until = monotonic_ms() + (good ? KEEP_MS : KEEP_FAILED_MS);
    spf_cache_put(service->cache, key, until, (struct spf_cached){.value = value, .text = record});
}

static bool spf_known(unsigned value)
{
    return value != SPF_UNKNOWN && value != SPF_TEMPERROR;
}

static bool dmarc_known(unsigned value)
{
    return value != DMARC_UNKNOWN;
}

/* What is in the cache; what was not found out while DNS was silent is asked again as soon as it answers. */
static bool recall(struct spf_service *service, struct arena *arena, const char *key, bool (*known)(unsigned),
                   struct spf_cached *out_r)
{
    struct breaker_stats breaker;
    if (!spf_cache_get(service->cache, arena, key, monotonic_ms(), out_r))
        return false;
    if (known(out_r->value))
        return true;
    breaker_stats(service->breaker, &breaker);
    return out_r->until - KEEP_FAILED_MS > breaker.closed_at;
}

static char *spf_question(struct spf_service *service, struct arena *arena, const struct spf_question *q,
                          struct spf_request *request, struct spf_answer *answer)
{
    struct spf_cached kept;
    const char *domain = sender_domain(q->mail_from);
    if (!domain || !q->client_ip || !*q->client_ip)
        return NULL;
    answer->domain = arena_lower(arena, span_of(domain));
    char *key = arena_printf(arena, "S %s %s", q->client_ip, answer->domain);
    if (recall(service, arena, key, spf_known, &kept)) {
        answer->spf = (enum spf_result)kept.value;
        return key;
    }
    request->ip = text(q->client_ip, SPF_IP_MAX);
    request->sender = text(q->mail_from, SPF_ADDRESS_MAX);
    request->helo = text(q->helo, SPF_ADDRESS_MAX);
    if (!request->sender.n) /* longer than any address */
        request->ip = (struct span){"", 0};
    return key;
}

static char *dmarc_question(struct spf_service *service, struct arena *arena, const struct spf_question *q,
                            struct spf_request *request, struct spf_answer *answer)
{
    struct spf_cached kept;
    if (!q->from_domain || !*q->from_domain)
        return NULL;
    char *key = arena_printf(arena, "D %s", arena_lower(arena, span_of(q->from_domain)));
    if (recall(service, arena, key, dmarc_known, &kept)) {
        answer->dmarc = (enum dmarc_found)kept.value;
        answer->record = kept.text;
        return key;
    }
    request->from = text(q->from_domain, SPF_DOMAIN_MAX);
    return key;
}

static bool age_known(unsigned value)
{
    return value != AGE_UNKNOWN;
}

static char *age_question(struct spf_service *service, struct arena *arena, const struct spf_question *q,
                          struct spf_request *request, struct spf_answer *answer)
{
    struct spf_cached kept;
    if (!q->registered || !*q->registered || !q->n_new_lists)
        return NULL;
    char *key = arena_printf(arena, "N %s", arena_lower(arena, span_of(q->registered)));
    if (recall(service, arena, key, age_known, &kept)) {
        answer->age = (enum domain_age)kept.value;
        return key;
    }
    const char *names = "";
    for (size_t i = 0; i < q->n_new_lists && i < SPF_LISTS_MOST; i++)
        names = arena_printf(arena, "%s%s%s.%.*s", names, *names ? " " : "", q->registered,
                             (int)newlist_zone(q->new_lists[i]).n, newlist_zone(q->new_lists[i]).p);
    request->lists = text(names, SPF_LISTS_MAX);
    return key;
}

/* One list that says so suffices; what a list does not answer is not known. */
static enum domain_age age_of(const struct spf_question *q, struct span listed)
{
    enum domain_age age = AGE_OLD;
    for (size_t i = 0; i < q->n_new_lists && i < SPF_LISTS_MOST; i++) {
        enum domain_age one = newlist_read(q->new_lists[i], span_cut(&listed, ' '));
        if (one == AGE_NEW)
            return AGE_NEW;
        if (one == AGE_UNKNOWN)
            age = AGE_UNKNOWN;
    }
    return age;
}

/* Into the answer and the cache. */
static void take_reply(struct spf_service *service, struct arena *arena, const struct spf_call *call,
                       bool answered, const char *spf_key, const char *dmarc_key, struct spf_answer *answer)
{
    if (call->request.ip.n) {
        answer->spf = answered ? call->reply.spf : SPF_UNKNOWN;
        if (!answered || !call->reply.per_sender)
            remember(service, spf_key, spf_known(answer->spf), answer->spf, NULL);
    }
    if (call->request.from.n) {
        answer->dmarc = answered ? call->reply.dmarc : DMARC_UNKNOWN;
        answer->record = answered && call->reply.record.n ? arena_span(arena, call->reply.record) : NULL;
        remember(service, dmarc_key, dmarc_known(answer->dmarc), answer->dmarc, answer->record);
    }
}

static void take_age(struct spf_service *service, const struct spf_question *q, const struct spf_call *call,
                     bool answered, const char *key, struct spf_answer *answer)
{
    if (!call->request.lists.n)
        return;
    answer->age = answered ? age_of(q, call->reply.listed) : AGE_UNKNOWN;
    remember(service, key, age_known(answer->age), answer->age, NULL);
}

void spf_check(struct spf_service *service, struct arena *arena, const struct spf_question *q,
               struct spf_answer *answer)
{
    struct spf_call call = {0};
    *answer = (struct spf_answer){.detail = "", .cached = true};
    if (!service)
        return;
    const char *spf_key = spf_question(service, arena, q, &call.request, answer);
    const char *dmarc_key = dmarc_question(service, arena, q, &call.request, answer);
    const char *age_key = age_question(service, arena, q, &call.request, answer);
    if (!call.request.ip.n && !call.request.from.n && !call.request.lists.n) {
        pthread_mutex_lock(&service->lock);
        service->from_cache += spf_key || dmarc_key || age_key;
        pthread_mutex_unlock(&service->lock);
        return;
    }
    answer->cached = false;
    enum breaker_state state = breaker_ask(service->breaker);
    if (state == BREAKER_OPEN) {
        answer->detail = "DNS does not answer";
        return;
    }
    bool answered = ask(service, arena, state == BREAKER_DOUBTFUL, &call, answer);
    take_reply(service, arena, &call, answered, spf_key, dmarc_key, answer);
    take_age(service, q, &call, answered, age_key, answer);
}
