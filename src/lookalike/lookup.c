/*
 * The lookup of one domain: normalise, recognise the genuine ones, look for names in every place, guard, and
 * put the best findings first (ARCHITECTURE.md, "A lookalike lookup").
 */
#include <stdlib.h>
#include <string.h>

#include "lookalike/contained.h"
#include "lookalike/explain.h"
#include "lookalike/hits.h"
#include "lookalike/lookup.h"
#include "lookalike/whole.h"

ENUM_DEFINE(relation, RELATION_LIST)
ENUM_DEFINE(lookalike_class, LOOKALIKE_CLASS_LIST)

/* Is the domain, or a parent of it, protected, an affiliate or allowed? */
static bool genuine(const struct lookalike_index *index, const struct domain *d, struct lookalike_result *r)
{
    size_t n = strlen(d->ascii);
    for (const char *p = d->ascii, *end = p + n, *dot; p && p < end;
         p = (dot = memchr(p, '.', (size_t)(end - p))) ? dot + 1 : NULL)
        for (const struct lookalike_index *x = index; x; x = x->base) {
            uint32_t found = index_genuine(x, p, (size_t)(end - p));
            if (!found--)
                continue;
            uint32_t owner = found < x->n_names ? found : x->affiliates[found - x->n_names].owner;
            r->kind = LOOKALIKE_GENUINE;
            r->genuine = owner == UINT32_MAX ? NULL : x->pool + x->names[owner].text;
            r->genuine_relation =
                owner == UINT32_MAX ? RELATION_PARTNER : (enum relation)x->names[owner].relation;
            return true;
        }
    return false;
}

/*
 * A protected name with a zero-width character or a full-width dot in it: DNS knows it as the genuine one, but nobody who
 * owns it writes it so, and those who authenticate do not find it.
 */
static void disguise(struct query *q, struct lookalike_result *r)
{
    enum { SCORE = 95 };
    struct lookalike_finding *finding = arena_alloc(q->arena, sizeof(*finding));
    *finding = (struct lookalike_finding){
        .target = r->genuine ? r->genuine : r->ascii,
        .relation = r->genuine_relation,
        .classes = 1u << LOOKALIKE_IDN_HOMOGRAPH | 1u << LOOKALIKE_IDNA_INVALID,
        .score = SCORE,
        .differs = r->input,
    };
    finding->why = explain_disguise(q, r->input, finding->target, finding->relation);
    r->kind = LOOKALIKE_SUSPECT;
    r->genuine = NULL;
    r->findings = finding;
    r->n_findings = 1;
}

static void match_seen(struct query *q, struct seen *seen)
{
    struct near near;
    near_begin(&near);
    whole_ask(seen, &near);
    contained_ask(q, seen, &near);
    seen->segmented = seen->known = false;
    for (const struct lookalike_index *x = q->index; x; x = x->base) {
        near_find(&near, x);
        whole_match(q, seen, x, &near);
        contained_match(q, seen, x, &near);
    }
}

static void look_at(struct query *q, enum seen_place place, struct span text)
{
    struct seen seen; /* large: not zeroed as a whole */
    seen.place = place;
    seen.text = text.p;
    seen.n = text.n;
    seen.second = false;
    form_make(q->tables, text, false, &seen.form);
    match_seen(q, &seen);
    if (!seen.form.alternatives)
        return;
    seen.second = true;
    form_make(q->tables, text, true, &seen.form);
    match_seen(q, &seen);
}

/*
 * Host tricks: a protected name among the labels to the left of the registrable one, whole with its suffix
 * (company.com.evil.net, company-com.evil.net) or alone (company.evil.net). The nearest ones are looked at.
 */
static void look_at_hosts(struct query *q, unsigned registrable)
{
    enum { MAX_HOST_LABELS = 10 };
    for (unsigned i = registrable, done = 0; i-- > 0 && done < MAX_HOST_LABELS; done++)
        look_at(q, SEEN_HOST, q->domain->label[i]);
}

static void look(struct query *q)
{
    const struct domain *d = q->domain;
    unsigned reg = domain_registrable_label(d);
    if (reg == d->n)
        return;
    struct span label = d->label[reg];
    look_at(q, SEEN_REGISTRABLE, label);
    if (d->private_suffix) /* anybody gets any name there: it says no more than a host's (company.blogspot.com) */
        look_at(q, SEEN_HOST, label);
    if (reg == 0)
        return;
    look_at(q, SEEN_JOINED, (struct span){d->label[0].p, (size_t)(label.p + label.n - d->label[0].p)});
    look_at_hosts(q, reg);
}

const struct lookalike_result *lookup_match(struct query *q, const char *domain)
{
    struct lookalike_result *r = arena_alloc(q->arena, sizeof(*r));
    struct domain d;
    domain_parse(q->arena, domain ? domain : "", &d);
    r->input = domain ? domain : "";
    r->ascii = d.ascii;
    r->unicode = d.unicode;
    r->registrable = d.registrable;
    r->idna_valid = d.valid;
    if (genuine(q->index, &d, r)) {
        if (d.disguised)
            disguise(q, r);
        return r;
    }
    q->tables = q->index->tables;
    q->domain = &d;
    q->n_hits = 0;
    q->popular = false;
    look(q);
    hits_rank(q);
    hits_publish(q, r);
    q->domain = NULL; /* it was ours */
    return r;
}

const struct lookalike_result *lookalike_match(const struct lookalike_index *index, struct arena *arena,
                                               const char *domain)
{
    struct query q; /* large: the hits are written before they are read */
    q.index = index;
    q.arena = arena;
    q.points = feature_points;
    q.watch = NULL;
    return lookup_match(&q, domain);
}

const struct lookalike_result *lookalike_match_or(const struct lookalike_index *index,
                                                  const struct lookalike_index *more, struct arena *arena,
                                                  const char *domain)
{
    const struct lookalike_result *r = lookalike_match(index, arena, domain);
    if (r->kind != LOOKALIKE_NONE || !more)
        return r;
    const struct lookalike_result *other = lookalike_match(more, arena, domain);
    return other->kind == LOOKALIKE_SUSPECT ? other : r; /* genuine there says nothing of whom we know */
}

const char *lookalike_registrable(const struct lookalike_index *index, struct arena *arena,
                                  const char *domain)
{
    struct domain d;
    domain_parse(arena, domain ? domain : "", &d);
    return d.registrable;
}
