#ifndef RINGER_PAYMENT_TERMS_H
#define RINGER_PAYMENT_TERMS_H
#include "base/yamltree.h"
#include "payment/pack.h"

/*
 * Terms as people write them in a pack become sets of plain terms for the trie: "(new|other|) account" gives
 * three, "{group}" each term of a group declared above, a spelling rule (ä: ae) a second spelling.
 */
enum {
    TERMS_PER_TERM = 20000, /* alternatives that one line may stand for */
    TERMS_PER_PACK = 200000 /* 200 bytes each at the worst: the trie stays below some 100 MB */
};

/* "<number>" stands for any account number that the message holds (accounts.h). */
#define TERM_NUMBER "number"

/* Of the terms that a text stands for. */
struct terms_shape {
    uint32_t n;          /* how many */
    size_t bytes, stars; /* of the longest; of the one with the most "*" */
    unsigned items;      /* groups and choices, of the one with the most */
};

struct term_group {
    const char *name; /* NULL: written in place */
    uint16_t group;
    trie_set set; /* its terms */
    struct terms_shape shape;
    struct span *texts; /* the lines, folded, in each spelling */
    size_t n_texts, cap_texts;
    size_t named; /* vocabulary.named when it was declared */
};

struct vocabulary {
    struct payment_packs *packs;
    struct diag_list *diags;
    struct term_group **groups;
    size_t n, cap, named; /* no name stands behind `named`: phrases write thousands of groups in place */
    const char *const *spell_from, *const *spell_to;
    size_t n_spellings;
    size_t n_terms;
};

/* A group of the terms in `list` (a sequence of scalars, or one scalar). NULL with errors. `name` may be NULL. */
struct term_group *terms_group(struct vocabulary *v, const char *name, const struct yamltree_node *list);
/* The last one of that name: a concept before a word. NULL when there is none. */
const struct term_group *terms_find(const struct vocabulary *v, const char *name);
/* The same among the first `end` groups. */
const struct term_group *terms_find_before(const struct vocabulary *v, const char *name, size_t end);
/* Where the parenthesis at `open` closes; text.n when it does not. */
size_t terms_closing(struct span text, size_t open);

#endif
