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
    struct rarity rarity;  /* learnt from affixes and words */
    struct strset words;   /* value: 1 common .. 3 rare */
    struct strset popular; /* registrable domains; value 1 */
    struct strset tlds;    /* value: 1 cheap, 2 generic, 3 official */
    struct letter *letters;
    uint32_t n_letters;
    uint8_t sub[128][128]; /* cost of a substitution in hundredths */
    bool neighbour[128][128];
    char same[128], loose[128]; /* the representative of a character's look-alikes */
    struct pair pairs[MAX_PAIRS];
    unsigned n_pairs;
    char pair_of[128][128]; /* 1 + index into pairs; 0 = none */
};

/* NULL with diagnostics when a file is missing or wrong. The result is never freed. */
const struct tables *tables_get(struct diag_list *diags);
/* How the letter `cp` is read; NULL when the tables do not know it. */
const struct letter *tables_letter(const struct tables *tables, uint32_t cp);

#endif
