/*
 * What history knows about a message that waits for its judgement. One connection of the quick pool, a few
 * look-ups by key, one deadline for all; a store that failed is left alone for a while, so that mail is not
 * delayed by it one by one. Whatever is not answered stays unknown: nobody becomes new because of a failure.
 */
#include "base/clock.h"

#include "store/history_internal.h"

struct look {
    struct store *store;
    struct db *db;
    struct arena *arena;
    const struct history_options *options;
    const struct contact *contact;
    struct history_meta meta;
    struct contact_view *view;
    int64_t until_ms, now_ms;
    struct store_error *error;
};

static int query(struct look *look, enum statement id, const struct db_value *args, size_t n, db_row_fn row,
                 void *context)
{
    if (monotonic_ms() >= look->until_ms) {
        store_fail(look->error, STORE_LOCKED, "%s: no answer within %u ms", look->store->url,
                   look->options->deadline_ms);
        return -1;
    }
    return look->db->driver->run(look->db, id, args, n, row, context, NULL, look->error);
}

static struct db_value text(struct look *look, const char *s)
{
    return value_foreign(look->arena, s);
}

/* As the name was written while hash-addresses was on, or off: the option may have changed. */
static const char *other_spelling(struct look *look, const char *name)
{
    return history_hidden(look->meta.key, look->arena, name);
}

static int read_peer(void *context, const struct db_value *c, size_t n)
{
    struct look *look = context;
    struct history_peer peer;
    history_peer_row(look->arena, look->options, c, &peer);
    look->view->peer_known = true;
    look->view->established = peer.established;
    look->view->first_ms = peer.first_ms;
    look->view->received = peer.received;
    look->view->sent = peer.sent;
    look->view->wrote_first = c[4].i > 0 && (c[3].i == 0 || c[4].i < c[3].i);
    return 0;
}

static int look_peer(struct look *look, const char *peer)
{
    const char *names[] = {peer, other_spelling(look, peer)};
    for (size_t i = 0; i < 2 && !look->view->peer_known; i++) {
        struct db_value args[] = {value_text(look->store->tenant), text(look, names[i])};
        if (i == 1 && names[1] == peer)
            break;
        if (query(look, SQL_HISTORY_PEER_GET, args, 2, read_peer, look))
            return -1;
    }
    return 0;
}

static int seen(void *context, const struct db_value *c, size_t n)
{
    *(bool *)context = true;
    return 1;
}

static int look_person(struct look *look, const char *peer)
{
    const struct contact_strings *people = &look->contact->people;
    bool found = false;
    for (size_t i = 0; look->view->peer_known && i < people->n && !found; i++) {
        struct db_value args[] = {value_text(look->store->tenant), text(look, peer),
                                  text(look, other_spelling(look, peer)), text(look, people->v[i]),
                                  text(look, other_spelling(look, people->v[i]))};
        if (query(look, SQL_HISTORY_PERSON_GET, args, 5, seen, &found))
            return -1;
    }
    if (people->n)
        look->view->person = found ? CONTACT_YES : CONTACT_NO;
    return 0;
}

struct parties {
    bool found;
    size_t n;
    unsigned char bytes[PARTIES * PARTY_BYTES];
};

static int read_parties(void *context, const struct db_value *c, size_t n)
{
    struct parties *p = context;
    p->found = true;
    p->n = c[0].type == DB_BYTES && c[0].s.n <= sizeof(p->bytes) ? c[0].s.n / PARTY_BYTES : 0;
    if (p->n)
        memcpy(p->bytes, c[0].s.p, p->n * PARTY_BYTES);
    return 1;
}

static bool took_part(const struct parties *p, const struct history_hash *who)
{
    for (size_t i = 0; i < p->n; i++)
        if (memcmp(p->bytes + i * PARTY_BYTES, who->bytes, PARTY_BYTES) == 0)
            return true;
    return false;
}

/* The newest reference that we saw decides who took part. */
static int look_thread(struct look *look, const char *peer)
{
    const struct contact_strings *refs = &look->contact->refs;
    struct parties parties = {0};
    for (size_t i = refs->n; i-- > 0 && !parties.found;) {
        struct history_hash hash = history_hash(look->meta.key, "message-id", refs->v[i]);
        struct db_value args[] = {value_text(look->store->tenant), history_hash_value(&hash)};
        if (query(look, SQL_HISTORY_THREAD_GET, args, 2, read_parties, &parties))
            return -1;
    }
    if (refs->n)
        look->view->thread = parties.found ? CONTACT_YES : CONTACT_NO;
    if (parties.found && parties.n) {
        struct history_hash who = history_hash(look->meta.key, "party", peer);
        look->view->party = took_part(&parties, &who) ? CONTACT_YES : CONTACT_NO;
    }
    return 0;
}

struct account_look {
    struct history_hash number[CONTACT_ACCOUNTS], country[CONTACT_ACCOUNTS], bank[CONTACT_ACCOUNTS];
    bool known[CONTACT_ACCOUNTS], known_country[CONTACT_ACCOUNTS], known_bank[CONTACT_ACCOUNTS];
    size_t n, used;
};

static bool same(const struct db_value *value, const struct history_hash *hash)
{
    return value->type == DB_BYTES && value->s.n == HASH_BYTES &&
           memcmp(value->s.p, hash->bytes, HASH_BYTES) == 0;
}

static int compare_account(void *context, const struct db_value *c, size_t n)
{
    struct account_look *a = context;
    a->used++;
    for (size_t i = 0; i < a->n; i++) {
        a->known[i] = a->known[i] || same(&c[0], &a->number[i]);
        a->known_country[i] = a->known_country[i] || same(&c[1], &a->country[i]);
        a->known_bank[i] = a->known_bank[i] || same(&c[2], &a->bank[i]);
    }
    return 0;
}

