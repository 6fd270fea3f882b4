#ifndef RINGER_STORE_CONTACT_H
#define RINGER_STORE_CONTACT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A message as history sees it: who wrote to whom, in which thread, with which accounts; and what history
 * knows about that. Plain data between those who read messages (facts/) and those who remember (store/).
 */
enum {
    CONTACT_PEERS = 64,   /* other organisations of one message: more is no correspondence */
    CONTACT_PERSONS = 32, /* of our own people in it */
    CONTACT_REFS = 16,    /* last references that are looked at: the newest are behind */
    CONTACT_ACCOUNTS = 16,
    CONTACT_MARKS = 8
};

struct contact_strings {
    const char *const *v;
    size_t n;
};

struct contact_account {
    const char *number;  /* one spelling for each account, whatever form it was written in */
    const char *country; /* ISO 3166, "" = unknown */
    const char *bank;    /* "" = unknown */
};

/* What several messages of one campaign have in common. */
struct contact_mark {
    const char *kind;  /* "domain", "reply-to", "account" */
    const char *value; /* the domain, address or account */
};

/* An organisation is its registrable domain; at a free mail provider, where everybody is, the whole address. */
struct contact {
    int64_t time_ms;               /* 0 = now */
    bool sent;                     /* by us */
    struct contact_strings peers;  /* the other side: the sender's organisation; when sent, the recipients' */
    struct contact_strings people; /* our side, lower case: the recipients; when sent, the sender */
    const char *payee;      /* whose accounts they would be: the peer, or whom it imitates; NULL = nobody */
    const char *message_id; /* NULL = none */
    struct contact_strings refs;    /* In-Reply-To and References */
    struct contact_strings parties; /* organisations of all who take part, ours included */
    const struct contact_account *accounts;
    size_t n_accounts;
    const struct contact_mark *marks;
    size_t n_marks;
};

enum contact_answer { CONTACT_UNKNOWN, CONTACT_NO, CONTACT_YES };

/* What history knows about a received contact. All unknown when the store did not answer. */
struct contact_view {
    bool answered;   /* the store answered */
    bool ready;      /* it has learned for long enough that whom it does not know is new */
    bool sent_ready; /* and so much mail of ours that a thread which it does not know is none of ours */
    bool peer_known, established;
    int64_t first_ms;            /* first message with the peer */
    uint64_t received, sent;     /* messages with the peer */
    bool wrote_first;            /* our message came before theirs */
    enum contact_answer person;  /* one of our people in it had mail with the peer */
    enum contact_answer thread;  /* it refers to a message that we saw */
    enum contact_answer party;   /* the peer took part in that thread */
    size_t payee_accounts;       /* accounts that the payee used so far */
    size_t accounts_known;       /* of this message's, used by the payee before */
    size_t accounts_new;         /* of this message's, never used by the payee */
    size_t first_new;            /* the first of those, where there is one */
    enum contact_answer country; /* do all new ones lie in countries, */
    enum contact_answer bank;    /* and at banks, that the payee used? */
    uint64_t campaign;           /* messages with the same mark in the window, this one not counted */
    int64_t campaign_ms;         /* the first of them */
    const char *campaign_kind, *campaign_value; /* NULL = none */
    char campaign_id[17];                       /* the same for all messages of a campaign; "" = none */
};

#endif
