/*
 * Correspondents that history knows well join the protected names, those known for long first: who looks like a
 * name that was there before does not join, however long it kept up a conversation.
 */
#include <string.h>

#include "policy/partners.h"

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

struct lookalike_index *partners_join(const struct conf *conf, const struct history_options *options,
                                      const struct lookalike_index *base, struct diag_list *diags)
{
    struct store_error error = {0};
    if (!conf->history_learn || !conf->path || !store_exists(conf->store))
        return NULL;
    struct store *store = store_open(conf->store, STORE_RDONLY, &error);
    /* It is private, and those who may not read it ask about domains, too. ringerd would not have started. */
    if (!store && error.cause == STORE_READ_ONLY)
        return NULL;
    struct lookalike_index *index = store ? join_all(store, options, base, diags, &error) : NULL;
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

int64_t partners_count(struct store *store, const struct history_options *options)
{
    struct store_error error;
    int64_t n = 0;
    return history_established(store, options, count_one, &n, &error) ? -1 : n;
}
