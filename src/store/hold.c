/*
 * A message comes into the quarantine. Hashing is done in the caller's thread; what is large goes in by transactions
 * of CHUNK_BYTES, between which others hold theirs, and is nobody's until the last one, which writes its record. What
 * a crash or a full disk leaves half done is swept away later.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

#include "store/decision.h"
#include "store/internal.h"
#include "store/quarantine.h"

enum {
    PIECE_BYTES = 128 * 1024,
    CHUNK_BYTES = 8 * PIECE_BYTES, /* in one transaction: a fraction of a second on a slow disk */
    /* no message takes an hour: its MTA has given up; and the clock may have been set forward by one */
    SWEEP_MS = 2 * 60 * 60 * 1000,
    SWEEP_BATCH = 100, /* the LIMIT of PART_OLD */
    SAME_BYTES = 200   /* the LIMIT of ITEM_SAME */
};

struct hold {
    const struct store_body *body;
    struct arena *arena;
    char *id;
    char hex[BYTES_HEX_SIZE];
    uint64_t size, done; /* bytes; `done` of them are in the store */
    bool begun, again, unlogged;
    int64_t time_ms;
    struct db_value sender;
    struct db_value mail[MAIL_COLUMNS], decision[DECISION_COLUMNS];
    struct db_value *rcpts;
    size_t n_rcpts;
};

/* --- the bytes */

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

/* Piece after piece of [from, to) to `each`. */
static int each_piece(const struct store_body *body, uint64_t from, uint64_t to, struct store_error *error,
                      int (*each)(void *context, uint64_t at, struct span piece), void *context)
{
    size_t most = to - from < PIECE_BYTES ? (size_t)(to - from) : PIECE_BYTES;
    char *piece = mem_resize(NULL, most ? most : 1, 1);
    int failed = 0;
    for (uint64_t at = from; at < to && !failed; at += PIECE_BYTES) {
        size_t n = to - at < PIECE_BYTES ? (size_t)(to - at) : PIECE_BYTES;
        failed = body_read(body, at, piece, n, error) || each(context, at, (struct span){piece, n});
    }
    free(piece);
    return failed ? -1 : 0;
}

static int add_to_hash(void *context, uint64_t at, struct span piece)
{
    return crypto_hash_sha256_update(context, (const unsigned char *)piece.p, piece.n);
}

static int hash_body(struct hold *hold, struct store_error *error)
{
    crypto_hash_sha256_state hash;
    crypto_hash_sha256_init(&hash);
    if (each_piece(hold->body, 0, hold->size, error, add_to_hash, &hash))
        return -1;
    bytes_hash_hex(&hash, hold->hex);
    return 0;
}

/* --- is it here already? */

struct candidates { /* held items of the same bytes and sender */
    char ids[SAME_BYTES][STORE_ID_SIZE];
    size_t n;
};

static int add_candidate(void *context, const struct db_value *c, size_t n_columns)
{
    struct candidates *same = context;
    snprintf(same->ids[same->n++], STORE_ID_SIZE, "%.*s", (int)c[0].s.n, c[0].s.p);
    return same->n == SAME_BYTES;
}

struct compare {
    const struct hold *hold;
    size_t n; /* recipients that are the same, in order */
    bool differs;
};

static int compare_rcpt(void *context, const struct db_value *c, size_t n_columns)
{
    struct compare *compare = context;
    const struct hold *hold = compare->hold;
    bool same = compare->n < hold->n_rcpts && span_eq(c[0].s, hold->rcpts[compare->n].s);
    compare->n += same;
    compare->differs = !same || c[1].i > 0; /* or released already */
    return compare->differs;
}

/* Never by Message-ID, which the sender chooses; what was released or deleted meanwhile is new when it comes again. */
static int find_same(struct store *store, struct db *db, struct hold *hold, struct store_error *error)
{
    struct candidates same = {.n = 0};
    struct db_value args[] = {value_text(store->tenant),
                              value_text(hold->hex),
                              hold->sender,
                              value_int(hold->time_ms - STORE_AGAIN_MS),
                              value_int(hold->time_ms + STORE_AGAIN_MS),
                              value_int(hold->time_ms)};
    if (db->driver->run(db, SQL_ITEM_SAME, args, 6, add_candidate, &same, NULL, error))
        return -1;
    for (size_t i = 0; i < same.n && !hold->again; i++) {
        struct compare compare = {.hold = hold};
        struct db_value item[] = {value_text(store->tenant), value_text(same.ids[i])};
        if (db->driver->run(db, SQL_RCPT_LIST, item, 2, compare_rcpt, &compare, NULL, error))
            return -1;
        hold->again = !compare.differs && compare.n == hold->n_rcpts;
        if (hold->again)
            memcpy(hold->id, same.ids[i], STORE_ID_SIZE);
    }
    return 0;
}

