/*
 * Learning: what a message tells about who writes to whom, written in the background for mail and in large
 * transactions for archives. Message-IDs and accounts are kept as keyed hashes only; the key is the store's
 * own, so that two stores cannot be compared. A message that was learned before does not count twice.
 */
#include <stdlib.h>

#include <sodium.h>

#include "base/clock.h"
#include "base/mem.h"

#include "store/history_internal.h"

enum { MINUTE_MS = 60 * 1000, HOUR_MS = 60 * MINUTE_MS };
#define DAY_MS ((int64_t)24 * HOUR_MS)

const struct history_options history_options_default = {
    .established_messages = 3,
    .established_ms = 14 * DAY_MS,
    .learning_ms = 14 * DAY_MS,
    .campaign_ms = 7 * DAY_MS,
    .deadline_ms = 100,
};

/* --- hashes */

struct history_hash history_hash(const unsigned char *key, const char *what, const char *value)
{
    struct history_hash hash;
    crypto_generichash_state state;
    crypto_generichash_init(&state, key, crypto_generichash_KEYBYTES, HASH_BYTES);
    crypto_generichash_update(&state, (const unsigned char *)what, strlen(what) + 1);
    crypto_generichash_update(&state, (const unsigned char *)value, strlen(value));
    crypto_generichash_final(&state, hash.bytes, HASH_BYTES);
    return hash;
}

struct db_value history_hash_value(const struct history_hash *hash)
{
    return value_bytes((struct span){(const char *)hash->bytes, HASH_BYTES});
}

const char *history_hidden(const unsigned char *key, struct arena *arena, const char *address)
{
    const char *at = strrchr(address, '@');
    char hex[2 * HASH_BYTES + 1];
    if (!at || address[0] == '#')
        return address;
    struct history_hash hash = history_hash(key, "address", address);
    sodium_bin2hex(hex, sizeof(hex), hash.bytes, HASH_BYTES / 2);
    return arena_printf(arena, "#%s%s", hex, at);
}

/* --- learning, in the writer's thread */

struct learning {
    struct store *store;
    struct db *db;
    struct arena *arena;
    const struct history_options *options;
    const struct contact *contact;
    const unsigned char *key;
    int64_t time_ms;
    unsigned learn;
    struct store_error *error;
};

static int run(struct learning *l, enum statement id, const struct db_value *args, size_t n,
               uint64_t *changed_r)
{
    return l->db->driver->run(l->db, id, args, n, NULL, NULL, changed_r, l->error);
}

static int add_meta(struct learning *l, enum statement how, const char *name, int64_t number)
{
    struct db_value args[] = {value_text(l->store->tenant), value_text(name), value_int(number)};
    return run(l, how, args, 3, NULL);
}

static struct db_value name_value(struct learning *l, const char *name)
{
    return value_foreign(l->arena,
                         l->options->hash_addresses ? history_hidden(l->key, l->arena, name) : name);
}

static struct db_value parties_value(struct learning *l)
{
    const struct contact_strings *parties = &l->contact->parties;
    if (parties->n > PARTIES)
        return value_bytes((struct span){"", 0});
    unsigned char *bytes = arena_alloc(l->arena, PARTIES * PARTY_BYTES);
    for (size_t i = 0; i < parties->n; i++) {
        struct history_hash hash = history_hash(l->key, "party", parties->v[i]);
        memcpy(bytes + i * PARTY_BYTES, hash.bytes, PARTY_BYTES);
    }
    return value_bytes((struct span){(const char *)bytes, parties->n * PARTY_BYTES});
}

/* *fresh_r: the message did not count for its correspondents before. */
static int put_thread(struct learning *l, bool *fresh_r)
{
    uint64_t changed = 1;
    *fresh_r = true;
    if (!l->contact->message_id || !(l->learn & HISTORY_THREAD))
        return 0;
    struct history_hash hash = history_hash(l->key, "message-id", l->contact->message_id);
    struct db_value args[] = {value_text(l->store->tenant), history_hash_value(&hash), value_int(l->time_ms),
                              parties_value(l), value_int((l->learn & HISTORY_PEER) != 0)};
    int result = run(l, SQL_HISTORY_THREAD_PUT, args, 5, &changed);
    *fresh_r = changed > 0;
    return result;
}

