/*
 * What the tables know about the domain that is asked, and how its suffix compares.
 */
#include <string.h>

#include "lookalike/query.h"

enum { ABUSED = 4 /* tables.c */ };

void query_know(struct query *q, struct seen *seen)
{
    const char *domain = q->domain->registrable;
    if (seen->known)
        return;
    seen->known = true;
    seen->word = seen->place == SEEN_REGISTRABLE && strset_get(&q->tables->words, seen->text, seen->n) != 0;
    q->popular = domain && strset_get(&q->tables->popular, domain, strlen(domain)) != 0;
}

/* The name of the core that fits best: same suffix first, else the first (they are sorted by relation). */
void query_choose(const struct query *q, struct hit *hit)
{
    const struct core *c = hit_core(hit);
    hit->name = c->name;
    for (uint32_t i = 0; i < c->names && i < 64; i++) {
        const struct name *name = &hit->index->names[c->name + i];
        if (strcmp(hit->index->pool + name->ascii + name->suffix, q->domain->suffix_ascii) == 0) {
            hit->name = c->name + i;
            return;
        }
    }
}

bool query_suffix_equal(const struct query *q, const struct hit *hit)
{
    return strcmp(hit_suffix(hit), q->domain->suffix_ascii) == 0;
}

bool query_suffix_near(const struct query *q, const struct hit *hit)
{
    const char *a = hit_suffix(hit), *b = q->domain->suffix_ascii;
    if (strlen(a) < strlen(b)) {
        const char *c = a;
        a = b;
        b = c;
    }
    while (*b && *a == *b) {
        a++;
        b++;
    }
    return *a && strcmp(a + 1, b) == 0;
}

uint8_t query_suffix_kind(const struct query *q)
{
    const char *suffix = q->domain->suffix_ascii, *dot = strrchr(suffix, '.'), *tld = dot ? dot + 1 : suffix;
    uint8_t kind = strset_get(&q->tables->tlds, suffix, strlen(suffix));
    if (kind == 0 && dot)
        kind = strset_get(&q->tables->tlds, tld, strlen(tld)) == 1;
    else if (kind == 0 && strlen(tld) > 2 && strncmp(tld, "xn--", 4) != 0)
        kind = 1;
    return kind == 3 ? 0 : kind == ABUSED ? 1 : kind;
}

bool query_suffix_abused(const struct query *q)
{
    const char *suffix = q->domain->suffix_ascii;
    return strset_get(&q->tables->tlds, suffix, strlen(suffix)) == ABUSED;
}
