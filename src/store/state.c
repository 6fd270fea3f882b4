/*
 * How a patient store does, and which messages are at risk should it come to harm: those that were acknowledged since
 * all was last seen in the file itself. What happens is told at once.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

#include "store/internal.h"

void state_tell(struct store *store, enum store_event event, const char *text)
{
    pthread_mutex_lock(&store->lock);
    store_event_fn fn = store->tell;
    pthread_mutex_unlock(&store->lock);
    if (fn)
        fn(event, text);
}

void state_say(struct store *store, enum store_event event, const char *fmt, ...)
{
    char text[sizeof(((struct store_error *)NULL)->text) + 200];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    state_tell(store, event, text);
}

/* --- the state */

enum store_state state_get(struct store *store, struct store_error *why_r)
{
    pthread_mutex_lock(&store->lock);
    enum store_state state = store->stats.state;
    *why_r = store->stats.why;
    pthread_mutex_unlock(&store->lock);
    return state;
}

/* With the lock held; true when that is news. */
static bool change(struct store *store, enum store_state state, const struct store_error *why)
{
    bool news = state != store->stats.state;
    if (news)
        store->stats.since_ms = wall_ms();
    store->stats.state = state;
    store->stats.why = why ? *why : (struct store_error){.text = ""};
    return news;
}

static void tell_change(struct store *store, enum store_state state, const struct store_error *why)
{
    if (state == STORE_WORKS)
        state_say(store, STORE_EVENT_MENDED, "the store works again: mail is held");
    else
        state_say(store, STORE_EVENT_TROUBLE,
                  "%s; mail that must be held is refused for now (on-error: store)%s", why->text,
                  state == STORE_BROKEN ? " until a check finds it whole" : "");
}

void state_set(struct store *store, enum store_state state, const struct store_error *why)
{
    pthread_mutex_lock(&store->lock);
    bool news = change(store, state, why);
    pthread_mutex_unlock(&store->lock);
    if (news)
        tell_change(store, state, why);
}

/* What an error, or its absence, makes of the state: a broken store only a check mends. */
static enum store_state after(enum store_state state, const struct store_error *error)
{
    if (error && error->cause == STORE_DAMAGED)
        return STORE_BROKEN;
    if (state == STORE_BROKEN || (error && (error->cause == STORE_LOCKED ||
                                            error->cause == STORE_INVALID))) /* no fault of the store's */
        return state;
    return error ? STORE_WAITS : STORE_WORKS;
}

/* In one step: what another thread finds in between, that the store is broken, must not be forgotten. */
void state_note(struct store *store, const struct store_error *error)
{
    if (!(store->flags & STORE_PATIENT))
        return;
    pthread_mutex_lock(&store->lock);
    enum store_state before = store->stats.state, state = after(before, error);
    bool same = state == before && (state != STORE_WAITS || !error || error->cause == STORE_LOCKED ||
                                    error->cause == STORE_INVALID);
    bool news = !same && change(store, state, error);
    pthread_mutex_unlock(&store->lock);
    if (news)
        tell_change(store, state, error);
}

/* --- messages at risk */

void state_held(struct store *store, const char *id, const char *queue_id)
{
    pthread_mutex_lock(&store->lock);
    if (store->n_risk < STORE_RISK_MOST) {
        struct store_risk *risk = &store->risk[store->n_risk];
        snprintf(risk->id, sizeof(risk->id), "%s", id);
        snprintf(risk->queue_id, sizeof(risk->queue_id), "%s", queue_id ? queue_id : "-");
    }
    store->n_risk++;
    pthread_mutex_unlock(&store->lock);
}

void state_nothing_at_risk(struct store *store)
{
    pthread_mutex_lock(&store->lock);
    store->n_risk = 0;
    pthread_mutex_unlock(&store->lock);
}

size_t state_risk(struct store *store, struct store_risk **risk_r, size_t *more_r)
{
    pthread_mutex_lock(&store->lock);
    size_t n = store->n_risk < STORE_RISK_MOST ? store->n_risk : STORE_RISK_MOST;
    *more_r = store->n_risk - n;
    *risk_r = mem_array(n + 1, sizeof(**risk_r));
    memcpy(*risk_r, store->risk, n * sizeof(**risk_r));
    pthread_mutex_unlock(&store->lock);
    return n;
}
