/*
 * What is asked of the history and what it is taught. Whom we write to is known; who writes to us becomes known
 * only by mail that passed the rules and is authenticated for its From domain, so that a fraudster cannot make
 * himself known in somebody else's name. Accounts are learned under the same terms, and never from a message
 * that speaks of a change or names an account that differs: somebody must first look at that one.
 */
#include <string.h>
#include <strings.h>
#include <time.h>

#include "remember.h"

enum { PLAIN_REQUEST = 20 }; /* a request that rules take notice of (rules/payment.yaml) */

struct history_options remember_options(const struct conf *conf)
{
    return (struct history_options){
        .hash_addresses = conf->history_hash_addresses,
        .established_messages = (unsigned)conf->history_established_messages,
        .established_ms = conf->history_established_s * 1000,
        .learning_ms = conf->history_learning_s * 1000,
        .campaign_ms = conf->history_campaign_s * 1000,
        .deadline_ms = (unsigned)conf->history_deadline_ms,
    };
}

const struct contact_view *remember_ask(const struct services *services, const struct conf *conf,
                                        struct arena *arena, const struct contact *contact)
{
    struct store_error error;
    if (!services || !services->store || !conf->history_learn || !contact)
        return NULL;
    const struct history_options options = remember_options(conf);
    struct contact_view *view = arena_alloc(arena, sizeof(*view));
    return history_look(services->store, arena, &options, contact, view, &error) == 0 ? view : NULL;
}

static bool is_true(const struct facts *facts, enum fact_id id)
{
    return facts->v[id].known && facts->v[id].b;
}

static bool own_accounts(const struct judgement *j)
{
    const struct facts *facts = j->facts;
    const struct contact *c = facts->contact;
    bool change =
        facts->v[FACT_REQUEST_BANK_CHANGE].known && facts->v[FACT_REQUEST_BANK_CHANGE].i >= PLAIN_REQUEST;
    return c->peers.n && c->payee == c->peers.v[0] && !change;
}

unsigned remember_lesson(const struct judgement *j)
{
    unsigned learn = 0;
    bool passed = j->verdict.action == ACTION_PASS;
    if (!passed || (j->verdict.axes & 1u << AXIS_IDENTITY))
        learn |= HISTORY_MARKS;
    if (passed)
        learn |= HISTORY_THREAD;
    if (passed && is_true(j->facts, FACT_AUTH_ALIGNED)) {
        learn |= HISTORY_PEER;
        if (own_accounts(j) && !is_true(j->facts, FACT_ACCOUNT_DIFFERS))
            learn |= HISTORY_ACCOUNTS;
    }
    return learn;
}

unsigned remember_archived(const struct judgement *j)
{
    bool mass = is_true(j->facts, FACT_MESSAGE_BULK) || is_true(j->facts, FACT_MESSAGE_LIST);
    const struct contact *c = j->facts->contact;
    unsigned learn = HISTORY_THREAD | HISTORY_PEER | (mass ? 0 : HISTORY_ARCHIVED);
    return c->peers.n && c->payee == c->peers.v[0] ? learn | HISTORY_ACCOUNTS : learn;
}

static bool learns(const struct services *services, const struct policy *policy)
{
    return services && services->store && policy->conf->history_learn;
}

void remember_received(const struct services *services, const struct policy *policy,
                       const struct judgement *judgement)
{
    unsigned learn = remember_lesson(judgement);
    if (!learns(services, policy) || !learn || !judgement->facts->contact)
        return;
    const struct history_options options = remember_options(policy->conf);
    history_record(services->store, &options, judgement->facts->contact, learn);
}

bool remember_is_automatic(const struct message *m)
{
    const struct mail_header *automatic = message_header(m, "Auto-Submitted");
    const struct mail_header *precedence = message_header(m, "Precedence");
    return (m->envelope && m->envelope->mail_from && !*m->envelope->mail_from) ||
           (automatic && strcasecmp(automatic->value, "no") != 0) ||
           (precedence && strcasecmp(precedence->value, "auto_reply") == 0);
}

bool remember_is_ours(const struct policy *policy, struct arena *arena, const struct message *m)
{
    if (m->from.n == 0 || !*m->from.v[0].domain)
        return false;
    const struct lookalike_result *r = lookalike_match(policy->index, arena, m->from.v[0].domain);
    return r->kind == LOOKALIKE_GENUINE && r->genuine_relation == RELATION_OWN;
}

