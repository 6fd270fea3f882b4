/*
 * What happens to held mail: claim, released, failed, deleted; each with its audit row in the same
 * transaction. A claim is a lease on the row: no lock outlives a process that dies.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

#include "store/audit.h"
#include "store/internal.h"
#include "store/quarantine.h"

struct act {
    const char *id, *who, *token, *why;
    const struct quarantine_sent *sent;
    size_t n_sent;
    int64_t now_ms;
    bool frees;
};

/* Runs it with texts that every database takes: names and servers' replies come from outside. */
static int act_run(struct store *store, store_job_fn fn, struct act *act, struct store_error *error)
{
    struct arena *arena = arena_new();
    struct quarantine_sent *sent = arena_array(arena, act->n_sent, sizeof(*sent));
    for (size_t i = 0; i < act->n_sent; i++) {
        sent[i] = act->sent[i];
        sent[i].address = value_foreign(arena, sent[i].address).s.p;
        sent[i].reply = value_foreign(arena, sent[i].reply).s.p;
    }
    act->sent = sent;
    act->who = value_foreign(arena, act->who ? act->who : "?").s.p;
    act->why = value_foreign(arena, act->why).s.p;
    act->now_ms = wall_ms();
    int result = act->frees ? writer_free(store, fn, act, error) : writer_run(store, fn, act, 0, error);
    arena_free(&arena);
    return result;
}

struct claim_state {
    bool found, held;
    char state[16], changed_by[100], claim_by[100];
    int64_t changed_ms, claim_until_ms;
};

static int read_claim(void *context, const struct db_value *c, size_t n_columns)
{
    struct claim_state *s = context;
    s->found = true;
    s->held = span_eq(c[0].s, span_of("held"));
    snprintf(s->state, sizeof(s->state), "%.*s", (int)c[0].s.n, c[0].s.p);
    snprintf(s->changed_by, sizeof(s->changed_by), "%.*s", (int)c[1].s.n, c[1].s.p ? c[1].s.p : "");
    s->changed_ms = c[2].i;
    snprintf(s->claim_by, sizeof(s->claim_by), "%.*s", (int)c[3].s.n, c[3].s.p ? c[3].s.p : "");
    s->claim_until_ms = c[4].i;
    return 0;
}

static int claim_state(struct store *store, struct db *db, const char *id, struct claim_state *state_r,
                       struct store_error *error)
{
    struct db_value args[] = {value_text(store->tenant), value_text(id)};
    *state_r = (struct claim_state){.found = false};
    return db->driver->run(db, SQL_ITEM_CLAIM_GET, args, 2, read_claim, state_r, NULL, error);
}

/* Why it may not be touched now, in `error`; always 1. */
static int refuse(const struct claim_state *state, const struct act *act, struct store_error *error)
{
    if (!state->found)
        store_fail(error, STORE_INVALID, "%s: no such item in the quarantine", act->id);
    else if (state->claim_until_ms > act->now_ms)
        store_fail(error, STORE_LOCKED, "%s: %s is releasing it just now", act->id, state->claim_by);
    else
        store_fail(error, STORE_INVALID, "%s: already %s by %s", act->id, state->state, state->changed_by);
    return 1;
}

static int claim_job(struct store *store, struct db *db, void *arg, struct store_error *error)
{
    const struct act *act = arg;
    struct claim_state state;
    uint64_t changed = 0;
    struct db_value args[] = {value_text(store->tenant),
                              value_text(act->id),
                              value_text(act->token),
                              value_text(act->who),
                              value_int(act->now_ms + QUARANTINE_CLAIM_MS),
                              value_int(act->now_ms)};
    if (db->driver->run(db, SQL_ITEM_CLAIM, args, 6, NULL, NULL, &changed, error))
        return -1;
    if (changed)
        return 0;
    return claim_state(store, db, act->id, &state, error) ? -1 : refuse(&state, act, error);
}

int store_quarantine_claim_release(struct store *store, const char *id, const char *who,
                                   struct quarantine_claim *claim_r, struct store_error *error)
{
    struct act act = {.id = claim_r->id, .who = who, .token = claim_r->token};
    snprintf(claim_r->id, sizeof(claim_r->id), "%s", id);
    store_new_id(claim_r->token);
    return act_run(store, claim_job, &act, error);
}

static int unclaim(struct store *store, struct db *db, const struct act *act, const char *last_error,
                   struct store_error *error)
{
    struct db_value args[] = {value_text(store->tenant), value_text(act->id), value_text(act->token),
                              value_text(last_error)};
    return db->driver->run(db, SQL_ITEM_UNCLAIM, args, 4, NULL, NULL, NULL, error);
}

