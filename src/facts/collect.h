#ifndef RINGER_FACTS_COLLECT_H
#define RINGER_FACTS_COLLECT_H
#include "store/contact.h"
#include "base/wordset.h"
#include "facts/facts.h"
#include "facts/people.h"
#include "lookalike/lookalike.h"
#include "mail/message.h"
#include "payment/payment.h"

/*
 * From a message to the table of facts. One file per family; each fills in its own facts and nothing else.
 */

/* The word lists that the families look things up in (data/facts/): shipped, loaded once per policy. */
struct fact_lists {
    struct wordset *freemail;      /* free mail providers' domains */
    struct wordset *titles;        /* executive titles in display names */
    struct wordset *tunnels;       /* domains of tunnelling services */
    struct wordset *installers;    /* program name TAB its vendor's domains, comma separated */
    struct wordset *payment_names; /* words in file names that speak of bank details */
};

/* What the facts are drawn from beside the message; everything outlives the message. */
struct fact_sources {
    const struct lookalike_index *index;
    const struct payment_packs *packs;
    const struct people *people;
    const struct fact_lists *lists;
    const char *const *authserv_ids; /* whose Authentication-Results are believed */
    size_t n_authserv_ids;
    const char *const *arc_sealers; /* whose ARC seals are believed when our server found them good */
    size_t n_arc_sealers;
};

/* What was asked of the DNS about this message, and where it came from (auth.c). */
struct auth_lookup {
    bool internal; /* the client is one of ours, or logged in: nothing was asked */
    bool asked;
    const char *spf;        /* result for the envelope sender; NULL = unknown */
    const char *spf_domain; /* the envelope sender's domain */
    bool record_known;      /* it was found out whether there is a DMARC record */
    const char *record;     /* the DMARC record of the From domain or its organisation; NULL = none */
    bool record_of_organisation;
};

/* What a domain of the message turned out to be: most stand in it many times, in links, To and Cc. */
enum { DOMAINS_REMEMBERED = 64 }; /* of one message; more are looked up each time */
struct domain_memory {
    const struct lookalike_result *v[DOMAINS_REMEMBERED];
    size_t n;
};

/* One message on its way through the families. */
struct fact_work {
    const struct fact_sources *sources;
    const struct auth_lookup *lookup;
    struct arena *arena;
    const struct message *message;
    struct facts *facts;
    const struct mailbox *from;                /* first mailbox of From; NULL when there is none */
    const char *from_registrable;              /* NULL when unknown */
    const struct lookalike_result *from_match; /* NULL when From has no domain */
    const struct payment_result *payment;      /* once facts_payment() ran, with its texts */
    const struct payment_text *payment_texts;
    struct domain_memory domains;
};

/* `freemail`: a file in place of the shipped list, or NULL. */
bool fact_lists_load(struct fact_lists *lists, const char *freemail, struct diag_list *diags);
void fact_lists_free(struct fact_lists *lists);

/* All families, in order. `lookup` is NULL when the client is not known. */
struct facts *facts_collect(const struct fact_sources *sources, struct arena *arena,
                            const struct message *message, const struct auth_lookup *lookup);
/* No trusted header says anything about authentication: the DNS is worth asking. */
bool facts_auth_needed(const struct fact_sources *sources, struct arena *arena,
                       const struct message *message);

/*
 * What history knows of facts->contact, added afterwards: it cannot be asked before the contact is drawn.
 * NULL, or a view that was not answered, leaves everything unknown.
 */
void facts_history(struct facts *facts, const struct contact_view *view, int64_t now_ms);
/* A message of ours as history sees it: who of us writes to whom. */
const struct contact *contact_sent(const struct fact_sources *sources, struct arena *arena,
                                   const struct message *message);

/* lookalike_match(), asked once for each domain of the message. `domain` must outlive the message's facts. */
const struct lookalike_result *fact_match(struct fact_work *work, const char *domain);

/*
 * The finding on a domain that the mail wrote with capitals (`written`; NULL: it did not): where one of the differing
 * characters is a capital, which hides among small letters what lower case would show, both texts have it as written.
 */
const struct lookalike_finding *fact_as_written(struct arena *arena, const struct lookalike_finding *finding,
                                                const char *written);

void facts_contact(struct fact_work *work);
void facts_envelope(struct fact_work *work);
void facts_identity(struct fact_work *work);
void facts_lookalike(struct fact_work *work);
void facts_thread(struct fact_work *work);
void facts_reply(struct fact_work *work);
void facts_auth(struct fact_work *work);
void facts_payment(struct fact_work *work);
void facts_link(struct fact_work *work);
void facts_attachment(struct fact_work *work);
void facts_structure(struct fact_work *work);

#endif
