/*
 * How much likeness makes a strong finding. Chance hits come from names that have honest neighbours, and there are the
 * more of them the longer the list is: a crowded name of a long list needs more likeness than a lonely one of a short
 * list. Only strong findings are weighed: a weak one asks for a second sign anyway.
 *
 * Counted (bench/lookalike_figures.py): of 131 names that mail fraudsters imitated nine of ten are lonely; of the strong
 * findings among popular domains two of three are of crowded names.
 */
#include "lookalike/crowding.h"
#include "lookalike/weigh.h"

enum {
    SHORT_LIST = 64,    /* names; each doubling from here counts */
    MOST_DOUBLINGS = 8, /* further ones change nothing: what is left then is likeness that no chance has */
    STEP = 2,           /* points for each doubling */
    FREE_DOUBLINGS = 3, /* that lonely names have; fewer are a bonus for them */
    FEW_NEAR = 3        /* level of names within two edits that still is lonely: up to seven */
};

enum company { LONELY, KNOWN /* a popular name: its owner has sisters and branches */, CROWDED };

static enum company company_of(const struct hit *hit, const struct crowding *near)
{
    bool equal = !hit->contained && hit->alignment.cost == 0;
    if (hit_core(hit)->flags & CORE_LEVEL) /* a word is nobody's own */
        return CROWDED;
    if (!equal && near->two > FEW_NEAR)
        return CROWDED;
    if (!hit->contained && near->one > 0)
        return CROWDED;
    if ((equal || hit->contained) && (near->within > 0 || near->equal > 0))
        return CROWDED;
    return near->popular ? KNOWN : LONELY;
}

/* Of the list that the name belongs to: those learned over a base make nothing harder for the names of the base. */
static int doublings(const struct hit *hit)
{
    size_t names = 0;
    int n = 0;
    for (const struct lookalike_index *x = hit->index; x; x = x->base)
        names += x->n_names;
    for (names /= SHORT_LIST; names > 1 && n < MOST_DOUBLINGS; names /= 2)
        n++;
    return n;
}

/* An edit that a reader does not see: the other letter looks the same, or two inner letters have changed places. */
static bool unseen(const struct hit *hit)
{
    enum { SAME = 25, TURNED = 50, MOST_EDITS = 2 };
    const struct alignment *a = &hit->alignment;
    for (unsigned i = 0; i < a->n; i++) {
        const struct edit *e = &a->edits[i];
        bool same = e->kind == EDIT_VISUAL && e->cost <= SAME,
             turned = e->kind == EDIT_TRANSPOSE && e->cost <= TURNED && e->at_genuine > 0;
        if (!same && !turned)
            return false;
    }
    return a->n > 0 && a->n <= MOST_EDITS;
}

/* The first letter, more than one full edit, or another suffix as well: seldom an imitator's, often another name. */
static bool far_fetched(const struct query *q, const struct hit *hit)
{
    const struct alignment *a = &hit->alignment;
    return a->cost > COST_EDIT || (a->n > 0 && !query_suffix_equal(q, hit)) ||
           (a->n > 0 && a->edits[0].at_genuine == 0 && a->edits[0].kind != EDIT_VISUAL);
}

/* One country or legal form beside the whole name, and nothing else: how branches are called. */
static bool like_branch(const struct hit *hit, const struct seen *seen)
{
    const struct form *f = &seen->form;
    const struct reading *l = &seen->segments.before[hit->begin], *r = &seen->segments.behind[hit->end];
    return hit->contained && hit->alignment.cost == 0 && l->unknown + r->unknown == 0 &&
           l->parts + r->parts == 1 && ((l->kinds | r->kinds) & (AFFIX_GEO | AFFIX_LEGAL)) &&
           hit_at_edge(hit, f, hit->begin) && hit_at_edge(hit, f, hit->end);
}

