/*
 * What the families share of one message.
 */
#include <string.h>

#include "facts/work.h"

const struct lookalike_result *fact_match(struct fact_work *work, const char *domain)
{
    struct domain_memory *memory = &work->domains;
    if (!domain)
        domain = "";
    for (size_t i = 0; i < memory->n; i++)
        if (strcmp(memory->v[i]->input, domain) == 0)
            return memory->v[i];
    const struct lookalike_result *r =
        lookalike_match_or(work->sources->index, work->sources->brands, work->arena, domain);
    if (memory->n < DOMAINS_REMEMBERED)
        memory->v[memory->n++] = r;
    return r;
}
