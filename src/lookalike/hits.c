/*
 * The findings of one lookup: what differs, which are kept and which leads.
 */
#include <stdlib.h>
#include <string.h>

#include "lookalike/explain.h"
#include "lookalike/hits.h"

static void add_mark(struct query *q, struct hit *hit, const char *p, size_t n)
{
    size_t at = (size_t)(p - q->domain->unicode);
    if (n == 0 || hit->n_marks == sizeof(hit->mark) / sizeof(*hit->mark) || at > 4096)
        return;
    hit->mark[hit->n_marks].at = (uint16_t)at;
    hit->mark[hit->n_marks++].n = (uint16_t)n;
}

static void mark_plain(struct query *q, struct hit *hit, const struct form *form, unsigned from, unsigned to)
{
    add_mark(q, hit, hit->text + form->source[from], (size_t)(form->source[to] - form->source[from]));
}

/* An edit ends with its last letter: a hyphen or dot behind that is not of it. */
static void mark_edit(struct query *q, struct hit *hit, const struct form *form, unsigned from, unsigned to)
{
    const char *p = hit->text + form->source[from];
    size_t n = (size_t)(form->source[to] - form->source[from]);
    while (n > 0 && (p[n - 1] == '-' || p[n - 1] == '.'))
        n--;
    add_mark(q, hit, p, n);
}

/* Characters that are read as the genuine ones; neighbours are one mark. */
static void mark_letters(struct query *q, struct hit *hit, const struct form *form)
{
    for (unsigned at = hit->begin; at < hit->end;) {
        struct explain_letter seen = explain_letter(hit, form, at);
        unsigned end = seen.end;
        while (seen.replaced && end < hit->end && explain_letter(hit, form, end).replaced)
            end = explain_letter(hit, form, end).end;
        if (seen.replaced) {
            struct span last = explain_letter(hit, form, end - 1).text;
            add_mark(q, hit, seen.text.p, (size_t)(last.p + last.n - seen.text.p));
        }
        at = end;
    }
}

static int by_place(const void *a, const void *b)
{
    const struct hit_mark *x = a, *y = b;
    return (int)x->at - (int)y->at;
}

static void mark_differences(struct query *q, struct hit *hit, const struct form *form)
{
    mark_letters(q, hit, form);
    if (hit->contained && hit->begin > 0)
        mark_plain(q, hit, form, 0, hit->begin);
    for (unsigned i = 0; i < hit->alignment.n; i++) {
        const struct edit *e = &hit->alignment.edits[i];
        mark_edit(q, hit, form, hit->begin + e->at, hit->begin + e->at + e->n);
    }
    if (hit->contained && hit->end < form->n)
        mark_plain(q, hit, form, hit->end, form->n);
    if (hit->classes & 1u << LOOKALIKE_TLD_SWAP) {
        const char *suffix = q->domain->label[q->domain->suffix].p;
        add_mark(q, hit, suffix, strlen(suffix));
    }
    qsort(hit->mark, hit->n_marks, sizeof(*hit->mark), by_place);
}

static bool same_owner(const struct query *q, const struct hit *hit)
{
    const struct name *name = hit_name(hit);
    return q->domain->registrable &&
           strcmp(q->domain->registrable, hit->index->pool + name->ascii + name->registrable) == 0;
}

static int by_score(const struct hit *x, const struct hit *y)
{
    if (x->score != y->score)
        return y->score - x->score;
    if (x->alignment.cost != y->alignment.cost)
        return (int)x->alignment.cost - (int)y->alignment.cost;
    return (int)hit_core(y)->n - (int)hit_core(x)->n;
}

/* Few and nearly in order. */
static void sort_hits(struct query *q)
{
    for (unsigned i = 1; i < q->n_hits; i++)
        for (unsigned j = i; j > 0 && by_score(&q->hits[j - 1], &q->hits[j]) > 0; j--) {
            struct hit better = q->hits[j];
            q->hits[j] = q->hits[j - 1];
            q->hits[j - 1] = better;
        }
}

static bool same_target(const struct hit *a, const struct hit *b)
{
    return a->index == b->index && (a->core == b->core || hit_name(a)->ascii == hit_name(b)->ascii);
}

