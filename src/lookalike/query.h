#ifndef RINGER_LOOKALIKE_QUERY_H
#define RINGER_LOOKALIKE_QUERY_H
#include "lookalike/domain.h"
#include "lookalike/hit.h"

/*
 * What is asked, and the best that was found so far. The tables and the domain are what every kind of match needs.
 */
enum { QUERY_MAX_HITS = 8 /* findings kept of one domain, the best */ };

struct query {
    const struct lookalike_index *index;
    const struct tables *tables;
    struct arena *arena;
    const struct domain *domain;
    struct hit hits[QUERY_MAX_HITS];
    unsigned n_hits;
    bool popular;          /* the registrable domain is a popular one; query_know */
    const int16_t *points; /* of the features */
    void (*watch)(const struct query *q, const struct hit *hit, const struct seen *seen);
    void *watcher; /* for `watch`, which sees every finding before the best are kept; NULL = nobody looks */
};

/* Asks the tables of words and popular domains; before the first finding is scored. */
void query_know(struct query *q, struct seen *seen);
/* Which of the core's names fits the domain best; must come before scoring. */
void query_choose(const struct query *q, struct hit *hit);
/* Has the name that is meant the suffix of the domain? */
bool query_suffix_equal(const struct query *q, const struct hit *hit);
/* Is one suffix the other without one of its letters (co, com)? */
bool query_suffix_near(const struct query *q, const struct hit *hit);
/* Is the suffix one of those that most of what is registered below it abuses? Its kind is 1 as well. */
bool query_suffix_abused(const struct query *q);
/* Of the domain's suffix. 1: cheap or one of the new themed ones, 2: the old generic ones, 0: national, official and private ones. */
uint8_t query_suffix_kind(const struct query *q);

#endif
