#ifndef RINGER_STORE_HISTORY_H
#define RINGER_STORE_HISTORY_H
#include "base/arena.h"
#include "store/contact.h"
#include "store/store.h"

/*
 * Who writes to us, to whom we write, in which threads, and which accounts suppliers use: keyed hashes where
 * the plain value is not needed. Returns as in store.h.
 */
struct history_options {
    bool hash_addresses;           /* keep only hashes of local parts */
    unsigned established_messages; /* least number, and one each way, ... */
    int64_t established_ms;        /* ... over that time, for an organisation to be established */
    int64_t learning_ms;           /* as long as history is younger, nobody is new */
    int64_t campaign_ms;           /* messages of a campaign lie no further apart */
    unsigned deadline_ms;          /* for all look-ups of a message */
};
extern const struct history_options history_options_default;
enum { /* messages learned before whom, and which thread, it does not know is new */
       HISTORY_LEAST = 100,
       HISTORY_LEAST_SENT = 20 /* none at all where our own mail goes out another way */
};

/* What it knows; -1: nothing within the deadline. After a failure it is not asked again for HISTORY_PAUSE_MS. */
enum { HISTORY_PAUSE_MS = 1000 };
int history_look(struct store *store, struct arena *arena, const struct history_options *options,
                 const struct contact *contact, struct contact_view *view_r, struct store_error *error);

/* What is learned of a message. */
enum history_learn {
    HISTORY_PEER = 1 << 0,     /* that the peers write, or are written to */
    HISTORY_THREAD = 1 << 1,   /* its Message-ID and who took part */
    HISTORY_ACCOUNTS = 1 << 2, /* the accounts of the payee */
    HISTORY_MARKS = 1 << 3,    /* that it bears the marks of a campaign */
    HISTORY_ARCHIVED = 1 << 4  /* beside HISTORY_PEER: an archive vouches for the peer */
};
/* In the background. Never waits: with HISTORY_QUEUED or STORE_QUEUED_BYTES of them waiting it is dropped and counted. The contact is copied. */
enum { HISTORY_QUEUED = 8192 };
void history_record(struct store *store, const struct history_options *options, const struct contact *contact,
                    unsigned learn);
/* The same for a whole archive: many in one transaction. *known_r: how many had been learned before. */
struct history_item {
    const struct contact *contact;
    unsigned learn;
};
int history_learn(struct store *store, const struct history_options *options,
                  const struct history_item *items, size_t n, size_t *known_r, struct store_error *error);

struct history_peer {
    const char
        *name; /* domain, or address at a free mail provider (with '#' and a hash for the local part) */
    int64_t first_ms, last_ms;
    uint64_t received, sent, people, accounts;
    bool established;
};
/* Each, by name, beginning behind `after` ("" = all); stops when `row` returns non-zero. */
int history_each(struct store *store, const struct history_options *options, const char *after,
                 int (*row)(void *context, const struct history_peer *peer), void *context,
                 struct store_error *error);
/* One, with its people; 1 = not known. */
int history_get(struct store *store, struct arena *arena, const struct history_options *options,
                const char *name, struct history_peer *peer_r, struct contact_strings *people_r,
                struct store_error *error);
/* The organisations that are established, those known longest first. */
int history_established(struct store *store, const struct history_options *options,
                        int (*row)(void *context, const struct history_peer *peer), void *context,
                        struct store_error *error);
/* Forgets an organisation with its accounts, or (an address of ours) a person. *removed_r: rows. */
int history_forget(struct store *store, const char *name, const char *who, uint64_t *removed_r,
                   struct store_error *error);
/* Forgets what was last seen before `before_ms`, and the oldest of what is too much. */
int history_purge(struct store *store, int64_t before_ms, uint64_t *removed_r, struct store_error *error);

struct history_summary {
    int64_t begin_ms; /* 0 = nothing learned yet */
    uint64_t received, sent, peers, threads, accounts;
};
int history_summary(struct store *store, struct history_summary *summary_r, struct store_error *error);

#endif
