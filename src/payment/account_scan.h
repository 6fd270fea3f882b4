#ifndef RINGER_PAYMENT_ACCOUNT_SCAN_H
#define RINGER_PAYMENT_ACCOUNT_SCAN_H
#include "payment/payment.h"

enum {
    ACCOUNTS_MAX = 32,     /* of one message: a customer list is no payment request */
    ACCOUNTS_TRIES = 20000 /* places looked at; over it limit_hit is set */
};

/* A search under way, for accounts.c and national.c. */
struct account_scan {
    struct arena *arena;
    struct payment_result *result;
    struct payment_account *accounts;
    const struct payment_text *input;
    struct span text; /* folded */
    size_t index;     /* of the text */
    unsigned tries;
};

/* Adds an account that stands in [start, end), unless it is there already. `country` may be "". */
void account_add(struct account_scan *scan, enum account kind, bool valid, const char *number,
                 const char *country, const char *bank, size_t start, size_t end);
/* Does one of the words (folded; '|' between them) stand within `reach` bytes before `at`? Where it ends, else 0. */
size_t account_label(struct span text, size_t at, size_t reach, const char *words);
/* Does the word that begins at `from` hold one of the words right before `at`? */
bool account_label_glued(struct span text, size_t from, size_t at, const char *words);

#endif
