#ifndef RINGER_FACTS_AUTHREAD_H
#define RINGER_FACTS_AUTHREAD_H
#include <string.h>
#include "facts/work.h"
#include "mail/authres.h"

/* What is known of each method. NULL: nothing. */
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

#endif
