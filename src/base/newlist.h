#ifndef RINGER_BASE_NEWLIST_H
#define RINGER_BASE_NEWLIST_H
#include <stdbool.h>
#include "base/span.h"

enum domain_age {
    AGE_UNKNOWN, /* not asked, or some list did not answer and none lists it */
    AGE_OLD,
    AGE_NEW
};

/*
 * A DNS list of newly registered domains, as trust.new-domain-lists names it:
 *   list    = zone [ "=" answer *( "," answer ) ]
 *   answer  = an IPv4 address, or its beginning and "*": 127.0.2.*
 * Without answers any in 127.0.0.0/8 means "new". 127.255.255.* never does: lists answer so to those who may not ask.
 */
enum { NEWLISTS_MOST = 4 };
bool newlist_valid(const char *list);
struct span newlist_zone(const char *list);
/* What a list's addresses (with commas; "-": none, "" and "?": no answer) say. */
enum domain_age newlist_read(const char *list, struct span addresses);

#endif
