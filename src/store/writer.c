/*
 * The one thread that writes. Callers hand in jobs and block; the thread runs all jobs that wait in one
 * transaction (group commit: one flush to disk for many messages), each in a savepoint of its own so that
 * one that fails takes no other with it, and wakes the callers only after the commit. Decisions and what
 * history learns are written between the jobs, in transactions of their own, and never make a held message fail.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"

#include "store/internal.h"

enum {
    BATCH_BYTES =
        4 * 1024 * 1024,     /* a transaction takes no more jobs beyond this: the next one waits for it */
    BULK_BYTES = 256 * 1024, /* what writes more waits in the second queue */
    BACKGROUND_BATCH = 512,
    BACKGROUND_DELAY_MS = 100, /* how long the first of a batch waits for company */
    BACKGROUND_RETRY_MS = 1000,
    TICK_MS = 1000
};

struct job {
    store_job_fn run; /* NULL: no transaction, only tidy up */
    void *arg;
    uint64_t bytes;
    struct store_error *error;
    int result;
    bool frees; /* makes room: may use the reserve */
    bool done;
    struct job *next;
};

static void fail_jobs(struct job *jobs, const struct store_error *error)
{
    for (struct job *job = jobs; job; job = job->next) {
        if (job->result == 0)
            *job->error = *error;
        job->result = job->result ? job->result : -1;
    }
}

/* false: the whole transaction is lost, *error_r says why. */
static bool run_job(struct store *store, struct db *db, struct job *job, struct store_error *error_r)
{
    if (db->driver->script(db, "SAVEPOINT job", error_r))
        return false;
    job->result = job->run(store, db, job->arg, job->error);
    if (job->result == 0)
        return db->driver->script(db, "RELEASE SAVEPOINT job", error_r) == 0;
    *error_r = *job->error;
    struct store_error undo;
    return db->driver->in_transaction(db) &&
           db->driver->script(db, "ROLLBACK TO SAVEPOINT job; RELEASE SAVEPOINT job", &undo) == 0;
}

static int transact(struct store *store, struct job *jobs, struct store_error *error)
{
    struct db *db = store->writer_db;
    if (db->driver->begin(db, error))
        return -1;
    for (struct job *job = jobs; job; job = job->next)
        if (!run_job(store, db, job, error)) {
            db->driver->rollback(db);
            return -1;
        }
    return db->driver->commit(db, error) || sound_after(store, error) ? -1 : 0;
}

static bool wants_room(const struct job *jobs)
{
    for (const struct job *job = jobs; job; job = job->next)
        if (job->frees && job->result < 0 && job->error->cause == STORE_FULL)
            return true;
    return false;
}

static void run_batch(struct store *store, struct job *jobs)
{
    struct store_error error = {0};
    if (sound_before(store, &error)) {
        fail_jobs(jobs, &error);
        return;
    }
    if (transact(store, jobs, &error))
        fail_jobs(jobs, &error);
    if (wants_room(jobs) && store->writer_db) {
        store->driver->reserve(store->writer_db, false);
        for (struct job *job = jobs; job; job = job->next) {
            struct job *next = job->next;
            job->next = NULL;
            if (job->frees && job->result < 0) {
                job->result = 0;
                if (transact(store, job, &error))
                    fail_jobs(job, &error);
            }
            job->next = next;
        }
    }
}

/* As many jobs of the queue as belong in one transaction go to *taken_end. Called with the lock held. */
static struct job **take(struct job_queue *queue, struct job **taken_end, uint64_t *bytes)
{
    bool first = true;
    while (queue->first && queue->first->run && (first || *bytes + queue->first->bytes <= BATCH_BYTES)) {
        struct job *job = queue->first;
        queue->first = job->next;
        job->next = NULL;
        *taken_end = job;
        taken_end = &job->next;
        *bytes += job->bytes;
        first = false;
    }
    if (!queue->first)
        queue->end = &queue->first;
    return taken_end;
}

/* Small jobs first, and then what still fits in of the large ones, one at least: neither starves. */
static struct job *take_jobs(struct store *store)
{
    struct job *first = NULL;
    uint64_t bytes = 0;
    if (store->jobs.first && !store->jobs.first->run) { /* alone, outside of transactions */
        first = store->jobs.first;
        store->jobs.first = first->next;
        store->jobs.end = first->next ? store->jobs.end : &store->jobs.first;
        first->next = NULL;
        return first;
    }
    take(&store->bulk, take(&store->jobs, &first, &bytes), &bytes);
    return first;
}

