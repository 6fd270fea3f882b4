/*
 * Does the sentence ask, or does it deny, warn, report or suppose? Cues are words of the pack; how far
 * they reach is decided here: a negation only over the verb beside it, the others over the part of the
 * sentence between two contrast words, a condition at most to the next comma. A warning, report or
 * condition may also stand behind ("... と言われた場合").
 */
#include <string.h>

#include "payment/phrases.h"

bool stance_contrast(const struct scan *scan, const struct pack *pack, uint32_t from, uint32_t to)
{
    for (size_t i = 0; pack->contrast != GROUP_NONE && i < scan->n_hits; i++)
        if (scan->hits[i].group == pack->contrast && scan->hits[i].start >= from && scan->hits[i].end <= to)
            return true;
    return false;
}

/* A contrast word stands between cue and phrase: the cue belongs to the other part of the sentence. */
static bool apart(const struct scan *scan, const struct found *f, const struct hit *cue)
{
    uint32_t from = cue->start < f->start ? cue->end : f->end;
    uint32_t to = cue->start < f->start ? f->start : cue->start;
    return from < to && stance_contrast(scan, f->phrase->pack, from, to);
}

static bool in_clause(const struct scan *scan, const struct hit *h)
{
    return h->start >= scan->clause.start && h->end <= scan->clause.end;
}

static bool comma_between(const struct scan *scan, uint32_t from, uint32_t to)
{
    return from < to &&
           (memchr(scan->text.p + from, ',', to - from) || memchr(scan->text.p + from, ':', to - from) ||
            memmem(scan->text.p + from, to - from, "\xE3\x80\x81", 3)); /* 、 */
}

static bool negated(const struct scan *scan, const struct found *f)
{
    const struct pack *pack = f->phrase->pack;
    for (size_t i = 0; i < scan->n_hits; i++) {
        const struct hit *h = &scan->hits[i];
        bool before = h->group == pack->cues[STANCE_NEGATED].before;
        bool after = h->group == pack->cues[STANCE_NEGATED].after;
        if ((!before && !after) || h->group == GROUP_NONE)
            continue;
        for (unsigned g = 0; g < f->phrase->n_groups; g++) {
            if (!(f->phrase->verbs & (1u << g)))
                continue;
            if (before && h->end <= f->at[g] + 1 &&
                f->at[g] - h->start <= pack->reach + (h->end - h->start) &&
                !comma_between(scan, h->end, f->at[g]) && !apart(scan, f, h))
                return true;
            if (after && h->start + 1 >= f->to[g] && h->start <= f->to[g] + pack->reach &&
                !comma_between(scan, f->to[g], h->start) && !apart(scan, f, h))
                return true;
            if (after && h->start < f->to[g] && h->end > f->at[g]) /* "unchanged" inside the verb */
                return true;
        }
    }
    return false;
}

static bool cued(const struct scan *scan, const struct found *f, enum stance stance)
{
    const struct stance_cues *cues = &f->phrase->pack->cues[stance];
    for (size_t i = 0; i < scan->n_hits; i++) {
        const struct hit *h = &scan->hits[i];
        if ((h->group != cues->before && h->group != cues->after) || h->group == GROUP_NONE)
            continue;
        if (!in_clause(scan, h) || apart(scan, f, h))
            continue;
        if (h->group == cues->before && h->start < f->end &&
            !(stance == STANCE_CONDITIONAL && comma_between(scan, h->end, f->start)))
            return true;
        if (h->group == cues->after && h->end >= f->end &&
            !(stance == STANCE_CONDITIONAL && comma_between(scan, f->end, h->start)))
            return true;
    }
    return false;
}

enum stance stance_of(const struct scan *scan, const struct found *found)
{
    if (clause_is_quoted(scan->text, &scan->clause, found->start, found->end))
        return STANCE_REPORTED;
    if (cued(scan, found, STANCE_WARNING))
        return STANCE_WARNING;
    if (negated(scan, found))
        return STANCE_NEGATED;
    if (cued(scan, found, STANCE_REPORTED))
        return STANCE_REPORTED;
    if (cued(scan, found, STANCE_CONDITIONAL) || (scan->clause.question && found->phrase->statement))
        return STANCE_CONDITIONAL;
    return STANCE_ASSERTED;
}
