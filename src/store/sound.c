/*
 * Keeps the writer's connection sound, so that nothing is acknowledged that nobody will find again. A store that cannot
 * be opened or written is tried again every second; one that is damaged takes nothing until a check finds it whole;
 * files that are taken away while in use are noticed before the next answer, and what is committed is saved from them.
 * All of this is for a store that is to stay open for long (STORE_PATIENT); others get the error and close.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"

#include "store/internal.h"

enum {
    RETRY_MS = 1000,
    RECHECK_MS = 2000, /* after damage, and then twice as long each time */
    RECHECK_MOST_MS = 5 * 60 * 1000,
    READERS_MS = 5000, /* for those who are reading just now */
    RESERVE_MS = 10 * 1000,
    IDS_A_LINE = 40
};

static bool patient(const struct store *store)
{
    return (store->flags & STORE_PATIENT) != 0;
}

/* What failed beside a write that is done: only damage says that the next one must be refused. */
static void note_failure(struct store *store, const struct store_error *error)
{
    pthread_mutex_lock(&store->lock);
    store->stats.failures++;
    store->stats.last_error = *error;
    pthread_mutex_unlock(&store->lock);
    if (error->cause == STORE_DAMAGED)
        state_note(store, error);
}

/* `more`: how many there was no room to note. */
static void tell_ids(struct store *store, const char *what, const struct store_risk *risk, size_t n,
                     size_t more)
{
    for (size_t i = 0; i < n;) {
        struct buf line = {0};
        buf_printf(&line, "%s, by id (queue id):", what);
        for (size_t end = i + IDS_A_LINE; i < n && i < end; i++)
            buf_printf(&line, " %s (%s)", risk[i].id, risk[i].queue_id);
        state_tell(store, STORE_EVENT_LOSS, line.p);
        buf_free(&line);
    }
    if (more)
        state_say(store, STORE_EVENT_LOSS,
                  "%s: and %zu more that were not noted may be among them; the MTA's log names them", what,
                  more);
}

static void tell_risk(struct store *store, const char *what)
{
    struct store_risk *risk;
    size_t more, n = state_risk(store, &risk, &more);
    tell_ids(store, what, risk, n, more);
    free(risk);
}

static int found(void *context, const struct db_value *columns, size_t n)
{
    *(bool *)context = true;
    return 0;
}

/* Those that are not in the store go to the front. -1: that is not known. */
static int find_missing(struct store *store, struct store_risk *risk, size_t n, size_t *missing_r,
                        struct store_error *error)
{
    *missing_r = 0;
    for (size_t i = 0; i < n; i++) {
        bool there = false;
        struct db_value args[] = {value_text(store->tenant), value_text(risk[i].id)};
        if (store->driver->run(store->writer_db, SQL_ITEM_CLAIM_GET, args, 2, found, &there, NULL, error))
            return -1;
        if (!there)
            risk[(*missing_r)++] = risk[i];
    }
    return 0;
}

/*
 * After a mishap: which of them are not in the store any more? They are told, and no longer at risk. 1 = some are gone;
 * -1 = that is not known: they stay at risk, and it is tried again. `saved`: all that was in the log is in the file.
 */
static int tell_missing(struct store *store, bool saved, struct store_error *error)
{
    struct store_risk *risk;
    size_t missing, more, n = state_risk(store, &risk, &more);
    store->untold = find_missing(store, risk, n, &missing, error) != 0;
    if (store->untold) {
        note_failure(store, error);
    } else {
        tell_ids(store, "LOST: messages that were acknowledged and are not in the store any more", risk,
                 missing, missing || !saved ? more : 0);
        state_nothing_at_risk(store);
    }
    free(risk);
    return store->untold ? -1 : missing > 0;
}

/* --- opening */

