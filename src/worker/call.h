#ifndef RINGER_WORKER_CALL_H
#define RINGER_WORKER_CALL_H
#include "base/arena.h"
#include "base/span.h"
#include "worker/worker.h"

/*
 * One request to a worker and its answer, whatever the service. `encode` writes the fixed part, which tells the
 * time there is, and returns its length; `payload` follows it. `decode` is false for an answer that does not keep
 * to the grammar: the worker is killed then.
 */
enum { WORKER_CALL_FIXED = 64 };

struct worker_call {
    uint8_t request_type, reply_type; /* enum frame_type */
    bool slow;                        /* may not have the last worker */
    struct span words, payload;       /* sent in this order; either may be empty */
    size_t reply_max;                 /* longer answers are nonsense */
    size_t (*encode)(void *data, uint32_t deadline_ms, unsigned char out[WORKER_CALL_FIXED]);
    bool (*decode)(void *data, struct span payload);
    void *data;
};

/* OK, TIMEOUT, DIED or UNAVAILABLE with a constant text in *detail_r; the answer's bytes are in the arena. */
enum worker_status worker_ask(struct worker_pool *pool, struct arena *arena, int64_t deadline,
                              const struct worker_call *call, const char **detail_r);
/* Counts how a request ended, for worker_pool_stats(). */
void worker_count(struct worker_pool *pool, enum worker_status status);

#endif