static void work_jobs(struct store *store)
{
    struct job *jobs = take_jobs(store), *next;
    struct store_error failed = {.text = ""};
    bool ended_well = false;
    pthread_mutex_unlock(&store->lock);
    if (jobs->run)
        run_batch(store, jobs);
    else if (store->writer_db)
        store->driver->tidy(store->writer_db, &store->hurry);
    for (struct job *job = jobs; job && jobs->run; job = job->next) {
        if (job->result < 0)
            failed = *job->error;
        else
            ended_well = true;
    }
    if (*failed.text || ended_well)
        state_note(store, *failed.text ? &failed : NULL);
    pthread_mutex_lock(&store->lock);
    store->stats.commits++;
    if (*failed.text)
        store->stats.last_error = failed;
    for (struct job *job = jobs; job; job = next) {
        next = job->next; /* its owner may be gone once it is done */
        store->stats.failures += job->result < 0;
        job->done = true;
    }
    pthread_cond_broadcast(&store->done);
}

static int put_background(struct store *store, const struct background *list, struct store_error *error)
{
    if (sound_before(store, error))
        return -1;
    struct db *db = store->writer_db;
    if (db->driver->begin(db, error))
        return -1;
    for (const struct background *item = list; item; item = item->next)
        if (item->run(store, db, item, error)) {
            db->driver->rollback(db);
            return -1;
        }
    return db->driver->commit(db, error) || sound_after(store, error) ? -1 : 0;
}

static void free_background(struct background *list)
{
    while (list) {
        struct background *next = list->next;
        free(list);
        list = next;
    }
}

static void count_background(struct store *store, const struct background *list)
{
    for (; list; list = list->next) {
        store->n_background[list->kind]--;
        store->background_bytes[list->kind] -= list->bytes;
        store->stats.decisions += list->kind == BACKGROUND_DECISION;
        store->stats.learned += list->kind == BACKGROUND_HISTORY;
    }
}

/* Writes one batch; a batch that fails stays in the queue and is tried again. Lock held. */
static bool work_background(struct store *store)
{
    struct background *first = store->background, **end = &store->background;
    struct store_error error;
    for (size_t n = 0; *end && n < BACKGROUND_BATCH; n++)
        end = &(*end)->next;
    struct background *rest = *end;
    *end = NULL;
    struct background **rest_end = rest ? store->background_end : &store->background;
    store->background = rest;
    store->background_end = rest_end;
    pthread_mutex_unlock(&store->lock);
    int failed = put_background(store, first, &error);
    state_note(store, failed ? &error : NULL);
    pthread_mutex_lock(&store->lock);
    if (failed) {
        if (!store->background) /* nothing came behind it meanwhile */
            store->background_end = end;
        *end = store->background;
        store->background = first;
        store->stats.failures++;
        store->stats.last_error = error;
    } else {
        count_background(store, first);
        free_background(first);
    }
    store->background_due_ms = monotonic_ms() + (failed ? BACKGROUND_RETRY_MS : BACKGROUND_DELAY_MS);
    return !failed;
}

static bool background_due(struct store *store)
{
    return store->background && (store->stop || monotonic_ms() >= store->background_due_ms);
}

/* Until there is something to do, or (0: never) tick_ms. */
static void wait_for_work(struct store *store, int64_t tick_ms)
{
    int64_t until_ms = store->background ? store->background_due_ms : tick_ms;
    if (tick_ms && tick_ms < until_ms)
        until_ms = tick_ms;
    if (!until_ms) {
        pthread_cond_wait(&store->work, &store->lock);
        return;
    }
    cond_wait_until(&store->work, &store->lock, until_ms);
}

/* A store that stays open for long is looked after each second, whether there is mail or not. When the next time is. */
static int64_t look_after(struct store *store, int64_t tick_ms)
{
    if (!(store->flags & STORE_PATIENT) || monotonic_ms() < tick_ms)
        return tick_ms;
    pthread_mutex_unlock(&store->lock);
    sound_tick(store);
    pthread_mutex_lock(&store->lock);
    return monotonic_ms() + TICK_MS;
}

static bool has_jobs(const struct store *store)
{
    return store->jobs.first || store->bulk.first;
}

