/*
 * Names of protected people beside addresses that are not theirs: in the name of the sender or of whom answers go to, in
 * a local part, in the signature, and, beside a free mail address, in the subject.
 */
#include <string.h>
#include <strings.h>

#include "facts/families.h"
#include "facts/signature.h"

static bool belongs_to(void *context, const char *address)
{
    const struct person *person = ((const struct person_match *)context)->person;
    for (size_t i = 0; i < person->n_addresses; i++)
        if (strcasecmp(person->addresses[i], address) == 0)
            return true;
    return false;
}

static bool is_free(struct fact_work *work, const struct mailbox *box)
{
    return wordset_domain(work->sources->lists->freemail, box->domain) != NULL;
}

/* Programs show the local part where there is no name; below a protected domain it is the owner's business. */
static bool named(struct fact_work *work, const struct mailbox *box, struct person_match *match,
                  bool *by_local)
{
    const struct people *people = work->sources->people;
    *by_local = false;
    if (people_match(people, work->arena, box->name, PERSON_NAME, box->address, match))
        return !match->genuine;
    *by_local = true;
    if (!is_free(work, box) && lookalike_is_genuine(fact_match(work, box->domain)))
        return false;
    return people_match(people, work->arena, box->local, PERSON_LOCAL, box->address, match) &&
           !match->genuine;
}

static bool set_person(struct fact_work *work, const struct mailbox *box, const char *field)
{
    struct person_match match;
    bool by_local;
    if (!*box->domain || !named(work, box, &match, &by_local))
        return false;
    /* A name that only its owner will read fools nobody: people write to themselves from private addresses. */
    if (message_each_recipient(work->message, SIZE_MAX, belongs_to, &match)) {
        facts_set_string(work->facts, FACT_PERSON_SELF, match.person->name);
        return true;
    }
    facts_set_string(work->facts, FACT_PERSON_NAME, match.person->name);
    facts_set_string(work->facts, FACT_PERSON_ROLE, match.person->role);
    facts_set_bool(work->facts, FACT_PERSON_NEAR, match.near);
    facts_set_string(work->facts, FACT_PERSON_FIELD,
                     by_local ? arena_printf(work->arena, "%s, before the @", field) : field);
    facts_set_string(work->facts, FACT_PERSON_ADDRESS, box->address);
    facts_set_bool(work->facts, FACT_PERSON_FREEMAIL, is_free(work, box));
    return true;
}

static void fields(struct fact_work *work)
{
    const struct message *m = work->message;
    if (set_person(work, work->from, "From"))
        return;
    for (size_t i = 0; i < m->reply_to.n && i < FACT_NAMES; i++)
        if (set_person(work, &m->reply_to.v[i], "Reply-To"))
            return;
}

struct signing {
    struct fact_work *work;
    struct person_match match;
};

static bool signs(void *context, const char *line)
{
    struct signing *s = context;
    return people_match(s->work->sources->people, s->work->arena, line, PERSON_NAME, s->work->from->address,
                        &s->match);
}

/* "Karen Whitfield" as the last words of a message from somebody else's address. */
static void signature(struct fact_work *work)
{
    struct signing s = {.work = work};
    signature_lines(work, signs, &s);
    if (s.match.person && !s.match.genuine && !s.match.near)
        facts_set_string(work->facts, FACT_PERSON_SIGNATURE, s.match.person->name);
}

static void subject(struct fact_work *work)
{
    struct person_match match;
    if (is_free(work, work->from) &&
        people_match(work->sources->people, work->arena, work->message->subject, PERSON_TEXT,
                     work->from->address, &match) &&
        !match.genuine)
        facts_set_string(work->facts, FACT_PERSON_SUBJECT, match.person->name);
}

void facts_person(struct fact_work *work)
{
    if (!work->from)
        return;
    fields(work);
    signature(work);
    subject(work);
}
