/*
 * The supervisor: a pool of worker processes, each with one request at a time. A caller takes a free worker (or
 * waits for one until its deadline), talks to it, and gives it back or kills it. A worker that died while it
 * served is started again with the next request; one that does not even start is left alone for a while, longer
 * each time, so that a missing program or a crash loop costs nothing and mail does not wait for it.
 */
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "worker/call.h"
#include "worker/process.h"
#include "worker/say.h"
#include "worker/worker.h"

ENUM_DEFINE(worker_status, WORKER_STATUS_LIST)

enum {
    BACKOFF_FIRST_MS = 100,
    BACKOFF_LAST_MS = 30000,
    DEATHS_FREE = 3, /* in a row, while serving: hostile documents kill workers, other mail must not wait */
    DEATH_BACKOFF_MS = 1000, /* the longest wait after deaths while serving */
    USEFUL_MS = 100,         /* with less time left nothing is started: it would only be killed */
    REPLY_MARGIN_MS = 150,   /* the worker is asked to be done this long before the caller's deadline */
};

enum slot_state { SLOT_EMPTY, SLOT_IDLE, SLOT_BUSY, SLOT_DYING };

struct slot {
    enum slot_state state;
    struct process process;
    unsigned failures, deaths; /* in a row */
    int64_t not_before;
};

struct worker_pool {
    struct worker_options options;
    char *path, *resolvers;
    pthread_mutex_t lock;
    pthread_cond_t freed;
    struct slot *slots;
    struct worker_stats stats;
    struct say say;
};

static const char *const services[] = {[WORKER_EXTRACT] = "reads attachments", [WORKER_SPF] = "checks SPF"};
static const char *const without[] = {
    [WORKER_EXTRACT] = "attachments stay unread", [WORKER_SPF] = "SPF and DMARC stay unknown"};

