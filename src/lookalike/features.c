/*
 * What a finding is like, as a set of features (points.def): how long the name is, what the edits do to it, what
 * stands around it, under which suffix. Nothing here knows points; score.c adds them up.
 */
#include <string.h>

#include "lookalike/crowding.h"
#include "lookalike/features.h"

static void set(struct features *f, unsigned feature)
{
    f->set[feature / 64] |= (uint64_t)1 << (feature % 64);
}

static void set_if(struct features *f, bool condition, unsigned feature)
{
    if (condition)
        set(f, feature);
}

/* Of the rows of points.def from `first` to `last`, the last one whose bound is not above `value`. */
static void set_step(struct features *f, unsigned value, unsigned first, unsigned last)
{
    for (unsigned i = last + 1; i-- > first;)
        if (value >= feature_value[i]) {
            set(f, i);
            return;
        }
}

/* Of those rows, the one for this value. */
static void set_equal(struct features *f, unsigned value, unsigned first, unsigned last)
{
    for (unsigned i = first; i <= last; i++)
        set_if(f, feature_value[i] == value, i);
}

static bool deep_suffix(const struct query *q)
{
    return strchr(q->domain->suffix_ascii, '.') != NULL;
}

/* Per letter, in sixteenths of a bit. */
static unsigned rarity_per_letter(const struct query *q, const char *p, unsigned n)
{
    return n ? rarity_of(&q->tables->rarity, p, n) / n : 0;
}

/* --- equal names */

/* Is one the other without its first label (uk, co.uk)? */
static bool suffix_root(const struct query *q, const struct hit *hit)
{
    const char *a = hit_suffix(hit), *b = q->domain->suffix_ascii, *dot;
    return ((dot = strchr(a, '.')) && strcmp(dot + 1, b) == 0) ||
           ((dot = strchr(b, '.')) && strcmp(dot + 1, a) == 0);
}

void features_equal(const struct query *q, const struct hit *hit, const struct seen *seen,
                    struct features *features)
{
    const struct core *c = hit_core(hit);
    uint8_t tld = query_suffix_kind(q), level = c->flags & CORE_LEVEL;
    bool root = suffix_root(q, hit), near = query_suffix_near(q, hit);
    set(features, E_BASE);
    set_step(features, c->n, E_LEN2, E_LEN13);
    set_if(features, tld == 1, E_CHEAP);
    set_if(features, query_suffix_abused(q), E_ABUSED);
    set_if(features, tld == 2, E_GENERIC);
    set_if(features, tld == 0 && !root && !near && !deep_suffix(q), E_NATIONAL);
    set_if(features, tld == 0 && !root && deep_suffix(q), E_DEEP);
    set_if(features, root, E_SUFFIX_ROOT);
    set_equal(features, level, E_LEVEL1, E_LEVEL3);
    set_if(features, c->flags & CORE_AFFIX, E_AFFIX);
    set_if(features, level == 0 && seen->segments.behind[0].unknown == 0, E_WORDS);
    set_if(features, hit->classes & 1u << LOOKALIKE_HYPHEN, E_HYPHEN);
    set_if(features, query_suffix_equal(q, hit), E_SAME);
    set_if(features, near, E_SUFFIX_NEAR);
    set_if(features, q->popular, E_POPULAR);
    set_step(features, rarity_per_letter(q, index_key(hit->index, c), c->n), E_RARE0, E_RARE4);
}

/* --- edits */

static void set_edits(struct features *features, const struct hit *hit, unsigned first, unsigned last)
{
    for (unsigned i = 0; i < hit->alignment.n; i++)
        set_equal(features, hit->alignment.edits[i].kind, first, last);
}

static bool edits_first(const struct alignment *a)
{
    return a->n > 0 && (a->edits[0].at == 0 || a->edits[0].at_genuine == 0);
}