/* --- jobs of the writer */

struct pieces {
    struct store *store;
    struct db *db;
    struct hold *hold;
    struct store_error *error;
};

static int put_piece(void *context, uint64_t at, struct span piece)
{
    struct pieces *p = context;
    struct db_value args[] = {value_text(p->store->tenant), value_text(p->hold->id),
                              value_int((int64_t)(at / PIECE_BYTES)), value_bytes(piece)};
    return p->db->driver->run(p->db, SQL_PIECE_PUT, args, 4, NULL, NULL, NULL, p->error);
}

static int put_pieces(struct store *store, struct db *db, struct hold *hold, uint64_t to,
                      struct store_error *error)
{
    struct pieces pieces = {store, db, hold, error};
    return each_piece(hold->body, hold->done, to, error, put_piece, &pieces);
}

static int id_job(struct store *store, struct db *db, enum statement id, const char *item,
                  uint64_t *changed_r, struct store_error *error)
{
    struct db_value args[] = {value_text(store->tenant), value_text(item)};
    return db->driver->run(db, id, args, 2, NULL, NULL, changed_r, error);
}

/* One chunk of a large message; the first one also says that it is under way. */
static int chunk_job(struct store *store, struct db *db, void *arg, struct store_error *error)
{
    struct hold *hold = arg;
    struct db_value part[] = {value_text(store->tenant), value_text(hold->id), value_int(wall_ms())};
    if (!hold->begun && (find_same(store, db, hold, error) || hold->again))
        return hold->again ? 0 : -1;
    if (!hold->begun && db->driver->run(db, SQL_PART_PUT, part, 3, NULL, NULL, NULL, error))
        return -1;
    return put_pieces(store, db, hold, hold->done + CHUNK_BYTES, error);
}

static int found(void *context, const struct db_value *c, size_t n_columns)
{
    *(bool *)context = true;
    return 0;
}

struct drop {
    const char *id;
    bool held; /* it was kept */
};

/*
 * Whoever gives up a message, or finds it old, may be wrong: its last transaction may be done all the same, and the
 * pieces are then those of held mail.
 */
static int drop_job(struct store *store, struct db *db, void *arg, struct store_error *error)
{
    struct drop *drop = arg;
    struct db_value args[] = {value_text(store->tenant), value_text(drop->id)};
    drop->held = false;
    if (db->driver->run(db, SQL_ITEM_CLAIM_GET, args, 2, found, &drop->held, NULL, error))
        return -1;
    if (drop->held)
        return 0;
    return id_job(store, db, SQL_PIECE_DROP, drop->id, NULL, error) ||
                   id_job(store, db, SQL_PART_DROP, drop->id, NULL, error)
               ? -1
               : 0;
}

/* Its chunks were under way until now: not if somebody swept them away. */
static int end_part(struct store *store, struct db *db, const struct hold *hold, struct store_error *error)
{
    uint64_t changed = 0;
    if (!hold->begun)
        return 0;
    if (id_job(store, db, SQL_PART_DROP, hold->id, &changed, error))
        return -1;
    if (changed)
        return 0;
    store_fail(error, STORE_OTHER, "%s: the message took too long to store", store->url);
    return -1;
}

static int put_rows(struct store *store, struct db *db, struct hold *hold, struct store_error *error)
{
    struct db_value args[2 + MAIL_COLUMNS + 2] = {value_text(store->tenant), value_text(hold->id)};
    for (size_t i = 0; i < hold->n_rcpts; i++) {
        struct db_value rcpt[] = {args[0], args[1], value_int((int64_t)i), hold->rcpts[i]};
        if (db->driver->run(db, SQL_RCPT_PUT, rcpt, 4, NULL, NULL, NULL, error))
            return -1;
    }
    memcpy(args + 2, hold->mail, sizeof(hold->mail));
    args[2 + MAIL_COLUMNS] = value_int((int64_t)hold->size);
    args[3 + MAIL_COLUMNS] = value_text(hold->hex);
    if (db->driver->run(db, SQL_ITEM_PUT, args, 4 + MAIL_COLUMNS, NULL, NULL, NULL, error))
        return -1;
    return hold->unlogged ? 0 : decision_put(db, hold->decision, error);
}

