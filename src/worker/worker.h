#ifndef RINGER_WORKER_WORKER_H
#define RINGER_WORKER_WORKER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/enumname.h"
#include "base/span.h"

/*
 * What may crash or hang on hostile input is done by `ringer-worker` processes: a pool of them, one request
 * at a time each, killed at the deadline and started again. Thread-safe: any number of threads may call; they
 * do the I/O themselves. Workers start with the first request. Nothing here fails loudly: a worker that is
 * missing, dies or hangs is a status, and the mail goes on.
 */
struct worker_pool;

enum worker_service { WORKER_EXTRACT, WORKER_SPF };

/* A line for the log, about workers or about what they ask; called from any thread, at most a few times a minute. */
enum worker_log_level { WORKER_LOG_ERROR, WORKER_LOG_WARNING, WORKER_LOG_NOTICE };
typedef void worker_log(enum worker_log_level level, const char *line);

struct worker_options { /* zero or NULL: the default */
    enum worker_service service;
    const char *resolvers; /* SPF: DNS servers "IP[@PORT]", blank between; "": those of /etc/resolv.conf */
    const char *path;      /* the program; default: beside the calling program, else PKGLIBEXECDIR */
    unsigned
        processes; /* 3; at most WORKER_PROCESSES_MAX; of several, slow documents leave one for the rest */
    unsigned deadline_ms;   /* 4000: waiting for a free worker and the work, together */
    size_t memory_bytes;    /* 256 MiB address space of each process */
    size_t input_bytes;     /* 32 MiB: larger attachments are TOO_BIG unseen */
    size_t output_bytes;    /* 1 MiB of text; what is behind it is cut off and `truncated` says so */
    bool allow_unsandboxed; /* start even where the kernel offers no seccomp; default: UNAVAILABLE */
    worker_log *log;        /* NULL: nothing is said */
};
enum { WORKER_PROCESSES_MAX = 64 };

#define WORKER_STATUS_LIST(X)                                                                                \
    X(WORKER_OK, "ok")                                                                                       \
    X(WORKER_ENCRYPTED, "encrypted")     /* needs a password */                                              \
    X(WORKER_BROKEN, "broken")           /* claims a format that it does not keep to */                      \
    X(WORKER_TOO_BIG, "too_big")         /* too large, or a bomb: would unpack beyond the limits */          \
    X(WORKER_TIMEOUT, "timeout")         /* not done at the deadline; text so far may be there */            \
    X(WORKER_DIED, "died")               /* the worker crashed or was killed */                              \
    X(WORKER_UNSUPPORTED, "unsupported") /* no format that we take text from */                              \
    X(WORKER_UNAVAILABLE, "unavailable") /* no worker could be had in time */                                \
    X(WORKER_NO_READER, "no_reader")     /* what would read it (pictures) is not installed */
ENUM_DECLARE(worker_status, WORKER_STATUS_LIST)
enum { WORKER_STATUSES = WORKER_NO_READER + 1 };

struct worker_text {
    enum worker_status status;
    struct span
        text; /* valid UTF-8, paragraphs "\n\n", table cells "\t"; in the arena; may be partial unless OK */
    bool truncated;     /* there is more than `text` holds */
    unsigned pages;     /* PDF pages, sheets, slides seen; 0 when unknown */
    unsigned cpu_ms;    /* processor time that it took; not known, the time that went by */
    const char *detail; /* why not OK, for logs; "" when there is nothing to say */
};

struct worker_stats {
    uint64_t requests, by_status[WORKER_STATUSES];
    uint64_t started, start_failures, killed; /* worker processes */
    unsigned processes, running, busy;        /* now */
    bool shut_in, files_shut_in;              /* the last that started: by seccomp, by Landlock */
    char last_error[500];                     /* why a worker last failed to start; "" */
};

/* The program where no path is given: beside the calling one, else PKGLIBEXECDIR. To be freed. */
char *worker_find(void);
/* Checks the options only, starts nothing. NULL with a text in *error_r (to be freed) for options out of bounds. */
struct worker_pool *worker_pool_new(const struct worker_options *options, char **error_r);
/* Kills and reaps all workers. No call may be under way. Accepts NULL, sets it to NULL. */
void worker_pool_free(struct worker_pool **pool);
void worker_pool_stats(struct worker_pool *pool, struct worker_stats *stats_r);

/* Monotonic milliseconds at which a request that starts now must be done: for several attachments of one mail. */
int64_t worker_deadline(const struct worker_pool *pool);
/*
 * Takes the text out of one attachment. `sniffed` is message_attachment.sniffed ("" when unknown: then it is
 * told by the bytes and the file name). `deadline` as by worker_deadline(), 0 = from now. NULL pool: UNAVAILABLE.
 */
enum worker_status worker_extract(struct worker_pool *pool, struct arena *arena, int64_t deadline,
                                  const char *sniffed, const char *filename, struct span bytes,
                                  struct worker_text *out_r);
/*
 * The same with candidates for the password of an archive, one a line, at most 2048 bytes; and with a limit of the
 * processor time of all processes together (0 = none but the deadline): TIMEOUT then, with the text so far.
 */
enum worker_status worker_extract_with(struct worker_pool *pool, struct arena *arena, int64_t deadline,
                                       const char *sniffed, const char *filename, struct span passwords,
                                       unsigned cpu_ms, struct span bytes, struct worker_text *out_r);
/*
 * What a picture (PNG, JPEG) or the first pages of a PDF show beside their text. LOOK_CODES: the texts of QR
 * codes, line ends as they are, an empty line behind each; LOOK_WORDS: by tesseract. NO_READER where that is not installed.
 */
enum worker_look { LOOK_NONE, LOOK_CODES, LOOK_WORDS };
enum worker_status worker_look(struct worker_pool *pool, struct arena *arena, int64_t deadline,
                               enum worker_look look, struct span bytes, struct worker_text *out_r);
bool worker_looks(struct span bytes); /* is it a picture or a PDF? */
/*
 * What worker_extract() would cost, without asking a worker: 0 = it could take no text from it; else the more the
 * higher, for an order. By "pdf", "docx", ..., the file's name or the bytes.
 */
unsigned worker_cost(const char *sniffed, const char *filename, struct span bytes);
/* Would candidates for a password help to read it? */
bool worker_takes_passwords(const char *sniffed, const char *filename, struct span bytes);

#endif
