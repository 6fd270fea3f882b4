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

/* Whom the name of From shows, by address or as one of our people, is whom answers go to. */
static bool is_named(struct fact_work *work, const struct mailbox *box)
{
    const char *shown = facts_text(work->facts, FACT_FROM_NAME_ADDRESS),
               *name = facts_text(work->facts, FACT_PERSON_NAME);
    const struct person *person = people_by_address(work->sources->people, box->address);
    return (shown && strcasecmp(shown, box->address) == 0) ||
           (name && person && strcmp(person->name, name) == 0 &&
            facts_is(work->facts, FACT_PERSON_FIELD, "From"));
}

void facts_reply(struct fact_work *work)
{
    const struct message *m = work->message;
    bool diverted = false, freemail = false, named = m->reply_to.n > 0;
    if (!work->from || !*work->from->domain)
        return;
    return_path(work);
    for (size_t i = 0; i < m->reply_to.n; i++) {
        const struct mailbox *box = &m->reply_to.v[i];
        if (!*box->domain)
            continue;
        facts_set_string(work->facts, FACT_REPLY_ADDRESS, box->address);
        diverted = diverted || differs(work, box->domain);
        named = named && is_named(work, box);
        freemail = freemail || wordset_domain(work->sources->lists->freemail, box->domain);
    }
    if (named)
        facts_set_string(work->facts, FACT_REPLY_NAMED, m->reply_to.v[0].address);
    facts_set_bool(work->facts, FACT_REPLY_DIVERTED, diverted);
    facts_set_bool(work->facts, FACT_REPLY_FREEMAIL, freemail);
}
