/*
 * Whose company's name a message carries beside an address that is not theirs. In the name of the sender, or of whom
 * answers go to, it says who the message is from; in the subject, the signature or a local part only beside a free mail
 * address, since couriers, factors and advisers name suppliers all day.
 */
#include <string.h>

#include "facts/families.h"
#include "facts/signature.h"

static bool is_free(struct fact_work *work, const char *domain)
{
    return wordset_domain(work->sources->lists->freemail, domain) != NULL;
}

/* An address of somebody whom we protect, or that one of our people uses, may show any name. */
static bool is_theirs(struct fact_work *work, const struct mailbox *box, bool free)
{
    return (!free && lookalike_is_genuine(fact_match(work, box->domain))) ||
           people_by_address(work->sources->people, box->address);
}

static void set_company(struct fact_work *work, const struct company *c, bool near, const struct mailbox *box,
                        bool free, const char *field)
{
    struct facts *facts = work->facts;
    facts_set_string(facts, FACT_COMPANY_NAME, c->name);
    facts_set_bool(facts, FACT_COMPANY_NEAR, near);
    facts_set_string(facts, FACT_COMPANY_DOMAIN, c->domain);
    facts_set_string(facts, FACT_COMPANY_RELATION, relation_name(c->relation));
    facts_set_string(facts, FACT_COMPANY_FIELD, field);
    facts_set_string(facts, FACT_COMPANY_ADDRESS, box->address);
    facts_set_bool(facts, FACT_COMPANY_FREEMAIL, free);
    facts_set_string(facts, FACT_COMPANY_PHONE, c->phone && *c->phone ? c->phone : NULL);
}

/* The first name of a company in a field; one beside a free address says most. */
static void names(struct fact_work *work, const struct mailbox_list *boxes, const char *field)
{
    for (size_t i = 0; i < boxes->n && i < FACT_NAMES; i++) {
        const struct mailbox *box = &boxes->v[i];
        bool near, free = is_free(work, box->domain),
                   seen = facts_text(work->facts, FACT_COMPANY_NAME) != NULL;
        if (!*box->domain || (seen && (!free || facts_bool(work->facts, FACT_COMPANY_FREEMAIL))))
            continue;
        const struct company *c =
            companies_match(work->sources->companies, work->arena, box->name, COMPANY_NAME, &near);
        if (c && !is_theirs(work, box, free))
            set_company(work, c, near, box, free, field);
    }
}

struct mention {
    struct fact_work *work;
    const struct company *company;
};

static bool in_line(void *context, const char *line)
{
    struct mention *m = context;
    m->company = companies_match(m->work->sources->companies, m->work->arena, line, COMPANY_LINE, NULL);
    return m->company != NULL;
}

static void mentioned(struct fact_work *work)
{
    static const char *const places[] = {"address", "subject", "signature"};
    const struct companies *all = work->sources->companies;
    struct mention m = {work, companies_match(all, work->arena, work->from->local, COMPANY_LOCAL, NULL)};
    size_t place = 0;
    if (!m.company && work->message->subject) {
        place = 1;
        m.company = companies_match(all, work->arena, work->message->subject, COMPANY_SUBJECT, NULL);
    }
    if (!m.company) {
        place = 2;
        signature_lines(work, in_line, &m);
    }
    if (!m.company)
        return;
    facts_set_string(work->facts, FACT_COMPANY_MENTIONED, m.company->name);
    facts_set_string(work->facts, FACT_COMPANY_MENTIONED_PLACE, places[place]);
}

void facts_company(struct fact_work *work)
{
    if (!work->from)
        return;
    names(work, &work->message->from, "From");
    names(work, &work->message->reply_to, "Reply-To");
    if (is_free(work, work->from->domain) && !is_theirs(work, work->from, true))
        mentioned(work);
}
