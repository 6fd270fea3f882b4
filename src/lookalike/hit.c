/*
 * What a finding is like by itself, whatever was asked.
 */
#include "lookalike/hit.h"

uint32_t hit_script_classes(const struct form *f)
{
    uint32_t classes = 0;
    if (f->letters)
        classes |= 1u << LOOKALIKE_IDN_HOMOGRAPH;
    if (f->marks)
        classes |= 1u << LOOKALIKE_DIACRITIC;
    if (f->latin && f->foreign)
        classes |= 1u << LOOKALIKE_MIXED_SCRIPT;
    return classes;
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits that meet letters are an edge of a name of digits (163f). */
bool hit_at_edge(const struct hit *hit, const struct form *f, unsigned at)
{
    if (at == 0 || at == f->n || (f->starts >> at & 1))
        return true;
    return hit_core(hit)->flags & CORE_NUMERIC && digit(f->plain[at - 1]) != digit(f->plain[at]);
}

bool hit_suffix_follows(const struct hit *hit, const struct form *f)
{
    const char *s = hit_suffix(hit);
    unsigned at = hit->end;
    for (; *s; s++)
        if (*s != '.' && (at == f->n || f->plain[at++] != *s))
            return false;
    return at > hit->end && (hit_at_edge(hit, f, at) || hit_at_edge(hit, f, hit->end));
}
