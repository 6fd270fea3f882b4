#ifndef RINGER_STORE_STORE_H
#define RINGER_STORE_STORE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/span.h"

/*
 * What Ringer must remember: held mail, decisions, who did what. One handle serves any number of threads.
 * This is the daemon's side; quarantine.h and records.h are the side of those who look after it.
 * Functions return 0 when done (writes: after the commit is on disk) and -1 with a text in `error`.
 */
enum store_cause { STORE_OTHER, STORE_LOCKED, STORE_FULL, STORE_READ_ONLY, STORE_DAMAGED, STORE_INVALID };

struct store_error {
    enum store_cause cause;
    char text[400]; /* names the store, says what to do */
};

enum { STORE_ID_SIZE = 27 }; /* 128 random bits in Crockford's base 32, lower case, and the NUL */
enum store_flags {
    STORE_CREATE = 1 << 0,
    STORE_RDONLY = 1 << 1,
    STORE_PATIENT = 1 << 2 /* for who stays: what is wrong is mended when it can be, and watched for */
};

/*
 * url is "sqlite:PATH". NULL on error. Without STORE_CREATE a store that is not there is an error. With STORE_PATIENT
 * there is a store even when it cannot be opened yet (the text in `error`, else empty, says why): until it is, it
 * fails whatever it is asked.
 */
struct store;
struct store *store_open(const char *url, unsigned flags, struct store_error *error);
/* False when there is certainly none at `url`; what is wrong with one that is there, store_open() tells. */
bool store_exists(const char *url);
/* Writes what is still queued, then frees; what cannot be written is told as an event. Accepts NULL; sets it to NULL. */
void store_close(struct store **store);

/* The original bytes: a part in memory, then a part of a spooled file (fd < 0: none; pread is used). */
struct store_body {
    struct span head;
    int fd;
    off_t fd_offset;
    uint64_t fd_size;
};

/* What was judged; for held mail and for decisions. Any string may be NULL (not known). Strings are copied. */
struct store_mail {
    int64_t time_ms;      /* UTC, milliseconds since the epoch; 0 = now */
    const char *queue_id; /* the MTA's */
    const char *client_ip;
    const char *helo;
    const char *sender;       /* envelope sender without <>; "" is the null sender */
    const char *const *rcpts; /* held mail: the held ones only */
    size_t n_rcpts;
    const char *const *spared; /* of held mail: those it was not held for; the decision names them, too */
    size_t n_spared;
    bool unlogged;    /* held mail without a row in the log of decisions: our own tests */
    const char *from; /* the From header as a reader sees it, decoded */
    const char *from_domain;
    const char *subject;    /* decoded */
    const char *message_id; /* without <> */
    const char *action;     /* what was done: "pass", "tag", "quarantine", "reject", "tempfail" */
    const char *verdict;    /* what enforce mode would have done, in the same words; NULL: as action */
    int score;
    const char *axes;   /* "identity,request" */
    const char *reason; /* in words, for a clerk */
    /* JSON array, highest score first: [{"id","title","axis","score","why"}] */
    const char *rules_json;
    /* JSON array: [{"where":"From","domain","target","relation","score","why","differs"}] (struct
     * lookalike_finding; `differs` with its U+0002 and U+0003 marks) */
    const char *lookalikes_json;
    const char *facts_json; /* JSON object */
};

/*
 * Holds a message: its bytes, its record and its row in the log of decisions, all or nothing. 0 only once they are
 * durable: then the MTA may be answered. 1: the same bytes from the same sender to the same recipients came within
 * the last STORE_AGAIN_MS and are held still: its answer did not reach the MTA, which tried again; nothing is
 * added. The id, new or of what is held already, goes to id_r.
 */
enum { STORE_AGAIN_MS = 30 * 60 * 1000 };
int store_quarantine_put(struct store *store, const struct store_mail *mail, const struct store_body *body,
                         char id_r[STORE_ID_SIZE], struct store_error *error);

/*
 * One row for a decision that holds nothing, written in the background. Never waits for the disk: with
 * STORE_DECISIONS_QUEUED or STORE_QUEUED_BYTES of them waiting the row is dropped and counted. For mail that passes leave subject, from and rcpts
 * NULL unless the configuration asks for them.
 */
enum { STORE_DECISIONS_QUEUED = 8192, STORE_QUEUED_BYTES = 32 * 1024 * 1024 };
void store_decision_put(struct store *store, const struct store_mail *mail);

/* How a patient store does. */
enum store_state {
    STORE_WORKS,
    STORE_WAITS, /* it cannot be opened or written: full, read-only, taken away; tried again each second */
    STORE_BROKEN /* it is damaged, or may be: nothing is written until a check finds it whole */
};
const char *store_state_name(enum store_state state); /* "good", "waiting", "damaged" */
/* Reads all of it; slow. 0 = sound, 1 = damaged (a patient store takes nothing from now on), -1 = not known. */
int store_check(struct store *store, struct store_error *error);
/* The store will be closed: a check that runs ends at once, and a purge behind its batch. */
void store_leave_soon(struct store *store);

/* What a patient store has to say at once: its own threads call it, never two at a time for one event. */
enum store_event {
    STORE_EVENT_TROUBLE,
    STORE_EVENT_LOSS, /* mail that was acknowledged is gone or in danger */
    STORE_EVENT_MENDED
};
typedef void (*store_event_fn)(enum store_event event, const char *text);
void store_on_event(struct store *store, store_event_fn tell);

struct store_stats {
    uint64_t quarantined, again; /* `again`: what was held already */
    uint64_t decisions, decisions_dropped, learned, learned_dropped, commits, failures;
    uint64_t waiting;              /* rows in the background */
    struct store_error last_error; /* of whatever failed last; empty text: nothing */
    enum store_state state;
    struct store_error why; /* it does not work; empty text: it does */
    int64_t since_ms;       /* of the state; 0: from the start */
};
void store_stats(struct store *store, struct store_stats *stats_r);

#endif