static bool edits_last(const struct hit *hit)
{
    const struct alignment *a = &hit->alignment;
    return a->n > 0 && a->edits[a->n - 1].at_genuine + 1u >= hit_core(hit)->n;
}

static unsigned capped_cost(const struct hit *hit)
{
    return hit->alignment.cost > UINT8_MAX ? UINT8_MAX : hit->alignment.cost;
}

/* The length of s when a known word of at least four letters is taken off its end or beginning. */
static void find_root(const struct tables *t, const char *s, unsigned n, unsigned *begin, unsigned *end)
{
    enum { LEAST_WORD = 4, LEAST_ROOT = 2 };
    *begin = 0;
    *end = n;
    for (unsigned w = LEAST_WORD; w + LEAST_ROOT <= n; w++) {
        if (strset_get(&t->affixes, s + n - w, w) && n - w < *end - *begin) {
            *begin = 0;
            *end = n - w;
        }
        if (strset_get(&t->affixes, s, w) && n - w < *end - *begin) {
            *begin = w;
            *end = n;
        }
    }
}

/* In nbbonline only three letters are its own, so another letter there is another name; in `online` it would be
 * a misspelling. */
unsigned features_telling_length(const struct query *q, const struct hit *hit)
{
    const struct core *c = hit_core(hit);
    unsigned begin, end;
    find_root(q->tables, index_key(hit->index, c), c->n, &begin, &end);
    for (unsigned i = 0; i < hit->alignment.n; i++) {
        const struct edit *e = &hit->alignment.edits[i];
        if (e->kind == EDIT_VISUAL || e->kind == EDIT_PLURAL)
            continue;
        if (e->at_genuine >= begin && e->at_genuine < end)
            return end - begin;
    }
    return c->n;
}

/* How much rarer than the genuine name the seen one is: a misspelling seldom looks more like a word. */
static void set_odd(const struct query *q, const struct hit *hit, const struct form *f,
                    struct features *features)
{
    const struct core *c = hit_core(hit);
    unsigned seen = rarity_of(&q->tables->rarity, f->plain, f->n) / RARITY_BIT + FEATURE_EVEN;
    unsigned genuine = rarity_of(&q->tables->rarity, index_key(hit->index, c), c->n) / RARITY_BIT;
    set_step(features, seen > genuine ? seen - genuine : 0, W_ODD0, W_ODD7);
}

void features_whole(const struct query *q, const struct hit *hit, const struct seen *seen,
                    struct features *features)
{
    const struct core *c = hit_core(hit);
    const struct alignment *a = &hit->alignment;
    uint8_t tld = query_suffix_kind(q);
    bool same = query_suffix_equal(q, hit);
    unsigned n = features_telling_length(q, hit);
    set(features, W_BASE);
    set_step(features, n, W_LEN4, W_LEN12);
    set_if(features, n < c->n, W_ROOT);
    set_step(features, capped_cost(hit), W_COST20, W_COST200);
    set_edits(features, hit, W_VISUAL, W_SUBST);
    set_if(features, a->n > 1, W_EDITS2);
    set_if(features, edits_first(a), W_FIRST);
    set_if(features, edits_last(hit), W_LAST);
    set_odd(q, hit, &seen->form, features);
    set_if(features, seen->word, W_WORD);
    set_if(features, (c->flags & CORE_LEVEL) == 1, W_LEVEL1);
    set_if(features, same, W_SAME);
    set_if(features, tld == 1, W_CHEAP);
    set_if(features, tld == 2 || (tld == 0 && same), W_GENERIC);
    set_if(features, q->popular, W_POPULAR);
    set_if(features, seen->form.letters || seen->form.marks, W_READ);
    set_if(features, seen->form.starts != 1, W_HYPHEN);
    set_if(features, n <= 6 && !same, W_SHORT_OTHER);
    set_if(features, n <= 6 && a->n > 1, W_SHORT_EDITS);
}

/* --- names inside longer ones */