static int put_peer(struct learning *l, const char *peer, bool fresh)
{
    const struct contact *c = l->contact;
    struct db_value name = name_value(l, peer);
    if (fresh) {
        struct db_value args[] = {value_text(l->store->tenant),
                                  name,
                                  value_int(l->time_ms),
                                  value_int(l->time_ms),
                                  value_int(c->sent ? 0 : l->time_ms),
                                  value_int(c->sent ? l->time_ms : 0),
                                  value_int(!c->sent),
                                  value_int(c->sent),
                                  value_int((l->learn & HISTORY_ARCHIVED) != 0)};
        if (run(l, SQL_HISTORY_PEER_PUT, args, 9, NULL))
            return -1;
    }
    for (size_t i = 0; i < c->people.n; i++) {
        struct db_value args[] = {value_text(l->store->tenant), name, name_value(l, c->people.v[i]),
                                  value_int(l->time_ms)};
        if (run(l, SQL_HISTORY_PERSON_PUT, args, 4, NULL))
            return -1;
    }
    return 0;
}

static int put_peers(struct learning *l, bool fresh)
{
    if (!(l->learn & HISTORY_PEER) || l->contact->peers.n == 0)
        return 0;
    if (fresh && (add_meta(l, SQL_HISTORY_META_LEAST, "begin", l->time_ms) ||
                  add_meta(l, SQL_HISTORY_META_ADD, l->contact->sent ? "sent" : "received", 1)))
        return -1;
    for (size_t i = 0; i < l->contact->peers.n; i++)
        if (put_peer(l, l->contact->peers.v[i], fresh))
            return -1;
    return 0;
}

static int put_accounts(struct learning *l)
{
    const struct contact *c = l->contact;
    if (!(l->learn & HISTORY_ACCOUNTS) || !c->payee)
        return 0;
    for (size_t i = 0; i < c->n_accounts; i++) {
        const struct contact_account *a = &c->accounts[i];
        struct history_hash number = history_hash(l->key, "account", a->number);
        struct history_hash country = history_hash(l->key, "country", a->country);
        struct history_hash bank = history_hash(l->key, "bank", a->bank);
        struct db_value args[] = {value_text(l->store->tenant), name_value(l, c->payee),
                                  history_hash_value(&number),  history_hash_value(&country),
                                  history_hash_value(&bank),    value_int(l->time_ms),
                                  value_int(l->time_ms)};
        if (run(l, SQL_HISTORY_ACCOUNT_PUT, args, 7, NULL))
            return -1;
    }
    return 0;
}

static int put_marks(struct learning *l)
{
    const struct contact *c = l->contact;
    for (size_t i = 0; (l->learn & HISTORY_MARKS) && i < c->n_marks; i++) {
        struct history_hash hash = history_hash(l->key, c->marks[i].kind, c->marks[i].value);
        struct db_value args[] = {value_text(l->store->tenant), value_text(c->marks[i].kind),
                                  history_hash_value(&hash),    value_int(l->time_ms),
                                  value_int(l->time_ms),        value_int(l->options->campaign_ms)};
        if (run(l, SQL_HISTORY_CAMPAIGN_PUT, args, 6, NULL))
            return -1;
    }
    return 0;
}

static int learn_one(struct store *store, struct db *db, const struct history_options *options,
                     const struct history_item *item, bool *fresh_r, struct store_error *error)
{
    struct learning l = {
        .store = store,
        .db = db,
        .arena = arena_new(),
        .options = options,
        .contact = item->contact,
        .key = history_key(store),
        .time_ms = item->contact->time_ms ? item->contact->time_ms : wall_ms(),
        .learn = item->learn,
        .error = error,
    };
    int result =
        put_thread(&l, fresh_r) || put_peers(&l, *fresh_r) || put_accounts(&l) || put_marks(&l) ? -1 : 0;
    arena_free(&l.arena);
    return result;
}

/* --- archives */

struct learn_job {
    const struct history_options *options;
    const struct history_item *items;
    size_t n, known;
};

static int learn_job(struct store *store, struct db *db, void *arg, struct store_error *error)
{
    struct learn_job *job = arg;
    for (size_t i = 0; i < job->n; i++) {
        bool fresh;
        if (learn_one(store, db, job->options, &job->items[i], &fresh, error))
            return -1;
        job->known += !fresh;
    }
    return 0;
}

