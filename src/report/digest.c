/*
 * Gathers the digest from the quarantine and from the decisions. Decisions about held mail are skipped: the
 * quarantine knows what became of it.
 */
#include <stdlib.h>
#include <string.h>

#include "report/digest.h"

ENUM_DEFINE(digest_kind, DIGEST_KIND_LIST)

enum { PAGE = 200 };

struct gather {
    struct arena *arena;
    struct digest *digest;
    struct digest_entry *v;
    size_t n, cap, max;
};

static struct digest_entry *add(struct gather *g, enum digest_kind kind)
{
    g->digest->count[kind]++;
    if (g->max && g->n == g->max) {
        g->digest->left_out++;
        return NULL;
    }
    if (g->n == g->cap) {
        g->cap = g->cap ? g->cap * 2 : 64;
        g->v = arena_grow(g->arena, g->v, g->n, g->cap, sizeof(*g->v));
    }
    struct digest_entry *entry = &g->v[g->n++];
    *entry = (struct digest_entry){.kind = kind};
    return entry;
}

static void add_item(struct gather *g, const struct quarantine_item *item)
{
    static const enum digest_kind kinds[] = {[QUARANTINE_HELD] = DIGEST_HELD,
                                             [QUARANTINE_RELEASED] = DIGEST_RELEASED,
                                             [QUARANTINE_DELETED] = DIGEST_DELETED};
    struct digest_entry *entry = item->state < QUARANTINE_ALL ? add(g, kinds[item->state]) : NULL;
    if (!entry)
        return;
    entry->id = arena_strdup(g->arena, item->id);
    entry->mail = item->mail;
    entry->changed_by = item->changed_by;
    entry->changed_ms = item->changed_ms;
    entry->last_error = item->last_error;
    entry->evidence = evidence_read(g->arena, &item->mail);
}

static int gather_held(struct store *store, struct gather *g, struct store_error *error)
{
    struct quarantine_filter filter = {
        .state = QUARANTINE_ALL, .since_ms = g->digest->since_ms, .limit = PAGE};
    filter.before_ms = g->digest->until_ms;
    filter.before_id = "";
    struct quarantine_list list;
    do {
        if (store_quarantine_list(store, g->arena, &filter, &list, error))
            return -1;
        for (size_t i = 0; i < list.n; i++)
            add_item(g, &list.v[i]);
        if (list.n) {
            filter.before_ms = list.v[list.n - 1].mail.time_ms;
            filter.before_id = list.v[list.n - 1].id;
        }
    } while (list.n == PAGE);
    return 0;
}

static bool is(const char *action, const char *name)
{
    return action && strcmp(action, name) == 0;
}

/* False when it is nothing for the digest. */
static bool kind_of(const struct store_mail *mail, enum digest_kind *kind_r)
{
    bool hold = is(mail->verdict, "quarantine") || is(mail->verdict, "reject");
    if (is(mail->action, "quarantine"))
        *kind_r = DIGEST_HELD; /* in the MTA's own hold queue */
    else if (is(mail->action, "reject"))
        *kind_r = DIGEST_REJECTED;
    else if (is(mail->action, "pass") && hold)
        *kind_r = DIGEST_WOULD_HOLD;
    else if (is(mail->action, "tag"))
        *kind_r = hold ? DIGEST_WOULD_HOLD : DIGEST_TAGGED;
    else if (is(mail->action, "pass") && is(mail->verdict, "tag"))
        *kind_r = DIGEST_WOULD_TAG;
    else
        return false;
    return true;
}

static const char *copy(struct arena *arena, const char *s)
{
    return s ? arena_strdup(arena, s) : NULL;
}

