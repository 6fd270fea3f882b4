/*
 * Looking after the history: what it knows of an organisation, who is established, forgetting on request and
 * by age. Tables stay bounded even when mail of many senders comes in between two purges' retention.
 */
#include <stdlib.h>

#include "store/audit.h"
#include "store/history_internal.h"

enum { /* rows that stay; the index rows of all together are some GB at most */
       MOST_PEERS = 1000000,
       MOST_PERSONS = 4000000,
       MOST_THREADS = 5000000,
       MOST_ACCOUNTS = 500000,
       MOST_CAMPAIGNS = 200000,
       PAGE = 200 /* the LIMIT of HISTORY_PEER_LIST */
};

void history_peer_row(struct arena *arena, const struct history_options *options, const struct db_value *c,
                      struct history_peer *peer_r)
{
    *peer_r = (struct history_peer){
        .name = column_text(arena, &c[0]),
        .first_ms = c[1].i,
        .last_ms = c[2].i,
        .received = (uint64_t)c[5].i,
        .sent = (uint64_t)c[6].i,
    };
    bool both_ways = (peer_r->received && peer_r->sent) || c[7].i > 0;
    peer_r->established = both_ways && peer_r->received + peer_r->sent >= options->established_messages &&
                          peer_r->last_ms - peer_r->first_ms >= options->established_ms;
    if (!peer_r->name)
        peer_r->name = "";
}

/* --- reading */

struct peers {
    struct arena *arena;
    const struct history_options *options;
    struct history_peer *v;
    size_t n, cap;
};

static int add_peer(void *context, const struct db_value *c, size_t n)
{
    struct peers *peers = context;
    if (peers->n == peers->cap) {
        size_t cap = peers->cap ? peers->cap * 2 : PAGE;
        peers->v = arena_grow(peers->arena, peers->v, peers->n, cap, sizeof(*peers->v));
        peers->cap = cap;
    }
    history_peer_row(peers->arena, peers->options, c, &peers->v[peers->n++]);
    return 0;
}

static int read_number(void *context, const struct db_value *c, size_t n)
{
    *(int64_t *)context = c[0].i;
    return 0;
}

static int number(struct store *store, enum statement id, const char *peer, int64_t *number_r,
                  struct store_error *error)
{
    struct db_value args[] = {value_text(store->tenant), value_text(peer)};
    *number_r = 0;
    return reader_query(store, id, args, peer ? 2 : 1, read_number, number_r, error);
}

static int complete(struct store *store, struct history_peer *peer, struct store_error *error)
{
    int64_t people, accounts;
    if (number(store, SQL_HISTORY_PERSON_COUNT, peer->name, &people, error) ||
        number(store, SQL_HISTORY_ACCOUNT_COUNT, peer->name, &accounts, error))
        return -1;
    peer->people = (uint64_t)people;
    peer->accounts = (uint64_t)accounts;
    return 0;
}

int history_each(struct store *store, const struct history_options *options, const char *after,
                 int (*row)(void *context, const struct history_peer *peer), void *context,
                 struct store_error *error)
{
    struct peers page = {.arena = arena_new(), .options = options};
    struct arena *last = arena_new();
    int result = 0, stop = 0;
    after = arena_strdup(last, after);
    do {
        struct db_value args[] = {value_text(store->tenant), value_text(after)};
        arena_reset(page.arena);
        page.v = NULL;
        page.n = page.cap = 0;
        result = reader_query(store, SQL_HISTORY_PEER_LIST, args, 2, add_peer, &page, error);
        for (size_t i = 0; i < page.n && result == 0 && !stop; i++) {
            result = complete(store, &page.v[i], error);
            stop = result ? result : row(context, &page.v[i]);
        }
        arena_reset(last);
        after = page.n ? arena_strdup(last, page.v[page.n - 1].name) : "";
    } while (result == 0 && !stop && page.n == PAGE);
    arena_free(&last);
    arena_free(&page.arena);
    return result;
}

