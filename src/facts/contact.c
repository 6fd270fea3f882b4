/*
 * A message as history sees it: whose organisation wrote to whom of ours, which earlier messages it refers to,
 * which accounts it names in its own words, and what it would have in common with others of a campaign. An
 * organisation is the registrable domain; at a free mail provider, where everybody is, the whole address.
 */
#include <string.h>
#include <strings.h>

#include "facts/contact.h"
#include "facts/families.h"

static const char *organisation(struct fact_work *work, const char *address)
{
    const char *at = strrchr(address, '@');
    if (!at || at == address || !at[1])
        return NULL;
    if (wordset_domain(work->sources->lists->freemail, at + 1))
        return arena_lower(work->arena, span_of(address));
    const char *registrable = fact_match(work, at + 1)->registrable;
    return registrable ? registrable : arena_lower(work->arena, span_of(at + 1));
}

static bool is_own(struct fact_work *work, const char *address)
{
    const char *at = strrchr(address, '@');
    return at && lookalike_is_own(fact_match(work, at + 1));
}

/* --- lists without duplicates */

struct list {
    struct arena *arena;
    const char **v;
    size_t n, most;
};

static struct list list_new(struct arena *arena, size_t most)
{
    return (struct list){arena, arena_array(arena, most, sizeof(char *)), 0, most};
}

static void list_add(struct list *list, const char *s)
{
    if (!s || !*s || list->n == list->most)
        return;
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->v[i], s) == 0)
            return;
    list->v[list->n++] = s;
}

static struct contact_strings strings(const struct list *list)
{
    return (struct contact_strings){list->v, list->n};
}

/* --- people and organisations */

struct taking {
    struct fact_work *work;
    struct list *list;
};

static bool take_person(void *context, const char *address)
{
    struct taking *to = context;
    const struct message *m = to->work->message;
    bool enveloped = m->envelope && m->envelope->n_rcpts; /* what the server took for us is ours */
    if (strchr(address, '@') && (enveloped || is_own(to->work, address)))
        list_add(to->list, arena_lower(to->work->arena, span_of(address)));
    return true;
}

static bool take_peer(void *context, const char *address)
{
    struct taking *to = context;
    if (!is_own(to->work, address))
        list_add(to->list, organisation(to->work, address));
    return true;
}

static void add_parties(struct fact_work *work, struct list *list, const struct mailbox_list *boxes)
{
    for (size_t i = 0; i < boxes->n && list->n < list->most; i++)
        list_add(list, organisation(work, boxes->v[i].address));
}

static struct contact_strings parties(struct fact_work *work)
{
    struct list list = list_new(work->arena, CONTACT_PEERS);
    add_parties(work, &list, &work->message->from);
    add_parties(work, &list, &work->message->to);
    add_parties(work, &list, &work->message->cc);
    return strings(&list);
}

/* --- thread */

static struct contact_strings references(struct fact_work *work)
{
    const struct message *m = work->message;
    struct list list = list_new(work->arena, CONTACT_REFS);
    size_t from = m->n_references > CONTACT_REFS - 1 ? m->n_references - (CONTACT_REFS - 1) : 0;
    for (size_t i = from; i < m->n_references; i++)
        list_add(&list, m->references[i]);
    list_add(&list, m->in_reply_to);
    return strings(&list);
}

/* --- accounts */

/* A French RIB and the sort code with the account are the tail of the IBAN: one spelling for each account. */
static struct contact_account canonical(struct arena *arena, const struct payment_account *a)
{
    struct contact_account c = {a->number, a->country, a->bank ? a->bank : ""};
    size_t n = strlen(a->number);
    bool french = strcmp(a->country, "FR") == 0 || strcmp(a->country, "MC") == 0;
    if (a->kind == ACCOUNT_RIB || (a->kind == ACCOUNT_IBAN && french && n == 27)) {
        const char *tail = a->number + (a->kind == ACCOUNT_IBAN ? 4 : 0);
        c.number = arena_printf(arena, "RIB%s", tail);
        c.bank = arena_strndup(arena, tail, 5);
    } else if (a->kind == ACCOUNT_IBAN && strcmp(a->country, "GB") == 0 && n == 22) {
        c.number = arena_printf(arena, "GB%.6s/%s", a->number + 8, a->number + 14);
        c.bank = arena_strndup(arena, a->number + 8, 6);
    } else if (a->kind == ACCOUNT_SORT_CODE) {
        c.number = arena_printf(arena, "GB%s", a->number);
    } else if (a->kind != ACCOUNT_IBAN) {
        c.number = arena_printf(arena, "%s:%s", account_name(a->kind), a->number);
    }
    return c;
}

/* A bank alone (a BIC, a routing number) is no account that could be compared. */
static bool comparable(const struct payment_account *a)
{
    if (a->quoted || !a->valid || a->kind == ACCOUNT_BIC)
        return false;
    return (a->kind != ACCOUNT_SORT_CODE && a->kind != ACCOUNT_ABA) || strchr(a->number, '/');
}

