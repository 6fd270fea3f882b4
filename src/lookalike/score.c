/*
 * From what was found to a score: 70 and more is strong, 50..69 weak. A score is the sum of the points of the
 * finding's features (features.h), then the guards. Nothing else in the engine scores.
 */
#include <string.h>

#include "lookalike/features.h"
#include "lookalike/match.h"

#define FEATURE_POINTS_(id, points) [id] = points,
static const int16_t feature_points[N_FEATURES] = {
    WHOLE_FEATURES(FEATURE_POINTS_) EQUAL_FEATURES(FEATURE_POINTS_) INSIDE_FEATURES(FEATURE_POINTS_)};

enum {
    HOST_BONUS = 16, /* a registrable domain has honest neighbours, a host label that holds a name seldom */
    TOLD_APART = 30, /* names with three letters of their own (tdbank, tnbank) further apart are different */
    OWN_BONUS = 15,  /* own names under another suffix: who runs this knows all that are his */
    WITH_SUFFIX =
        88 /* the name with its own suffix among the host's labels: no other reading than imitation */
};

struct sum {
    int tenths;
};

static void add(struct sum *sum, enum feature f)
{
    sum->tenths += feature_points[f];
}

static void add_if(struct sum *sum, bool condition, enum feature f)
{
    if (condition)
        add(sum, f);
}

/* Adds the last feature whose bound is not above `value`. */
static void add_step(struct sum *sum, unsigned value, const uint8_t bounds[], enum feature first, unsigned n)
{
    for (unsigned i = n; i-- > 0;)
        if (value >= bounds[i]) {
            add(sum, (enum feature)(first + i));
            return;
        }
}

/* 1: cheap or one of the new themed ones, 2: the old generic ones, 0: national, official and private ones. */
static uint8_t tld_kind(const struct query *q, const char *suffix)
{
    const char *dot = strrchr(suffix, '.'), *tld = dot ? dot + 1 : suffix;
    uint8_t kind = strset_get(&q->tables->tlds, suffix, strlen(suffix));
    if (kind == 0 && dot)
        kind = strset_get(&q->tables->tlds, tld, strlen(tld)) == 1;
    else if (kind == 0 && strlen(tld) > 2 && strncmp(tld, "xn--", 4) != 0)
        kind = 1;
    return kind == 3 ? 0 : kind;
}

/*
 * A name that is a whole label further left (company.evil.net): mailers give their customers such names too, so
 * it is strong only together with its own suffix (see score_contained).
 */
static int score_host_label(const struct query *q, const struct hit *hit)
{
    const struct core *c = hit_core(hit);
    unsigned level = c->flags & CORE_LEVEL;
    int score = c->n <= 3 ? 35 : c->n <= 5 ? 62 : 68;
    if (c->flags & CORE_AFFIX)
        return 0;
    score -= level == 1 ? 20 : level ? 6 : 0;
    if (tld_kind(q, q->domain->suffix_ascii) == 1)
        score += 5;
    return q->popular ? score - 20 : score;
}

static int finish(const struct query *q, const struct hit *hit, const struct seen *seen,
                  const struct sum *sum)
{
    int score = (sum->tenths + 5) / 10;
    if (seen->place == PLACE_HOST) { /* never above the name alone */
        int most = score_host_label(q, hit) - (hit->alignment.cost ? 4 : 2);
        score = score + HOST_BONUS < most ? score + HOST_BONUS : most;
    }
    return score < 0 ? 0 : score > 97 ? 97 : score;
}

/* The greatest distance at which a name of this length is still taken for the genuine one. */
unsigned allowed_cost(size_t n, bool same_suffix)
{
    static const unsigned here[] = {0, 0, 0, 0, 100, 130, 130, 140, 140, 160, 160, 160};
    static const unsigned elsewhere[] = {0, 0, 0, 0, 30, 60, 80, 130, 140, 160, 160, 160};
    if (n >= sizeof(here) / sizeof(*here))
        return 200;
    return same_suffix ? here[n] : elsewhere[n];
}

bool suffix_equal(const struct query *q, const struct hit *hit)
{
    const struct name *name = hit_name(hit);
    return strcmp(hit->index->pool + name->ascii + name->suffix, q->domain->suffix_ascii) == 0;
}

