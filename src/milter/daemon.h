#ifndef RINGER_MILTER_DAEMON_H
#define RINGER_MILTER_DAEMON_H
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include "store/store.h"

/*
 * What all threads of the daemon share: counters, the store, and whether we are on the way out.
 * libmilter has no argument for its callbacks before a session exists, so there is one.
 */
#define COUNTER_LIST(X)                                                                                      \
    X(CONNECTIONS, "connections")                                                                            \
    X(CONNECTIONS_REFUSED, "connections_refused") /* over max-connections, or while stopping */              \
    X(CONNECTIONS_MUTE, "connections_mute")       /* closed because they never began */                      \
    X(ACCEPT_FAILED, "accept_failed")             /* for want of descriptors or memory */                    \
    X(MESSAGES, "messages")                                                                                  \
    X(SKIPPED_INTERNAL, "skipped_internal")                                                                  \
    X(SKIPPED_AUTHENTICATED, "skipped_authenticated")                                                        \
    X(RELEASED, "released") /* came back with a pass */                                                      \
    X(PASSED, "passed")                                                                                      \
    X(TAGGED, "tagged")                                                                                      \
    X(HELD, "held")                                                                                          \
    X(REJECTED, "rejected")                                                                                  \
    X(TEMPFAILED, "tempfailed")                                                                              \
    X(ABORTED, "aborted")                                                                                    \
    X(HEADERS_REMOVED, "headers_removed") /* forged ones */                                                  \
    X(AUTHRES_REMOVED, "authres_removed") /* forged Authentication-Results in our name */                    \
    X(ERRORS_STORE, "errors_store")                                                                          \
    X(ERRORS_INTERNAL, "errors_internal")                                                                    \
    X(MEMORY_REFUSED, "memory_refused") /* messages and recipients that got 451 for want of it */            \
    X(RELOADS_FAILED, "reloads_failed")                                                                      \
    X(RULE_LIMITS, "rule_limits") /* patterns of rules that hit a limit */

enum counter {
#define X(id, name) COUNTER_##id,
    COUNTER_LIST(X)
#undef X
        COUNTER_COUNT
};

struct daemon {
    atomic_uint_fast64_t counters[COUNTER_COUNT];
    atomic_uint open_connections;
    atomic_bool stopping;  /* no new connections */
    atomic_bool closed;    /* no message is decided any more, and no session asks the store */
    atomic_uint deciding;  /* sessions that decide or ask now (session.c, store_enter) */
    struct store *store;   /* set before the first session */
    const char *spool_dir; /* for what does not fit into memory */
    int64_t started;       /* seconds since the epoch */
};
extern struct daemon ringerd;

static inline void count(enum counter id)
{
    atomic_fetch_add_explicit(&ringerd.counters[id], 1, memory_order_relaxed);
}

static inline uint64_t counter_value(enum counter id)
{
    return atomic_load_explicit(&ringerd.counters[id], memory_order_relaxed);
}

#endif
