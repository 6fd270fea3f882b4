/*
 * Held mail: put, look, take the original bytes out, delete, purge. Release is in release.c. Nothing here
 * reads a whole message into memory: the bytes travel in pieces of PIECE_BYTES.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sodium.h>

#include "base/mem.h"

#include "store/internal.h"
#include "store/quarantine.h"

ENUM_DEFINE(quarantine_state, QUARANTINE_STATE_LIST)

enum { PIECE_BYTES = 128 * 1024, PREFIX_MIN = 4 };

struct put {
    const struct store_mail *mail;
    const struct store_body *body;
    const char *id;
    struct db_value *values; /* of MAIL */
    struct db_value *rcpts;
};

static uint64_t body_size(const struct store_body *body)
{
    return body->head.n + (body->fd >= 0 ? body->fd_size : 0);
}

/* Bytes [offset, offset + n) of the body; it must have that many. */
static int body_read(const struct store_body *body, uint64_t offset, char *out, size_t n,
                     struct store_error *error)
{
    if (offset < body->head.n) {
        size_t take = body->head.n - offset < n ? body->head.n - (size_t)offset : n;
        memcpy(out, body->head.p + offset, take);
        out += take;
        n -= take;
        offset += take;
    }
    off_t at = body->fd_offset + (off_t)(offset - body->head.n);
    while (n > 0) {
        ssize_t got = pread(body->fd, out, n, at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            store_fail(error, STORE_INVALID, "the spooled message cannot be read: %s",
                       got < 0 ? strerror(errno) : "it is shorter than it was");
            return -1;
        }
        out += got;
        at += got;
        n -= (size_t)got;
    }
    return 0;
}

static void hash_final(crypto_hash_sha256_state *hash, char hex_r[crypto_hash_sha256_BYTES * 2 + 1])
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_final(hash, digest);
    sodium_bin2hex(hex_r, crypto_hash_sha256_BYTES * 2 + 1, digest, sizeof(digest));
}

static int put_pieces(struct store *store, struct db *db, const struct put *put, char *hex_r,
                      struct store_error *error)
{
    uint64_t size = body_size(put->body);
    char *piece = mem_resize(NULL, size < PIECE_BYTES ? (size_t)size : PIECE_BYTES, 1);
    crypto_hash_sha256_state hash;
    int failed = 0;
    crypto_hash_sha256_init(&hash);
    for (uint64_t n = 0; n * PIECE_BYTES < size && !failed; n++) {
        uint64_t left = size - n * PIECE_BYTES;
        size_t take = left < PIECE_BYTES ? (size_t)left : PIECE_BYTES;
        failed = body_read(put->body, n * PIECE_BYTES, piece, take, error);
        if (failed)
            break;
        crypto_hash_sha256_update(&hash, (const unsigned char *)piece, take);
        struct db_value args[] = {value_text(store->tenant), value_text(put->id), value_int((int64_t)n),
                                  value_bytes((struct span){piece, take})};
        failed = db->driver->run(db, SQL_PIECE_PUT, args, 4, NULL, NULL, NULL, error);
    }
    hash_final(&hash, hex_r);
    free(piece);
    return failed;
}

static int put_job(struct store *store, struct db *db, void *arg, struct store_error *error)
{
    const struct put *put = arg;
    char hex[crypto_hash_sha256_BYTES * 2 + 1];
    struct db_value args[2 + MAIL_COLUMNS + 2] = {value_text(store->tenant), value_text(put->id)};
    if (put_pieces(store, db, put, hex, error))
        return -1;
    for (size_t i = 0; i < put->mail->n_rcpts; i++) {
        struct db_value rcpt[] = {args[0], args[1], value_int((int64_t)i), put->rcpts[i]};
        if (db->driver->run(db, SQL_RCPT_PUT, rcpt, 4, NULL, NULL, NULL, error))
            return -1;
    }
    memcpy(args + 2, put->values, sizeof(*args) * MAIL_COLUMNS);
    args[2 + MAIL_COLUMNS] = value_int((int64_t)body_size(put->body));
    args[3 + MAIL_COLUMNS] = value_text(hex);
    return db->driver->run(db, SQL_ITEM_PUT, args, 4 + MAIL_COLUMNS, NULL, NULL, NULL, error);
}

int store_quarantine_put(struct store *store, const struct store_mail *mail, const struct store_body *body,
                         char id_r[STORE_ID_SIZE], struct store_error *error)
{
    struct arena *arena = arena_new();
    struct db_value values[MAIL_COLUMNS];
    struct put put = {.mail = mail, .body = body, .id = id_r, .values = values};
    store_new_id(id_r);
    mail_values(arena, mail, values);
    put.rcpts = arena_array(arena, mail->n_rcpts, sizeof(*put.rcpts));
    for (size_t i = 0; i < mail->n_rcpts; i++)
        put.rcpts[i] = value_foreign(arena, mail->rcpts[i]);
    int result = writer_run(store, put_job, &put, body_size(body), error);
    arena_free(&arena);
    if (result == 0) {
        pthread_mutex_lock(&store->lock);
        store->stats.quarantined++;
        pthread_mutex_unlock(&store->lock);
    }
    return result;
}

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

static const char *lower(struct arena *arena, const char *s)
{
    char *copy = arena_strdup(arena, s);
    for (char *p = copy; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    return copy;
}

/* A LIKE pattern: the address itself, or everything at "@domain". */
static const char *sender_pattern(struct arena *arena, const char *sender)
{
    if (!sender)
        return "%";
    struct buf pattern = {0};
    if (sender[0] == '@')
        buf_addc(&pattern, '%');
    for (const char *p = lower(arena, sender); *p; p++) {
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
        value_foreign(arena, filter->rcpt ? lower(arena, filter->rcpt) : ""),
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
    char hex[crypto_hash_sha256_BYTES * 2 + 1];
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
    hash_final(&hash, hex);
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