static int score_equal(const struct query *q, const struct hit *hit, const struct seen *seen)
{
    static const uint8_t lengths[] = {0, 3, 4, 5, 6, 8, 10, 13};
    struct sum sum = {0};
    const struct core *c = hit_core(hit);
    uint8_t tld = tld_kind(q, q->domain->suffix_ascii), level = c->flags & CORE_LEVEL;
    add(&sum, E_BASE);
    add_step(&sum, c->n, lengths, E_LEN2, 8);
    add_if(&sum, tld == 1, E_CHEAP);
    add_if(&sum, tld == 2, E_GENERIC);
    if (level)
        add(&sum, (enum feature)(E_LEVEL1 + level - 1));
    add_if(&sum, c->flags & CORE_AFFIX, E_AFFIX);
    add_if(&sum, hit->classes & 1u << LOOKALIKE_HYPHEN, E_HYPHEN);
    add_if(&sum, suffix_equal(q, hit), E_SAME);
    add_if(&sum, q->popular, E_POPULAR);
    add_if(&sum, tld == 0 && !strchr(q->domain->suffix_ascii, '.'), E_NATIONAL);
    add_if(&sum, tld == 0 && strchr(q->domain->suffix_ascii, '.'), E_DEEP);
    if (hit_name(hit)->relation == RELATION_OWN)
        sum.tenths += 10 * OWN_BONUS;
    return finish(q, hit, seen, &sum);
}

static bool has_kind(const struct hit *hit, uint32_t kinds)
{
    for (unsigned i = 0; i < hit->alignment.n; i++)
        if (kinds >> hit->alignment.edits[i].kind & 1)
            return true;
    return false;
}

