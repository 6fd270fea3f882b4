/*
 * From what was found to a score: 70 and more is strong, 50..69 weak. A score is the sum of the points of the
 * finding's features (features.c), then the guards. Nothing else in the engine scores.
 */
#include <string.h>

#include "lookalike/crowding.h"
#include "lookalike/features.h"
#include "lookalike/score.h"
#include "lookalike/weigh.h"

enum {
    HOST_BONUS = 16, /* a registrable domain has honest neighbours, a host label that holds a name seldom */
    TOLD_APART = 30, /* names with three letters of their own (tdbank, tnbank) further apart are different */
    OWN_BONUS = 15,  /* own names under another suffix: who runs this knows all that are his */
    OWN_LEAST = 55,  /* and of them a shorter name is seen */
    MISSING_DOT = 78,
    LONG_NAME = 8,
    OWN_BESIDE = 8, /* the same for own names with nothing but known words beside them */
    WITH_SUFFIX =
        88 /* the name with its own suffix among the host's labels: no other reading than imitation */
};

static int sum_of(const struct query *q, const struct features *features)
{
    int tenths = 0;
    for (unsigned w = 0; w < sizeof(features->set) / sizeof(*features->set); w++)
        for (uint64_t left = features->set[w]; left; left &= left - 1)
            tenths += q->points[64 * w + (unsigned)__builtin_ctzll(left)];
    return tenths;
}

static void know_segments(const struct query *q, struct seen *seen)
{
    if (!seen->segmented)
        segments_make(q->tables, &seen->form, &seen->segments);
    seen->segmented = true;
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
    if (query_suffix_kind(q) == 1)
        score += 5;
    return q->popular ? score - 20 : score;
}

/* Counting what is near takes a while: it is asked where it may tell a finding from none, a strong from a weak one. */
static void know_crowding(const struct query *q, struct hit *hit)
{
    enum { TENTHS = 350 };
    if (q->watch || sum_of(q, &hit->features) >= TENTHS)
        features_crowding(hit, &hit->features);
}

static int finish(const struct query *q, struct hit *hit, const struct seen *seen, int bonus)
{
    know_crowding(q, hit);
    int score = (sum_of(q, &hit->features) + 5) / 10 + bonus;
    if (seen->place == SEEN_HOST) { /* never above the name alone */
        int most = score_host_label(q, hit) - (hit->alignment.cost ? 4 : 2);
        score = score + HOST_BONUS < most ? score + HOST_BONUS : most;
    }
    return score < 0 ? 0 : score > 97 ? 97 : score;
}

unsigned score_allowed_cost(size_t n, bool same_suffix)
{
    static const unsigned here[] = {0, 0, 0, 0, 100, 130, 130, 140, 140, 160, 160, 160};
    static const unsigned elsewhere[] = {0, 0, 0, 0, 30, 60, 80, 130, 140, 160, 160, 160};
    if (n >= sizeof(here) / sizeof(*here))
        return 200;
    return same_suffix ? here[n] : elsewhere[n];
}

static bool own(const struct hit *hit)
{
    enum relation relation = hit_name(hit)->relation;
    return relation == RELATION_OWN || relation == RELATION_QUOTED;
}

/* The least score of a name under another suffix: the whole of a name that is no common word is never passed over. */
static int least_equal(const struct query *q, const struct hit *hit)
{
    const struct core *c = hit_core(hit);
    unsigned level = c->flags & CORE_LEVEL;
    if (c->flags & CORE_AFFIX || q->popular)
        return 0;
    if (own(hit) && c->n >= 5 && level == 0)
        return OWN_LEAST;
    bool alone = crowding_of(hit->index, hit->core).equal == 0;
    return c->n >= LONG_NAME && level != 1 && alone ? LOOKALIKE_WEAK : 0;
}

