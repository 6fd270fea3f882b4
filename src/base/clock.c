/*
 * Reading the clocks.
 */
#include <time.h>

#include "base/clock.h"

static int64_t read_ns(clockid_t clock)
{
    struct timespec ts;
    clock_gettime(clock, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int64_t monotonic_ms(void)
{
    return read_ns(CLOCK_MONOTONIC) / 1000000;
}

int64_t monotonic_ns(void)
{
    return read_ns(CLOCK_MONOTONIC);
}

int64_t wall_ms(void)
{
    return read_ns(CLOCK_REALTIME) / 1000000;
}
