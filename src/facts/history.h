#ifndef RINGER_FACTS_HISTORY_H
#define RINGER_FACTS_HISTORY_H
#include "facts/facts.h"
#include "store/contact.h"

/*
 * What history knows of facts->contact, added afterwards: it cannot be asked before the contact is drawn.
 * NULL, or a view that was not answered, leaves everything unknown.
 */
void facts_history(struct facts *facts, const struct contact_view *view, int64_t now_ms);

#endif
