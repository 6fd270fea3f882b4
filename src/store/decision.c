/*
 * Decisions are written down: in the background for mail that passed or was refused, in the transaction of the
 * hold for held mail (hold.c).
 */
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"

#include "store/decision.h"

/* A decision with all its text in one block. */
struct queued_decision {
    struct background item;
    struct db_value values[DECISION_COLUMNS];
    char text[];
};

static void add_rcpts(struct buf *joined, const char *const *rcpts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_printf(joined, "%s%s", joined->n ? "\n" : "", rcpts[i]);
}

/* Recipients in one text, one a line: the log is for reading, not for searching by recipient. */
static char *join_rcpts(struct arena *arena, const struct store_mail *mail)
{
    struct buf joined = {0};
    add_rcpts(&joined, mail->rcpts, mail->n_rcpts);
    add_rcpts(&joined, mail->spared, mail->n_spared);
    char *text = mail->n_rcpts + mail->n_spared ? arena_span(arena, buf_span(&joined)) : NULL;
    buf_free(&joined);
    return text;
}

void decision_values(const struct store *store, struct arena *arena, const struct store_mail *mail,
                     const char *quarantine_id, struct db_value values_r[DECISION_COLUMNS])
{
    char id[STORE_ID_SIZE];
    store_new_id(id);
    values_r[0] = value_text(store->tenant);
    values_r[1] = value_text(arena_strdup(arena, id));
    mail_values(arena, mail, values_r + 2);
    values_r[2 + MAIL_COLUMNS] = value_foreign(arena, join_rcpts(arena, mail));
    values_r[3 + MAIL_COLUMNS] = value_text(quarantine_id);
}

int decision_put(struct db *db, const struct db_value values[DECISION_COLUMNS], struct store_error *error)
{
    return db->driver->run(db, SQL_DECISION_PUT, values, DECISION_COLUMNS, NULL, NULL, NULL, error);
}

static int put_queued(struct store *store, struct db *db, const struct background *item,
                      struct store_error *error)
{
    return decision_put(db, ((const struct queued_decision *)item)->values, error);
}

static struct queued_decision *pack(const struct db_value *values)
{
    size_t size = 0;
    for (size_t i = 0; i < DECISION_COLUMNS; i++)
        size += values[i].s.n;
    struct queued_decision *d = mem_alloc(sizeof(*d) + size);
    d->item = (struct background){.kind = BACKGROUND_DECISION, .bytes = sizeof(*d) + size, .run = put_queued};
    char *out = d->text;
    for (size_t i = 0; i < DECISION_COLUMNS; i++) {
        d->values[i] = values[i];
        if (values[i].s.n)
            memcpy(out, values[i].s.p, values[i].s.n);
        d->values[i].s.p = out;
        out += values[i].s.n;
    }
    return d;
}

void store_decision_put(struct store *store, const struct store_mail *mail)
{
    struct arena *arena = arena_new();
    struct db_value values[DECISION_COLUMNS];
    decision_values(store, arena, mail, NULL, values);
    struct queued_decision *d = pack(values);
    arena_free(&arena);
    if (writer_background(store, &d->item, STORE_DECISIONS_QUEUED))
        return;
    pthread_mutex_lock(&store->lock);
    store->stats.decisions_dropped++;
    pthread_mutex_unlock(&store->lock);
    free(d);
}
