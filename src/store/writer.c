/*
 * The one thread that writes. Callers hand in jobs and block; the thread runs all jobs that wait in one
 * transaction (group commit: one flush to disk for many messages), each in a savepoint of its own so that
 * one that fails takes no other with it, and wakes the callers only after the commit. Decisions and what
 * history learns are written between the jobs, in transactions of their own, and never make a held message fail.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

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
    BACKGROUND_RETRY_MS = 1000
};

struct job {
    store_job_fn run; /* NULL: no transaction, only tidy up */
    void *arg;
    uint64_t bytes;
    struct store_error *error;
    int result;
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

static void run_batch(struct store *store, struct job *jobs)
{
    struct db *db = store->writer_db;
    struct store_error error;
    if (db->driver->begin(db, &error)) {
        fail_jobs(jobs, &error);
        return;
    }
    for (struct job *job = jobs; job; job = job->next)
        if (!run_job(store, db, job, &error)) {
            db->driver->rollback(db);
            fail_jobs(jobs, &error);
            return;
        }
    if (db->driver->commit(db, &error))
        fail_jobs(jobs, &error);
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
    pthread_mutex_unlock(&store->lock);
    if (jobs->run)
        run_batch(store, jobs);
    else
        store->driver->tidy(store->writer_db);
    pthread_mutex_lock(&store->lock);
    store->stats.commits++;
    for (struct job *job = jobs; job; job = next) {
        next = job->next; /* its owner may be gone once it is done */
        store->stats.failures += job->result < 0;
        job->done = true;
    }
    pthread_cond_broadcast(&store->done);
}

static int put_background(struct store *store, const struct background *list, struct store_error *error)
{
    struct db *db = store->writer_db;
    if (db->driver->begin(db, error))
        return -1;
    for (const struct background *item = list; item; item = item->next)
        if (item->run(store, db, item, error)) {
            db->driver->rollback(db);
            return -1;
        }
    return db->driver->commit(db, error);
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

static void wait_for_work(struct store *store)
{
    if (!store->background) {
        pthread_cond_wait(&store->work, &store->lock);
        return;
    }
    struct timespec until = {store->background_due_ms / 1000, store->background_due_ms % 1000 * 1000000};
    pthread_cond_timedwait(&store->work, &store->lock, &until);
}

static bool has_jobs(const struct store *store)
{
    return store->jobs.first || store->bulk.first;
}

static void *writer_main(void *arg)
{
    struct store *store = arg;
    bool lost = false; /* at the end: what cannot be written is given up */
    pthread_mutex_lock(&store->lock);
    while (!store->stop || has_jobs(store) || (store->background && !lost)) {
        if (has_jobs(store))
            work_jobs(store);
        if (background_due(store))
            lost = !work_background(store) && store->stop;
        else if (!has_jobs(store) && !store->stop)
            wait_for_work(store);
    }
    pthread_mutex_unlock(&store->lock);
    return NULL;
}

int writer_start(struct store *store, struct store_error *error)
{
    pthread_condattr_t attr;
    sigset_t all, old;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&store->work, &attr);
    pthread_condattr_destroy(&attr);
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
    free_background(store->background);
    pthread_cond_destroy(&store->work);
    pthread_cond_destroy(&store->done);
}

int writer_run(struct store *store, store_job_fn fn, void *arg, uint64_t bytes, struct store_error *error)
{
    struct job job = {.run = fn, .arg = arg, .bytes = bytes, .error = error};
    error->text[0] = '\0';
    if (!store->writer_runs) {
        store_fail(error, STORE_READ_ONLY, "%s: opened for reading only", store->url);
        return -1;
    }
    pthread_mutex_lock(&store->lock);
    struct job_queue *queue = bytes > BULK_BYTES ? &store->bulk : &store->jobs;
    *queue->end = &job;
    queue->end = &job.next;
    pthread_cond_signal(&store->work);
    while (!job.done)
        pthread_cond_wait(&store->done, &store->lock);
    pthread_mutex_unlock(&store->lock);
    return job.result;
}

void writer_tidy(struct store *store)
{
    struct store_error ignored;
    writer_run(store, NULL, NULL, 0, &ignored);
}

bool writer_background(struct store *store, struct background *item, size_t most)
{
    pthread_mutex_lock(&store->lock);
    bool room = store->writer_runs && store->n_background[item->kind] < most;
    if (room) {
        bool first = !store->background;
        if (first)
            store->background_due_ms = monotonic_ms() + BACKGROUND_DELAY_MS;
        *store->background_end = item;
        store->background_end = &item->next;
        store->n_background[item->kind]++;
        if (first)
            pthread_cond_signal(&store->work);
    }
    pthread_mutex_unlock(&store->lock);
    return room;
}
