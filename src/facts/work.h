#ifndef RINGER_FACTS_WORK_H
#define RINGER_FACTS_WORK_H
#include "facts/companies.h"
#include "facts/facts.h"
#include "facts/lists.h"
#include "facts/people.h"
#include "lookalike/lookalike.h"
#include "mail/message.h"
#include "payment/payment.h"

/* What the facts are drawn from beside the message; everything outlives the message. */
struct fact_sources {
    const struct lookalike_index *index;
    const struct lookalike_index *brands; /* often imitated names, at a weak level; NULL = none */
    const struct payment_packs *packs;
    const struct people *people;
    const struct companies *companies; /* NULL: none */
    const struct fact_lists *lists;
    const char *const *authserv_ids; /* whose Authentication-Results are believed */
    size_t n_authserv_ids;
    const char *const *arc_sealers; /* whose ARC seals are believed when our server found them good */
    size_t n_arc_sealers;
    const char *const *mailing_lists; /* List-Ids, or domains above them, that are known */
    size_t n_mailing_lists;
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
    bool from_missing;      /* the From domain does not exist */
    bool age_known, is_new; /* what lists of new domains say of From's organisation */
};

enum { FACT_NAMES = 16 }; /* display names of one field that are looked at; nobody shows more */

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

/* lookalike_match(), asked once for each domain of the message. `domain` must outlive the message's facts. */
const struct lookalike_result *fact_match(struct fact_work *work, const char *domain);

#endif
