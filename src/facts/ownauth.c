/*
 * Without a trusted header: our own SPF result and the DMARC record of the From domain. Signatures are not verified
 * here. DMARC passes when SPF does and is aligned; it fails for certain only when there is no signature either that
 * could be aligned, for one may have survived a forwarder where SPF did not.
 */
#include <string.h>
#include <strings.h>

#include "facts/ownauth.h"
#include "mail/dmarc.h"

static bool could_be_signed(struct fact_work *work, const struct dmarc *dmarc)
{
    const struct message *m = work->message;
    for (size_t i = 0; i < m->n_headers; i++) {
        struct span domain;
        if (strcasecmp(m->headers[i].name, "DKIM-Signature") != 0 ||
            !taglist_find(m->headers[i].raw, "d", &domain))
            continue;
        const char *d = arena_span(work->arena, domain);
        if (dmarc->strict_dkim ? strcasecmp(d, work->from->domain) == 0 : auth_same_organisation(work, d))
            return true;
    }
    return false;
}

/* The policy for the From domain: sp= or np= counts where the record is that of a domain above. */
static bool record_of(const struct auth_lookup *lookup, struct dmarc *dmarc_r, enum dmarc_policy *policy_r)
{
    *dmarc_r = (struct dmarc){0};
    if (!lookup->record || !dmarc_parse(span_of(lookup->record), dmarc_r))
        return false;
    *policy_r = dmarc_policy_for(dmarc_r, lookup->record_of_organisation, lookup->from_missing);
    return true;
}

static bool decided(const char *spf)
{
    return spf && strcmp(spf, "temperror") != 0;
}

struct auth_results auth_own(struct fact_work *work)
{
    const struct auth_lookup *lookup = work->lookup;
    struct auth_results own = {0};
    struct dmarc dmarc;
    enum dmarc_policy policy;
    if (!lookup || !lookup->asked)
        return own;
    own.spf = lookup->spf;
    facts_set_string(work->facts, FACT_AUTH_OWN_SPF, lookup->spf);
    bool has_record = record_of(lookup, &dmarc, &policy);
    if (lookup->record_known)
        facts_set_string(work->facts, FACT_AUTH_DMARC_POLICY,
                         has_record ? dmarc_policy_name(policy) : "missing");
    bool aligned =
        lookup->spf_domain && (dmarc.strict_spf ? strcasecmp(lookup->spf_domain, work->from->domain) == 0
                                                : auth_same_organisation(work, lookup->spf_domain));
    own.spf_aligned = aligned && auth_is(own.spf, "pass");
    bool signature = could_be_signed(work, &dmarc);
    if (has_record && own.spf_aligned)
        own.dmarc = "pass";
    else if (has_record && decided(own.spf) && !signature)
        own.dmarc = "fail";
    /* A result for somebody else's domain says nothing about From; nor does a failure that a signature may heal. */
    if (auth_is(own.spf, "fail") && !own.dmarc && (!aligned || signature))
        own.dkim = "unknown";
    return own;
}
