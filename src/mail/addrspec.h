#ifndef RINGER_MAIL_ADDRSPEC_H
#define RINGER_MAIL_ADDRSPEC_H
#include <stdbool.h>
#include "base/arena.h"
#include "base/span.h"
#include "mail/message.h"

/*
 * One addr-spec, without angle brackets, as mail programs and people read it: comments, stray punctuation around it and
 * wide characters in it are taken off, and *malformed is set. `name` is that of an encoded local part, else "".
 */
struct mailbox addrspec_read(struct arena *arena, struct span spec, bool *malformed);
/* The "@" that parts local part and domain: the last one outside a quoted string; NULL when there is none. */
const char *addrspec_at(struct span spec);

#endif
