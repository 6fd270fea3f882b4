/*
 * What is old goes: not before somebody could know of it, and not by a clock that may be wrong.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

#include "store/audit.h"
#include "store/internal.h"
#include "store/quarantine.h"
#include "store/retention.h"

enum {
    PURGE_BATCH = 100,              /* the LIMIT of ITEM_OLD */
    PURGE_BYTES = 32 * 1024 * 1024, /* of mail in one transaction: what must be held waits for its end */
    JUMP_MS = 3600 * 1000           /* what is set right by less does no harm */
};

/* --- the clock */

bool clock_is_near(int64_t now_ms, int64_t known_ms)
{
    return llabs((long long)(now_ms - known_ms)) <= 2ll * RETENTION_DAY_MS;
}

void clock_watch_begin(struct clock_watch *watch, int64_t now_ms, int64_t mono_ms, bool near)
{
    *watch = (struct clock_watch){now_ms - mono_ms, mono_ms, near};
}

bool clock_watch_look(struct clock_watch *watch, int64_t now_ms, int64_t mono_ms, bool near)
{
    int64_t offset_ms = now_ms - mono_ms;
    if (llabs((long long)(offset_ms - watch->offset_ms)) > JUMP_MS)
        *watch = (struct clock_watch){offset_ms, mono_ms, false};
    if (near || mono_ms - watch->steady_mono_ms >= RETENTION_DAY_MS)
        watch->believed = true;
    return watch->believed;
}

static int read_number(void *context, const struct db_value *c, size_t n)
{
    *(int64_t *)context = c[0].type == DB_INT ? c[0].i : 0;
    return 0;
}

static int meta(struct store *store, const char *name, int64_t *number_r, struct store_error *error)
{
    struct db_value args[] = {value_text(store->tenant), value_text(name)};
    *number_r = 0;
    return reader_query(store, SQL_META_GET, args, 2, read_number, number_r, error);
}

int store_clock_known(struct store *store, int64_t *believed_ms, int64_t *newest_ms,
                      struct store_error *error)
{
    struct db_value args[] = {value_text(store->tenant)};
    *newest_ms = 0;
    return meta(store, "clock", believed_ms, error) ||
                   reader_query(store, SQL_NEWEST, args, 1, read_number, newest_ms, error)
               ? -1
               : 0;
}

/* Numbers under their names, and a row of audit when there is something to say; in one transaction. */
struct note {
    struct {
        const char *name;
        int64_t number;
    } metas[2];
    size_t n;
    struct audit_row row; /* without `what`: none */
};

static int note_job(struct store *store, struct db *db, void *arg, struct store_error *error)
{
    const struct note *note = arg;
    for (size_t i = 0; i < note->n; i++) {
        struct db_value args[] = {value_text(store->tenant), value_text(note->metas[i].name),
                                  value_int(note->metas[i].number)};
        if (db->driver->run(db, SQL_META_PUT, args, 3, NULL, NULL, NULL, error))
            return -1;
    }
    return note->row.what ? audit_in_job(store, db, &note->row, error) : 0;
}

int store_clock_believe(struct store *store, int64_t now_ms, const char *who, struct store_error *error)
{
    struct arena *arena = arena_new();
    struct note note = {.metas = {{"clock", now_ms}}, .n = 1};
    if (who)
        note.row = (struct audit_row){now_ms, value_foreign(arena, who).s.p, "confirm-clock", NULL, NULL};
    int result = writer_run(store, note_job, &note, 0, error);
    arena_free(&arena);
    return result;
}

/* --- announcing */

int store_purge_notice(struct store *store, struct purge_notice *notice_r, struct store_error *error)
{
    return meta(store, "notice-before", &notice_r->before_ms, error) ||
                   meta(store, "notice-at", &notice_r->at_ms, error)
               ? -1
               : 0;
}

int store_purge_announce(struct store *store, const struct purge_notice *notice, const char *who,
                         uint64_t *unreviewed_r, struct store_error *error)
{
    int64_t n = 0;
    char detail[100];
    struct db_value args[] = {value_text(store->tenant), value_int(notice->before_ms)};
    *unreviewed_r = 0;
    if (reader_query(store, SQL_ITEM_UNREVIEWED, args, 2, read_number, &n, error))
        return -1;
    struct note note = {
        .metas = {{"notice-before", n ? notice->before_ms : 0}, {"notice-at", n ? notice->at_ms : 0}},
        .n = 2};
    snprintf(detail, sizeof(detail), "%lld held messages that nobody released or deleted, from before %lld",
             (long long)n, (long long)notice->before_ms / 1000);
    if (n)
        note.row = (struct audit_row){notice->at_ms, who, "purge-notice", NULL, detail};
    *unreviewed_r = (uint64_t)n;
    return writer_run(store, note_job, &note, 0, error);
}

