#ifndef RINGER_MAIL_HOST_H
#define RINGER_MAIL_HOST_H
#include <stdbool.h>
#include <stdint.h>
#include "base/span.h"

/* White space of any script, and what has no width: it ends a host and a link. */
bool host_is_blank(uint32_t cp);
/* The length of the character at p[0..n), n > 0, when a host may have it (any letter above ASCII may), else 0. */
size_t host_character(const char *p, size_t n);
/* The host in `s`, with ASCII blanks between its labels; what is around it is left out. A literal keeps its brackets. */
struct span host_in(struct span s);

#endif