struct names {
    struct arena *arena;
    const char **v;
    size_t n, cap;
};

static int add_name(void *context, const struct db_value *c, size_t n)
{
    struct names *names = context;
    if (names->n == names->cap) {
        size_t cap = names->cap ? names->cap * 2 : 16;
        names->v = arena_grow(names->arena, names->v, names->n, cap, sizeof(*names->v));
        names->cap = cap;
    }
    const char *name = column_text(names->arena, &c[0]);
    names->v[names->n++] = name ? name : "";
    return 0;
}

int history_get(struct store *store, struct arena *arena, const struct history_options *options,
                const char *name, struct history_peer *peer_r, struct contact_strings *people_r,
                struct store_error *error)
{
    struct peers peers = {.arena = arena, .options = options};
    struct names names = {.arena = arena};
    struct db_value args[] = {value_text(store->tenant), value_text(name)};
    if (reader_query(store, SQL_HISTORY_PEER_GET, args, 2, add_peer, &peers, error))
        return -1;
    if (peers.n == 0)
        return 1;
    *peer_r = peers.v[0];
    if (complete(store, peer_r, error) ||
        reader_query(store, SQL_HISTORY_PERSON_LIST, args, 2, add_name, &names, error))
        return -1;
    *people_r = (struct contact_strings){names.v, names.n};
    return 0;
}

int history_established(struct store *store, const struct history_options *options,
                        int (*row)(void *context, const struct history_peer *peer), void *context,
                        struct store_error *error)
{
    struct peers peers = {.arena = arena_new(), .options = options};
    struct db_value args[] = {value_text(store->tenant), value_int(options->established_messages),
                              value_int(options->established_ms)};
    int result = reader_query(store, SQL_HISTORY_PEER_ESTABLISHED, args, 3, add_peer, &peers, error);
    for (size_t i = 0; result == 0 && i < peers.n; i++)
        if (row(context, &peers.v[i]))
            break;
    arena_free(&peers.arena);
    return result;
}

int history_summary(struct store *store, struct history_summary *summary_r, struct store_error *error)
{
    struct history_meta meta;
    int64_t peers, threads, accounts;
    *summary_r = (struct history_summary){0};
    size_t slot;
    struct db *db = reader_take(store, &store->readers, &slot, -1, error);
    int result = db ? history_meta(store, db, &meta, error) : -1;
    if (db)
        reader_give(store, &store->readers, slot, db);
    if (result || number(store, SQL_HISTORY_PEER_COUNT, NULL, &peers, error) ||
        number(store, SQL_HISTORY_THREAD_COUNT, NULL, &threads, error) ||
        number(store, SQL_HISTORY_ACCOUNT_COUNT_ALL, NULL, &accounts, error))
        return -1;
    *summary_r = (struct history_summary){meta.begin_ms,   meta.received,     meta.sent,
                                          (uint64_t)peers, (uint64_t)threads, (uint64_t)accounts};
    return 0;
}

/* --- forgetting */

struct forget {
    const char *name, *who;
    uint64_t removed;
};

static int drop(struct store *store, struct db *db, enum statement id, const struct db_value *args, size_t n,
                uint64_t *removed, struct store_error *error)
{
    uint64_t changed = 0;
    if (db->driver->run(db, id, args, n, NULL, NULL, &changed, error))
        return -1;
    *removed += changed;
    return 0;
}

static int forget_name(struct store *store, struct db *db, struct forget *f, const char *hidden,
                       struct store_error *error)
{
    const char *names[] = {f->name, hidden};
    size_t n = hidden == f->name ? 1 : 2;
    for (size_t i = 0; i < n; i++) {
        struct db_value args[] = {value_text(store->tenant), value_text(names[i])};
        if (drop(store, db, SQL_HISTORY_PEER_DROP, args, 2, &f->removed, error) ||
            drop(store, db, SQL_HISTORY_PERSON_DROP_PEER, args, 2, &f->removed, error) ||
            drop(store, db, SQL_HISTORY_ACCOUNT_DROP_PEER, args, 2, &f->removed, error))
            return -1;
    }
    return 0;
}

