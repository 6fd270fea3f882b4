/*
 * ARC (RFC 8617): a forwarder or list whose seal our own server found good tells what it saw before it changed
 * the message. Believed is the last sealer only, and only when it is configured: whoever sealed last could have
 * changed everything that earlier ones sealed.
 */
#include <string.h>
#include <strings.h>

#include "facts/arc.h"
#include "mail/dmarc.h"

enum { MAX_SETS = 50 }; /* RFC 8617 4.2.1 */

static unsigned instance_of(struct span value)
{
    struct span text;
    unsigned n = 0;
    if (!taglist_find(value, "i", &text) || text.n == 0 || text.n > 2)
        return 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return 0;
        n = n * 10 + (unsigned)(text.p[i] - '0');
    }
    return n <= MAX_SETS ? n : 0;
}

/* The seal with the highest number; NULL when there is none, or two of that number. */
static const struct mail_header *last_seal(const struct message *m, unsigned *instance_r)
{
    const struct mail_header *last = NULL;
    *instance_r = 0;
    for (size_t i = 0; i < m->n_headers; i++) {
        if (strcasecmp(m->headers[i].name, "ARC-Seal") != 0)
            continue;
        unsigned n = instance_of(m->headers[i].raw);
        if (n == 0)
            return NULL;
        if (n >= *instance_r)
            last = n == *instance_r ? NULL : &m->headers[i];
        *instance_r = n > *instance_r ? n : *instance_r;
    }
    return last;
}

static const char *configured_sealer(struct fact_work *work, const struct mail_header *seal)
{
    const struct fact_sources *s = work->sources;
    struct span domain;
    if (!seal || !taglist_find(seal->raw, "d", &domain))
        return NULL;
    for (size_t i = 0; i < s->n_arc_sealers; i++)
        if (span_eq_nocase(domain, span_of(s->arc_sealers[i])))
            return s->arc_sealers[i];
    return NULL;
}

const char *auth_arc(struct fact_work *work, struct auth_results *results_r)
{
    const struct message *m = work->message;
    unsigned instance, found = 0;
    struct authres results = {0};
    const char *sealer = configured_sealer(work, last_seal(m, &instance));
    for (size_t i = 0; sealer && i < m->n_headers; i++) {
        struct authres one;
        if (strcasecmp(m->headers[i].name, "ARC-Authentication-Results") != 0 ||
            authres_parse(work->arena, m->headers[i].raw, &one) != 0 || one.instance != instance)
            continue;
        results = one;
        found++;
    }
    if (found != 1)
        return NULL;
    *results_r = auth_read(work, &results, &results, &results, NULL);
    return sealer;
}
