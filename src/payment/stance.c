/*
 * Does the sentence ask, or does it deny, warn, report or suppose? Cues are words of the pack; how far
 * they reach is decided here: a negation only over the verb beside it, the others over the part of the
 * sentence between two contrast words, a condition at most to the next comma. A warning, report or
 * condition may also stand behind ("... と言われた場合").
 */
#include <string.h>

#include "payment/stance.h"

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

static bool comma_between(const struct scan *scan, uint32_t from, uint32_t to)
{
    return from < to &&
           (memchr(scan->text.p + from, ',', to - from) || memchr(scan->text.p + from, ':', to - from) ||
            memmem(scan->text.p + from, to - from, "\xE3\x80\x81", 3)); /* 、 */
}

/* Does the cue stand in a sentence that holds a part of the phrase? */
static bool beside(const struct scan *scan, const struct found *f, const struct hit *cue)
{
    for (unsigned g = 0; g < f->phrase->n_groups; g++)
        if (f->ago[g] == scan->sentence - cue->sentence)
            return true;
    return false;
}

/*
 * Is a part of the phrase the matter of the condition that begins with `cue`? Of a phrase over several
 * sentences that is a verb; a comma ends the condition ("if not, please wait").
 */
static bool supposed(const struct scan *scan, const struct found *f, const struct hit *cue)
{
    unsigned ago = scan->sentence - cue->sentence, verbs = f->phrase->verbs;
    unsigned sentences = 0;
    for (unsigned g = 0; g < f->phrase->n_groups; g++)
        sentences |= 1u << f->ago[g];
    if (sentences == 1u << ago || (!verbs && !ago))
        verbs = ~0u;
    for (unsigned g = 0; g < f->phrase->n_groups; g++)
        if (verbs & (1u << g) && f->ago[g] == ago && f->to[g] > cue->start &&
            !comma_between(scan, cue->end, f->at[g]))
            return true;
    return false;
}

/* Behind what is asked: where the last verb ends, or the phrase when none is marked. */
static uint32_t asked_end(const struct found *f)
{
    uint32_t end = 0;
    for (unsigned g = 0; g < f->phrase->n_groups; g++)
        if (f->phrase->verbs & (1u << g) && f->to[g] > end)
            end = f->to[g];
    return end ? end : f->end;
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
            if (!(f->phrase->verbs & (1u << g)) || h->sentence != scan->sentence - f->ago[g])
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
    uint32_t end = asked_end(f);
    for (size_t i = 0; i < scan->n_hits; i++) {
        const struct hit *h = &scan->hits[i];
        if ((h->group != cues->before && h->group != cues->after) || h->group == GROUP_NONE)
            continue;
        if (!beside(scan, f, h) || apart(scan, f, h))
            continue;
        if (h->group == cues->before && h->start < f->end &&
            (stance != STANCE_CONDITIONAL || supposed(scan, f, h)))
            return true;
        if (h->group == cues->after && h->end >= end &&
            !(stance == STANCE_CONDITIONAL && comma_between(scan, end, h->start)))
            return true;
    }
    return false;
}

static bool pleads(const struct scan *scan, const struct pack *pack, unsigned ago)
{
    for (size_t i = 0; pack->please != GROUP_NONE && i < scan->n_hits; i++)
        if (scan->hits[i].group == pack->please && scan->sentence - scan->hits[i].sentence == ago)
            return true;
    return false;
}

/* "Has our account changed?" states nothing; "could you note that it has?" does. */
static bool asks_only(const struct scan *scan, const struct found *f)
{
    const struct phrase *p = f->phrase;
    unsigned stated = p->verbs ? (unsigned)__builtin_ctz(p->verbs) : 0;
    unsigned ago = p->sentences > 1 ? f->ago[stated] : 0;
    return p->statement && scan->questions & (1u << ago) && !pleads(scan, p->pack, ago);
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
    if (cued(scan, found, STANCE_CONDITIONAL) || asks_only(scan, found))
        return STANCE_CONDITIONAL;
    return STANCE_ASSERTED;
}
