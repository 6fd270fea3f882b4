/*
 * Holds the pointers that a reload swaps. A lock, not atomic pointers: reading one and counting the reference must
 * be one step, and it is held for some nanoseconds a message.
 */
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/mem.h"

#include "milter/current.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct policy *current;

struct shared {
    struct services services; /* the first member: its address is that of the whole */
    unsigned references;      /* under the lock */
};
static struct shared *serving;

void current_install(struct policy *policy)
{
    pthread_mutex_lock(&lock);
    struct policy *old = current;
    current = policy;
    pthread_mutex_unlock(&lock);
    policy_unref(&old);
}

struct policy *current_get(void)
{
    pthread_mutex_lock(&lock);
    struct policy *policy = policy_ref(current);
    pthread_mutex_unlock(&lock);
    return policy;
}

static void drop(struct shared *shared)
{
    pthread_mutex_lock(&lock);
    bool last = shared && --shared->references == 0;
    pthread_mutex_unlock(&lock);
    if (last) {
        services_stop(&shared->services);
        free(shared);
    }
}

void current_start_services(const struct conf *conf, struct store *store, worker_log *log)
{
    struct shared *fresh = NULL;
    if (conf) {
        fresh = mem_alloc(sizeof(*fresh));
        *fresh = (struct shared){.services.store = store, .references = 1};
        services_start(&fresh->services, conf, log);
    }
    pthread_mutex_lock(&lock);
    struct shared *old = serving;
    serving = fresh;
    pthread_mutex_unlock(&lock);
    drop(old);
}

struct services *current_services(void)
{
    pthread_mutex_lock(&lock);
    struct shared *shared = serving;
    if (shared)
        shared->references++;
    pthread_mutex_unlock(&lock);
    return shared ? &shared->services : NULL;
}

void current_release_services(struct services **services)
{
    struct shared *shared = (struct shared *)*services;
    *services = NULL;
    drop(shared);
}
