#ifndef RINGER_BASE_CLOCK_H
#define RINGER_BASE_CLOCK_H
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* The two clocks, in whole units that their names say. */
int64_t
monotonic_ms(void); /* for deadlines: never jumps, says nothing about the day, stops while suspended */
int64_t monotonic_ns(void);
int64_t process_cpu_ms(void); /* processor time of this process, without its children */
int64_t wall_ms(void);        /* UTC since 1970, for what is stored and shown */

/* A condition whose waits no step of the wall clock makes longer; pthread_cond_destroy() ends it. */
void cond_init_monotonic(pthread_cond_t *cond);
/* False once monotonic_ms() has come to until_ms; true: somebody signalled, or nobody did, as in pthread_cond_wait(). */
bool cond_wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_ms);

#endif
