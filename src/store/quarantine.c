/*
 * Held mail: look, and take the original bytes out. It comes in by hold.c and goes by release.c. Nothing here
 * reads a whole message into memory: the bytes travel in pieces.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

#include "store/internal.h"
#include "store/quarantine.h"

ENUM_DEFINE(quarantine_state, QUARANTINE_STATE_LIST)

enum { PREFIX_MIN = 4 };

/* Rows of ITEM_LIST and ITEM_GET. */
struct items {
    struct arena *arena;
    struct quarantine_item *v;
    size_t n, cap;
};

static int add_item(void *context, const struct db_value *c, size_t n_columns)
{
    struct items *items = context;
    const struct db_value *more = c + 1 + MAIL_COLUMNS;
    if (items->n == items->cap) {
        size_t cap = items->cap ? items->cap * 2 : 16;
        items->v = arena_grow(items->arena, items->v, items->n, cap, sizeof(*items->v));
        items->cap = cap;
    }
    struct quarantine_item *item = &items->v[items->n++];
    *item = (struct quarantine_item){.state = QUARANTINE_HELD};
    snprintf(item->id, sizeof(item->id), "%.*s", (int)c[0].s.n, c[0].s.p);
    mail_from_values(items->arena, c + 1, &item->mail);
    item->size = (uint64_t)more[0].i;
    item->sha256 = column_text(items->arena, &more[1]);
    const char *state = column_text(items->arena, &more[2]);
    quarantine_state_from_name(state ? state : "", &item->state);
    item->changed_ms = more[3].i;
    item->changed_by = column_text(items->arena, &more[4]);
    item->last_error = column_text(items->arena, &more[5]);
    return 0;
}

struct rcpts {
    struct arena *arena;
    struct quarantine_rcpt *v;
    size_t n;
};

static int add_rcpt(void *context, const struct db_value *c, size_t n_columns)
{
    struct rcpts *rcpts = context;
    if ((rcpts->n & (rcpts->n - 1)) == 0) /* full at every power of two */
        rcpts->v =
            arena_grow(rcpts->arena, rcpts->v, rcpts->n, rcpts->n ? rcpts->n * 2 : 1, sizeof(*rcpts->v));
    rcpts->v[rcpts->n++] = (struct quarantine_rcpt){.address = column_text(rcpts->arena, &c[0]),
                                                    .released_ms = c[1].i,
                                                    .reply = column_text(rcpts->arena, &c[2])};
    return 0;
}

static int load_rcpts(struct store *store, struct arena *arena, struct quarantine_item *item,
                      struct store_error *error)
{
    struct rcpts rcpts = {.arena = arena};
    struct db_value args[] = {value_text(store->tenant), value_text(item->id)};
    if (reader_query(store, SQL_RCPT_LIST, args, 2, add_rcpt, &rcpts, error))
        return -1;
    const char **names = arena_array(arena, rcpts.n, sizeof(*names));
    for (size_t i = 0; i < rcpts.n; i++)
        names[i] = rcpts.v[i].address;
    item->rcpts = rcpts.v;
    item->mail.rcpts = names;
    item->mail.n_rcpts = rcpts.n;
    return 0;
}

/* A LIKE pattern: the address itself, or everything at "@domain". */
static const char *sender_pattern(struct arena *arena, const char *sender)
{
    if (!sender)
        return "%";
    struct buf pattern = {0};
    if (sender[0] == '@')
        buf_addc(&pattern, '%');
    for (const char *p = arena_lower(arena, span_of(sender)); *p; p++) {
        if (*p == '%' || *p == '_' || *p == '\\')
            buf_addc(&pattern, '\\');
        buf_addc(&pattern, *p);
    }
    const char *text = arena_span(arena, buf_span(&pattern));
    buf_free(&pattern);
    return text;
}

int store_quarantine_list(struct store *store, struct arena *arena, const struct quarantine_filter *filter,
                          struct quarantine_list *list_r, struct store_error *error)
{
    struct items items = {.arena = arena};
    struct db_value args[] = {
        value_text(store->tenant),
        value_int(filter->since_ms),
        value_text(quarantine_state_name(filter->state)),
        value_foreign(arena, filter->rcpt ? arena_lower(arena, span_of(filter->rcpt)) : ""),
        value_foreign(arena, sender_pattern(arena, filter->sender)),
        value_int(filter->before_ms ? filter->before_ms : INT64_MAX),
        value_text(filter->before_id ? filter->before_id : ""),
        value_int(filter->limit && filter->limit < INT64_MAX ? (int64_t)filter->limit : INT64_MAX),
    };
    if (reader_query(store, SQL_ITEM_LIST, args, sizeof(args) / sizeof(*args), add_item, &items, error))
        return -1;
    for (size_t i = 0; i < items.n; i++)
        if (load_rcpts(store, arena, &items.v[i], error))
            return -1;
    *list_r = (struct quarantine_list){items.v, items.n};
    return 0;
}

