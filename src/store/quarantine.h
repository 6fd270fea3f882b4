#ifndef RINGER_STORE_QUARANTINE_H
#define RINGER_STORE_QUARANTINE_H
#include <stdbool.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/enumname.h"
#include "store/store.h"

/*
 * Held mail, for those who look after it. 0 = done, 1 = no such item or not in that state,
 * -1 = the store failed. Results live in `arena`.
 */
#define QUARANTINE_STATE_LIST(X)                                                                             \
    X(QUARANTINE_HELD, "held")                                                                               \
    X(QUARANTINE_RELEASED, "released")                                                                       \
    X(QUARANTINE_DELETED, "deleted") /* the bytes are gone, the record stays until it is purged */           \
    X(QUARANTINE_ALL, "all")         /* in filters only */
ENUM_DECLARE(quarantine_state, QUARANTINE_STATE_LIST)

struct quarantine_rcpt {
    const char *address;
    int64_t released_ms; /* 0: still held */
    const char *reply;   /* the server's last reply; NULL: never tried */
};

struct quarantine_item {
    char id[STORE_ID_SIZE];
    enum quarantine_state state;
    struct store_mail mail; /* rcpts: all that were held */
    const struct quarantine_rcpt *rcpts;
    uint64_t size;
    const char *sha256;     /* of the original bytes, hexadecimal */
    int64_t changed_ms;     /* last change of the state; 0: none */
    const char *changed_by; /* NULL: nobody yet */
    const char *last_error; /* of the last release that failed; NULL: none */
};

struct quarantine_filter {
    enum quarantine_state state;
    int64_t since_ms;   /* 0: from the beginning */
    const char *rcpt;   /* exact address, ASCII case ignored; NULL: any */
    const char *sender; /* envelope sender, or "@domain"; NULL: any */
    size_t limit;       /* 0: no limit */
    int64_t before_ms;  /* paging: go on behind the last item of the previous page; 0: first page */
    const char *before_id;
};

struct quarantine_list {
    const struct quarantine_item *v; /* newest first */
    size_t n;
};

int store_quarantine_list(struct store *store, struct arena *arena, const struct quarantine_filter *filter,
                          struct quarantine_list *list_r, struct store_error *error);
int store_quarantine_get(struct store *store, struct arena *arena, const char *id,
                         struct quarantine_item *item_r, struct store_error *error);
/* The full id of the one item whose id begins with `prefix` (4 and more characters); 1: none or several. */
int store_quarantine_find(struct store *store, const char *prefix, char id_r[STORE_ID_SIZE],
                          struct store_error *error);
/* Piece n (0, 1, ...) of the original bytes; 1 behind the last one. Holds no lock between pieces. */
int store_quarantine_piece(struct store *store, const char *id, uint64_t n, struct buf *piece_r,
                           struct store_error *error);
/* Reads everything and compares size and SHA-256 with what was put: 0 = the bytes are the original ones. */
int store_quarantine_verify(struct store *store, const char *id, struct store_error *error);

/*
 * Release, so that two people at once do not send twice: claim, send, say how it went. A claim ends by
 * itself after QUARANTINE_CLAIM_MS, should its owner die. 1 = not held any more, or claimed by another
 * (the text in `error` says which).
 */
enum { QUARANTINE_CLAIM_MS = 15 * 60 * 1000 };
struct quarantine_claim {
    char id[STORE_ID_SIZE], token[STORE_ID_SIZE];
};
struct quarantine_sent {
    const char *address;
    bool accepted;     /* the server said 2xx to this recipient and to the end of the data */
    const char *reply; /* its words */
};
int store_quarantine_claim_release(struct store *store, const char *id, const char *who,
                                   struct quarantine_claim *claim_r, struct store_error *error);
/* Accepted recipients are released; the item is, once none is left. Others stay held with their reply. */
int store_quarantine_mark_released(struct store *store, const struct quarantine_claim *claim, const char *who,
                                   const struct quarantine_sent *sent, size_t n_sent,
                                   struct store_error *error);
/* Nothing was delivered: the item stays held, the reason is kept and shown. */
int store_quarantine_mark_release_failed(struct store *store, const struct quarantine_claim *claim,
                                         const char *who, const char *why, struct store_error *error);

/* Drops the bytes of a held or released item, keeps the record. */
int store_quarantine_delete(struct store *store, const char *id, const char *who, struct store_error *error);
/*
 * Removes items and their records, in small transactions: what was released or deleted, when it came before
 * `before_ms`; what nobody did anything about, when it came before `held_before_ms`, and each of these leaves a row in
 * the audit trail. A summary does, too.
 */
struct quarantine_purged {
    uint64_t removed, unreviewed; /* `unreviewed` of them were still held */
};
int store_quarantine_purge(struct store *store, int64_t before_ms, int64_t held_before_ms, const char *who,
                           struct quarantine_purged *purged_r, struct store_error *error);
/* Drops what came of large messages whose last part never did: its MTA has been told to try again. */
int store_quarantine_sweep(struct store *store, uint64_t *removed_r, struct store_error *error);

#endif