static int set_state(struct store *store, struct db *db, const struct act *act, const char *state,
                     struct store_error *error)
{
    struct db_value args[] = {value_text(store->tenant), value_text(act->id), value_text(state),
                              value_int(act->now_ms), value_text(act->who)};
    return db->driver->run(db, SQL_ITEM_STATE, args, 5, NULL, NULL, NULL, error);
}

static int audit(struct store *store, struct db *db, const struct act *act, const char *what,
                 const char *detail, struct store_error *error)
{
    struct audit_row row = {act->now_ms, act->who, what, act->id, detail};
    return audit_in_job(store, db, &row, error);
}

static int read_count(void *context, const struct db_value *c, size_t n_columns)
{
    *(int64_t *)context = c[0].i;
    return 0;
}

static int mark_rcpts(struct store *store, struct db *db, const struct act *act, struct store_error *error)
{
    for (size_t i = 0; i < act->n_sent; i++) {
        const struct quarantine_sent *sent = &act->sent[i];
        struct db_value args[] = {value_text(store->tenant), value_text(act->id), value_text(sent->address),
                                  value_int(sent->accepted ? act->now_ms : 0), value_text(sent->reply)};
        if (db->driver->run(db, SQL_RCPT_SENT, args, 5, NULL, NULL, NULL, error))
            return -1;
    }
    return 0;
}

/* "a@x: 250 ok; b@y: 550 no" */
static const char *describe(struct arena *arena, const struct act *act, bool accepted)
{
    struct buf text = {0};
    for (size_t i = 0; i < act->n_sent; i++)
        if (act->sent[i].accepted == accepted)
            buf_printf(&text, "%s%s: %s", text.n ? "; " : "", act->sent[i].address,
                       act->sent[i].reply ? act->sent[i].reply : "-");
    const char *copy = text.n ? arena_span(arena, buf_span(&text)) : NULL;
    buf_free(&text);
    return copy;
}

/*
 * The mail is out: this is recorded whoever holds the claim now. The claim's token only decides whether the
 * claim is taken away.
 */
static int released_job(struct store *store, struct db *db, void *arg, struct store_error *error)
{
    const struct act *act = arg;
    struct arena *arena = arena_new();
    const char *sent = describe(arena, act, true), *refused = describe(arena, act, false);
    struct db_value args[] = {value_text(store->tenant), value_text(act->id)};
    int64_t left = 0;
    int failed = mark_rcpts(store, db, act, error) || unclaim(store, db, act, refused, error) ||
                 db->driver->run(db, SQL_RCPT_LEFT, args, 2, read_count, &left, NULL, error) ||
                 (left == 0 && set_state(store, db, act, "released", error)) ||
                 (sent && audit(store, db, act, "release", sent, error)) ||
                 (refused && audit(store, db, act, "release-failed", refused, error));
    arena_free(&arena);
    return failed ? -1 : 0;
}

int store_quarantine_mark_released(struct store *store, const struct quarantine_claim *claim, const char *who,
                                   const struct quarantine_sent *sent, size_t n_sent,
                                   struct store_error *error)
{
    struct act act = {.id = claim->id, .who = who, .token = claim->token, .sent = sent, .n_sent = n_sent};
    return act_run(store, released_job, &act, error);
}

static int failed_job(struct store *store, struct db *db, void *arg, struct store_error *error)
{
    const struct act *act = arg;
    return unclaim(store, db, act, act->why, error) ||
                   audit(store, db, act, "release-failed", act->why, error)
               ? -1
               : 0;
}

int store_quarantine_mark_release_failed(struct store *store, const struct quarantine_claim *claim,
                                         const char *who, const char *why, struct store_error *error)
{
    struct act act = {.id = claim->id, .who = who, .token = claim->token, .why = why};
    return act_run(store, failed_job, &act, error);
}

static int delete_job(struct store *store, struct db *db, void *arg, struct store_error *error)
{
    const struct act *act = arg;
    struct claim_state state;
    struct db_value args[] = {value_text(store->tenant), value_text(act->id)};
    if (claim_state(store, db, act->id, &state, error))
        return -1;
    if (!state.found || state.claim_until_ms > act->now_ms || strcmp(state.state, "deleted") == 0)
        return refuse(&state, act, error);
    return db->driver->run(db, SQL_PIECE_DROP, args, 2, NULL, NULL, NULL, error) ||
                   set_state(store, db, act, "deleted", error) ||
                   audit(store, db, act, "delete", state.held ? "was held" : "was released", error)
               ? -1
               : 0;
}

int store_quarantine_delete(struct store *store, const char *id, const char *who, struct store_error *error)
{
    struct act act = {.id = id, .who = who, .frees = true};
    int result = act_run(store, delete_job, &act, error);
    if (result == 0)
        writer_tidy(store);
    return result;
}
