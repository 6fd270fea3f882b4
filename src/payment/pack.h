#ifndef RINGER_PAYMENT_PACK_H
#define RINGER_PAYMENT_PACK_H
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include "payment/payment.h"
#include "payment/trie.h"

struct yamltree_node;

/*
 * Language packs after loading (the file format: ringer-phrases(5)). A *group* is a list of terms that
 * stand for the same thing; a *phrase* is a set of groups that must all occur near each other in one
 * clause, in any order. Groups of all packs have one numbering.
 */
enum {
    PACK_GROUPS = 6,         /* a phrase of more parts is a sentence */
    PACK_VETOES = 6,         /* groups that forbid a phrase */
    PACK_SENTENCES = 3,      /* a phrase may stretch over as many */
    PACK_REGEX_STEPS = 20000 /* PCRE2 match limit on a clause of CLAUSE_BYTES */
};
#define GROUP_NONE TRIE_GROUPS

struct phrase {
    const char *id; /* "en.bank-change.moved" */
    const struct pack *pack;
    bool is_booster;
    enum request kind;
    enum booster booster;
    int strength;
    uint16_t groups[PACK_GROUPS];
    uint16_t vetoes[PACK_VETOES];
    uint8_t n_groups, n_vetoes;
    uint8_t verbs;                      /* bits: groups marked '!', which a negation beside them denies */
    uint8_t sentences;                  /* over as many sentences the parts may stand */
    uint8_t shares;                     /* bits: groups whose words may serve for another part, too */
    uint8_t together;                   /* so many groups, from the first, stand in one sentence */
    bool across;                        /* its parts may stand on both sides of a "but" */
    bool statement;                     /* as a question it asserts nothing */
    uint32_t within;                    /* bytes from the first part to the last */
    uint32_t index;                     /* among all phrases */
    pcre2_code *match;                  /* must match the words from first to last part too; NULL: none */
    const char *const *yes, *const *no; /* examples */
    size_t n_yes, n_no;
    struct diag_at at;
};

struct stance_cues {
    uint16_t before, after; /* groups */
};

struct guess {
    const char *language;
    uint16_t group;
};

struct pack {
    const char *language, *file;
    uint32_t within, reach;
    uint16_t contrast;
    uint16_t please; /* the concept: a question that holds it asks for a deed, not for an answer */
    struct stance_cues cues[STANCE_CONDITIONAL + 1]; /* by enum stance */
    const char *const *asks, *const *ham;            /* examples with a plain request, and without one */
    size_t n_asks, n_ham;
    struct diag_at at;
};

struct phrase_list {
    uint32_t *v;
    size_t n, cap;
};

struct payment_packs {
    struct arena *arena;
    struct trie *trie;
    struct pack **packs;
    size_t n_packs;
    struct phrase **phrases;
    size_t n_phrases, cap_phrases;
    struct guess *guesses;
    size_t n_guesses;
    size_t n_groups;
    struct phrase_list also[TRIE_GROUPS]; /* groups of which the group is a term: "<bank>" */
    uint16_t number;                      /* the group of account numbers, "<number>" */
    /* concepts.yaml: what a pack with concepts: must give words for, and the phrases made of them */
    const struct yamltree_node *concepts, *shared;
    const char *shared_file;
    int16_t guess_of[TRIE_GROUPS + 1];        /* index into guesses, -1: an ordinary group */
    struct phrase_list by_group[TRIE_GROUPS]; /* phrases to try when the group occurs */
    pcre2_match_context *limits;
};

struct payment_packs *packs_new(void);
void packs_seal(struct payment_packs *packs);
void phrase_list_add(struct phrase_list *list, uint32_t index);

#endif