static int score_equal(const struct query *q, struct hit *hit, struct seen *seen)
{
    know_segments(q, seen);
    features_equal(q, hit, seen, &hit->features);
    int score = finish(q, hit, seen, own(hit) ? OWN_BONUS : 0), least = least_equal(q, hit);
    score = score < least ? least : score;
    return seen->place == SEEN_REGISTRABLE ? weigh(q, hit, seen, score) : score;
}

/* Letters of other scripts or marks that a reader of ASCII takes for the genuine ones: strong whatever the length. */
static bool reads_the_same(const struct hit *hit)
{
    bool same = hit->alignment.cost == 0 || (hit_core(hit)->n <= 3 && hit->alignment.cost <= SHORT_SAME &&
                                             hit->alignment.edits[0].kind == EDIT_VISUAL);
    return same && (hit->classes & (1u << LOOKALIKE_IDN_HOMOGRAPH | 1u << LOOKALIKE_DIACRITIC)) != 0;
}

/* Hosts are called mail, news and shop everywhere: such a label is no misspelling of anything. */
static bool host_word(const struct query *q, const struct seen *seen)
{
    const struct form *f = &seen->form;
    return seen->place == SEEN_HOST &&
           (strset_get(&q->tables->affixes, f->plain, f->n) || strset_get(&q->tables->words, f->plain, f->n));
}

/*
 * An edit in the little that a known word leaves of the name (tdbank, tnbank). A longer name under the same suffix is
 * still read as a whole: tanmetal and tammetal are told apart by nobody.
 */
static bool told_apart(const struct query *q, const struct hit *hit)
{
    enum { LITTLE = 3, READ_AS_WHOLE = 7 };
    return hit->alignment.cost > TOLD_APART && features_telling_length(q, hit) <= LITTLE &&
           !(hit_core(hit)->n >= READ_AS_WHOLE && query_suffix_equal(q, hit));
}

int score_whole(const struct query *q, struct hit *hit, struct seen *seen)
{
    const struct core *c = hit_core(hit);
    if (reads_the_same(hit))
        return c->n <= 1 ? 60 : c->n == 2 ? 75 : 96;
    if (hit->alignment.cost == 0)
        return seen->place == SEEN_HOST ? score_host_label(q, hit) : score_equal(q, hit, seen);
    if (host_word(q, seen) || told_apart(q, hit))
        return 0;
    features_whole(q, hit, seen, &hit->features);
    int score = finish(q, hit, seen, 0);
    return seen->place == SEEN_REGISTRABLE ? weigh(q, hit, seen, score) : score;
}

/* Is the name within one of the labels that were joined? */
static bool within_label(const struct hit *hit, const struct seen *seen)
{
    const uint16_t *source = seen->form.source;
    return !memchr(seen->text + source[hit->begin], '.', (size_t)(source[hit->end - 1] - source[hit->begin]));
}

/* Of the names that share the core, the one whose suffix stands beside it: amazon-co-jp is of amazon.co.jp. */
static struct fold choose_folded(struct hit *hit, const struct form *f)
{
    enum { MOST = 64 };
    const struct core *c = hit_core(hit);
    uint32_t chosen = hit->name, best = chosen;
    struct fold fold = hit_fold(hit, f);
    for (uint32_t i = 0; i < c->names && i < MOST && !(fold.kind && fold.all); i++) {
        hit->name = c->name + i;
        struct fold other = hit_fold(hit, f);
        if (other.kind > fold.kind || (other.kind && other.all)) {
            fold = other;
            best = hit->name;
        }
    }
    hit->name = best;
    return fold;
}

/* The letters beside the name and its suffix that nothing explains. */
static unsigned strange_beside(const struct seen *seen, const struct fold *fold)
{
    return seen->segments.before[fold->begin].unknown + seen->segments.behind[fold->end].unknown;
}

/*
 * A name with its own suffix written beside it (kestrel-kr.com for kestrel.co.kr) is read as the genuine one: nobody
 * else has a reason to write just that country there. The least score of such a finding.
 */