static bool is_whole(const struct hit *hit)
{
    return !hit->contained && hit->alignment.cost == 0;
}

/* Two ways to see the same target: the whole name explains more than a part of it, else the higher score leads. */
static bool replaces(const struct hit *hit, struct hit *old)
{
    if (is_whole(old) == is_whole(hit))
        return hit->score > old->score;
    if (is_whole(old) && old->score < hit->score)
        old->score = hit->score;
    return is_whole(hit);
}

void hits_take(struct query *q, struct hit *hit, const struct seen *seen)
{
    unsigned at = q->n_hits;
    if (same_owner(q, hit))
        return;
    if (q->watch)
        q->watch(q, hit, seen);
    if (hit->score <= 0)
        return;
    for (unsigned i = 0; i < q->n_hits; i++)
        if (same_target(&q->hits[i], hit))
            at = i;
    if (at < q->n_hits) {
        if (!replaces(hit, &q->hits[at]))
            return;
        if (hit->score < q->hits[at].score)
            hit->score = q->hits[at].score;
    } else if (at == QUERY_MAX_HITS) {
        at = QUERY_MAX_HITS - 1; /* the weakest: they are sorted */
        if (q->hits[at].score >= hit->score)
            return;
    }
    hit->text = seen->text;
    hit->n_text = seen->n;
    hit->second = seen->second;
    q->hits[at] = *hit;
    q->n_hits += at == q->n_hits;
    sort_hits(q);
}

/*
 * Of two names where one holds the other: the longer one is the better reading when it is there letter by letter
 * (smbc-card, not smbc with `card` behind it), the shorter one when the longer takes two edits.
 */
static void prefer(struct hit *shorter, struct hit *longer)
{
    enum { WITHIN = 20 };
    struct hit *better = NULL, *worse = longer;
    if (!shorter->contained)
        return;
    if (longer->alignment.cost <= shorter->alignment.cost) {
        better = longer;
        worse = shorter;
    } else if (shorter->alignment.cost == 0 && longer->alignment.n > 1) {
        better = shorter;
    }
    if (better && better->score < worse->score && better->score + WITHIN >= worse->score)
        better->score = worse->score;
}

void hits_rank(struct query *q)
{
    for (unsigned i = 0; i < q->n_hits; i++)
        for (unsigned j = 0; j < q->n_hits; j++) {
            const struct core *s = hit_core(&q->hits[i]), *l = hit_core(&q->hits[j]);
            if (l->n > s->n &&
                memmem(index_key(q->hits[j].index, l), l->n, index_key(q->hits[i].index, s), s->n))
                prefer(&q->hits[i], &q->hits[j]);
        }
    sort_hits(q);
}

/* What only a reader needs is made at the end, for the findings that are shown. */
static void publish_hit(struct query *q, struct hit *hit, struct lookalike_finding *f)
{
    struct form form;
    const struct name *name = hit_name(hit);
    form_make(q->tables, (struct span){hit->text, hit->n_text}, hit->second, &form);
    hit->part = arena_strndup(q->arena, form.plain, form.n);
    mark_differences(q, hit, &form);
    *f = (struct lookalike_finding){
        .target = arena_strdup(q->arena, hit->index->pool + name->text),
        .relation = (enum relation)name->relation,
        .classes = hit->classes,
        .score = name->relation == RELATION_BRAND && hit->score >= LOOKALIKE_STRONG ? LOOKALIKE_STRONG - 1
                                                                                    : hit->score,
        .why = explain_why(q, hit, &form),
        .differs = explain_differs(q, hit)};
}

void hits_publish(struct query *q, struct lookalike_result *r)
{
    enum { SHOWN = 40 /* a little below weak, for those who tune */ };
    unsigned n = 0;
    while (n < q->n_hits && q->hits[n].score >= SHOWN)
        n++;
    if (n == 0)
        return;
    struct lookalike_finding *f = arena_array(q->arena, n, sizeof(*f));
    for (unsigned i = 0; i < n; i++)
        publish_hit(q, &q->hits[i], &f[i]);
    r->findings = f;
    r->n_findings = n;
    if (f[0].score >= LOOKALIKE_WEAK)
        r->kind = LOOKALIKE_SUSPECT;
}