/* A misspelt name with known words beside it and nothing else: teledochealth. */
static bool misspelt_beside(const struct hit *hit, const struct seen *seen)
{
    enum { TELLING = 6, LIGHT = 70, LONG = 8 };
    const struct alignment *a = &hit->alignment;
    const struct reading *l = &seen->segments.before[hit->begin], *r = &seen->segments.behind[hit->end];
    unsigned n = hit_core(hit)->n, parts = l->parts + r->parts;
    return hit->contained && a->n == 1 && l->unknown + r->unknown == 0 && parts >= 1 && parts <= 2 &&
           a->edits[0].at_genuine > 0 && n >= TELLING && a->cost <= (n >= LONG ? COST_EDIT : LIGHT) &&
           !hit_core(hit)->flags;
}

/* The whole name with one known word beside it, under the same suffix. */
static bool one_word_beside(const struct query *q, const struct hit *hit, const struct seen *seen)
{
    const struct reading *l = &seen->segments.before[hit->begin], *r = &seen->segments.behind[hit->end];
    return hit->contained && hit->alignment.cost == 0 && l->unknown + r->unknown == 0 &&
           l->parts + r->parts == 1 && query_suffix_equal(q, hit);
}

/* The least score of what no honest domain has by chance. */
static int least(const struct query *q, const struct hit *hit, const struct seen *seen,
                 const struct crowding *near, enum company company)
{
    enum {
        UNSEEN = 80,
        UNSEEN_NEAR = 72,
        BRANCH = 72,
        NEAR_SUFFIX = 75,
        TELLING = 6,
        TELLING_BRANCH = 7,
        LONG = 9
    };
    const struct core *c = hit_core(hit);
    if (q->popular || c->n < TELLING || c->flags & (CORE_LEVEL | CORE_AFFIX))
        return 0;
    if (!hit->contained && unseen(hit) && query_suffix_equal(q, hit) && near->one <= 1 &&
        near->two <= FEW_NEAR + 1)
        return near->one == 0 ? UNSEEN : UNSEEN_NEAR;
    if (!hit->contained && hit->alignment.cost == 0 && query_suffix_equal(q, hit)) /* the hyphens differ */
        return company == LONELY ? UNSEEN : 0;
    if (!hit->contained && hit->alignment.cost == 0 && query_suffix_near(q, hit))
        return company == LONELY ? NEAR_SUFFIX - STEP * doublings(hit) : 0;
    if (company == LONELY && c->n >= TELLING_BRANCH && like_branch(hit, seen))
        return BRANCH;
    if (misspelt_beside(hit, seen) && (unseen(hit) || (company != CROWDED && near->one == 0)))
        return LOOKALIKE_WEAK + 2;
    return company != CROWDED && c->n >= LONG && one_word_beside(q, hit, seen) ? LOOKALIKE_WEAK : 0;
}

/* Points that are taken off, or given when below 0. */
static int surcharge(const struct query *q, const struct hit *hit, enum company company)
{
    int n = doublings(hit) - FREE_DOUBLINGS; /* below 0: a short list */
    if (company == CROWDED)
        return STEP * (n + (n < 0 ? 4 : 5));
    if (hit->contained ||
        far_fetched(q, hit)) /* sisters and branches are called so; other names are that near */
        return STEP * (n + (n < 0 ? 3 : 4));
    if (company == KNOWN)
        return STEP * (n + FREE_DOUBLINGS) / 2;
    return n < 0 && query_suffix_equal(q, hit) ? STEP * n : 0;
}

int weigh(const struct query *q, const struct hit *hit, const struct seen *seen, int score)
{
    enum { WORTH = 40 };
    if (seen->form.letters || seen->form.marks) /* no harmless list has letters of other scripts in a name */
        return score;
    if (score < WORTH && hit->contained && !misspelt_beside(hit, seen)) /* counting takes a while */
        return score;
    struct crowding near = crowding_of(hit->index, hit->core);
    enum company company = company_of(hit, &near);
    int weighed = score - surcharge(q, hit, company), floor = least(q, hit, seen, &near, company);
    if (weighed < LOOKALIKE_STRONG && score >= LOOKALIKE_STRONG)
        weighed = LOOKALIKE_STRONG - 1;
    else if (weighed < LOOKALIKE_STRONG) /* weak findings stay what they are */
        weighed = score;
    return weighed > floor ? weighed : floor;
}