static void accounts(struct fact_work *work, struct contact *contact)
{
    struct contact_account *v = arena_array(work->arena, CONTACT_ACCOUNTS, sizeof(*v));
    for (size_t i = 0; work->payment && i < work->payment->n_accounts; i++) {
        const struct payment_account *a = &work->payment->accounts[i];
        enum payment_where where = work->payment_texts[a->text].where;
        if (!comparable(a) || where == PAYMENT_QUOTED || where == PAYMENT_HIDDEN)
            continue;
        struct contact_account c = canonical(work->arena, a);
        bool twice = false;
        for (size_t k = 0; k < contact->n_accounts; k++)
            twice = twice || strcmp(v[k].number, c.number) == 0;
        if (!twice && contact->n_accounts < CONTACT_ACCOUNTS)
            v[contact->n_accounts++] = c;
    }
    contact->accounts = v;
}

/* --- what it imitates, and its campaign */

/* Whose accounts they would be: whom the sender imitates, else the sender's own organisation. */
static const char *payee(struct fact_work *work, const char *peer)
{
    const struct facts *facts = work->facts;
    const char *target = NULL;
    if (facts_int(facts, FACT_LOOKALIKE_SCORE) >= LOOKALIKE_WEAK)
        target = facts_text(facts, FACT_LOOKALIKE_TARGET);
    else if (facts_int(facts, FACT_THREAD_PAIR_SCORE) >= LOOKALIKE_WEAK)
        target = facts_text(facts, FACT_THREAD_PAIR_TARGET);
    const char *registrable =
        target ? lookalike_registrable(work->sources->index, work->arena, target) : NULL;
    return registrable ? registrable : peer;
}

static void marks(struct fact_work *work, struct contact *contact)
{
    const struct facts *facts = work->facts;
    struct contact_mark *v = arena_array(work->arena, CONTACT_MARKS, sizeof(*v));
    const char *domain = facts_text(facts, FACT_LOOKALIKE_DOMAIN),
               *reply_to = facts_text(facts, FACT_REPLY_ADDRESS);
    size_t n = 0;
    if (facts_int(facts, FACT_LOOKALIKE_SCORE) >= LOOKALIKE_WEAK && domain)
        v[n++] = (struct contact_mark){"domain", arena_lower(work->arena, span_of(domain))};
    else if (facts_int(facts, FACT_THREAD_PAIR_SCORE) >= LOOKALIKE_WEAK && work->from_registrable)
        v[n++] = (struct contact_mark){"domain", work->from_registrable};
    if (facts_bool(facts, FACT_REPLY_DIVERTED) && reply_to)
        v[n++] = (struct contact_mark){"reply-to", arena_lower(work->arena, span_of(reply_to))};
    for (size_t i = 0; i < contact->n_accounts && n < CONTACT_MARKS; i++)
        v[n++] = (struct contact_mark){"account", contact->accounts[i].number};
    contact->marks = v;
    contact->n_marks = n;
}

static struct contact *contact_of(struct fact_work *work)
{
    const struct message *m = work->message;
    struct contact *contact = arena_alloc(work->arena, sizeof(*contact));
    contact->message_id = m->message_id && *m->message_id ? m->message_id : NULL;
    contact->parties = parties(work);
    contact->refs = references(work);
    return contact;
}

void facts_contact(struct fact_work *work)
{
    struct list people = list_new(work->arena, CONTACT_PERSONS), peer = list_new(work->arena, 1);
    struct contact *contact = contact_of(work);
    if (work->from && *work->from->domain && !is_own(work, work->from->address))
        list_add(&peer, organisation(work, work->from->address));
    message_each_recipient(work->message, CONTACT_PEERS, take_person, &(struct taking){work, &people});
    contact->peers = strings(&peer);
    contact->people = strings(&people);
    contact->payee = payee(work, peer.n ? peer.v[0] : NULL);
    accounts(work, contact);
    marks(work, contact);
    work->facts->contact = contact;
}

const struct contact *contact_sent(const struct fact_sources *sources, struct arena *arena,
                                   const struct message *message)
{
    struct fact_work work = {.sources = sources, .arena = arena, .message = message};
    struct list people = list_new(arena, 1), peers = list_new(arena, CONTACT_PEERS);
    struct contact *contact = contact_of(&work);
    if (message->from.n && strchr(message->from.v[0].address, '@'))
        list_add(&people, arena_lower(arena, span_of(message->from.v[0].address)));
    message_each_recipient(message, CONTACT_PEERS, take_peer, &(struct taking){&work, &peers});
    contact->sent = true;
    contact->people = strings(&people);
    contact->peers = strings(&peers);
    return contact;
}
