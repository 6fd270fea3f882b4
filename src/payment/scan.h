#ifndef RINGER_PAYMENT_SCAN_H
#define RINGER_PAYMENT_SCAN_H
#include "payment/clause.h"
#include "payment/pack.h"

/* The search for requests in the texts of one message, as phrases.c goes on with it and stance.c looks at it. */
enum {
    SCAN_HITS = 4096,       /* words of packs in three sentences; more are not natural language */
    SCAN_REQUESTS = 64,     /* of one message; the strongest decide anyway */
    SCAN_SENTENCES = 20000, /* of one message: some 1 MB of text */
    SCAN_TRIES = 8,         /* places in a sentence at which one phrase is tried */
    SCAN_WORK = 50000000,   /* words looked at for nearness in one message: some 50 ms */
    SCAN_REGEX = 2000       /* runs of a regular expression in one message */
};

struct hit {
    uint16_t group;
    uint32_t start, end;
    uint32_t sentence;
};

struct scan {
    const struct payment_packs *packs;
    struct arena *arena;
    struct payment_result *result;
    struct payment_request *requests;
    enum payment_where where;
    struct span text; /* folded */
    const struct folded_text *folded;
    size_t text_index;
    struct clause clause;
    unsigned questions;               /* bits: how many sentences ago one was a question */
    uint32_t sentence;                /* number of the current one, from 2 so that 0 means never */
    uint32_t *seen;                   /* by group: the last sentence it occurred in */
    uint32_t *tried;                  /* by group: the last sentence its phrases were tried in */
    uint32_t *guessed;                /* by guess: words of this language */
    struct hit *hits;                 /* of this sentence and those before that a phrase may stretch to */
    size_t n_hits, first;             /* first: of this sentence */
    size_t since[PACK_SENTENCES + 1]; /* by number of sentences: the first hit within reach */
    pcre2_match_data *match;
    unsigned regexes;
    uint64_t work;
    uint32_t stop; /* number of the sentence at which the budget ends */
};

/* Where a phrase was found: offsets of its first and last part; of its verbs (a negation beside one denies it). */
struct found {
    const struct phrase *phrase;
    uint32_t start, end;
    uint8_t ago[PACK_GROUPS]; /* how many sentences back a part stands */
    uint32_t at[PACK_GROUPS], to[PACK_GROUPS];
};

#endif
