/*
 * The examples that stand in the packs, run as tests: a phrase must be found in its own yes: sentences and
 * ask for nothing as strong in its no: sentences; the sentences under ham: must hold no plain request.
 */
#include <string.h>

#include "payment/pack.h"

enum { PLAIN = 60 }; /* strength of a plain request */

static const struct payment_result *analyse(const struct payment_packs *packs, struct arena *arena,
                                            const char *text)
{
    struct payment_text own = {PAYMENT_OWN, text_fold(arena, span_of(text))};
    return payment_analyse(packs, arena, &own, 1);
}

/* The strongest asserted request of the phrase's kind; for a booster 100 when it is set. */
static int strength_in(const struct payment_result *result, const struct phrase *p)
{
    int strongest = 0;
    if (p->is_booster)
        return result->boosters & (1u << p->booster) ? 100 : 0;
    for (size_t i = 0; i < result->n_requests; i++)
        if (result->requests[i].kind == p->kind && result->requests[i].stance == STANCE_ASSERTED &&
            result->requests[i].strength > strongest)
            strongest = result->requests[i].strength;
    return strongest;
}

static size_t test_phrase(const struct payment_packs *packs, struct arena *arena, const struct phrase *p,
                          struct diag_list *diags)
{
    int want = p->is_booster ? 100 : p->strength;
    for (size_t i = 0; i < p->n_yes; i++)
        if (strength_in(analyse(packs, arena, p->yes[i]), p) < want)
            diag_add(diags, DIAG_ERROR, p->at, "fix the phrase or the example",
                     "%s: does not hit its example \"%s\"", p->id, p->yes[i]);
    for (size_t i = 0; i < p->n_no; i++)
        if (strength_in(analyse(packs, arena, p->no[i]), p) >= (want < PLAIN ? want : PLAIN))
            diag_add(diags, DIAG_ERROR, p->at, "fix the phrase, a not: or a stance cue", "%s: hits \"%s\"",
                     p->id, p->no[i]);
    return p->n_yes + p->n_no;
}

static size_t test_asks(const struct payment_packs *packs, struct arena *arena, const struct pack *pack,
                        struct diag_list *diags)
{
    for (size_t i = 0; i < pack->n_asks; i++) {
        const struct payment_result *result = analyse(packs, arena, pack->asks[i]);
        bool plain = false;
        for (size_t j = 0; j < result->n_requests; j++)
            plain |= result->requests[j].stance == STANCE_ASSERTED && result->requests[j].strength >= PLAIN;
        if (!plain)
            diag_add(diags, DIAG_ERROR, pack->at, "add the missing word to its concept",
                     "no plain request is found in \"%s\"", pack->asks[i]);
    }
    return pack->n_asks;
}

static size_t test_ham(const struct payment_packs *packs, struct arena *arena, const struct pack *pack,
                       struct diag_list *diags)
{
    for (size_t i = 0; i < pack->n_ham; i++) {
        const struct payment_result *result = analyse(packs, arena, pack->ham[i]);
        for (size_t j = 0; j < result->n_requests; j++)
            if (result->requests[j].stance == STANCE_ASSERTED && result->requests[j].strength >= PLAIN)
                diag_add(diags, DIAG_ERROR, pack->at, "fix the phrase, a not: or a stance cue",
                         "%s hits the ham \"%s\"", result->requests[j].phrase, pack->ham[i]);
    }
    return pack->n_ham;
}

size_t payment_packs_test(const struct payment_packs *packs, struct diag_list *diags)
{
    struct arena *arena = arena_new();
    size_t n = 0;
    for (size_t i = 0; i < packs->n_phrases; i++, arena_reset(arena))
        n += test_phrase(packs, arena, packs->phrases[i], diags);
    for (size_t i = 0; i < packs->n_packs; i++, arena_reset(arena))
        n += test_asks(packs, arena, packs->packs[i], diags) + test_ham(packs, arena, packs->packs[i], diags);
    arena_free(&arena);
    return n;
}
