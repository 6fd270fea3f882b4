#ifndef RINGER_WORKER_SAY_H
#define RINGER_WORKER_SAY_H
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include "worker/worker.h"

/*
 * Lines for the log of whoever uses the workers: the first of a kind at once, then at most one in a while, with the
 * number of those in between. Thread-safe.
 */
enum say_kind { SAY_START, SAY_DEATH, SAY_BUSY, SAY_CHECKER, SAY_DNS, SAY_KINDS };

struct say {
    worker_log *log; /* NULL: nothing is said */
    pthread_mutex_t lock;
    struct {
        int64_t next;
        unsigned held_back;
    } kinds[SAY_KINDS];
};

void say_init(struct say *say, worker_log *log);
void say_done(struct say *say);
/* True when it was said. */
bool say(struct say *say, enum say_kind kind, enum worker_log_level level, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* What must not be held back, because another line would stand alone: it is rare by itself. */
void say_always(struct say *say, enum worker_log_level level, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
