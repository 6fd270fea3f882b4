/*
 * What a finding is like by itself, whatever was asked.
 */
#include <string.h>

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

/* How many letters of the plain form from `at` are those of the suffix without its dots; 0 = not all of them. */
static unsigned spelt(const char *suffix, const struct form *f, unsigned at)
{
    unsigned begin = at;
    for (; *suffix; suffix++)
        if (*suffix != '.' && (at >= f->n || f->plain[at++] != *suffix))
            return 0;
    return at - begin;
}

static struct fold fold_of(const struct hit *hit, const struct form *f, const char *suffix)
{
    struct fold fold = {.begin = hit->begin, .end = hit->end};
    unsigned n = spelt(suffix, f, hit->end), letters = 0;
    for (const char *p = suffix; *p; p++)
        letters += *p != '.';
    if (n > 0 && hit_at_edge(hit, f, hit->end + n)) {
        fold.kind = hit_at_edge(hit, f, hit->end) ? FOLD_TOKEN : FOLD_JOINED;
        fold.end = (uint8_t)(hit->end + n);
    } else if (letters > 0 && hit->begin >= letters && spelt(suffix, f, hit->begin - letters) > 0 &&
               hit_at_edge(hit, f, hit->begin) && hit_at_edge(hit, f, hit->begin - letters)) {
        fold.kind = FOLD_TOKEN;
        fold.begin = (uint8_t)(hit->begin - letters);
    }
    return fold;
}

struct fold hit_fold(const struct hit *hit, const struct form *f)
{
    const char *suffix = hit_suffix(hit), *dot = strrchr(suffix, '.');
    struct fold fold = fold_of(hit, f, suffix);
    fold.all = dot != NULL;
    if (fold.kind != FOLD_NONE || !dot)
        return fold;
    return fold_of(hit, f, dot + 1);
}