static int try_open(struct store *store, struct store_error *error)
{
    int64_t now = monotonic_ms();
    if (now < store->retry_ms) {
        state_get(store, error);
        return -1;
    }
    store->writer_db = store_connect(store, error);
    store->retry_ms = monotonic_ms() + RETRY_MS;
    state_note(store, store->writer_db ? NULL : error);
    if (!store->writer_db)
        return -1;
    store->driver->reserve(store->writer_db, true);
    return 0;
}

static int check(struct store *store, struct db *db, struct store_error *error)
{
    return store->driver->check(db, &store->hurry, error);
}

/* All connections are opened anew: pages that they remember are not those of the file as it is now. */
static void reopen(struct store *store, struct store_error *error)
{
    if (store->writer_db)
        store->driver->abandon(store->writer_db);
    store->writer_db = store_connect(store, error);
    store->retry_ms = monotonic_ms() + RETRY_MS;
}

static void recheck(struct store *store)
{
    struct store_error error = {0};
    if (!readers_stop(store, READERS_MS))
        return;
    reopen(store, &error);
    readers_go(store);
    if (store->writer_db && check(store, store->writer_db, &error) == 0 &&
        tell_missing(store, false, &error) >= 0) {
        state_set(store, STORE_WORKS, NULL);
        return;
    }
    if (*error.text)
        state_set(store, STORE_BROKEN, &error);
    store->recheck_ms = store->recheck_ms < RECHECK_MOST_MS / 2 ? store->recheck_ms * 2 : RECHECK_MOST_MS;
    store->retry_ms = monotonic_ms() + store->recheck_ms;
}

/* --- files that were taken away */

/*
 * A file that may be damaged, or not have what it had, is looked through first. That can take minutes: what must be
 * held is refused until then, rather than kept waiting until the MTA gives up. -1, with `why` and `what` in the error.
 */
static int check_first(struct store *store, const struct store_error *why, const char *what,
                       struct store_error *error)
{
    store->untold = true;
    store->recheck_ms = RECHECK_MS;
    store->retry_ms = monotonic_ms(); /* with the next tick */
    store_fail(error, STORE_DAMAGED, "%s: %s, and is checked first", why->text, what);
    return -1;
}

/* Somebody put another file in our file's place, a backup perhaps: it is the store from now on, if it is one. -1. */
static int take_other_file(struct store *store, struct store_error *error)
{
    struct store_error why = *error;
    struct db *old = store->writer_db;
    if (!patient(store) || monotonic_ms() < store->retry_ms || !store_exists(store->url) ||
        !readers_stop(store, READERS_MS))
        return -1;
    /* the log is the old file's, and would be taken for the new one's */
    struct db *fresh = store->driver->save(old, error) == 0 ? store_connect(store, error) : NULL;
    store->retry_ms = monotonic_ms() + RETRY_MS;
    if (fresh) {
        store->driver->abandon(old);
        store->writer_db = fresh;
    }
    readers_go(store);
    if (!fresh) {
        *error = why; /* as long as the old one is open, a copy in /proc/PID/fd can be saved */
        return -1;
    }
    return check_first(store, &why, "another file stands there now", error);
}

static bool is_hopeless(const struct store_error *error)
{
    return error->cause == STORE_DAMAGED; /* what is full or locked is not for ever */
}

