/*
 * From what was found to a score: 70 and more is strong, 50..69 weak. Only here; the measures behind the numbers
 * are in DESIGN.md, section 4, and bench/.
 */
#include <string.h>

#include "lookalike/match.h"

unsigned allowed_cost(size_t n)
{
    return n <= 3 ? 0 : n == 4 ? 30 : n <= 6 ? 100 : n <= 8 ? 130 : n <= 11 ? 160 : 200;
}

bool suffix_equal(const struct query *q, const struct hit *hit)
{
    const struct name *name = hit_name(hit);
    return strcmp(hit->index->pool + name->ascii + name->suffix, q->domain->suffix_ascii) == 0;
}

static int guard(const struct query *q, const struct hit *hit, const struct seen *seen, int score)
{
    if (q->popular)
        score -= 30;
    if (seen->word && !(hit->classes & (1u << LOOKALIKE_IDN_HOMOGRAPH | 1u << LOOKALIKE_DIACRITIC)))
        score -= 25;
    if (hit_core(hit)->flags & CORE_COMMON)
        score -= 20;
    return score < 0 ? 0 : score > 100 ? 100 : score;
}

static int score_equal(const struct query *q, const struct hit *hit, const struct seen *seen)
{
    const struct core *c = hit_core(hit);
    int score = hit->classes & (1u << LOOKALIKE_IDN_HOMOGRAPH | 1u << LOOKALIKE_DIACRITIC) ? 96 : 0;
    if (score)
        return score;
    uint8_t tld = strset_get(&q->tables->tlds, q->domain->suffix_ascii, strlen(q->domain->suffix_ascii));
    score = c->n <= 3 ? 40 : c->n == 4 ? 52 : c->n == 5 ? 60 : 68;
    if (hit->classes & 1u << LOOKALIKE_HYPHEN)
        score += 8;
    if (tld == 1)
        score += 10;
    return score;
}

int score_whole(const struct query *q, const struct hit *hit, const struct seen *seen)
{
    const struct core *c = hit_core(hit);
    if (hit->alignment.cost == 0)
        return guard(q, hit, seen, score_equal(q, hit, seen));
    int score = 95 - (int)(hit->alignment.cost * 40 / (allowed_cost(c->n) + 40));
    score -= c->n <= 4 ? 25 : c->n <= 5 ? 15 : c->n <= 6 ? 10 : c->n <= 7 ? 5 : 0;
    if (!suffix_equal(q, hit))
        score -= 10;
    return guard(q, hit, seen, score);
}

static bool at_token(const struct form *f, unsigned at)
{
    return at == f->n || (f->starts >> at & 1);
}

int score_contained(const struct query *q, struct hit *hit, const struct seen *seen)
{
    const struct core *c = hit_core(hit);
    const struct form *f = &seen->form;
    const struct strset *affixes = &q->tables->affixes;
    bool token = at_token(f, hit->begin) && at_token(f, hit->end);
    uint8_t left = strset_get(affixes, f->plain, hit->begin);
    uint8_t right = strset_get(affixes, f->plain + hit->end, f->n - hit->end);
    bool affix = (left || hit->begin == 0) && (right || hit->end == f->n);
    if (c->n < 4 || (c->flags & (CORE_WORD | CORE_AFFIX) && c->n < 8))
        return 0;
    if (!token && c->n < (affix ? 5 : 6))
        return 0;
    int score = token ? 58 : 52;
    score += c->n >= 8 ? 6 : c->n >= 6 ? 3 : 0;
    score += affix ? 12 : 0;
    score += hit->begin == 0 ? 4 : 0;
    score -= (int)hit->alignment.cost / 8;
    return guard(q, hit, seen, score);
}
