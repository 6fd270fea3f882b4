/*
 * Authentication, as our own servers saw it. Believed are only headers of configured authserv-ids, the
 * topmost one for each method (RFC 8601 5; lower ones may be the sender's forgeries). Without such a header
 * one thing is still taken from a server below an own domain: that authentication failed. Who forges a
 * header gains nothing by a failure.
 */
#include <string.h>
#include <strings.h>

#include "facts/collect.h"
#include "mail/authres.h"

enum { MAX_HEADERS = 32 }; /* of this kind looked at: one for each hop that evaluates */

struct seen {
    const struct authres *spf, *dkim, *dmarc; /* the header that decides each method */
};

static bool configured(const struct fact_sources *sources, const char *id)
{
    for (size_t i = 0; i < sources->n_authserv_ids; i++)
        if (strcasecmp(sources->authserv_ids[i], id) == 0)
            return true;
    return false;
}

static bool below_own(struct fact_work *work, const char *id)
{
    const struct lookalike_result *r = fact_match(work, id);
    return r->kind == LOOKALIKE_GENUINE && r->genuine_relation == RELATION_OWN;
}

static void note(struct seen *seen, const struct authres *a)
{
    if (!seen->spf && authres_find(a, "spf"))
        seen->spf = a;
    if (!seen->dkim && authres_find(a, "dkim"))
        seen->dkim = a;
    if (!seen->dmarc && authres_find(a, "dmarc"))
        seen->dmarc = a;
}

/* Headers of trusted servers, and of servers below own domains that nobody configured. */
static bool read_headers(struct fact_work *work, struct seen *trusted, struct seen *own)
{
    const struct message *m = work->message;
    bool any = false;
    unsigned looked = 0;
    for (size_t i = 0; i < m->n_headers && looked < MAX_HEADERS; i++) {
        if (strcasecmp(m->headers[i].name, "Authentication-Results") != 0)
            continue;
        looked++;
        struct authres *a = arena_alloc(work->arena, sizeof(*a));
        if (authres_parse(work->arena, m->headers[i].raw, a) != 0)
            continue;
        if (configured(work->sources, a->authserv_id)) {
            any = true;
            note(trusted, a);
        } else if (below_own(work, a->authserv_id)) {
            note(own, a);
        }
    }
    return any;
}

/* Everything behind the last '@', or all of it. */
static const char *domain_part(const char *value)
{
    const char *at = value ? strrchr(value, '@') : NULL;
    return at ? at + 1 : value;
}

static bool same_organisation(struct fact_work *work, const char *domain)
{
    const char *r = domain ? lookalike_registrable(work->sources->index, work->arena, domain) : NULL;
    return r && work->from_registrable && strcasecmp(r, work->from_registrable) == 0;
}

static const char *envelope_domain(const struct message *m)
{
    if (m->envelope && m->envelope->mail_from)
        return domain_part(m->envelope->mail_from);
    return m->return_path.n ? m->return_path.v[0].domain : NULL;
}

/* SPF for MAIL FROM; a result for HELO says nothing about it. */
static const char *spf_result(struct fact_work *work, const struct authres *a, bool *aligned_r)
{
    for (size_t i = 0; a && i < a->n_results; i++) {
        const struct authres_result *r = &a->results[i];
        const char *domain = domain_part(authres_property(r, "smtp", "mailfrom"));
        const char *envelope = envelope_domain(work->message);
        if (strcmp(r->method, "spf") != 0 || !domain)
            continue;
        if (envelope && *envelope && strcasecmp(domain, envelope) != 0)
            continue;
        *aligned_r = strcmp(r->result, "pass") == 0 && same_organisation(work, domain);
        return r->result;
    }
    return NULL;
}

/* A message may carry several signatures: one that passes for the From domain is the best, then any that passes. */
static const char *dkim_result(struct fact_work *work, const struct authres *a, bool *aligned_r)
{
    const char *best = NULL;
    for (size_t i = 0; a && i < a->n_results; i++) {
        const struct authres_result *r = &a->results[i];
        if (strcmp(r->method, "dkim") != 0)
            continue;
        bool pass = strcmp(r->result, "pass") == 0;
        const char *domain = authres_property(r, "header", "d");
        if (!domain)
            domain = domain_part(authres_property(r, "header", "i"));
        *aligned_r = *aligned_r || (pass && same_organisation(work, domain));
        if (!best || pass)
            best = r->result;
    }
    return best;
}

static const char *dmarc_result(struct fact_work *work, const struct authres *a)
{
    const struct authres_result *r = a ? authres_find(a, "dmarc") : NULL;
    const char *from = r ? domain_part(authres_property(r, "header", "from")) : NULL;
    return r && (!from || strcasecmp(from, work->from->domain) == 0) ? r->result : NULL;
}

static bool is(const char *result, const char *want)
{
    return result && strcmp(result, want) == 0;
}

/* DMARC failed; or, where nobody evaluated DMARC, SPF failed and no signature passed. */
static bool failed(const char *dmarc, const char *spf, const char *dkim)
{
    return is(dmarc, "fail") || (!dmarc && is(spf, "fail") && !is(dkim, "pass"));
}

void facts_auth(struct fact_work *work)
{
    struct seen trusted = {0}, own = {0};
    bool spf_aligned = false, dkim_aligned = false;
    if (!work->from || !*work->from->domain)
        return;
    bool any = read_headers(work, &trusted, &own);
    facts_set_bool(work->facts, FACT_AUTH_TRUSTED, any);
    const struct seen *seen = any ? &trusted : &own;
    const char *spf = spf_result(work, seen->spf, &spf_aligned);
    const char *dkim = dkim_result(work, seen->dkim, &dkim_aligned);
    const char *dmarc = dmarc_result(work, seen->dmarc);
    bool protected_sender = work->from_match && work->from_match->kind == LOOKALIKE_GENUINE;
    if (any || failed(dmarc, spf, dkim)) {
        facts_set_string(work->facts, FACT_AUTH_SPF, spf);
        facts_set_string(work->facts, FACT_AUTH_DKIM, dkim);
        facts_set_string(work->facts, FACT_AUTH_DMARC, dmarc);
    }
    if (any)
        facts_set_bool(work->facts, FACT_AUTH_ALIGNED, is(dmarc, "pass") || spf_aligned || dkim_aligned);
    if (spf || dkim || dmarc)
        facts_set_bool(work->facts, FACT_AUTH_SPOOF, protected_sender && failed(dmarc, spf, dkim));
}
