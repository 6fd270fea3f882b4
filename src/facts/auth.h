#ifndef RINGER_FACTS_AUTH_H
#define RINGER_FACTS_AUTH_H
#include "facts/collect.h"
#include "mail/authres.h"

/* Between auth.c, arc.c and ownauth.c: what is known of each method. NULL: nothing. */
struct auth_results {
    const char *spf, *dkim, *dmarc;
    bool spf_aligned, dkim_aligned; /* they pass, for the organisation of From */
};

static inline bool auth_is(const char *result, const char *want)
{
    return result && strcmp(result, want) == 0;
}

const char *auth_domain_part(const char *address); /* behind the last '@', or all of it; NULL for NULL */
const char *auth_envelope_domain(const struct message *message);
bool auth_same_organisation(struct fact_work *work, const char *domain);
/* Reads the methods out of the headers that decide them (NULL: none). `envelope`: SPF must be for this domain, or NULL. */
struct auth_results auth_read(struct fact_work *work, const struct authres *spf, const struct authres *dkim,
                              const struct authres *dmarc, const char *envelope);
/* DMARC failed; or, where nobody evaluated DMARC, SPF failed and no signature passed. */
bool auth_failed(const struct auth_results *results);

/* What the configured sealer of the last ARC set saw; its domain, or NULL when there is none to believe. */
const char *auth_arc(struct fact_work *work, struct auth_results *results_r);
/* Our own look-ups (work->lookup) as results: DMARC where it can be told without verifying signatures. */
struct auth_results auth_own(struct fact_work *work);

#endif