static int look_accounts(struct look *look)
{
    const struct contact *c = look->contact;
    struct contact_view *view = look->view;
    struct account_look a = {.n = c->n_accounts < CONTACT_ACCOUNTS ? c->n_accounts : CONTACT_ACCOUNTS};
    const char *names[] = {c->payee, c->payee ? other_spelling(look, c->payee) : NULL};
    for (size_t i = 0; i < a.n; i++) {
        a.number[i] = history_hash(look->meta.key, "account", c->accounts[i].number);
        a.country[i] = history_hash(look->meta.key, "country", c->accounts[i].country);
        a.bank[i] = history_hash(look->meta.key, "bank", c->accounts[i].bank);
    }
    for (size_t i = 0; c->payee && a.n && i < 2; i++) {
        struct db_value args[] = {value_text(look->store->tenant), text(look, names[i])};
        if (i == 1 && names[1] == names[0])
            break;
        if (query(look, SQL_HISTORY_ACCOUNT_GET, args, 2, compare_account, &a))
            return -1;
    }
    view->payee_accounts = a.used;
    bool countries = true, banks = true;
    for (size_t i = 0; a.used && i < a.n; i++) {
        view->accounts_known += a.known[i];
        if (!a.known[i] && view->accounts_new++ == 0)
            view->first_new = i;
        countries = countries && (a.known[i] || a.known_country[i]);
        banks = banks && (a.known[i] || a.known_bank[i]);
    }
    if (view->accounts_new) {
        view->country = countries ? CONTACT_YES : CONTACT_NO;
        view->bank = banks ? CONTACT_YES : CONTACT_NO;
    }
    return 0;
}

struct campaign {
    int64_t messages, first_ms;
};

static int read_campaign(void *context, const struct db_value *c, size_t n)
{
    *(struct campaign *)context = (struct campaign){c[0].i, c[1].i};
    return 1;
}

/* The mark that most messages bear. */
static int look_campaign(struct look *look)
{
    static const char digits[] = "0123456789abcdef";
    struct contact_view *view = look->view;
    for (size_t i = 0; i < look->contact->n_marks; i++) {
        const struct contact_mark *mark = &look->contact->marks[i];
        struct history_hash hash = history_hash(look->meta.key, mark->kind, mark->value);
        struct campaign found = {0};
        struct db_value args[] = {value_text(look->store->tenant), value_text(mark->kind),
                                  history_hash_value(&hash),
                                  value_int(look->now_ms - look->options->campaign_ms)};
        if (query(look, SQL_HISTORY_CAMPAIGN_GET, args, 4, read_campaign, &found))
            return -1;
        if (i > 0 && (uint64_t)found.messages <= view->campaign)
            continue;
        view->campaign = (uint64_t)found.messages;
        view->campaign_ms = found.first_ms;
        view->campaign_kind = mark->kind;
        view->campaign_value = mark->value;
        for (size_t b = 0; b < 8; b++) {
            view->campaign_id[2 * b] = digits[hash.bytes[b] >> 4];
            view->campaign_id[2 * b + 1] = digits[hash.bytes[b] & 15];
        }
    }
    return 0;
}

static int look_all(struct look *look)
{
    const struct contact *c = look->contact;
    if (history_meta(look->store, look->db, &look->meta, look->error))
        return -1;
    look->view->ready = look->meta.key && look->meta.received >= HISTORY_LEAST && look->meta.begin_ms > 0 &&
                        look->now_ms - look->meta.begin_ms >= look->options->learning_ms;
    look->view->sent_ready = look->view->ready && look->meta.sent >= HISTORY_LEAST_SENT;
    if (!look->meta.key)
        return 0;
    const char *peer = c->peers.n && !c->sent ? c->peers.v[0] : NULL;
    if (peer && (look_peer(look, peer) || look_person(look, peer) || look_thread(look, peer)))
        return -1;
    return look_accounts(look) || look_campaign(look) ? -1 : 0;
}

static bool paused(struct store *store)
{
    pthread_mutex_lock(&store->lock);
    bool pause = monotonic_ms() < store->history_pause_ms;
    pthread_mutex_unlock(&store->lock);
    return pause;
}

static void failed(struct store *store, const struct store_error *error)
{
    pthread_mutex_lock(&store->lock);
    store->history_pause_ms = monotonic_ms() + HISTORY_PAUSE_MS;
    store->stats.failures++;
    store->stats.last_error = *error;
    pthread_mutex_unlock(&store->lock);
    state_note(store, error);
}

int history_look(struct store *store, struct arena *arena, const struct history_options *options,
                 const struct contact *contact, struct contact_view *view_r, struct store_error *error)
{
    struct look look = {
        .store = store,
        .arena = arena,
        .options = options,
        .contact = contact,
        .view = view_r,
        .until_ms = monotonic_ms() + options->deadline_ms,
        .now_ms = contact->time_ms ? contact->time_ms : wall_ms(),
        .error = error,
    };
    *view_r = (struct contact_view){0};
    if (paused(store)) {
        store_fail(error, STORE_LOCKED, "%s: history failed just now", store->url);
        return -1;
    }
    size_t slot;
    look.db = reader_take(store, &store->quick, &slot, (int)options->deadline_ms / 2, error);
    int result = look.db ? look_all(&look) : -1;
    if (look.db)
        reader_give(store, &store->quick, slot, look.db);
    if (result) {
        *view_r = (struct contact_view){0};
        failed(store, error);
    }
    view_r->answered = result == 0;
    return result;
}