/* The last, or only, transaction: from here on it is held. */
static int record_job(struct store *store, struct db *db, void *arg, struct store_error *error)
{
    struct hold *hold = arg;
    char own[STORE_ID_SIZE];
    memcpy(own, hold->id, sizeof(own));
    if (find_same(store, db, hold, error))
        return -1;
    if (hold->again) /* it came twice at once, and the other one is done */
        return hold->begun ? drop_job(store, db, &(struct drop){.id = own}, error) : 0;
    return end_part(store, db, hold, error) || put_pieces(store, db, hold, hold->size, error) ||
                   put_rows(store, db, hold, error)
               ? -1
               : 0;
}

static int run_jobs(struct store *store, struct hold *hold, struct store_error *error)
{
    while (hold->size - hold->done > CHUNK_BYTES) {
        if (writer_run(store, chunk_job, hold, CHUNK_BYTES, error))
            return -1;
        if (hold->again)
            return 0;
        hold->begun = true;
        hold->done += CHUNK_BYTES;
    }
    return writer_run(store, record_job, hold, hold->size - hold->done, error);
}

static void count(struct store *store, const struct hold *hold)
{
    pthread_mutex_lock(&store->lock);
    store->stats.quarantined += !hold->again;
    store->stats.decisions += !hold->again && !hold->unlogged;
    store->stats.again += hold->again;
    pthread_mutex_unlock(&store->lock);
}

int store_quarantine_put(struct store *store, const struct store_mail *mail, const struct store_body *body,
                         char id_r[STORE_ID_SIZE], struct store_error *error)
{
    struct arena *arena = arena_new();
    struct hold hold = {.body = body, .arena = arena, .id = id_r};
    char own[STORE_ID_SIZE];
    store_new_id(own);
    memcpy(id_r, own, sizeof(own));
    hold.size = body->head.n + (body->fd >= 0 ? body->fd_size : 0);
    hold.time_ms = mail->time_ms ? mail->time_ms : wall_ms();
    hold.sender = value_foreign(arena, mail->sender ? mail->sender : "");
    hold.n_rcpts = mail->n_rcpts;
    hold.unlogged = mail->unlogged;
    hold.rcpts = arena_array(arena, mail->n_rcpts, sizeof(*hold.rcpts));
    for (size_t i = 0; i < mail->n_rcpts; i++)
        hold.rcpts[i] = value_foreign(arena, mail->rcpts[i]);
    mail_values(arena, mail, hold.mail);
    decision_values(store, arena, mail, own, hold.decision);
    int result = hash_body(&hold, error) ? -1 : run_jobs(store, &hold, error);
    if (result == 0) {
        count(store, &hold);
        state_held(store, id_r, mail->queue_id);
    } else if (hold.begun) { /* if this fails, too, it is swept away later */
        struct store_error ignored;
        writer_run(store, drop_job, &(struct drop){.id = own}, 0, &ignored);
    }
    arena_free(&arena);
    return result < 0 ? -1 : hold.again;
}

/* --- what was never finished */

struct sweep {
    char ids[SWEEP_BATCH][STORE_ID_SIZE];
    size_t n;
};

static int add_old(void *context, const struct db_value *c, size_t n_columns)
{
    struct sweep *sweep = context;
    snprintf(sweep->ids[sweep->n++], STORE_ID_SIZE, "%.*s", (int)c[0].s.n, c[0].s.p);
    return sweep->n == SWEEP_BATCH;
}

int store_quarantine_sweep(struct store *store, uint64_t *removed_r, struct store_error *error)
{
    struct sweep sweep = {.n = 0};
    struct db_value args[] = {value_text(store->tenant), value_int(wall_ms() - SWEEP_MS)};
    *removed_r = 0;
    if (reader_query(store, SQL_PART_OLD, args, 2, add_old, &sweep, error))
        return -1;
    for (size_t i = 0; i < sweep.n && !store_leaves(store); i++) {
        struct drop drop = {.id = sweep.ids[i]};
        if (writer_run(store, drop_job, &drop, 0, error))
            return -1;
        *removed_r += !drop.held;
    }
    if (sweep.n)
        writer_tidy(store);
    return 0;
}