/* Is the name hyphenated otherwise than the genuine one (t-online in salonline)? */
static bool split_differs(const struct hit *hit, const struct form *f)
{
    uint64_t mask = (((uint64_t)1 << (hit->end - hit->begin - 1)) - 1) << 1;
    uint32_t genuine = hit_core(hit)->starts & ~1u;
    return (uint32_t)((f->starts >> hit->begin) & mask) != genuine;
}

static void set_kinds(struct features *features, unsigned kinds, unsigned first, unsigned last)
{
    for (unsigned i = first; i <= last; i++)
        set_if(features, kinds & feature_value[i], i);
}

/* What stands before and behind the name. */
static void set_rest(struct features *features, const struct hit *hit, const struct seen *seen)
{
    const struct reading *l = &seen->segments.before[hit->begin], *r = &seen->segments.behind[hit->end];
    unsigned unknown = l->unknown + r->unknown;
    set_step(features, hit->begin + seen->form.n - hit->end, I_REST1, I_REST13);
    set_step(features, unknown, I_UNKNOWN0, I_UNKNOWN7);
    set_step(features, l->unknown, I_BEFORE1, I_BEFORE4);
    set_step(features, r->unknown, I_BEHIND1, I_BEHIND4);
    set_kinds(features, l->kinds | r->kinds, I_GEO, I_DIGITS);
    set_kinds(features, l->next, I_GEO_LEFT, I_DIGITS_LEFT);
    set_kinds(features, r->next, I_GEO_RIGHT, I_DIGITS_RIGHT);
    set_if(features, l->lures + r->lures >= 2, I_LURES2);
    if (unknown == 0)
        set_step(features, l->parts + r->parts, I_PARTS1, I_PARTS3);
}

/* The length of the word that the best reading of the whole label has across this place; 0 = none. */
static unsigned word_across(const struct seen *seen, unsigned at)
{
    unsigned begin = at, end = at + 1, n = seen->form.n;
    if (at == 0 || at >= n || (seen->segments.cuts >> at & 1))
        return 0;
    while (!(seen->segments.cuts >> begin & 1))
        begin--;
    while (end < n && !(seen->segments.cuts >> end & 1))
        end++;
    return end - begin;
}

/* Does the label read well without the name (anthem in themattress)? */
static void set_reading(struct features *features, const struct hit *hit, const struct seen *seen)
{
    const struct segments *s = &seen->segments;
    unsigned left = word_across(seen, hit->begin), right = word_across(seen, hit->end);
    unsigned beside = s->before[hit->begin].unknown + s->behind[hit->end].unknown;
    unsigned all = s->behind[0].unknown;
    set_step(features, left, I_CUT_LEFT2, I_CUT_LEFT8);
    set_step(features, right, I_CUT_RIGHT2, I_CUT_RIGHT8);
    set_if(features, left && right, I_CUT_BOTH);
    set_step(features, beside > all ? beside - all : 0, I_GAIN1, I_GAIN5);
    set_step(features, all > beside ? all - beside : 0, I_EXPLAINS1, I_EXPLAINS9);
    set_if(features, all == 0, I_ALL_KNOWN);
}

/* A misspelt name inside a longer one. */
static void set_misspelt(struct features *features, const struct hit *hit, const struct seen *seen)
{
    const struct alignment *a = &hit->alignment;
    const struct form *f = &seen->form;
    unsigned n = hit_core(hit)->n,
             unknown = seen->segments.before[hit->begin].unknown + seen->segments.behind[hit->end].unknown;
    if (a->cost == 0)
        return;
    set_step(features, capped_cost(hit), I_COST20, I_COST200);
    set_edits(features, hit, I_VISUAL, I_SUBST);
    set_if(features, a->n > 1, I_EDITS2);
    set_if(features, edits_first(a), I_EDIT_FIRST);
    set_if(features, n <= 7, I_SHORT_TYPO);
    if (a->cost <= 20)
        return;
    bool known = unknown == 0 && n >= 7 && a->cost <= 80 && a->n == 1;
    bool strange = unknown == 0 && seen->segments.behind[0].unknown >= 4;
    set_if(features, unknown > 1, I_TYPO_UNKNOWN);
    set_if(features, hit_at_edge(hit, f, hit->begin) && hit_at_edge(hit, f, hit->end), I_TYPO_TOKEN);
    set_if(features, strange, I_TYPO_STRANGE);
    set_if(features, known, I_TYPO_KNOWN);
    set_if(features, known && strange, I_TYPO_PLAIN);
}

