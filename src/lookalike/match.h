#ifndef RINGER_LOOKALIKE_MATCH_H
#define RINGER_LOOKALIKE_MATCH_H
#include "lookalike/distance.h"
#include "lookalike/domain.h"
#include "lookalike/points.h"
#include "lookalike/index.h"
#include "lookalike/near.h"
#include "lookalike/segment.h"

/*
 * Inside the lookup of one domain: where a name was seen, and what it looks like.
 */
enum { MAX_HITS = 8 /* findings kept of one domain, the best */, MAX_PARTS = 4 };

enum place {
    PLACE_REGISTRABLE,
    PLACE_JOINED /* all labels above the suffix */,
    PLACE_HOST /* a label further left */
};

struct seen {
    enum place place;
    struct form form;
    struct segments segments; /* made when the first name is found inside */
    bool segmented;
    const char *text; /* UTF-8, inside `unicode` of the domain */
    size_t n;
    unsigned n_whole; /* the first texts of struct near are the whole label, the others parts of it */
    bool second;      /* read with the second readings */
    bool known;       /* query_know was here */
    bool word;        /* it is a dictionary word */
};
struct mark { /* what differs: bytes of the U-label form */
    uint16_t at, n;
};

struct hit {
    const struct lookalike_index *index;
    uint32_t core, name;
    uint32_t classes;
    int score;
    struct features features; /* that the score is made of */
    enum place place;
    bool contained; /* the name is a part of what was seen: begin..end of its plain form */
    uint8_t begin, end;
    uint8_t n_seen;             /* length of the plain form */
    struct alignment alignment; /* of the part with the name */
    struct mark mark[DISTANCE_MAX_EDITS + MAX_PARTS];
    unsigned n_marks;
    const char *text; /* the labels that carry it, in `unicode` of the domain */
    size_t n_text;
    bool second;      /* read with the second readings */
    const char *part; /* their plain form, for the explanation; made for published hits only */
};

struct query {
    const struct lookalike_index *index;
    const struct tables *tables;
    struct arena *arena;
    const struct domain *domain;
    struct hit hits[MAX_HITS];
    unsigned n_hits;
    bool popular;          /* the registrable domain is a popular one; query_know */
    const int16_t *points; /* of the features */
    void (*watch)(const struct query *q, const struct hit *hit, const struct seen *seen);
    void *watcher; /* for `watch`, which sees every finding before the best are kept; NULL = nobody looks */
};

/* The lookup with the caller's points and eyes: index, arena and points are set, the rest is filled. */
const struct lookalike_result *query_match(struct query *q, const char *domain);

static inline const struct core *hit_core(const struct hit *hit)
{
    return &hit->index->cores[hit->core];
}
static inline const struct name *hit_name(const struct hit *hit)
{
    return &hit->index->names[hit->name];
}

/* Each kind of match says first what names shall be found near; then it is asked about every layer of the index. */
/* Whole names: skeletons, edits and other suffixes. */
void whole_ask(struct seen *seen, struct near *near);
void match_whole(struct query *q, struct seen *seen, const struct lookalike_index *index,
                 const struct near *near);
/* Names inside longer ones, separated or not, also misspelt. */
void contained_ask(const struct query *q, const struct seen *seen, struct near *near);
void match_contained(struct query *q, struct seen *seen, const struct lookalike_index *index,
                     const struct near *near);

/* hits.c: the findings. Which of the core's names fits the domain best; must come before scoring. */
void query_choose(const struct query *q, struct hit *hit);
/* Letters and marks of other scripts in what was seen, as class bits. */
uint32_t script_classes(const struct form *f);
/* Asks the tables of words and popular domains; before the first finding is scored. */
void query_know(struct query *q, struct seen *seen);
/* Keeps the hit when it scores and is among the best. */
void query_take(struct query *q, struct hit *hit, const struct seen *seen);
/* Puts the best findings first, and into the result. */
void query_rank(struct query *q);
void query_publish(struct query *q, struct lookalike_result *r);

/*
 * explain.c: the sentence and the marked domain. A character of what was seen: its bytes with the marks on it, and
 * whether it is a stranger that is only read as form->plain[at..end).
 */
struct letter_seen {
    struct span text;
    unsigned end;
    bool replaced;
};
struct letter_seen explain_letter(const struct hit *hit, const struct form *form, unsigned at);
const char *explain_why(struct query *q, const struct hit *hit, const struct form *form);
const char *explain_differs(struct query *q, const struct hit *hit);

/* features.c: what the score of a finding is made of. */
void features_whole(const struct query *q, const struct hit *hit, const struct seen *seen,
                    struct features *features);
void features_equal(const struct query *q, const struct hit *hit, const struct seen *seen,
                    struct features *features);
void features_inside(const struct query *q, const struct hit *hit, const struct seen *seen,
                     struct features *features);
/* How much of the name the edits leave recognisable, in characters. */
unsigned telling_length(const struct query *q, const struct hit *hit);
/* 1: cheap or one of the new themed ones, 2: the old generic ones, 0: national, official and private ones. */
uint8_t suffix_kind(const struct query *q);
/* Does a hyphenated part begin or end at this place of the seen name? */
bool at_edge(const struct hit *hit, const struct form *f, unsigned at);
/* Does the target's public suffix, without dots, follow the name (walmarkcz, amazon-co-jp)? */
bool suffix_follows(const struct hit *hit, const struct form *f);

/* score.c: 0..100 from what was found. `allowed_cost` in hundredths of an edit, by the length of the name. */
enum { MAX_COST = 200 /* the greatest allowed_cost */ };
unsigned allowed_cost(size_t n, bool same_suffix);
bool suffix_equal(const struct query *q, const struct hit *hit);
int score_whole(const struct query *q, struct hit *hit, struct seen *seen);
int score_contained(const struct query *q, struct hit *hit, struct seen *seen);

#endif