/* The log is gone, but open: into the file with all that it holds, then begin anew. 0 = everything committed is safe. */
static int save(struct store *store, struct store_error *error)
{
    struct store_error why = *error, opening = {0}, unread;
    if (!patient(store))
        return -1;
    if (!readers_stop(store, READERS_MS)) {
        store_fail(error, STORE_OTHER, "%s; somebody is reading for long, so it cannot be opened anew",
                   why.text);
        return -1;
    }
    int saved = store->driver->save(store->writer_db, error);
    if (saved >= 0 || is_hopeless(error))
        reopen(store, &opening);
    readers_go(store);
    if (saved < 0 && !is_hopeless(error)) {
        if (state_get(store, &opening) == STORE_WORKS)
            tell_risk(store, "AT RISK should ringerd end now: messages that were acknowledged");
        error->cause = STORE_OTHER; /* however busy the file is: it is not the usual waiting */
        return -1;
    }
    if (store->writer_db && saved != 0)
        return check_first(store, &why, "the store is opened anew with what could be saved", error);
    int missing = store->writer_db ? tell_missing(store, true, &unread) : 0;
    if (saved == 0 && missing == 0)
        state_say(store, STORE_EVENT_TROUBLE, "%s: all that was in it is saved, and the store is opened anew",
                  why.text);
    if (!store->writer_db) {
        store->untold = true;
        state_note(store, &opening);
    }
    if (missing < 0 && unread.cause == STORE_DAMAGED) {
        *error = unread;
        return -1;
    }
    return saved == 0 ? 0 : -1;
}

/* 0 = the connection may be used, and what it committed is where others find it. */
static int look(struct store *store, struct store_error *error)
{
    int seen = store->driver->watch(store->writer_db, error);
    if (seen == 0)
        return 0;
    int result = seen < 0 ? take_other_file(store, error) : save(store, error);
    if (result)
        state_note(store, error);
    return result;
}

int sound_before(struct store *store, struct store_error *error)
{
    struct store_error unread;
    if (state_get(store, error) == STORE_BROKEN)
        return -1;
    if (!store->writer_db && try_open(store, error))
        return -1;
    if (look(store, error))
        return -1;
    if (!store->writer_db && try_open(store, error))
        return -1;
    if (store->untold && tell_missing(store, false, &unread) < 0 && unread.cause == STORE_DAMAGED) {
        *error = unread;
        return -1;
    }
    return 0;
}

int sound_after(struct store *store, struct store_error *error)
{
    if (look(store, error))
        return -1;
    if (!store->writer_db) /* saved, and could not be opened again */
        return 0;
    struct store_error problem;
    int settled = store->driver->settled(store->writer_db, &problem);
    if (settled > 0 && !store->untold)
        state_nothing_at_risk(store);
    if (settled < 0)
        note_failure(store, &problem);
    return 0;
}

/* --- now and then */

/* Does it take a write again? */
static void probe(struct store *store)
{
    struct store_error error;
    struct db *db = store->writer_db;
    struct db_value args[] = {value_text(store->tenant), value_text("probe"), value_int(wall_ms())};
    int failed = db->driver->begin(db, &error) ||
                 db->driver->run(db, SQL_META_PUT, args, 3, NULL, NULL, NULL, &error) ||
                 db->driver->commit(db, &error);
    if (failed)
        db->driver->rollback(db);
    else
        failed = sound_after(store, &error);
    state_note(store, failed ? &error : NULL);
}

void sound_tick(struct store *store)
{
    struct store_error error;
    int64_t now = monotonic_ms();
    enum store_state state = state_get(store, &error);
    if (state == STORE_BROKEN) {
        if (!store->recheck_ms) {
            store->recheck_ms = RECHECK_MS;
            store->retry_ms = now + RECHECK_MS;
        } else if (now >= store->retry_ms) {
            recheck(store);
        }
        return;
    }
    store->recheck_ms = 0;
    if (sound_before(store, &error) == 0 && state == STORE_WAITS)
        probe(store);
    if (store->writer_db && now >= store->reserve_ms) {
        store->driver->reserve(store->writer_db, true);
        store->reserve_ms = now + RESERVE_MS;
    }
}

void sound_end(struct store *store)
{
    if (store->untold)
        tell_risk(
            store,
            "PERHAPS LOST, which could not be looked up before the end: messages that were acknowledged");
}

int store_check(struct store *store, struct store_error *error)
{
    size_t slot;
    struct db *db = reader_take(store, &store->readers, &slot, -1, error);
    if (!db)
        return -1;
    int result = check(store, db, error);
    reader_give(store, &store->readers, slot, db);
    if (result == 1)
        state_note(store, error);
    return result;
}