static void set_name(const struct query *q, struct features *features, const struct hit *hit)
{
    enum { UNLIKELY = 6 * RARITY_BIT - RARITY_BIT / 4 };
    const struct core *c = hit_core(hit);
    set_step(features, c->n, I_LEN4, I_LEN14);
    set_equal(features, c->flags & CORE_LEVEL, I_LEVEL1, I_LEVEL3);
    set_if(features, c->flags & CORE_AFFIX, I_AFFIX);
    set_if(features, c->flags & CORE_NUMERIC, I_NUMERIC);
    unsigned rarity = rarity_per_letter(q, index_key(hit->index, c), c->n);
    set_step(features, rarity, I_RARE0, I_RARE5);
    set_if(features, c->n <= 5 && rarity >= UNLIKELY, I_SHORT_RARE); /* hmrc, but not ares */
}

void features_inside(const struct query *q, const struct hit *hit, const struct seen *seen,
                     struct features *features)
{
    const struct core *c = hit_core(hit);
    const struct form *f = &seen->form;
    const struct segments *s = &seen->segments;
    bool left = hit_at_edge(hit, f, hit->begin), right = hit_at_edge(hit, f, hit->end),
         same = query_suffix_equal(q, hit);
    uint8_t tld = query_suffix_kind(q);
    set(features, I_BASE);
    set_name(q, features, hit);
    set_rest(features, hit, seen);
    set_reading(features, hit, seen);
    set_misspelt(features, hit, seen);
    set_if(features, left && right, I_TOKEN);
    set_if(features, left != right && f->starts != 1, I_HALF);
    set_if(features, !left && !right && f->starts != 1, I_JOINED);
    set_if(features, hit->begin == 0, I_FIRST);
    set_if(features, hit->end == f->n, I_LAST);
    set_if(features, hit_suffix_follows(hit, f), I_FOLDED);
    set_if(features, split_differs(hit, f), I_SPLIT);
    set_if(features, f->letters || f->marks, I_READ);
    set_if(features, same, I_SAME);
    set_if(features, tld == 1, I_CHEAP);
    set_if(features, query_suffix_abused(q), I_ABUSED);
    set_if(features, tld == 2 || (tld == 0 && same), I_GENERIC);
    set_if(features, deep_suffix(q), I_DEEP);
    set_if(features, q->popular, I_POPULAR);
    set_if(features,
           c->n <= 5 && !(c->flags & CORE_NUMERIC) &&
               s->before[hit->begin].unknown + s->behind[hit->end].unknown > 0,
           I_SHORT_UNKNOWN);
    set_if(features, c->n <= 5 && !(left && right), I_SHORT_JOINED);
}

void features_crowding(const struct hit *hit, struct features *features)
{
    struct crowding near = crowding_of(hit->index, hit->core);
    if (hit->contained) {
        set_step(features, near.within, I_WITHIN0, I_WITHIN7);
        set_step(features, near.two, I_TWO0, I_TWO6);
    } else if (hit->alignment.cost == 0) {
        set_step(features, near.equal, E_OTHERS0, E_OTHERS3);
    } else {
        set_step(features, near.one, W_ONE0, W_ONE3);
        set_step(features, near.two, W_TWO0, W_TWO5);
    }
}
