/*
 * Authentication, as our own servers saw it. Believed are only headers of configured authserv-ids, the
 * topmost one for each method (RFC 8601 5; lower ones may be the sender's forgeries), and none from before the
 * message came to the server that wrote the topmost. Milters do not see their own server's Received, so where a header
 * stands cannot decide alone: who says different things about a method is not believed to say that it passed, nor is
 * a pass below a failure, since whoever evaluates DMARC writes after, and so above, those that it evaluates.
 * Without such a header our own look-ups are taken (ownauth.c), and from a server below an own domain one thing: that
 * authentication failed. Who forges a header gains nothing by a failure.
 */
#include <string.h>
#include <strings.h>

#include "facts/arc.h"
#include "facts/auth.h"
#include "facts/authread.h"
#include "facts/families.h"
#include "facts/ownauth.h"

enum method { SPF, DKIM, DMARC, ARC, METHODS };
static const char *const methods[METHODS] = {"spf", "dkim", "dmarc", "arc"};

struct seen {
    const struct authres *by[METHODS]; /* the header that decides each method */
    bool unsure[METHODS];              /* a lower one says something else than its pass */
    bool failed;                       /* no pass below is believed any more */
};

static bool configured(const struct fact_sources *sources, const char *id)
{
    for (size_t i = 0; i < sources->n_authserv_ids; i++)
        if (strcasecmp(sources->authserv_ids[i], id) == 0)
            return true;
    return false;
}

/* What a header says about a method; of several signatures, whether one passes. NULL: nothing. */
static const char *said(const struct authres *a, enum method method)
{
    const char *first = NULL;
    for (size_t i = 0; a && i < a->n_results; i++) {
        const struct authres_result *r = &a->results[i];
        if (strcmp(r->method, methods[method]) != 0)
            continue;
        if (method == SPF && authres_property(r, "smtp", "mailfrom"))
            return r->result; /* those for HELO are about something else */
        if (!first || (method == DKIM && auth_is(r->result, "pass")))
            first = r->result;
    }
    return first;
}

enum note { NOTE_FITS, NOTE_DIFFERS, NOTE_FORGED };

/*
 * A server does not say two things about one method: the lower header is not its own, or not of this hop. It is forged
 * when it claims a pass that the topmost denies; where the topmost claims it, either may be the forged one.
 */
static enum note compare(struct seen *seen, const struct authres *a)
{
    enum note note = NOTE_FITS;
    for (enum method m = 0; m < METHODS; m++) {
        const char *above = said(seen->by[m], m), *below = said(a, m);
        if (!above || !below || strcmp(above, below) == 0)
            continue;
        if (auth_is(below, "pass"))
            note = NOTE_FORGED;
        else if (note == NOTE_FITS)
            note = NOTE_DIFFERS;
        seen->unsure[m] = seen->unsure[m] || auth_is(above, "pass");
    }
    return note;
}

static enum note note(struct seen *seen, const struct authres *a)
{
    enum note note = compare(seen, a);
    if (note != NOTE_FITS)
        return note;
    bool failed = seen->failed;
    for (enum method m = 0; m < METHODS; m++) {
        const char *result = said(a, m);
        if (!result || seen->by[m] || (failed && auth_is(result, "pass")))
            continue;
        seen->by[m] = a;
        seen->failed = seen->failed || (m != ARC && auth_is(result, "fail"));
    }
    if (auth_is(said(seen->by[DMARC], DMARC), "pass"))
        seen->failed = false; /* one of the two passed, whatever the other one did */
    return NOTE_FITS;
}

/* The header to believe about a method; NULL: none. */
static const struct authres *decider(const struct seen *seen, enum method method)
{
    return seen->unsure[method] ? NULL : seen->by[method];
}

/* Which headers are forged: their numbers among the fields of that name, 1 = the topmost. */
struct forged {
    size_t *v, n, max;
};

