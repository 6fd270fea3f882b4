#ifndef RINGER_MAIL_MAILBOX_H
#define RINGER_MAIL_MAILBOX_H
#include <stdbool.h>
#include <stddef.h>

/* One address (RFC 5322 3.4). `name` is the decoded display name ("" when there is none). */
struct mailbox {
    const char *name;
    const char *address; /* local as written @ `domain`; "" when the field holds none */
    const char *local;
    const char *domain;  /* lower case; "" for an address without a domain */
    const char *written; /* `domain` with its capital ASCII letters, to be shown; NULL when there are none */
};

struct mailbox_list {
    const struct mailbox *v;
    size_t n;
    bool present; /* the header is there, even if it is empty */
};

/* A header block found in the quoted text: who the earlier message claims to be from and to. */
struct quoted_address {
    const char *role; /* "from", "to", "cc", "any" */
    struct mailbox mailbox;
};

#endif
