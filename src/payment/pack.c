/*
 * The set of language packs: made empty, filled by pack_read.c, sealed, then only read.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "payment/pack.h"

struct payment_packs *packs_new(void)
{
    struct payment_packs *packs = mem_alloc(sizeof(*packs));
    packs->arena = arena_new();
    packs->number = (uint16_t)packs->n_groups++;
    packs->trie = trie_new();
    packs->limits = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(packs->limits, PACK_REGEX_STEPS);
    pcre2_set_depth_limit(packs->limits, 250);
    pcre2_set_heap_limit(packs->limits, 1024); /* KiB */
    memset(packs->guess_of, 0xFF, sizeof(packs->guess_of));
    return packs;
}

void payment_packs_free(struct payment_packs **packs)
{
    struct payment_packs *p = *packs;
    if (!p)
        return;
    for (size_t i = 0; i < p->n_phrases; i++)
        pcre2_code_free(p->phrases[i]->match);
    for (size_t i = 0; i < p->n_groups; i++)
        free(p->by_group[i].v), free(p->also[i].v);
    pcre2_match_context_free(p->limits);
    trie_free(&p->trie);
    free(p->packs);
    free(p->phrases);
    free(p->guesses);
    arena_free(&p->arena);
    free(p);
    *packs = NULL;
}

void phrase_list_add(struct phrase_list *list, uint32_t index)
{
    if (list->n == list->cap) {
        list->cap = list->cap ? 2 * list->cap : 8;
        list->v = mem_resize(list->v, list->cap, sizeof(*list->v));
    }
    list->v[list->n++] = index;
}

/* A phrase within one sentence is tried at its first verb (or first group) only; one over two sentences at each. */
void packs_seal(struct payment_packs *packs)
{
    trie_seal(packs->trie);
    for (size_t i = 0; i < packs->n_phrases; i++) {
        struct phrase *p = packs->phrases[i];
        unsigned key = p->verbs ? (unsigned)__builtin_ctz(p->verbs) : 0;
        for (unsigned g = 0; g < p->n_groups; g++)
            if (p->sentences > 1 || g == key)
                phrase_list_add(&packs->by_group[p->groups[g]], p->index);
    }
}
