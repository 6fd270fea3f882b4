#ifndef RINGER_LOOKALIKE_TABLES_H
#define RINGER_LOOKALIKE_TABLES_H
#include <stdbool.h>
#include <stdint.h>
#include "base/diag.h"
#include "base/span.h"
#include "lookalike/rarity.h"
#include "lookalike/strset.h"

/*
 * The shipped tables (data/lookalike/), read once for the whole process and then shared: immutable.
 */
enum affix_kind {
    AFFIX_GEO = 1,      /* countries, regions, big cities, languages */
    AFFIX_LEGAL = 2,    /* legal forms: gmbh, sarl, ltd */
    AFFIX_BUSINESS = 4, /* billing, groupe, pay, invoice, support */
    AFFIX_TRADE = 8,    /* what a company deals in: shop, shoes, steel, bank */
    AFFIX_WEB = 16,     /* www, mail, login, secure, my, the */
    AFFIX_LURE = 32,    /* what imitators ask for: account, verify, update, payment */
    AFFIX_INFRA = 64    /* what machines are called: cdn, dns, static, api */
};
enum { COST_EDIT = 100, MAX_PAIRS = 64 };
enum { AFFIX_MIN = 2, AFFIX_MAX = 14, AFFIX_FILTER = 1024 /* words: 2 % of what is no affix passes */ };

struct letter {
    uint32_t cp;
    char first[3], second[3];
};

struct pair { /* two characters for one */
    char two[3], one;
    uint8_t cost;
    bool same;
};

struct tables {
    struct strset affixes; /* value: bits of affix_kind */
    uint64_t affix_front[AFFIX_FILTER],
        affix_back[AFFIX_FILTER]; /* hashes of the affixes, and from their end */
    struct rarity rarity;         /* learnt from affixes and words */
    struct strset words;          /* value: 1 common .. 3 rare */
    struct strset popular;        /* registrable domains; value 1 */
    struct strset crowd;          /* many more of them (crowd.h) */
    struct strset tlds;           /* value: 1 cheap, 2 generic, 3 official, 4 abused */
    struct letter *letters;
    uint32_t n_letters;
    uint8_t sub[128][128]; /* cost of a substitution in hundredths */
    bool neighbour[128][128];
    char same[128], loose[128]; /* the representative of a character's look-alikes */
    uint8_t pattern[256]; /* loose, for struct pattern: bytes above 127 share the places of those below */
    struct pair pairs[MAX_PAIRS];
    unsigned n_pairs;
    char pair_of[128][128]; /* 1 + index into pairs; 0 = none */
    bool begins_pair[128];  /* of those that are the same as one */
};

/* Is this the hash of an affix, perhaps? Extended by each character, so that all lengths cost one pass. */
#define AFFIX_START 0x9e3779b9u
static inline uint32_t affix_extend(uint32_t hash, char c)
{
    return (hash ^ (unsigned char)c) * 0x85ebca6bu;
}
static inline bool affix_may_be(const uint64_t filter[AFFIX_FILTER], uint32_t hash)
{
    return filter[hash >> 22] >> (hash >> 16 & 63) & 1;
}

/* NULL with diagnostics when a file is missing or wrong. The result is never freed. */
const struct tables *tables_get(struct diag_list *diags);
/* How the letter `cp` is read; NULL when the tables do not know it. */
const struct letter *tables_letter(const struct tables *tables, uint32_t cp);

#endif
