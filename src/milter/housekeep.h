#ifndef RINGER_MILTER_HOUSEKEEP_H
#define RINGER_MILTER_HOUSEKEEP_H
#include <stdbool.h>

/*
 * A thread that now and then drops what is past its retention from the store, and tells when correspondents have
 * become established, so that a reload protects their names. Between store and sessions: start after the store is
 * open, stop before it is closed.
 */
bool housekeep_start(void); /* false: no thread */
void housekeep_stop(void);
/* Nothing is purged because the clock may be wrong. */
bool housekeep_doubts_clock(void);
/* Once for each time that a reload is worth its while. */
bool housekeep_wants_reload(void);

#endif
