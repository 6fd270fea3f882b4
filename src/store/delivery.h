#ifndef RINGER_STORE_DELIVERY_H
#define RINGER_STORE_DELIVERY_H
#include "store/quarantine.h"

/* One message into an SMTP listener. What was said per recipient is kept. */
struct delivery {
    struct arena *arena;
    const char *url; /* smtp://HOST[:PORT] or smtps:// */
    /* Piece n (0, 1, ...) of the message; 1 behind the last one, -1 = failed, and `error` is set. */
    int (*piece)(void *context, uint64_t n, struct buf *piece_r);
    void *context;
    uint64_t size;      /* of all pieces */
    const char *sender; /* this and `paths` as smtp_path() gives them */
    const char *const *paths;
    struct quarantine_sent **sent; /* for each path: where its reply goes; `accepted` once RCPT said 2xx */
    size_t n;
    const char *head; /* header lines that go before the bytes; NULL: none */
    struct store_error *error;
};

/*
 * Connects and says one command. 0 = there was an answer, in *reply_r its last line; 1 = nobody answered, and `error`
 * says why.
 */
int delivery_ask(const struct delivery *d, const char *command, const char **reply_r);
/*
 * Sends it. 0 = taken for at least one recipient, 1 = for none, -1 = piece() failed; `error` quotes the reply that
 * mattered, or says that it is perhaps delivered: all bytes were out, and the connection ended without an answer.
 */
int delivery_send(const struct delivery *d);

#endif
