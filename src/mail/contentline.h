#ifndef RINGER_MAIL_CONTENTLINE_H
#define RINGER_MAIL_CONTENTLINE_H
#include <stdbool.h>
#include "base/arena.h"
#include "base/span.h"

/*
 * What people read in an invitation (iCalendar, RFC 5545; vCalendar 1.0) or on a card (vCard, RFC 6350): unfolded,
 * unescaped, a line for each property; stamps, identifiers, pictures and keys are left out. `text` is UTF-8.
 */
bool contentline_is(struct span text); /* it begins with BEGIN:VCALENDAR or BEGIN:VCARD */
struct span contentline_text(struct arena *arena, struct span text);

#endif
