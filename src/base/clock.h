#ifndef RINGER_BASE_CLOCK_H
#define RINGER_BASE_CLOCK_H
#include <stdint.h>

/* The two clocks, in whole units that their names say. */
int64_t
monotonic_ms(void); /* for deadlines: never jumps, says nothing about the day, stops while suspended */
int64_t monotonic_ns(void);
int64_t wall_ms(void); /* UTC since 1970, for what is stored and shown */

#endif