static int score_folded(const struct query *q, const struct hit *hit, const struct seen *seen,
                        const struct fold *fold)
{
    static const int token[] = {78, 58, 70, 70}; /* of no word, then of the commonest words to the rarest */
    enum { ALL = 6, BESIDE = 8, MISSPELT = 8, LIGHT = 60, LONG = 7, RUN_ON = 72, SHORTER = 62 };
    const struct core *c = hit_core(hit);
    unsigned level = c->flags & CORE_LEVEL;
    bool alone = fold->end - fold->begin == seen->form.n, telling = c->n >= 5 && level == 0;
    if (fold->kind == FOLD_NONE || q->popular || c->flags & CORE_AFFIX || c->n < 4 ||
        strange_beside(seen, fold) > 0)
        return 0;
    if (hit->alignment.cost > 0 && (hit->alignment.cost > LIGHT || hit->alignment.n > 1 || c->n < LONG))
        return 0;
    if (fold->kind == FOLD_JOINED && (!telling || !alone))
        return 0;
    int least = fold->kind == FOLD_TOKEN ? token[level] + (fold->all ? ALL : 0)
                : c->n >= LONG           ? RUN_ON
                                         : SHORTER;
    return least - (alone ? 0 : BESIDE) - (hit->alignment.cost ? MISSPELT : 0) - (c->n == 4 ? BESIDE : 0);
}

/* The dot behind `www` is missing: wwwcompany.com. */
static bool missing_dot(const struct query *q, const struct hit *hit, const struct form *f)
{
    enum { TELLING = 5 };
    return hit->begin == 3 && memcmp(f->plain, "www", 3) == 0 && !hit_at_edge(hit, f, 3) &&
           hit->end == f->n && hit->alignment.cost == 0 && hit_core(hit)->n >= TELLING &&
           query_suffix_equal(q, hit);
}

int score_contained(const struct query *q, struct hit *hit, struct seen *seen)
{
    const struct core *c = hit_core(hit);
    const struct form *f = &seen->form;
    struct fold fold = choose_folded(hit, f);
    bool token = hit_at_edge(hit, f, hit->begin) && hit_at_edge(hit, f, hit->end),
         folded = hit_suffix_follows(hit, f);
    if (c->n < 4 && !(c->flags & CORE_NUMERIC) && !folded)
        return 0;
    know_segments(q, seen);
    features_inside(q, hit, seen, &hit->features);
    const struct segments *s = &seen->segments;
    bool known = s->before[hit->begin].unknown + s->behind[hit->end].unknown == 0;
    int score = finish(q, hit, seen, own(hit) && known ? OWN_BESIDE : 0);
    if (seen->place == SEEN_JOINED && score >= LOOKALIKE_STRONG && within_label(hit, seen))
        score = LOOKALIKE_STRONG - 1; /* as in score_host_label */
    if (hit_name(hit)->relation == RELATION_QUOTED && !known && score >= LOOKALIKE_STRONG)
        score = LOOKALIKE_STRONG - 1; /* sister companies answer in one thread, too */
    if (seen->place == SEEN_REGISTRABLE)
        score = weigh(q, hit, seen, score);
    if (seen->place == SEEN_REGISTRABLE && missing_dot(q, hit, f)) {
        score = score < MISSING_DOT ? MISSING_DOT : score;
        hit->classes |= 1u << LOOKALIKE_MISSING_DOT;
    }
    if (fold.kind && seen->place == SEEN_REGISTRABLE) {
        int least = score_folded(q, hit, seen, &fold);
        score = score < least ? least : score;
        hit->classes |= 1u << LOOKALIKE_TLD_FOLDED;
    }
    bool whole = seen->place != SEEN_REGISTRABLE && token && folded;
    if (q->domain->private_suffix && strange_beside(seen, &fold) > 0)
        whole = false; /* owners rent there, too: img-rt-company-com.akamaized.net */
    if (whole && hit->alignment.cost == 0 && score < WITH_SUFFIX && !q->popular)
        score = c->n >= 4 ? WITH_SUFFIX : LOOKALIKE_STRONG;
    return score;
}
