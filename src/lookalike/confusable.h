#ifndef RINGER_LOOKALIKE_CONFUSABLE_H
#define RINGER_LOOKALIKE_CONFUSABLE_H
#include <stdint.h>

/* The ASCII text that UTS #39 gives as the prototype of `cp`, marks off (at most four bytes); NULL when none. */
const char *confusable_ascii(uint32_t cp);

#endif
