#ifndef RINGER_WORKER_BREAKER_H
#define RINGER_WORKER_BREAKER_H
#include <stdbool.h>
#include <stdint.h>
#include "worker/say.h"

/*
 * A breaker before a service that may fall silent: after some questions in a row that found nothing out, a probe
 * asks whether the service answers at all. If it does not, the breaker opens: nobody waits for it any more, and the
 * probe asks on in the background until there is an answer. Thread-safe; the thread starts with the first probe.
 */
struct breaker;

enum breaker_probe {
    PROBE_ANSWERED,
    PROBE_SILENT,
    PROBE_UNKNOWN, /* could not ask: says nothing about the service */
};
enum breaker_state {
    BREAKER_CLOSED,
    BREAKER_DOUBTFUL, /* still asked, but with little patience */
    BREAKER_OPEN,
};

struct breaker_stats {
    enum breaker_state state;
    uint64_t opened;   /* how often */
    int64_t open_ms;   /* for so long now; 0 when it is not open */
    uint64_t spared;   /* questions that were not asked, since the breaker was open */
    int64_t closed_at; /* monotonic milliseconds of the last time it closed; 0 */
};

/* `what` stands in the log lines: "DNS (127.0.0.1)". `probe` is called in the breaker's thread; it may take seconds. */
struct breaker *breaker_new(struct say *say, const char *what, enum breaker_probe (*probe)(void *data),
                            void *data);
/* Waits for a probe that is under way. Accepts NULL, sets it to NULL. */
void breaker_free(struct breaker **breaker);
/* Before a question. Counts what is spared. */
enum breaker_state breaker_ask(struct breaker *breaker);
/* After one that was asked: `good` when it found anything out. What says nothing about the service is not noted. */
void breaker_note(struct breaker *breaker, bool good);
void breaker_stats(struct breaker *breaker, struct breaker_stats *stats_r);

#endif