void remember_sent(const struct services *services, const struct policy *policy, struct arena *arena,
                   const struct message *message)
{
    if (!learns(services, policy) || remember_is_automatic(message))
        return;
    bool authenticated = message->envelope && message->envelope->auth_user;
    if (policy->conf->own_domains.n ? !remember_is_ours(policy, arena, message) : !authenticated)
        return;
    const struct fact_sources sources = policy_sources(policy);
    const struct history_options options = remember_options(policy->conf);
    history_record(services->store, &options, contact_sent(&sources, arena, message),
                   HISTORY_PEER | HISTORY_THREAD);
}

/* --- partners */

enum { LONG_KNOWN_DAYS = 90 }; /* seldom does a fraudster keep up a conversation for so long */

struct partners {
    struct lookalike_builder *builder;
    struct arena *arena;
    const struct lookalike_index *protected_names; /* that nobody may look like */
    bool brief;                                    /* those known for a shorter time, too */
    size_t n;
};

static bool looks_like_another(struct partners *p, const char *name)
{
    const struct lookalike_result *r = lookalike_match(p->protected_names, p->arena, name);
    return r->kind == LOOKALIKE_SUSPECT && r->n_findings && r->findings[0].score >= LOOKALIKE_STRONG;
}

static int add_partner(void *context, const struct history_peer *peer)
{
    struct partners *p = context;
    const char *ignored; /* a name that cannot be protected is none worth imitating */
    bool brief = peer->last_ms - peer->first_ms < LONG_KNOWN_DAYS * INT64_C(86400000);
    arena_reset(p->arena);
    if (strchr(peer->name, '@') || (brief && !p->brief) || looks_like_another(p, peer->name))
        return 0;
    p->n += lookalike_builder_protect(p->builder, peer->name, RELATION_LEARNED, &ignored) == 0;
    return 0;
}

/* One pass: `base` with whoever looks like no name of `protected_names`. *n_r: how many joined. */
static struct lookalike_index *join(struct store *store, const struct history_options *options,
                                    const struct lookalike_index *base,
                                    const struct lookalike_index *protected_names, bool brief, size_t *n_r,
                                    struct diag_list *diags, struct store_error *error)
{
    struct partners p = {lookalike_builder_new(), arena_new(), protected_names, brief, 0};
    int failed = history_established(store, options, add_partner, &p, error);
    struct lookalike_index *index = lookalike_build_over(&p.builder, base, diags);
    arena_free(&p.arena);
    if (failed || p.n == 0)
        lookalike_index_free(&index);
    *n_r = p.n;
    return index;
}

/* Those known for long first; then the others, who must not look like them either. */
static struct lookalike_index *join_all(struct store *store, const struct history_options *options,
                                        const struct lookalike_index *base, struct diag_list *diags,
                                        struct store_error *error)
{
    size_t n;
    struct lookalike_index *known_long = join(store, options, base, base, false, &n, diags, error);
    struct lookalike_index *all =
        join(store, options, base, known_long ? known_long : base, true, &n, diags, error);
    lookalike_index_free(&known_long);
    return all;
}

struct lookalike_index *remember_partners(const struct conf *conf, const struct lookalike_index *base,
                                          struct diag_list *diags)
{
    const struct history_options options = remember_options(conf);
    struct store_error error = {0};
    if (!conf->history_learn || !conf->path || !store_exists(conf->store))
        return NULL;
    struct store *store = store_open(conf->store, STORE_RDONLY, &error);
    struct lookalike_index *index = store ? join_all(store, &options, base, diags, &error) : NULL;
    if (*error.text)
        diag_add(diags, DIAG_WARNING, (struct diag_at){conf->path, 0, 0},
                 "until the next reload lookalikes of correspondents known from history are not recognised",
                 "history: %s", error.text);
    store_close(&store);
    return index;
}

static int count_one(void *context, const struct history_peer *peer)
{
    ++*(int64_t *)context;
    return 0;
}

int64_t remember_count(const struct services *services, const struct conf *conf)
{
    const struct history_options options = remember_options(conf);
    struct store_error error;
    int64_t n = 0;
    if (!services->store || !conf->history_learn)
        return 0;
    return history_established(services->store, &options, count_one, &n, &error) ? -1 : n;
}