/* Letters of other scripts or marks that a reader of ASCII takes for the genuine ones: strong whatever the length. */
static bool reads_the_same(const struct hit *hit)
{
    return hit->alignment.cost == 0 &&
           (hit->classes & (1u << LOOKALIKE_IDN_HOMOGRAPH | 1u << LOOKALIKE_DIACRITIC)) != 0;
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

/*
 * How much of the name the edits leave recognisable: in nbbonline only three letters are its own, so another
 * letter there is another name; in `online` it would be a misspelling.
 */
static unsigned telling_length(const struct query *q, const struct hit *hit)
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

int score_whole(const struct query *q, struct hit *hit, struct seen *seen)
{
    static const uint8_t lengths[] = {0, 5, 6, 7, 8, 9, 12}, costs[] = {1, 31, 51, 65, 81, 101, 131};
    const struct core *c = hit_core(hit);
    const struct alignment *a = &hit->alignment;
    struct sum sum = {0};
    uint8_t tld = tld_kind(q, q->domain->suffix_ascii);
    if (reads_the_same(hit))
        return c->n <= 1 ? 60 : c->n == 2 ? 75 : 96;
    if (a->cost == 0)
        return seen->place == PLACE_HOST ? score_host_label(q, hit) : score_equal(q, hit, seen);
    add(&sum, W_BASE);
    unsigned n = telling_length(q, hit);
    if (n <= 3 && a->cost > TOLD_APART)
        return 0;
    add_step(&sum, n, lengths, W_LEN4, 7);
    add_if(&sum, n < c->n, W_ROOT);
    add_step(&sum, a->cost > 255 ? 255 : a->cost, costs, W_COST20, 7);
    add_if(&sum, a->n > 1, W_EDITS2);
    add_if(&sum, a->n > 0 && (a->edits[0].at == 0 || a->edits[0].at_genuine == 0), W_FIRST);
    add_if(&sum, has_kind(hit, 1u << EDIT_OTHER), W_SUBST);
    add_if(&sum, seen->word, W_WORD);
    add_if(&sum, (c->flags & CORE_LEVEL) == 1, W_LEVEL1);
    add_if(&sum, suffix_equal(q, hit), W_SAME);
    add_if(&sum, tld == 1, W_CHEAP);
    add_if(&sum, tld == 2 || (tld == 0 && suffix_equal(q, hit)), W_GENERIC);
    add_if(&sum, q->popular, W_POPULAR);
    add_if(&sum, seen->form.letters || seen->form.marks, W_READ);
    add_if(&sum, seen->form.starts != 1, W_HYPHEN);
    add_if(&sum, n <= 6 && !suffix_equal(q, hit), W_SHORT_OTHER);
    add_if(&sum, n <= 6 && a->n > 1, W_SHORT_EDITS);
    return finish(q, hit, seen, &sum);
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Does a hyphenated part begin or end here, or do digits meet letters beside a name of digits (163f)? */
static bool at_edge(const struct hit *hit, const struct form *f, unsigned at)
{
    if (at == 0 || at == f->n || (f->starts >> at & 1))
        return true;
    return hit_core(hit)->flags & CORE_NUMERIC && digit(f->plain[at - 1]) != digit(f->plain[at]);
}

/* Does the target's public suffix, without dots, follow the name (walmarkcz, amazon-co-jp)? */
static bool suffix_follows(const struct hit *hit, const struct form *f)
{
    const struct name *name = hit_name(hit);
    const char *s = hit->index->pool + name->ascii + name->suffix;
    unsigned at = hit->end;
    for (; *s; s++)
        if (*s != '.' && (at == f->n || f->plain[at++] != *s))
            return false;
    return at > hit->end && (at_edge(hit, f, at) || at_edge(hit, f, hit->end));
}

static void add_rest(struct sum *sum, const struct hit *hit, const struct seen *seen)
{
    static const uint8_t unknowns[] = {0, 1, 2, 4, 7};
    const struct segments *s = &seen->segments;
    unsigned unknown = s->unknown_before[hit->begin] + s->unknown_behind[hit->end];
    uint8_t kinds = s->kinds_before[hit->begin] | s->kinds_behind[hit->end];
    const struct core *c = hit_core(hit);
    add_step(sum, unknown, unknowns, I_UNKNOWN0, 5);
    for (unsigned k = 0; k < 7; k++)
        add_if(sum, kinds >> k & 1, (enum feature)(I_GEO + k));
    bool cross = !(c->flags & CORE_LEVEL) && s->unknown_before[seen->form.n] < unknown + 3 &&
                 s->unknown_before[seen->form.n] <= 1;
    add_if(sum, cross, I_CROSS);
    add_if(sum, c->n <= 5 && unknown > 0 && !(c->flags & CORE_NUMERIC), I_SHORT_UNKNOWN);
    add_if(sum, c->n >= 7 && unknown == 0, I_LONG_KNOWN);
    add_if(sum, hit->alignment.cost > 20 && unknown == 0, I_TYPO_KNOWN);
    if (hit->alignment.cost <= 20)
        return;
    unsigned rest = hit->begin + seen->form.n - hit->end;
    add_if(sum, unknown > 1, I_TYPO_UNKNOWN);
    add_if(sum, at_edge(hit, &seen->form, hit->begin) && at_edge(hit, &seen->form, hit->end), I_TYPO_TOKEN);
    add_if(sum, unknown == 0 && rest >= 4, I_TYPO_REST);
    add_if(sum, unknown == 0 && c->n >= 7 && hit->alignment.cost <= 80 && hit->alignment.n == 1, I_TYPO_WEB);
}

/* Is the name hyphenated otherwise than the genuine one (t-online in salonline)? */
static bool split_differs(const struct hit *hit, const struct form *f)
{
    uint64_t mask = (((uint64_t)1 << (hit->end - hit->begin - 1)) - 1) << 1;
    uint64_t genuine = hit_core(hit)->starts & ~(uint64_t)1;
    return ((f->starts >> hit->begin) & mask) != genuine;
}

int score_contained(const struct query *q, struct hit *hit, struct seen *seen)
{
    static const uint8_t lengths[] = {0, 5, 6, 7, 8, 9, 11, 14}, costs[] = {1, 21, 61, 101};
    const struct core *c = hit_core(hit);
    const struct form *f = &seen->form;
    struct sum sum = {0};
    bool left = at_edge(hit, f, hit->begin), right = at_edge(hit, f, hit->end);
    uint8_t tld = tld_kind(q, q->domain->suffix_ascii), level = c->flags & CORE_LEVEL;
    if (c->n < 4 && !(c->flags & CORE_NUMERIC) && !suffix_follows(hit, f))
        return 0;
    if (!seen->segmented)
        segments_make(q->tables, f, &seen->segments);
    seen->segmented = true;
    add(&sum, I_BASE);
    add_step(&sum, c->n, lengths, I_LEN4, 8);
    add_if(&sum, left && right, I_TOKEN);
    add_if(&sum, left != right && f->starts != 1, I_HALF);
    add_if(&sum, hit->begin == 0, I_FIRST);
    add_if(&sum, hit->end == f->n, I_LAST);
    add_rest(&sum, hit, seen);
    if (level)
        add(&sum, (enum feature)(I_LEVEL1 + level - 1));
    add_if(&sum, c->flags & CORE_AFFIX, I_AFFIX);
    add_step(&sum, hit->alignment.cost > 255 ? 255 : hit->alignment.cost, costs, I_COST20, 4);
    add_if(&sum, suffix_follows(hit, f), I_FOLDED);
    add_if(&sum, suffix_equal(q, hit), I_SAME);
    add_if(&sum, tld == 1, I_CHEAP);
    add_if(&sum, tld == 2 || (tld == 0 && suffix_equal(q, hit)), I_GENERIC);
    add_if(&sum, q->popular, I_POPULAR);
    add_if(&sum, split_differs(hit, f), I_SPLIT);
    add_if(&sum, c->n <= 5 && !(left && right), I_SHORT_JOINED);
    add_if(&sum, c->n <= 7 && hit->alignment.cost > 0, I_SHORT_TYPO);
    int score = finish(q, hit, seen, &sum);
    bool whole = seen->place != PLACE_REGISTRABLE && left && right && suffix_follows(hit, f);
    if (whole && hit->alignment.cost == 0 && score < WITH_SUFFIX && !q->popular)
        score = c->n >= 4 ? WITH_SUFFIX : LOOKALIKE_STRONG;
    return score;
}
