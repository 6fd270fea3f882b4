#ifndef RINGER_MILTER_TRANSACTION_H
#define RINGER_MILTER_TRANSACTION_H
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <libmilter/mfapi.h>
#include "base/arena.h"
#include "mail/message.h"
#include "policy/policy.h"
#include "milter/memory.h"
#include "milter/spool.h"

/*
 * What the MTA tells us, kept until the end of the message. A session is a connection of the MTA; its messages
 * come one after the other. libmilter calls the callbacks of one session on different threads, never on two at
 * the same time.
 */
struct mta { /* what was negotiated */
    unsigned long actions;
    bool leading_space; /* header values come, and are to be given, with the blank behind the colon */
};

enum skip { SKIP_NONE, SKIP_INTERNAL, SKIP_AUTHENTICATED, SKIP_RELEASED };

struct forged_header { /* one of our own names in incoming mail */
    const char *name;
    int index; /* 1 = the first of that name */
};

struct transaction {
    struct policy *policy; /* of this message, whatever is reloaded meanwhile */
    struct arena *arena;
    struct envelope envelope;
    const char **rcpts;     /* as in the envelope */
    const char **rcpts_raw; /* as the MTA gave them: it wants the same bytes back */
    size_t n_rcpts, cap_rcpts;
    struct forged_header *forged;
    size_t n_forged, cap_forged;
    size_t n_authres;    /* fields Authentication-Results, as the MTA counts them */
    const char *subject; /* first one, raw; NULL when there is none */
    size_t n_subjects;
    struct spool raw;
    struct memory_share memory;
    uint64_t rcpt_bytes; /* of the recipients' addresses, in both forms */
    bool no_memory;      /* not collected further: 451 at the end, unless nobody is to judge it */
    bool in_body;
    enum skip skip;
    bool left_out;       /* a header, since nobody is to judge it */
    bool pass_seen;      /* a header with a pass, known or not; a second one is a forgery */
    const char *release; /* secret of a pass that the store knows (store/pass.h); NULL: ordinary mail */
    const char *test;    /* token of a test attack (testmail.h); NULL: ordinary mail */
    int64_t started_ms;  /* monotonic, when the end of the message came */
    int64_t took_ms;
};

struct session {
    struct mta mta;
    bool counted; /* is one of the open connections */
    char client_ip[INET6_ADDRSTRLEN];
    char *client_name; /* NULL when the reverse name is not verified */
    char *helo;
    struct transaction *tx; /* NULL between messages */
};

#endif
