/*
 * Host tricks: a protected name among the labels to the left of the registrable one, whole with its suffix
 * (company.com.evil.net, company-com.evil.net) or alone (company.evil.net).
 */
#include <string.h>

#include "lookalike/match.h"

enum { MAX_HOST_LABELS = 10 /* looked at, nearest to the registrable one first */ };

static void host_label(struct query *q, unsigned i)
{
    const struct domain *d = q->domain;
    struct seen seen = {.place = PLACE_HOST, .text = d->label[i].p, .n = d->label[i].n};
    form_make(q->tables, d->label[i], false, &seen.form);
    match_whole(q, &seen);
    match_contained(q, &seen);
}

void match_host(struct query *q)
{
    unsigned reg = domain_registrable_label(q->domain);
    for (unsigned i = reg, done = 0; i-- > 0 && done < MAX_HOST_LABELS; done++)
        host_label(q, i);
}