static int forget_job(struct store *store, struct db *db, void *arg, struct store_error *error)
{
    struct forget *f = arg;
    struct history_meta meta;
    struct arena *arena = arena_new();
    int result = history_meta(store, db, &meta, error);
    const char *hidden = meta.key ? history_hidden(meta.key, arena, f->name) : f->name;
    struct db_value person[] = {value_text(store->tenant), value_text(f->name), value_text(hidden)};
    struct audit_row row = {.who = f->who, .what = "history-forget", .detail = f->name};
    if (result == 0)
        result = forget_name(store, db, f, hidden, error);
    if (result == 0 && strchr(f->name, '@'))
        result = drop(store, db, SQL_HISTORY_PERSON_DROP, person, 3, &f->removed, error);
    if (result == 0 && f->removed)
        result = audit_in_job(store, db, &row, error);
    arena_free(&arena);
    return result;
}

int history_forget(struct store *store, const char *name, const char *who, uint64_t *removed_r,
                   struct store_error *error)
{
    struct forget forget = {.name = name, .who = who};
    int result = writer_run(store, forget_job, &forget, 0, error);
    *removed_r = result == 0 ? forget.removed : 0;
    return result;
}

static const struct {
    enum statement old, limit;
    int64_t most;
} tables[] = {{SQL_HISTORY_PEER_OLD, SQL_HISTORY_PEER_LIMIT, MOST_PEERS},
              {SQL_HISTORY_PERSON_OLD, SQL_HISTORY_PERSON_LIMIT, MOST_PERSONS},
              {SQL_HISTORY_THREAD_OLD, SQL_HISTORY_THREAD_LIMIT, MOST_THREADS},
              {SQL_HISTORY_ACCOUNT_OLD, SQL_HISTORY_ACCOUNT_LIMIT, MOST_ACCOUNTS},
              {SQL_HISTORY_CAMPAIGN_OLD, SQL_HISTORY_CAMPAIGN_LIMIT, MOST_CAMPAIGNS}};

struct purge {
    enum statement id;
    int64_t before_ms;
    uint64_t n;
};

static int purge_job(struct store *store, struct db *db, void *arg, struct store_error *error)
{
    struct purge *p = arg;
    struct db_value args[] = {value_text(store->tenant), value_int(p->before_ms)};
    return db->driver->run(db, p->id, args, 2, NULL, NULL, &p->n, error);
}

/* What lies behind the newest `most` rows is too much. */
static int oldest_kept(struct store *store, size_t table, int64_t *before_ms, struct store_error *error)
{
    int64_t limit = 0;
    struct db_value args[] = {value_text(store->tenant), value_int(tables[table].most)};
    if (reader_query(store, tables[table].limit, args, 2, read_number, &limit, error))
        return -1;
    if (limit >= *before_ms)
        *before_ms = limit + 1;
    return 0;
}

int history_purge(struct store *store, int64_t before_ms, uint64_t *removed_r, struct store_error *error)
{
    int result = 0;
    *removed_r = 0;
    for (size_t i = 0; i < sizeof(tables) / sizeof(*tables) && result == 0 && !store_leaves(store); i++) {
        struct purge p = {tables[i].old, before_ms, 0};
        result = oldest_kept(store, i, &p.before_ms, error);
        do {
            p.n = 0;
            result = result ? result : writer_free(store, purge_job, &p, error);
            *removed_r += result == 0 ? p.n : 0;
        } while (result == 0 && p.n > 0 && !store_leaves(store));
    }
    if (*removed_r)
        writer_tidy(store);
    return result;
}
