/*
 * Holds the one pointer that a reload swaps. A lock, not an atomic pointer: reading the pointer and counting the
 * reference must be one step, and it is held for some nanoseconds a message.
 */
#include <pthread.h>
#include <stddef.h>

#include "milter/current.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct policy *current;

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
