#ifndef RINGER_MAIL_LINK_H
#define RINGER_MAIL_LINK_H
#include "base/arena.h"
#include "base/span.h"

struct message_link {
    const char *url;        /* as written, percent-decoding undone in host only */
    const char *host;       /* lower case; "" for mailto: and relative links */
    const char *shown;      /* the text a reader sees; NULL for links in plain text */
    const char *shown_host; /* the host that the shown text looks like; NULL when it looks like none */
    const char *before; /* what stands before "@" where readers look for the host; NULL when nothing does */
};

/*
 * A link from its address and the text a reader sees (NULL for plain text). Where the address is that of a service that
 * rewrites links or passes visitors on, the link is the one inside (link_wrappers.def).
 */
struct message_link link_make(struct arena *arena, const char *url, const char *shown);

/* Finds "https://...", "www. ..." in text: the next one off the front of `rest`; false at the end. */
bool link_next(struct span *rest, struct span *url_r);

#endif
