/*
 * The order of the families, and the word lists that they share.
 */
#include <stdlib.h>
#include <string.h>

#include "base/datadir.h"
#include "facts/collect.h"

static bool load(struct wordset **set, const char *name, struct diag_list *diags)
{
    char *path = datadir_path(name);
    *set = wordset_load(path, DATADIR_REMEDY, diags);
    free(path);
    return *set != NULL;
}

bool fact_lists_load(struct fact_lists *lists, const char *freemail, struct diag_list *diags)
{
    bool ok = true;
    if (freemail)
        ok = (lists->freemail = wordset_load(freemail, NULL, diags)) != NULL;
    else
        ok = load(&lists->freemail, "data/facts/freemail.txt", diags);
    ok = load(&lists->titles, "data/facts/titles.txt", diags) && ok;
    ok = load(&lists->tunnels, "data/facts/tunnels.txt", diags) && ok;
    ok = load(&lists->installers, "data/facts/installers.txt", diags) && ok;
    return load(&lists->payment_names, "data/facts/payment-names.txt", diags) && ok;
}

void fact_lists_free(struct fact_lists *lists)
{
    wordset_free(&lists->freemail);
    wordset_free(&lists->titles);
    wordset_free(&lists->tunnels);
    wordset_free(&lists->installers);
    wordset_free(&lists->payment_names);
}

const struct lookalike_result *fact_match(struct fact_work *work, const char *domain)
{
    struct domain_memory *memory = &work->domains;
    if (!domain)
        domain = "";
    for (size_t i = 0; i < memory->n; i++)
        if (strcmp(memory->v[i]->input, domain) == 0)
            return memory->v[i];
    const struct lookalike_result *r = lookalike_match(work->sources->index, work->arena, domain);
    if (memory->n < DOMAINS_REMEMBERED)
        memory->v[memory->n++] = r;
    return r;
}

static void (*const families[])(struct fact_work *) = {
    facts_envelope, facts_identity, facts_lookalike,  facts_thread,    facts_reply,   facts_auth,
    facts_payment,  facts_link,     facts_attachment, facts_structure, facts_contact, /* last: it looks at what the others found */
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
