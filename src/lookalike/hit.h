#ifndef RINGER_LOOKALIKE_HIT_H
#define RINGER_LOOKALIKE_HIT_H
#include "lookalike/distance.h"
#include "lookalike/index.h"
#include "lookalike/points.h"
#include "lookalike/segment.h"

/*
 * Inside the lookup of one domain: where a name was seen, and what it looks like.
 */
enum seen_place {
    SEEN_REGISTRABLE,
    SEEN_JOINED /* all labels above the suffix */,
    SEEN_HOST /* a label further left */
};

struct seen {
    enum seen_place place;
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

enum { HIT_MARKS = DISTANCE_MAX_EDITS + 4 };
struct hit_mark { /* what differs: bytes of the U-label form */
    uint16_t at, n;
};

struct hit {
    const struct lookalike_index *index;
    uint32_t core, name;
    uint32_t classes;
    int score;
    struct features features; /* that the score is made of */
    enum seen_place place;
    bool contained; /* the name is a part of what was seen: begin..end of its plain form */
    uint8_t begin, end;
    uint8_t n_seen;             /* length of the plain form */
    struct alignment alignment; /* of the part with the name */
    struct hit_mark mark[HIT_MARKS];
    unsigned n_marks;
    const char *text; /* the labels that carry it, in `unicode` of the domain */
    size_t n_text;
    bool second;      /* read with the second readings */
    const char *part; /* their plain form, for the explanation; made for published hits only */
};

static inline const struct core *hit_core(const struct hit *hit)
{
    return &hit->index->cores[hit->core];
}
static inline const struct name *hit_name(const struct hit *hit)
{
    return &hit->index->names[hit->name];
}
/* The public suffix of the name that is meant. */
static inline const char *hit_suffix(const struct hit *hit)
{
    const struct name *name = hit_name(hit);
    return hit->index->pool + name->ascii + name->suffix;
}

/* Does a hyphenated part begin or end at this place of the seen name? */
bool hit_at_edge(const struct hit *hit, const struct form *f, unsigned at);
/* Does the target's public suffix, without dots, follow the name (walmarkcz, amazon-co-jp)? */
bool hit_suffix_follows(const struct hit *hit, const struct form *f);
/*
 * The target's own public suffix beside the name, in place of the suffix that it has lost: all of it (walmarkcz,
 * amazon-co-jp, office-gov-uk) or its country only (kestrel-kr for kestrel.co.kr).
 */
struct fold {
    enum {
        FOLD_NONE,
        FOLD_JOINED, /* runs on behind the name, to the end of the part: walmarkcz */
        FOLD_TOKEN   /* a part of its own, behind or before the name: kestrel-kr, kr-kestrel */
    } kind;
    bool all;           /* all labels of a suffix of several */
    uint8_t begin, end; /* with the name, in the plain form */
};
struct fold hit_fold(const struct hit *hit, const struct form *f);
/* Letters and marks of other scripts in what was seen, as class bits. */
uint32_t hit_script_classes(const struct form *f);

#endif