/* --- purging */

struct old {
    char id[STORE_ID_SIZE];
    bool held;
    int64_t time_ms, score;
};

struct purge {
    int64_t before_ms, held_before_ms, now_ms;
    const char *who;
    struct old items[PURGE_BATCH];
    size_t n;
    int64_t bytes;
    struct quarantine_purged done;
};

static int add_old(void *context, const struct db_value *c, size_t n_columns)
{
    struct purge *purge = context;
    struct old *old = &purge->items[purge->n++];
    snprintf(old->id, sizeof(old->id), "%.*s", (int)c[0].s.n, c[0].s.p);
    old->held = span_eq(c[1].s, span_of("held"));
    old->time_ms = c[2].i;
    old->score = c[3].i;
    purge->bytes += c[4].i;
    return purge->n == PURGE_BATCH || purge->bytes >= PURGE_BYTES;
}

/* No addresses: they are what is to be forgotten. */
static int trace(struct store *store, struct db *db, const struct purge *purge, const struct old *old,
                 struct store_error *error)
{
    char detail[100];
    snprintf(detail, sizeof(detail), "held since %lld, score %lld, never released or deleted",
             (long long)old->time_ms / 1000, (long long)old->score);
    struct audit_row row = {purge->now_ms, purge->who, "purge-unreviewed", old->id, detail};
    return audit_in_job(store, db, &row, error);
}

static int purge_job(struct store *store, struct db *db, void *arg, struct store_error *error)
{
    static const enum statement drops[] = {SQL_PIECE_DROP, SQL_RCPT_DROP, SQL_ITEM_DROP};
    struct purge *purge = arg;
    struct db_value old[] = {value_text(store->tenant), value_int(purge->before_ms), value_int(purge->now_ms),
                             value_int(purge->held_before_ms)};
    purge->n = 0;
    purge->bytes = 0;
    if (db->driver->run(db, SQL_ITEM_OLD, old, 4, add_old, purge, NULL, error))
        return -1;
    for (size_t i = 0; i < purge->n; i++) {
        struct db_value args[] = {value_text(store->tenant), value_text(purge->items[i].id)};
        if (purge->items[i].held && trace(store, db, purge, &purge->items[i], error))
            return -1;
        for (size_t d = 0; d < sizeof(drops) / sizeof(*drops); d++)
            if (db->driver->run(db, drops[d], args, 2, NULL, NULL, NULL, error))
                return -1;
    }
    return 0;
}

/* Removed items are no items any more: one row says how many went and who did it. */
static int purged_job(struct store *store, struct db *db, void *arg, struct store_error *error)
{
    const struct purge *purge = arg;
    char detail[150];
    snprintf(detail, sizeof(detail), "%llu removed, from before %lld; %llu of them were held",
             (unsigned long long)purge->done.removed, (long long)purge->before_ms / 1000,
             (unsigned long long)purge->done.unreviewed);
    struct audit_row row = {purge->now_ms, purge->who, "purge", NULL, detail};
    return audit_in_job(store, db, &row, error);
}

static void count(struct purge *purge)
{
    purge->done.removed += purge->n;
    for (size_t i = 0; i < purge->n; i++)
        purge->done.unreviewed += purge->items[i].held;
}

int store_quarantine_purge(struct store *store, int64_t before_ms, int64_t held_before_ms, const char *who,
                           struct quarantine_purged *purged_r, struct store_error *error)
{
    struct arena *arena = arena_new();
    struct purge purge = {.before_ms = before_ms, .held_before_ms = held_before_ms, .now_ms = wall_ms()};
    int result = 0;
    bool more = true;
    purge.who = value_foreign(arena, who ? who : "?").s.p;
    while (result == 0 && more && !store_leaves(store)) {
        result = writer_free(store, purge_job, &purge, error);
        if (result == 0)
            count(&purge);
        more = purge.n > 0;
    }
    *purged_r = purge.done;
    if (purge.done.removed) {
        struct store_error unwritten;
        if (writer_free(store, purged_job, &purge, result ? &unwritten : error))
            result = -1;
        writer_tidy(store);
    }
    arena_free(&arena);
    return result;
}
