#ifndef RINGER_MAIL_ADDRESS_H
#define RINGER_MAIL_ADDRESS_H
#include <stdbool.h>
#include "base/arena.h"
#include "base/span.h"
#include "mail/mailbox.h"

struct address_list {
    struct mailbox *v;
    size_t n, cap;
    bool route;     /* "<@relay:a@b>" */
    bool malformed; /* no strict parser accepts it, or an address has no domain */
    bool limit_hit; /* more than `max` */
};

/*
 * Appends the addresses of one header value (unfolded or not) to `list`, at most `max` in all. Never fails:
 * where the value is ambiguous all readings are returned and `malformed` is set.
 */
void address_parse(struct arena *arena, struct span value, size_t max, struct address_list *list);
/* One addr-spec without a name, as in an envelope: "<a@b>" or "a@b". "" gives an address of "". */
struct mailbox address_one(struct arena *arena, struct span spec);

#endif
