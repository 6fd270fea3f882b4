/*
 * The order of the families.
 */
#include "facts/collect.h"
#include "facts/families.h"

static void (*const families[])(struct fact_work *) = {
    facts_envelope, facts_identity,   facts_person,    facts_company, facts_lookalike,
    facts_thread,   facts_reply,      facts_auth,      facts_vouched, facts_payment,
    facts_link,     facts_attachment, facts_structure, facts_contact, /* last: it looks at what the others found */
};

struct facts *facts_collect(const struct fact_sources *sources, struct arena *arena,
                            const struct message *message, const struct auth_lookup *lookup)
{
    struct fact_work work = {
        .sources = sources,
        .lookup = lookup,
        .arena = arena,
        .message = message,
        .facts = facts_new(arena),
        .from = message->from.n ? &message->from.v[0] : NULL,
    };
    if (work.from && *work.from->domain) {
        work.from_match = fact_match(&work, work.from->domain);
        work.from_registrable = work.from_match->registrable;
    }
    for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
        families[i](&work);
    return work.facts;
}
