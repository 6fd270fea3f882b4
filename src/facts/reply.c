/*
 * Where answers would go.
 */
#include <string.h>
#include <strings.h>

#include "facts/families.h"

/* Different owners, as far as the public suffix list tells; the same protected owner counts as the same. */
static bool differs(struct fact_work *work, const char *domain)
{
    const struct lookalike_result *r = fact_match(work, domain);
    const char *registrable = r->registrable;
    if (!registrable || !work->from_registrable)
        return registrable != work->from_registrable && strcasecmp(domain, work->from->domain) != 0;
    if (strcasecmp(registrable, work->from_registrable) == 0)
        return false;
    return !(lookalike_is_genuine(r) && lookalike_is_genuine(work->from_match));
}

static void return_path(struct fact_work *work)
{
    const struct message *m = work->message;
    const char *domain = message_envelope_domain(m);
    if (!domain && m->return_path.n)
        domain = m->return_path.v[0].domain;
    if (domain && *domain)
        facts_set_bool(work->facts, FACT_RETURN_PATH_DIFFERS, differs(work, domain));
}

void facts_reply(struct fact_work *work)
{
    const struct message *m = work->message;
    bool diverted = false, freemail = false;
    if (!work->from || !*work->from->domain)
        return;
    return_path(work);
    for (size_t i = 0; i < m->reply_to.n; i++) {
        const struct mailbox *box = &m->reply_to.v[i];
        if (!*box->domain)
            continue;
        facts_set_string(work->facts, FACT_REPLY_ADDRESS, box->address);
        diverted = diverted || differs(work, box->domain);
        freemail = freemail || wordset_domain(work->sources->lists->freemail, box->domain);
    }
    facts_set_bool(work->facts, FACT_REPLY_DIVERTED, diverted);
    facts_set_bool(work->facts, FACT_REPLY_FREEMAIL, freemail);
}