static void *writer_main(void *arg)
{
    struct store *store = arg;
    int64_t tick_ms = 0;
    bool lost = false; /* at the end: what cannot be written is given up */
    pthread_mutex_lock(&store->lock);
    while (!store->stop || has_jobs(store) || (store->background && !lost)) {
        if (has_jobs(store))
            work_jobs(store);
        if (background_due(store))
            lost = !work_background(store) && store->stop;
        else if (!has_jobs(store) && !store->stop)
            wait_for_work(store, tick_ms);
        if (!store->stop)
            tick_ms = look_after(store, tick_ms);
    }
    pthread_mutex_unlock(&store->lock);
    sound_end(store);
    return NULL;
}

int writer_start(struct store *store, struct store_error *error)
{
    sigset_t all, old;
    cond_init_monotonic(&store->work);
    pthread_cond_init(&store->done, NULL);
    store->jobs.end = &store->jobs.first;
    store->bulk.end = &store->bulk.first;
    store->background_end = &store->background;
    if (store->flags & STORE_RDONLY)
        return 0;
    sigfillset(&all); /* signals are the caller's threads' business */
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int code = pthread_create(&store->writer, NULL, writer_main, store);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    store->writer_runs = code == 0;
    if (code)
        store_fail(error, STORE_OTHER, "%s: cannot start the writer: %s", store->url, strerror(code));
    return code ? -1 : 0;
}

/* At the end: what is still in the queue could not be written. */
static void give_up(struct store *store)
{
    if (store->background)
        state_say(
            store, STORE_EVENT_TROUBLE,
            "LOST %zu rows of the log of decisions and %zu of history: they could not be written before "
            "the end: %s",
            store->n_background[BACKGROUND_DECISION], store->n_background[BACKGROUND_HISTORY],
            store->stats.last_error.text);
    free_background(store->background);
}

void writer_stop(struct store *store)
{
    if (!store->jobs.end)
        return; /* never started */
    pthread_mutex_lock(&store->lock);
    store->stop = true;
    pthread_cond_broadcast(&store->work);
    pthread_mutex_unlock(&store->lock);
    if (store->writer_runs)
        pthread_join(store->writer, NULL);
    give_up(store);
    pthread_cond_destroy(&store->work);
    pthread_cond_destroy(&store->done);
}

static int run_and_wait(struct store *store, struct job *job)
{
    job->error->text[0] = '\0';
    if (!store->writer_runs) {
        store_fail(job->error, STORE_READ_ONLY, "%s: opened for reading only", store->url);
        return -1;
    }
    if (state_get(store, job->error) == STORE_BROKEN) /* who checks may take his time: nobody waits for him */
        return -1;
    pthread_mutex_lock(&store->lock);
    struct job_queue *queue = job->bytes > BULK_BYTES ? &store->bulk : &store->jobs;
    *queue->end = job;
    queue->end = &job->next;
    pthread_cond_signal(&store->work);
    while (!job->done)
        pthread_cond_wait(&store->done, &store->lock);
    pthread_mutex_unlock(&store->lock);
    return job->result;
}

int writer_run(struct store *store, store_job_fn fn, void *arg, uint64_t bytes, struct store_error *error)
{
    return run_and_wait(store, &(struct job){.run = fn, .arg = arg, .bytes = bytes, .error = error});
}

int writer_free(struct store *store, store_job_fn fn, void *arg, struct store_error *error)
{
    return run_and_wait(store, &(struct job){.run = fn, .arg = arg, .error = error, .frees = true});
}

void writer_tidy(struct store *store)
{
    struct store_error ignored;
    writer_run(store, NULL, NULL, 0, &ignored);
}

bool writer_background(struct store *store, struct background *item, size_t most)
{
    pthread_mutex_lock(&store->lock);
    size_t n = store->n_background[item->kind], bytes = store->background_bytes[item->kind];
    bool room = store->writer_runs && n < most && (!n || bytes + item->bytes <= STORE_QUEUED_BYTES);
    if (room) {
        bool first = !store->background;
        if (first)
            store->background_due_ms = monotonic_ms() + BACKGROUND_DELAY_MS;
        *store->background_end = item;
        store->background_end = &item->next;
        store->n_background[item->kind]++;
        store->background_bytes[item->kind] += item->bytes;
        if (first)
            pthread_cond_signal(&store->work);
    }
    pthread_mutex_unlock(&store->lock);
    return room;
}
