/*
 * Authentication, as our own servers saw it. Believed are only headers of configured authserv-ids, the
 * topmost one for each method (RFC 8601 5; lower ones may be the sender's forgeries), and none from before the
 * message came to the server that wrote the topmost. Without such a header our own look-ups are taken (ownauth.c),
 * and from a server below an own domain one thing: that authentication failed. Who forges a header gains nothing by
 * a failure.
 */
#include <string.h>
#include <strings.h>

#include "facts/arc.h"
#include "facts/auth.h"
#include "facts/authread.h"
#include "facts/families.h"
#include "facts/ownauth.h"

struct seen {
    const struct authres *spf, *dkim, *dmarc, *arc; /* the header that decides each method */
};

static bool configured(const struct fact_sources *sources, const char *id)
{
    for (size_t i = 0; i < sources->n_authserv_ids; i++)
        if (strcasecmp(sources->authserv_ids[i], id) == 0)
            return true;
    return false;
}

/* A server does not say two things about one method: the lower header is not its own, or not of this hop. */
static bool contradicts(const struct authres *above, const struct authres *below, const char *method)
{
    const struct authres_result *a = above ? authres_find(above, method) : NULL,
                                *b = authres_find(below, method);
    return a && b && strcmp(a->result, b->result) != 0;
}

static void note(struct seen *seen, const struct authres *a)
{
    if (contradicts(seen->spf, a, "spf") || contradicts(seen->dkim, a, "dkim") ||
        contradicts(seen->dmarc, a, "dmarc") || contradicts(seen->arc, a, "arc"))
        return;
    if (!seen->spf && authres_find(a, "spf"))
        seen->spf = a;
    if (!seen->dkim && authres_find(a, "dkim"))
        seen->dkim = a;
    if (!seen->dmarc && authres_find(a, "dmarc"))
        seen->dmarc = a;
    if (!seen->arc && authres_find(a, "arc"))
        seen->arc = a;
}

/* Headers of trusted servers, and of servers below own domains that nobody configured. */
static bool read_headers(struct fact_work *work, struct seen *trusted, struct seen *own)
{
    const struct message *m = work->message;
    bool any = false;
    for (size_t i = 0, next = 0; i < m->n_headers && next < m->n_authres; i++) {
        if (any && strcasecmp(m->headers[i].name, "Received") == 0)
            break;
        if (m->authres[next].header != i)
            continue;
        const struct authres *a = &m->authres[next++].said;
        if (configured(work->sources, a->authserv_id)) {
            any = true;
            note(trusted, a);
        } else if (lookalike_is_own(fact_match(work, a->authserv_id))) {
            note(own, a);
        }
    }
    return any;
}

static bool proven(const struct auth_results *r)
{
    return auth_is(r->dmarc, "pass") || r->spf_aligned || r->dkim_aligned;
}

static void set_results(struct fact_work *work, const struct auth_results *r)
{
    facts_set_string(work->facts, FACT_AUTH_SPF, r->spf);
    facts_set_string(work->facts, FACT_AUTH_DKIM, auth_is(r->dkim, "unknown") ? NULL : r->dkim);
    facts_set_string(work->facts, FACT_AUTH_DMARC, r->dmarc);
}

/* What a trusted header tells; a list or forwarder that we trust may vouch for what it had to break. */
static void from_trusted(struct fact_work *work, const struct seen *seen, const struct auth_results *r,
                         bool protected_sender)
{
    struct auth_results before;
    const struct authres_result *arc = seen->arc ? authres_find(seen->arc, "arc") : NULL;
    const char *sealer = arc && auth_is(arc->result, "pass") ? auth_arc(work, &before) : NULL;
    bool vouched = sealer && proven(&before);
    set_results(work, r);
    facts_set_string(work->facts, FACT_AUTH_ARC, sealer);
    facts_set_bool(work->facts, FACT_AUTH_ALIGNED, proven(r) || vouched);
    facts_set_bool(work->facts, FACT_AUTH_SPOOF, protected_sender && auth_failed(r) && !vouched);
}

/* Without one: only what proves something, in either direction. */
static void from_ourselves(struct fact_work *work, const struct auth_results *claimed, bool protected_sender)
{
    struct auth_results own = auth_own(work);
    bool fails = auth_failed(claimed), own_fails = auth_failed(&own);
    if (own.spf || own.dmarc)
        set_results(work, &own);
    else if (fails)
        set_results(work, claimed);
    if (proven(&own))
        facts_set_bool(work->facts, FACT_AUTH_ALIGNED, true);
    else if (own_fails)
        facts_set_bool(work->facts, FACT_AUTH_ALIGNED, false);
    if (own.spf || own.dmarc)
        fails = own_fails;
    if (own.spf || own.dmarc || claimed->spf || claimed->dkim || claimed->dmarc)
        facts_set_bool(work->facts, FACT_AUTH_SPOOF, protected_sender && fails);
}

/* From shows an own domain, the client is a stranger, and somebody looked but found no proof. */
static void unproven(struct fact_work *work, bool looked)
{
    bool own = lookalike_is_own(work->from_match);
    if (!work->lookup || !looked)
        return;
    facts_set_bool(work->facts, FACT_AUTH_UNPROVEN,
                   own && !work->lookup->internal && !facts_bool(work->facts, FACT_AUTH_ALIGNED));
}

void facts_auth(struct fact_work *work)
{
    struct seen trusted = {0}, own = {0};
    if (!work->from || !*work->from->domain)
        return;
    bool any = read_headers(work, &trusted, &own);
    const struct seen *seen = any ? &trusted : &own;
    const char *envelope = auth_envelope_domain(work->message);
    struct auth_results results = auth_read(work, seen->spf, seen->dkim, seen->dmarc, envelope);
    bool protected_sender = lookalike_is_genuine(work->from_match);
    facts_set_bool(work->facts, FACT_AUTH_TRUSTED, any);
    if (any)
        from_trusted(work, seen, &results, protected_sender);
    else
        from_ourselves(work, &results, protected_sender);
    unproven(work, any || (work->lookup && work->lookup->spf));
}

bool facts_auth_needed(const struct fact_sources *sources, struct arena *arena, const struct message *message)
{
    struct fact_work work = {.sources = sources, .arena = arena, .message = message};
    struct seen trusted = {0}, own = {0};
    return !read_headers(&work, &trusted, &own);
}

static bool is_of(struct fact_work *work, const char *domain, const char *registrable)
{
    const char *r = domain ? lookalike_registrable(work->sources->index, work->arena, domain) : NULL;
    return r && strcasecmp(r, registrable) == 0;
}

static bool signed_by(struct fact_work *work, const struct authres *a, const char *registrable)
{
    for (size_t i = 0; a && i < a->n_results; i++)
        if (strcmp(a->results[i].method, "dkim") == 0 && auth_is(a->results[i].result, "pass") &&
            is_of(work, authres_property(&a->results[i], "header", "d"), registrable))
            return true;
    return false;
}

bool auth_passes_for(struct fact_work *work, const char *registrable)
{
    struct seen trusted = {0}, own = {0};
    const char *envelope = auth_envelope_domain(work->message);
    if (!read_headers(work, &trusted, &own))
        return work->lookup && auth_is(work->lookup->spf, "pass") &&
               is_of(work, work->lookup->spf_domain, registrable);
    struct auth_results r = auth_read(work, trusted.spf, NULL, NULL, envelope);
    return signed_by(work, trusted.dkim, registrable) ||
           (auth_is(r.spf, "pass") && is_of(work, envelope, registrable));
}
