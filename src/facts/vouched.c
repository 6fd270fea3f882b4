/*
 * Who may show other people's names: services that write for others, and mailing lists, but only those that are known,
 * and only where the message proves that it comes from them. Anybody can write a List-Id.
 */
#include <string.h>
#include <strings.h>

#include "facts/auth.h"
#include "facts/families.h"

static void service(struct fact_work *work)
{
    const struct wordset *services = work->sources->lists->services;
    const char *address = work->from->address;
    if (!facts_bool(work->facts, FACT_AUTH_ALIGNED))
        return;
    if (wordset_value(services, span_of(address)))
        facts_set_string(work->facts, FACT_SENDER_SERVICE, address);
    else
        facts_set_string(work->facts, FACT_SENDER_SERVICE, wordset_domain(services, work->from->domain));
}

/* "Purchasing <purchasing.lists.example>": what stands in the last brackets, else the whole (RFC 2919). */
static const char *list_id(struct fact_work *work)
{
    const struct mail_header *h = message_header(work->message, "List-Id");
    if (!h)
        return NULL;
    const char *open = strrchr(h->value, '<');
    const char *id = open ? open + 1 : h->value;
    return arena_lower(work->arena, span_trim((struct span){id, strcspn(id, ">")}));
}

/* Is the list, or a domain above it, one of trust.mailing-lists? */
static bool configured(struct fact_work *work, const char *id)
{
    const struct fact_sources *s = work->sources;
    for (size_t i = 0; i < s->n_mailing_lists; i++) {
        const char *name = s->mailing_lists[i];
        size_t n = strlen(name), all = strlen(id);
        if (all >= n && strcasecmp(id + all - n, name) == 0 && (all == n || id[all - n - 1] == '.'))
            return true;
    }
    return false;
}

/* The list's own seal: a provider that seals for everybody vouches for nobody's List-Id. */
static bool sealed_by(struct fact_work *work, const char *registrable)
{
    const char *sealer = facts_text(work->facts, FACT_AUTH_ARC);
    const char *r = sealer ? lookalike_registrable(work->sources->index, work->arena, sealer) : NULL;
    return r && strcasecmp(r, registrable) == 0;
}

static void list(struct fact_work *work)
{
    const char *id = list_id(work);
    if (!id || !*id)
        return;
    const struct lookalike_result *owner = fact_match(work, id);
    bool known = configured(work, id) || lookalike_is_genuine(owner);
    bool proven = owner->registrable &&
                  (sealed_by(work, owner->registrable) || auth_passes_for(work, owner->registrable));
    if (known && proven)
        facts_set_string(work->facts, FACT_MESSAGE_LIST_KNOWN, id);
}

void facts_vouched(struct fact_work *work)
{
    if (!work->from)
        return;
    service(work);
    list(work);
}
