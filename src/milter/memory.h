#ifndef RINGER_MILTER_MEMORY_H
#define RINGER_MILTER_MEMORY_H
#include <stdbool.h>
#include <stdint.h>

/*
 * Memory of the messages under way. GLib and most libraries end the process when they get none, with all sessions in
 * hand: so a message is let in by what it may need, and turned away with 451 when `limits: memory` does not allow it.
 * Shares are bounds, not measurements: what a message is at worst known to take. Thread-safe.
 */
struct memory_share { /* of one message; starts as zeros */
    uint64_t bytes;
    bool judging; /* has been let in by memory_wait */
};

/* While it is collected: at least `bytes` from now on. False: not allowed now, and the share is as it was. */
bool memory_grow(struct memory_share *share, uint64_t bytes, uint64_t limit);
/*
 * Before it is judged: what memory_for_judging says on top, waiting for others to end. A message alone is let in
 * whatever it needs. False: there was no room for `wait_ms`.
 */
bool memory_wait(struct memory_share *share, uint64_t bytes, uint64_t limit, int wait_ms);
void memory_give_back(struct memory_share *share);

/* At most so much is taken by judging a message of `size` bytes. */
uint64_t memory_for_judging(uint64_t size);
/* All shares together. */
uint64_t memory_in_use(void);

#endif