int store_quarantine_get(struct store *store, struct arena *arena, const char *id,
                         struct quarantine_item *item_r, struct store_error *error)
{
    struct items items = {.arena = arena};
    struct db_value args[] = {value_text(store->tenant), value_foreign(arena, id)};
    if (reader_query(store, SQL_ITEM_GET, args, 2, add_item, &items, error))
        return -1;
    if (items.n == 0) {
        store_fail(error, STORE_INVALID, "%s: no such item in the quarantine", id);
        return 1;
    }
    *item_r = items.v[0];
    return load_rcpts(store, arena, item_r, error);
}

struct found {
    char id[STORE_ID_SIZE];
    unsigned n;
};

static int add_found(void *context, const struct db_value *c, size_t n_columns)
{
    struct found *found = context;
    snprintf(found->id, sizeof(found->id), "%.*s", (int)c[0].s.n, c[0].s.p);
    found->n++;
    return 0;
}

int store_quarantine_find(struct store *store, const char *prefix, char id_r[STORE_ID_SIZE],
                          struct store_error *error)
{
    char pattern[STORE_ID_SIZE + 1];
    struct found found = {.n = 0};
    size_t n = strlen(prefix);
    if (n < PREFIX_MIN || n >= STORE_ID_SIZE || strspn(prefix, "0123456789abcdefghjkmnpqrstvwxyz") != n) {
        store_fail(error, STORE_INVALID, "%.40s: no id; give at least its first %d characters", prefix,
                   PREFIX_MIN);
        return 1;
    }
    snprintf(pattern, sizeof(pattern), "%s%%", prefix);
    struct db_value args[] = {value_text(store->tenant), value_text(pattern)};
    if (reader_query(store, SQL_ITEM_FIND, args, 2, add_found, &found, error))
        return -1;
    if (found.n != 1) {
        store_fail(error, STORE_INVALID, "%s: %s", prefix,
                   found.n ? "several ids begin like this; give more of it"
                           : "no such item in the quarantine");
        return 1;
    }
    memcpy(id_r, found.id, STORE_ID_SIZE);
    return 0;
}

struct piece {
    struct buf *buf;
    bool found;
};

static int take_piece(void *context, const struct db_value *c, size_t n_columns)
{
    struct piece *piece = context;
    buf_add_span(piece->buf, c[0].s);
    piece->found = true;
    return 0;
}

int store_quarantine_piece(struct store *store, const char *id, uint64_t n, struct buf *piece_r,
                           struct store_error *error)
{
    struct piece piece = {.buf = piece_r};
    struct db_value args[] = {value_text(store->tenant), value_text(id), value_int((int64_t)n)};
    buf_clear(piece_r);
    if (reader_query(store, SQL_PIECE_GET, args, 3, take_piece, &piece, error))
        return -1;
    return piece.found ? 0 : 1;
}

static int verify(struct store *store, const struct quarantine_item *item, struct store_error *error)
{
    struct buf piece = {0};
    crypto_hash_sha256_state hash;
    char hex[BYTES_HEX_SIZE];
    uint64_t size = 0;
    int got;
    crypto_hash_sha256_init(&hash);
    for (uint64_t n = 0; (got = store_quarantine_piece(store, item->id, n, &piece, error)) == 0; n++) {
        crypto_hash_sha256_update(&hash, (const unsigned char *)piece.p, piece.n);
        size += piece.n;
    }
    buf_free(&piece);
    if (got < 0)
        return -1;
    bytes_hash_hex(&hash, hex);
    if (size == item->size && item->sha256 && strcmp(hex, item->sha256) == 0)
        return 0;
    store_fail(error, STORE_DAMAGED,
               "%s: %s: the stored bytes are not those that were put; the store is damaged", store->url,
               item->id);
    return -1;
}

int store_quarantine_verify(struct store *store, const char *id, struct store_error *error)
{
    struct arena *arena = arena_new();
    struct quarantine_item item;
    int result = store_quarantine_get(store, arena, id, &item, error);
    if (result == 0 && item.state == QUARANTINE_DELETED) {
        store_fail(error, STORE_INVALID, "%s: deleted; its bytes are gone", item.id);
        result = 1;
    }
    if (result == 0)
        result = verify(store, &item, error);
    arena_free(&arena);
    return result;
}