char *worker_find(void)
{
    char exe[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
    char *slash = NULL, *path;
    if (n > 0) {
        exe[n] = '\0';
        slash = strrchr(exe, '/');
    }
    if (slash) {
        *slash = '\0';
        /* beside the program; or a folder or two up, for tests in a build tree */
        static const char *const middles[] = {"", "/..", "/../.."};
        for (size_t i = 0; i < sizeof(middles) / sizeof(*middles); i++) {
            path = mem_printf("%s%s/ringer-worker", exe, middles[i]);
            if (access(path, X_OK) == 0)
                return path;
            free(path);
        }
    }
    return mem_strdup(PKGLIBEXECDIR "/ringer-worker");
}

static char *check_options(struct worker_options *o)
{
    o->processes = o->processes ? o->processes : 3;
    o->deadline_ms = o->deadline_ms ? o->deadline_ms : 4000;
    o->memory_bytes = o->memory_bytes ? o->memory_bytes : (size_t)256 << 20;
    o->input_bytes = o->input_bytes ? o->input_bytes : (size_t)32 << 20;
    o->output_bytes = o->output_bytes ? o->output_bytes : (size_t)1 << 20;
    if (o->processes > WORKER_PROCESSES_MAX)
        return mem_printf("%u worker processes: at most %d", o->processes, WORKER_PROCESSES_MAX);
    if (o->deadline_ms < 100 || o->deadline_ms > 600000)
        return mem_printf("a worker's deadline of %u ms: 100 to 600000", o->deadline_ms);
    if (o->memory_bytes < (size_t)32 << 20) /* pdftotext starts with 32, a page needs more */
        return mem_strdup("a worker needs at least 32 MiB of memory");
    if (o->input_bytes > (size_t)1 << 30 || o->output_bytes > (size_t)64 << 20)
        return mem_strdup("a worker reads at most 1 GiB and returns at most 64 MiB");
    return NULL;
}

struct worker_pool *worker_pool_new(const struct worker_options *options, char **error_r)
{
    struct worker_options checked = options ? *options : (struct worker_options){0};
    *error_r = check_options(&checked);
    if (*error_r)
        return NULL;
    struct worker_pool *pool = mem_alloc(sizeof(*pool));
    pool->options = checked;
    pool->path = checked.path ? mem_strdup(checked.path) : worker_find();
    pool->options.path = pool->path;
    pool->resolvers = mem_strdup(checked.resolvers ? checked.resolvers : "");
    pool->options.resolvers = pool->resolvers;
    pool->slots = mem_array(checked.processes, sizeof(*pool->slots));
    for (unsigned i = 0; i < checked.processes; i++)
        pool->slots[i].process.fd = -1;
    say_init(&pool->say, checked.log);
    pthread_mutex_init(&pool->lock, NULL);
    cond_init_monotonic(&pool->freed);
    return pool;
}

void worker_pool_free(struct worker_pool **pool_p)
{
    struct worker_pool *pool = *pool_p;
    if (!pool)
        return;
    for (unsigned i = 0; i < pool->options.processes; i++) {
        process_dismiss(&pool->slots[i].process);
        process_reap(&pool->slots[i].process, true);
    }
    say_done(&pool->say);
    pthread_cond_destroy(&pool->freed);
    pthread_mutex_destroy(&pool->lock);
    free(pool->slots);
    free(pool->path);
    free(pool->resolvers);
    free(pool);
    *pool_p = NULL;
}

void worker_pool_stats(struct worker_pool *pool, struct worker_stats *stats_r)
{
    pthread_mutex_lock(&pool->lock);
    *stats_r = pool->stats;
    stats_r->processes = pool->options.processes;
    for (unsigned i = 0; i < pool->options.processes; i++) {
        stats_r->busy += pool->slots[i].state == SLOT_BUSY;
        stats_r->running += pool->slots[i].process.pid != 0;
    }
    pthread_mutex_unlock(&pool->lock);
}

int64_t worker_deadline(const struct worker_pool *pool)
{
    return monotonic_ms() + (pool ? pool->options.deadline_ms : 0);
}

static void note_idle_death(struct worker_pool *pool, const struct slot *slot)
{
    char *end = process_end_text(slot->process.status);
    pool->stats.killed++;
    say(&pool->say, SAY_DEATH, WORKER_LOG_WARNING, "ringer-worker, which %s, %s between two messages",
        services[pool->options.service], end);
    free(end);
}

/* With the lock: notices idle workers that ended by themselves, so that none stays a zombie. */
static void sweep(struct worker_pool *pool)
{
    for (unsigned i = 0; i < pool->options.processes; i++) {
        struct slot *slot = &pool->slots[i];
        if (slot->state == SLOT_IDLE && !process_alive(&slot->process)) {
            slot->state = process_bury(&slot->process) ? SLOT_EMPTY : SLOT_DYING;
            note_idle_death(pool, slot);
        }
        if (slot->state == SLOT_DYING && process_reap(&slot->process, false))
            slot->state = SLOT_EMPTY;
    }
}

/* How many may do it: of several workers one is kept from slow work, so that a flood of it leaves one for the rest. */
static unsigned usable(const struct worker_pool *pool, bool slow)
{
    return pool->options.processes - (slow && pool->options.processes > 1);
}

/*
 * With the lock: a worker that runs, else a place where one may be started. With NULL, *wake_r says when it is
 * worth looking again: when a place has rested after deaths; INT64_MAX when only a busy worker may come free; 0 when
 * nobody works and none starts either, so that waiting would not help.
 */
static struct slot *free_slot(struct worker_pool *pool, bool slow, int64_t *wake_r)
{
    struct slot *empty = NULL;
    int64_t now = monotonic_ms();
    *wake_r = 0;
    for (unsigned i = usable(pool, slow); i--;) { /* the last one first, which slow work may not have */
        struct slot *slot = &pool->slots[i];
        if (slot->state == SLOT_IDLE)
            return slot;
        if (slot->state == SLOT_EMPTY && slot->not_before <= now)
            empty = empty ? empty : slot;
        else if (slot->state == SLOT_BUSY && !*wake_r)
            *wake_r = INT64_MAX;
        else if (slot->state == SLOT_EMPTY && slot->failures == 0 && (!*wake_r || slot->not_before < *wake_r))
            *wake_r = slot->not_before;
    }
    return empty;
}

static struct slot *take_slot(struct worker_pool *pool, bool slow, int64_t deadline)
{
    struct slot *slot;
    int64_t wake, last = deadline - USEFUL_MS; /* later there is no time to do anything */
    pthread_mutex_lock(&pool->lock);
    pool->stats.requests++;
    sweep(pool);
    while (!(slot = free_slot(pool, slow, &wake)) && wake && monotonic_ms() < last)
        cond_wait_until(&pool->freed, &pool->lock, wake < last ? wake : last);
    if (slot && monotonic_ms() >= deadline - USEFUL_MS / 2)
        slot = NULL;
    if (slot)
        slot->state = SLOT_BUSY;
    pthread_mutex_unlock(&pool->lock);
    return slot;
}

static int64_t rest_ms(unsigned times, int64_t longest)
{
    int64_t ms = BACKOFF_FIRST_MS;
    while (--times && ms < longest)
        ms *= 2;
    return ms < longest ? ms : longest;
}

static bool start(struct worker_pool *pool, struct slot *slot, int64_t deadline)
{
    char *error = NULL;
    if (slot->process.pid)
        return true;
    bool started = process_start(&slot->process, &pool->options, deadline, &error);
    pthread_mutex_lock(&pool->lock);
    pool->stats.started += started;
    if (started) {
        slot->failures = 0;
        pool->stats.shut_in = slot->process.sandbox & SANDBOX_SECCOMP;
        pool->stats.files_shut_in = slot->process.sandbox & SANDBOX_LANDLOCK;
    } else {
        pool->stats.start_failures++;
        slot->not_before = monotonic_ms() + rest_ms(++slot->failures, BACKOFF_LAST_MS);
        snprintf(pool->stats.last_error, sizeof(pool->stats.last_error), "%s", error);
        say(&pool->say, SAY_START, WORKER_LOG_ERROR, "no ringer-worker %s, %s: %s",
            services[pool->options.service], without[pool->options.service], error);
    }
    pthread_mutex_unlock(&pool->lock);
    free(error);
    return started;
}

/* With the lock: one ended, by itself or by us. */
static void note_death(struct worker_pool *pool, const struct slot *slot, enum exchange how)
{
    static const char *const hows[] = {
        [EXCHANGE_TIMEOUT] = "did not answer in time and was killed",
        [EXCHANGE_NONSENSE] = "sent an invalid answer and was killed",
    };
    char *end = how == EXCHANGE_CLOSED ? process_end_text(slot->process.status) : mem_strdup(hows[how]);
    pool->stats.killed++;
    snprintf(pool->stats.last_error, sizeof(pool->stats.last_error), "ringer-worker %s", end);
    say(&pool->say, SAY_DEATH, WORKER_LOG_WARNING, "ringer-worker, which %s, %s; one message's %s",
        services[pool->options.service], end, without[pool->options.service]);
    free(end);
}

/* Any other `how` than OK: it serves no more. One that we killed at the deadline cost time enough. */
static void give_back(struct worker_pool *pool, struct slot *slot, enum exchange how)
{
    bool gone = how == EXCHANGE_OK ||
                (how == EXCHANGE_CLOSED && slot->failures == 0 ? process_bury : process_kill)(&slot->process);
    pthread_mutex_lock(&pool->lock);
    if (how == EXCHANGE_OK) {
        slot->deaths = 0;
    } else if (slot->failures == 0) { /* it had started: it died or hung while it served */
        bool died = how != EXCHANGE_TIMEOUT;
        note_death(pool, slot, how);
        slot->deaths += died;
        if (died && slot->deaths > DEATHS_FREE)
            slot->not_before = monotonic_ms() + rest_ms(slot->deaths - DEATHS_FREE, DEATH_BACKOFF_MS);
    }
    slot->state = how == EXCHANGE_OK ? SLOT_IDLE : gone ? SLOT_EMPTY : SLOT_DYING;
    pthread_cond_broadcast(&pool->freed); /* who waits may not be one that may have it */
    pthread_mutex_unlock(&pool->lock);
}

/* The time for the work itself: what is left, but for the way back. */
static uint32_t time_for_work(int64_t deadline)
{
    int64_t left = deadline - monotonic_ms(),
            margin = left / 4 < REPLY_MARGIN_MS ? left / 4 : REPLY_MARGIN_MS;
    return left > 0 ? (uint32_t)(left - margin) : 0;
}

static enum exchange exchange(const struct process *process, struct arena *arena, int64_t deadline,
                              const struct worker_call *call)
{
    unsigned char fixed[WORKER_CALL_FIXED];
    struct span parts[] = {{(const char *)fixed, 0}, call->words, call->payload}, payload = {NULL, 0};
    uint8_t type = 0;
    parts[0].n = call->encode(call->data, time_for_work(deadline), fixed);
    enum exchange rc =
        process_send(process, (struct frame_header){call->request_type, 0}, parts, 3, deadline);
    if (rc == EXCHANGE_OK)
        rc = process_receive(process, arena, call->reply_max, deadline, &type, &payload);
    if (rc == EXCHANGE_OK && (type != call->reply_type || !call->decode(call->data, payload)))
        rc = EXCHANGE_NONSENSE;
    return rc;
}

/* Where none could be started, that has been said. */
static void note_busy(struct worker_pool *pool, bool slow)
{
    static const char *const work[] = {[WORKER_EXTRACT] = "read attachments", [WORKER_SPF] = "check SPF"};
    static const char *const options[] = {
        [WORKER_EXTRACT] = "worker.processes", [WORKER_SPF] = "worker.spf-processes"};
    unsigned busy = 0;
    pthread_mutex_lock(&pool->lock);
    for (unsigned i = 0; i < usable(pool, slow); i++)
        busy += pool->slots[i].state == SLOT_BUSY;
    pthread_mutex_unlock(&pool->lock);
    if (busy == usable(pool, slow))
        say(&pool->say, SAY_BUSY, WORKER_LOG_WARNING,
            "none of the %u ringer-workers that %s was free within %u ms: one message's %s; is %s too low?",
            busy, work[pool->options.service], pool->options.deadline_ms, without[pool->options.service],
            options[pool->options.service]);
}

static enum worker_status ask(struct worker_pool *pool, struct arena *arena, int64_t deadline,
                              const struct worker_call *call, const char **detail_r)
{
    static const struct {
        enum worker_status status;
        const char *detail;
    } results[] = {
        [EXCHANGE_OK] = {WORKER_OK, ""},
        [EXCHANGE_TIMEOUT] = {WORKER_TIMEOUT, "the worker did not answer in time and was killed"},
        [EXCHANGE_CLOSED] = {WORKER_DIED, "the worker died"},
        [EXCHANGE_NONSENSE] = {WORKER_DIED, "the worker sent an invalid answer and was killed"},
    };
    struct slot *slot = take_slot(pool, call->slow, deadline);
    *detail_r = slot ? "no worker could be started" : "no worker was free in time";
    if (!slot) {
        note_busy(pool, call->slow);
        return WORKER_UNAVAILABLE;
    }
    if (!start(pool, slot, deadline)) {
        give_back(pool, slot, EXCHANGE_TIMEOUT);
        return WORKER_UNAVAILABLE;
    }
    enum exchange rc = exchange(&slot->process, arena, deadline, call);
    give_back(pool, slot, rc);
    *detail_r = results[rc].detail;
    return results[rc].status;
}

enum worker_status worker_ask(struct worker_pool *pool, struct arena *arena, int64_t deadline,
                              const struct worker_call *call, const char **detail_r)
{
    int64_t latest = worker_deadline(pool);
    return ask(pool, arena, deadline && deadline < latest ? deadline : latest, call, detail_r);
}

void worker_count(struct worker_pool *pool, enum worker_status status)
{
    pthread_mutex_lock(&pool->lock);
    pool->stats.by_status[status]++;
    pthread_mutex_unlock(&pool->lock);
}

struct extract_call {
    const struct worker_pool *pool;
    enum document_kind kind;
    enum worker_look look;
    struct span passwords;
    unsigned cpu_ms;
    struct extract_reply reply;
};

static size_t encode_extract(void *data, uint32_t deadline_ms, unsigned char out[WORKER_CALL_FIXED])
{
    const struct extract_call *call = data;
    struct extract_request request = {
        .kind = call->kind,
        .look = call->look,
        .passwords = call->passwords,
        .deadline_ms = deadline_ms,
        .output_bytes = (uint32_t)call->pool->options.output_bytes,
        .cpu_ms = call->cpu_ms,
    };
    extract_request_encode(out, &request);
    return FRAME_EXTRACT_FIXED;
}

static bool decode_extract(void *data, struct span payload)
{
    struct extract_call *call = data;
    return extract_reply_decode(payload, call->pool->options.output_bytes, &call->reply);
}

static void extract(struct worker_pool *pool, struct arena *arena, int64_t deadline, enum document_kind kind,
                    enum worker_look look, struct span passwords, unsigned cpu_ms, struct span bytes,
                    struct worker_text *out_r)
{
    struct extract_call data = {.pool = pool, .kind = kind, .look = look, .cpu_ms = cpu_ms};
    if (kind == DOCUMENT_ARCHIVE && passwords.n <= PASSWORDS_BYTES_MAX)
        data.passwords = passwords;
    struct worker_call call = {
        .request_type = FRAME_EXTRACT,
        .reply_type = FRAME_EXTRACTED,
        .slow = look ? look == LOOK_WORDS : document_cost(kind) >= COST_SLOW,
        .words = data.passwords,
        .payload = bytes,
        .reply_max = pool->options.output_bytes + FRAME_EXTRACTED_FIXED + FRAME_DETAIL_MAX,
        .encode = encode_extract,
        .decode = decode_extract,
        .data = &data,
    };
    char detail[FRAME_DETAIL_MAX + 1];
    int64_t before = monotonic_ms();
    out_r->status = worker_ask(pool, arena, deadline, &call, &out_r->detail);
    if (out_r->status != WORKER_OK) {
        /* at most; who found no free worker has only waited */
        out_r->cpu_ms = out_r->status == WORKER_UNAVAILABLE ? 0 : (unsigned)(monotonic_ms() - before);
        return;
    }
    frame_detail_clean(detail, data.reply.detail);
    *out_r = (struct worker_text){data.reply.status, data.reply.text,   data.reply.truncated,
                                  data.reply.pages,  data.reply.cpu_ms, arena_strdup(arena, detail)};
    if (out_r->status == WORKER_UNAVAILABLE) /* the worker is well, but not what it calls */
        say(&pool->say, SAY_START, WORKER_LOG_ERROR, "ringer-worker cannot read an attachment: %s", detail);
}

bool worker_takes_passwords(const char *sniffed, const char *filename, struct span bytes)
{
    return document_kind(sniffed, filename, bytes) == DOCUMENT_ARCHIVE;
}

unsigned worker_cost(const char *sniffed, const char *filename, struct span bytes)
{
    return document_cost(document_kind(sniffed, filename, bytes));
}

enum worker_status worker_extract(struct worker_pool *pool, struct arena *arena, int64_t deadline,
                                  const char *sniffed, const char *filename, struct span bytes,
                                  struct worker_text *out_r)
{
    return worker_extract_with(pool, arena, deadline, sniffed, filename, (struct span){NULL, 0}, 0, bytes,
                               out_r);
}

enum worker_status worker_extract_with(struct worker_pool *pool, struct arena *arena, int64_t deadline,
                                       const char *sniffed, const char *filename, struct span passwords,
                                       unsigned cpu_ms, struct span bytes, struct worker_text *out_r)
{
    enum document_kind kind = document_kind(sniffed, filename, bytes);
    *out_r = (struct worker_text){.status = WORKER_UNAVAILABLE, .detail = "no workers"};
    if (!pool)
        return WORKER_UNAVAILABLE;
    if (kind == DOCUMENT_UNKNOWN || bytes.n > pool->options.input_bytes) {
        out_r->status = kind == DOCUMENT_UNKNOWN ? WORKER_UNSUPPORTED : WORKER_TOO_BIG;
        out_r->detail =
            kind == DOCUMENT_UNKNOWN ? "no format that text is taken from" : "larger than the input limit";
    } else {
        extract(pool, arena, deadline, kind, LOOK_NONE, passwords, cpu_ms, bytes, out_r);
    }
    worker_count(pool, out_r->status);
    return out_r->status;
}

bool worker_looks(struct span bytes)
{
    enum document_kind kind = document_kind(NULL, NULL, bytes);
    return kind == DOCUMENT_PICTURE || kind == DOCUMENT_PDF;
}

enum worker_status worker_look(struct worker_pool *pool, struct arena *arena, int64_t deadline,
                               enum worker_look look, struct span bytes, struct worker_text *out_r)
{
    *out_r = (struct worker_text){.status = WORKER_UNAVAILABLE, .detail = "no workers"};
    if (!pool)
        return WORKER_UNAVAILABLE;
    if (bytes.n > pool->options.input_bytes) {
        out_r->status = WORKER_TOO_BIG;
        out_r->detail = "larger than the input limit";
    } else {
        extract(pool, arena, deadline, document_kind(NULL, NULL, bytes), look, (struct span){NULL, 0}, 0,
                bytes, out_r);
    }
    worker_count(pool, out_r->status);
    return out_r->status;
}