/* What the text and HTML need; the rest goes with its page. */
static struct store_mail copy_mail(struct arena *arena, const struct store_mail *mail)
{
    struct store_mail c = {.time_ms = mail->time_ms, .score = mail->score, .n_rcpts = mail->n_rcpts};
    const char **rcpts = arena_array(arena, mail->n_rcpts, sizeof(*rcpts));
    for (size_t i = 0; i < mail->n_rcpts; i++)
        rcpts[i] = copy(arena, mail->rcpts[i]);
    c.rcpts = rcpts;
    c.queue_id = copy(arena, mail->queue_id);
    c.sender = copy(arena, mail->sender);
    c.from = copy(arena, mail->from);
    c.from_domain = copy(arena, mail->from_domain);
    c.subject = copy(arena, mail->subject);
    c.message_id = copy(arena, mail->message_id);
    c.action = copy(arena, mail->action);
    c.verdict = copy(arena, mail->verdict);
    c.reason = copy(arena, mail->reason);
    return c;
}

static int gather_decision(void *context, const struct decision *decision)
{
    struct gather *g = context;
    enum digest_kind kind;
    g->digest->judged++;
    if (*decision->quarantine_id || !kind_of(&decision->mail, &kind))
        return 0;
    struct digest_entry *entry = add(g, kind);
    if (entry) {
        entry->mail = copy_mail(g->arena, &decision->mail);
        entry->evidence = evidence_read(g->arena, &decision->mail);
    }
    return 0;
}

static int by_kind_and_time(const void *a, const void *b)
{
    const struct digest_entry *x = a, *y = b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return (x->mail.time_ms < y->mail.time_ms) - (x->mail.time_ms > y->mail.time_ms);
}

static int by_campaign(const void *a, const void *b)
{
    const struct digest_entry *const *x = a, *const *y = b;
    return strcmp((*x)->evidence.campaign, (*y)->evidence.campaign);
}

static void count_campaigns(struct arena *arena, struct digest_entry *v, size_t n)
{
    struct digest_entry **of = arena_array(arena, n, sizeof(struct digest_entry *));
    size_t n_of = 0;
    for (size_t i = 0; i < n; i++)
        if (v[i].evidence.campaign)
            of[n_of++] = &v[i];
    if (n_of)
        qsort(of, n_of, sizeof(struct digest_entry *), by_campaign);
    for (size_t i = 0, end; i < n_of; i = end) {
        for (end = i + 1; end < n_of && by_campaign(&of[i], &of[end]) == 0; end++)
            ;
        for (size_t k = i; k < end; k++)
            of[k]->campaign = end - i;
    }
}

const char *digest_campaign(struct arena *arena, const struct digest_entry *entry)
{
    return entry->campaign > 1 ? arena_printf(arena, "%zu messages in this campaign", entry->campaign) : NULL;
}

int digest_build(struct store *store, struct arena *arena, int64_t since_ms, int64_t until_ms, size_t max,
                 struct digest *digest_r, struct store_error *error)
{
    *digest_r = (struct digest){.since_ms = since_ms, .until_ms = until_ms};
    struct gather g = {.arena = arena, .digest = digest_r, .max = max};
    struct decision_filter filter = {.since_ms = since_ms, .until_ms = until_ms};
    if (gather_held(store, &g, error) || store_decision_each(store, &filter, gather_decision, &g, error))
        return -1;
    if (g.n)
        qsort(g.v, g.n, sizeof(*g.v), by_kind_and_time);
    count_campaigns(arena, g.v, g.n);
    digest_r->v = g.v;
    digest_r->n = g.n;
    return 0;
}

const char *const *digest_reasons(struct arena *arena, const struct digest_entry *entry, size_t *n_r)
{
    const struct evidence *e = &entry->evidence;
    const char **reasons = arena_array(arena, e->n_rules + 1, sizeof(*reasons));
    size_t n = 0;
    for (size_t i = 0; i < e->n_rules; i++)
        if (!e->rules[i].monitor && e->rules[i].score > 0)
            reasons[n++] = e->rules[i].why;
    if (n == 0 && entry->mail.reason && *entry->mail.reason)
        reasons[n++] = entry->mail.reason;
    *n_r = n;
    return reasons;
}
