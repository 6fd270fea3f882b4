#ifndef RINGER_MAIL_EFFORT_H
#define RINGER_MAIL_EFFORT_H
#include <stdbool.h>
#include "base/arena.h"

/*
 * Work that reading one message may take, beyond what its size bounds: counted in steps, of about a microsecond each, and
 * not by a clock, so that a busy machine reads a message as an idle one does.
 */
enum {
    EFFORT_MAX = 400 * 1000,
    EFFORT_CHARSET = 50, /* iconv loads a character set */
};

/* Takes steps for the message in `arena`; false when it has none left: then the work is left out (LIMIT_WORK). */
static inline bool effort_take(struct arena *arena, size_t steps)
{
    return arena_work(arena, steps) <= EFFORT_MAX;
}

static inline bool effort_is_spent(struct arena *arena)
{
    return arena_work(arena, 0) > EFFORT_MAX;
}

#endif