/* Headers of trusted servers, and of servers below own domains that nobody configured. `forged_r` may be NULL. */
static bool read_headers(struct fact_work *work, struct seen *trusted, struct seen *own,
                         struct forged *forged_r)
{
    const struct message *m = work->message;
    bool any = false;
    size_t number = 0;
    for (size_t i = 0, next = 0; i < m->n_headers && next < m->n_authres; i++) {
        if (any && strcasecmp(m->headers[i].name, "Received") == 0)
            break;
        number += strcasecmp(m->headers[i].name, "Authentication-Results") == 0;
        if (m->authres[next].header != i)
            continue;
        const struct authres *a = &m->authres[next++].said;
        if (configured(work->sources, a->authserv_id)) {
            any = true;
            if (note(trusted, a) == NOTE_FORGED && forged_r && forged_r->n < forged_r->max)
                forged_r->v[forged_r->n++] = number;
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
    const char *arc = said(decider(seen, ARC), ARC);
    const char *sealer = auth_is(arc, "pass") ? auth_arc(work, &before) : NULL;
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

/* Whoever should have looked did not, or somebody took away what was found. */
static void missing(struct fact_work *work, bool trusted, const struct auth_results *claimed)
{
    const struct auth_lookup *l = work->lookup;
    bool said = trusted || claimed->spf || claimed->dkim || claimed->dmarc ||
                (l && (l->internal || l->spf || l->record_known));
    bool archive = !l && !(work->message->envelope && work->message->envelope->client_ip);
    if (archive && lookalike_is_own(work->from_match)) /* it has mail that never left the house */
        return;
    if (work->sources->n_authserv_ids)
        facts_set_bool(work->facts, FACT_AUTH_MISSING, lookalike_is_genuine(work->from_match) && !said);
}

/* Mail programs show "ar@vendor.example on behalf of ...", or Sender alone. */
static void borrowed(struct fact_work *work)
{
    const struct message *m = work->message;
    if (!m->sender.n || !*m->sender.v[0].domain || !work->from_registrable)
        return;
    const struct lookalike_result *sender = fact_match(work, m->sender.v[0].domain);
    if (lookalike_is_genuine(sender) && !lookalike_is_genuine(work->from_match) && sender->registrable &&
        strcasecmp(sender->registrable, work->from_registrable) != 0 &&
        !auth_passes_for(work, sender->registrable) && !(work->lookup && work->lookup->internal))
        facts_set_string(work->facts, FACT_SENDER_BORROWED, m->sender.v[0].domain);
}

void facts_auth(struct fact_work *work)
{
    struct seen trusted = {0}, own = {0};
    if (!work->from || !*work->from->domain)
        return;
    bool any = read_headers(work, &trusted, &own, NULL);
    const struct seen *seen = any ? &trusted : &own;
    const char *envelope = auth_envelope_domain(work->message);
    struct auth_results results =
        auth_read(work, decider(seen, SPF), decider(seen, DKIM), decider(seen, DMARC), envelope);
    bool protected_sender = lookalike_is_genuine(work->from_match);
    facts_set_bool(work->facts, FACT_AUTH_TRUSTED, any);
    if (work->lookup && work->lookup->age_known)
        facts_set_bool(work->facts, FACT_DOMAIN_NEW, work->lookup->is_new);
    if (any)
        from_trusted(work, seen, &results, protected_sender);
    else
        from_ourselves(work, &results, protected_sender);
    unproven(work, any || (work->lookup && work->lookup->spf));
    missing(work, any, &results);
    borrowed(work);
}

bool facts_auth_needed(const struct fact_sources *sources, struct arena *arena, const struct message *message)
{
    struct fact_work work = {.sources = sources, .arena = arena, .message = message};
    struct seen trusted = {0}, own = {0};
    return !read_headers(&work, &trusted, &own, NULL);
}

size_t facts_auth_forged(const struct fact_sources *sources, struct arena *arena,
                         const struct message *message, size_t *numbers, size_t max)
{
    struct fact_work work = {.sources = sources, .arena = arena, .message = message};
    struct seen trusted = {0}, own = {0};
    struct forged forged = {numbers, 0, max};
    read_headers(&work, &trusted, &own, &forged);
    return forged.n;
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
    if (!read_headers(work, &trusted, &own, NULL))
        return work->lookup && auth_is(work->lookup->spf, "pass") &&
               is_of(work, work->lookup->spf_domain, registrable);
    struct auth_results r = auth_read(work, decider(&trusted, SPF), NULL, NULL, envelope);
    return signed_by(work, decider(&trusted, DKIM), registrable) ||
           (auth_is(r.spf, "pass") && is_of(work, envelope, registrable));
}
