#ifndef RINGER_MILTER_LIFECYCLE_H
#define RINGER_MILTER_LIFECYCLE_H
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include "milter/options.h"
#include "policy/policy.h"

/* From the command line to the last goodbye; the steps of main(). Functions return 0, or -1 with a text in `error`. */
struct lifecycle {
    char *config;
    bool foreground;
    int control_fd;
    char *control_path;
    int events[2]; /* a pipe: signals and the end of libmilter, one letter each */
    pthread_t milter;
    bool milter_started;
};
#define LIFECYCLE_INIT ((struct lifecycle){.control_fd = -1, .events = {-1, -1}})

/* Reads the configuration; NULL after it said on stderr what is wrong. */
struct policy *lifecycle_configure(const struct options *options);
/* What may need root: sockets, pid file; then gives root up and opens the store. */
int lifecycle_acquire(struct lifecycle *life, const struct options *options, char *error, size_t size);
/* The first threads: from here on mail is filtered. */
int lifecycle_start(struct lifecycle *life, char *error, size_t size);
/* Until a signal ends it, and then until the open sessions have ended or the deadline is over. Exit code. */
int lifecycle_run(struct lifecycle *life);
void lifecycle_release(struct lifecycle *life);

#endif