int history_learn(struct store *store, const struct history_options *options,
                  const struct history_item *items, size_t n, size_t *known_r, struct store_error *error)
{
    struct learn_job job = {options, items, n, 0};
    int result = n ? writer_run(store, learn_job, &job, 0, error) : 0;
    *known_r = result == 0 ? job.known : 0;
    return result;
}

/* --- mail: a copy of the contact in one block waits for the writer */

struct queued_contact {
    struct background item;
    struct history_options options;
    struct contact contact;
    unsigned learn;
    char data[] __attribute__((aligned(16)));
};

/* Runs twice over the contact: first to measure (base NULL), then to copy. */
struct packer {
    char *base;
    size_t used;
};

static void *pack(struct packer *p, const void *data, size_t n)
{
    char *to = p->base ? p->base + p->used : NULL;
    if (to && n)
        memcpy(to, data, n);
    p->used += (n + 15) / 16 * 16;
    return to;
}

static const char *pack_text(struct packer *p, const char *s)
{
    return s ? pack(p, s, strlen(s) + 1) : NULL;
}

static struct contact_strings pack_strings(struct packer *p, const struct contact_strings *list)
{
    const char **v = pack(p, list->v, list->n * sizeof(*v));
    for (size_t i = 0; i < list->n; i++) {
        const char *s = pack_text(p, list->v[i]);
        if (v)
            v[i] = s;
    }
    return (struct contact_strings){v, list->n};
}

static void pack_accounts(struct packer *p, const struct contact *from, struct contact *to)
{
    struct contact_account *accounts = pack(p, from->accounts, from->n_accounts * sizeof(*accounts));
    struct contact_mark *marks = pack(p, from->marks, from->n_marks * sizeof(*marks));
    for (size_t i = 0; i < from->n_accounts; i++) {
        const struct contact_account *a = &from->accounts[i];
        struct contact_account copy = {pack_text(p, a->number), pack_text(p, a->country),
                                       pack_text(p, a->bank)};
        if (accounts)
            accounts[i] = copy;
    }
    for (size_t i = 0; i < from->n_marks; i++) {
        const struct contact_mark *m = &from->marks[i];
        struct contact_mark copy = {pack_text(p, m->kind), pack_text(p, m->value)};
        if (marks)
            marks[i] = copy;
    }
    to->accounts = accounts;
    to->marks = marks;
}

static size_t pack_contact(char *base, const struct contact *from, struct contact *to)
{
    struct packer p = {.base = base};
    *to = *from;
    to->peers = pack_strings(&p, &from->peers);
    to->people = pack_strings(&p, &from->people);
    to->refs = (struct contact_strings){NULL, 0}; /* asked for, never learned */
    to->parties = pack_strings(&p, &from->parties);
    to->payee = pack_text(&p, from->payee);
    to->message_id = pack_text(&p, from->message_id);
    pack_accounts(&p, from, to);
    return p.used;
}

static int learn_queued(struct store *store, struct db *db, const struct background *item,
                        struct store_error *error)
{
    const struct queued_contact *q = (const struct queued_contact *)item;
    bool fresh;
    struct history_item one = {&q->contact, q->learn};
    return learn_one(store, db, &q->options, &one, &fresh, error);
}

void history_record(struct store *store, const struct history_options *options, const struct contact *contact,
                    unsigned learn)
{
    struct contact measured;
    size_t size = pack_contact(NULL, contact, &measured);
    struct queued_contact *q = mem_alloc(sizeof(*q) + size);
    pack_contact(q->data, contact, &q->contact);
    q->item =
        (struct background){.kind = BACKGROUND_HISTORY, .bytes = sizeof(*q) + size, .run = learn_queued};
    q->options = *options;
    q->learn = learn;
    q->contact.time_ms = contact->time_ms ? contact->time_ms : wall_ms();
    if (writer_background(store, &q->item, HISTORY_QUEUED))
        return;
    free(q);
    pthread_mutex_lock(&store->lock);
    store->stats.learned_dropped++;
    pthread_mutex_unlock(&store->lock);
}
