/*
 * What headers say about each method, for this message's envelope sender and From.
 */
#include <string.h>
#include <strings.h>

#include "facts/authread.h"

const char *auth_domain_part(const char *address)
{
    const char *at = address ? strrchr(address, '@') : NULL;
    return at ? at + 1 : address;
}

bool auth_same_organisation(struct fact_work *work, const char *domain)
{
    const char *r = domain ? lookalike_registrable(work->sources->index, work->arena, domain) : NULL;
    return r && work->from_registrable && strcasecmp(r, work->from_registrable) == 0;
}

const char *auth_envelope_domain(const struct message *m)
{
    if (m->envelope && m->envelope->mail_from)
        return auth_domain_part(m->envelope->mail_from);
    return m->return_path.n ? m->return_path.v[0].domain : NULL;
}

/* SPF for MAIL FROM; a result for HELO says nothing about it, nor one for another sender than this message's. */
static void read_spf(struct fact_work *work, const struct authres *a, const char *envelope,
                     struct auth_results *out)
{
    for (size_t i = 0; a && i < a->n_results && !out->spf; i++) {
        const struct authres_result *r = &a->results[i];
        const char *domain = auth_domain_part(authres_property(r, "smtp", "mailfrom"));
        if (strcmp(r->method, "spf") != 0 || !domain || (envelope && strcasecmp(domain, envelope) != 0))
            continue;
        out->spf = r->result;
        out->spf_aligned = auth_is(r->result, "pass") && auth_same_organisation(work, domain);
    }
}

/* A message may carry several signatures: one that passes for the From domain is the best, then any that passes. */
static void read_dkim(struct fact_work *work, const struct authres *a, struct auth_results *out)
{
    for (size_t i = 0; a && i < a->n_results; i++) {
        const struct authres_result *r = &a->results[i];
        if (strcmp(r->method, "dkim") != 0)
            continue;
        bool pass = auth_is(r->result, "pass");
        const char *domain = authres_property(r, "header", "d");
        if (!domain)
            domain = auth_domain_part(authres_property(r, "header", "i"));
        out->dkim_aligned = out->dkim_aligned || (pass && auth_same_organisation(work, domain));
        if (!out->dkim || pass)
            out->dkim = r->result;
    }
}

static void read_dmarc(struct fact_work *work, const struct authres *a, struct auth_results *out)
{
    const struct authres_result *r = a ? authres_find(a, "dmarc") : NULL;
    const char *from = r ? auth_domain_part(authres_property(r, "header", "from")) : NULL;
    if (r && (!from || strcasecmp(from, work->from->domain) == 0))
        out->dmarc = r->result;
}

struct auth_results auth_read(struct fact_work *work, const struct authres *spf, const struct authres *dkim,
                              const struct authres *dmarc, const char *envelope)
{
    struct auth_results out = {0};
    read_spf(work, spf, envelope && *envelope ? envelope : NULL, &out);
    read_dkim(work, dkim, &out);
    read_dmarc(work, dmarc, &out);
    return out;
}

bool auth_failed(const struct auth_results *r)
{
    bool open = r->dkim && strcmp(r->dkim, "unknown") == 0;
    return auth_is(r->dmarc, "fail") ||
           (!r->dmarc && auth_is(r->spf, "fail") && !auth_is(r->dkim, "pass") && !open);
}
