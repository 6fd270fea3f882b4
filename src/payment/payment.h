#ifndef RINGER_PAYMENT_PAYMENT_H
#define RINGER_PAYMENT_PAYMENT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/diag.h"
#include "base/enumname.h"
#include "base/span.h"
#include "base/text.h"

/*
 * Does a text ask for money to go elsewhere? (ARCHITECTURE.md, "A request")
 *
 * Phrases come from language packs (YAML, rules/phrases/<language>.yaml); accounts are recognised by their
 * own check digits. A pack set is immutable after loading and safe for any number of threads.
 */

#define REQUEST_LIST(X)                                                                                      \
    X(REQUEST_BANK_CHANGE, "bank-change") /* our bank details have changed */                                \
    X(REQUEST_NEW_PAYEE, "new-payee")     /* pay into this account / to this beneficiary */                  \
    X(REQUEST_PAYROLL, "payroll")         /* my salary to my new account */                                  \
    X(REQUEST_WIRE, "wire")               /* make a transfer today */                                        \
    X(REQUEST_GIFT_CARD, "gift-card")                                                                        \
    X(REQUEST_RECEIVABLES, "receivables") /* aged receivables, customer list, unpaid invoices */             \
    X(REQUEST_TAX_PRETEXT, "tax-pretext") /* tax authority, audit, fiscal penalty */                         \
    X(REQUEST_CHANNEL, "channel")         /* phone number, WhatsApp, LINE group, QR code */                  \
    X(REQUEST_INVOICE, "invoice")         /* an invoice, statement or overdue payment is mentioned: weak */  \
    X(REQUEST_PROBE, "probe")             /* "are you at your desk?", "quick favour": weak */                \
    X(REQUEST_DOCUMENTS, "documents")     /* tax forms, identity papers, payroll lists */
ENUM_DECLARE(request, REQUEST_LIST)
enum { REQUEST_COUNT = REQUEST_DOCUMENTS + 1 };

/* Boosters say nothing alone. */
#define BOOSTER_LIST(X)                                                                                      \
    X(BOOSTER_URGENCY, "urgency")                                                                            \
    X(BOOSTER_SECRECY, "secrecy")                                                                            \
    X(BOOSTER_NO_CALLS, "no-calls")                                                                          \
    X(BOOSTER_AUTHORITY, "authority")                                                                        \
    X(BOOSTER_OLD_ACCOUNT, "old-account") /* the old account is closed, under audit, no longer valid */      \
    X(BOOSTER_CONFIRM, "confirm")         /* confirm the change / send the slip by return mail */
ENUM_DECLARE(booster, BOOSTER_LIST)
enum { BOOSTER_COUNT = BOOSTER_CONFIRM + 1 };

/* How a clause stands to its request. Only ASSERTED counts as a request. */
#define STANCE_LIST(X)                                                                                       \
    X(STANCE_ASSERTED, "asserted")                                                                           \
    X(STANCE_NEGATED, "negated")         /* have not changed */                                              \
    X(STANCE_WARNING, "warning")         /* we will never ..., beware of ... */                              \
    X(STANCE_REPORTED, "reported")       /* criminals say "..." , a customer asked us */                     \
    X(STANCE_CONDITIONAL, "conditional") /* if our bank details have changed */
ENUM_DECLARE(stance, STANCE_LIST)

struct payment_request {
    enum request kind;
    enum stance stance;
    int strength;         /* 1..100 as the pack says: 60 and more is plain, below is weak */
    const char *phrase;   /* id of the phrase in its pack, "fr.bank-change.3" */
    const char *language; /* BCP 47: "en", "zh-Hant" */
    struct span evidence; /* the clause in the original text */
    size_t text;          /* index of the input text */
};

#define ACCOUNT_LIST(X)                                                                                      \
    X(ACCOUNT_IBAN, "iban") /* ISO 13616 */                                                                  \
    X(ACCOUNT_RIB, "rib")                                                                                    \
    X(ACCOUNT_ABA, "aba")                                                                                    \
    X(ACCOUNT_SORT_CODE, "sort-code")                                                                        \
    X(ACCOUNT_CLABE, "clabe")                                                                                \
    X(ACCOUNT_CN, "cn-account")                                                                              \
    X(ACCOUNT_JP, "jp-account")                                                                              \
    X(ACCOUNT_TW, "tw-account")                                                                              \
    X(ACCOUNT_BIC, "bic") /* ISO 9362; names a bank, not an account */
ENUM_DECLARE(account, ACCOUNT_LIST)

struct payment_account {
    enum account kind;
    bool valid;         /* check digits hold (where the form has any) */
    const char *number; /* normalised: no blanks, upper case */
    char country[3];    /* ISO 3166, "" when the form does not say */
    const char *bank;   /* bank part of the number or BIC, "" when unknown */
    struct span evidence;
    size_t text;
    size_t at;   /* in the folded text */
    bool quoted; /* stands in quoted text */
};

/* One text to look at. `weight` tells own words from quoted ones. */
enum payment_where {
    PAYMENT_SUBJECT,
    PAYMENT_OWN,
    PAYMENT_QUOTED,
    PAYMENT_FOOTER,
    PAYMENT_ATTACHMENT,
    PAYMENT_HIDDEN
};
struct payment_text {
    enum payment_where where;
    const struct folded_text *folded;
};

struct payment_result {
    const struct payment_request *requests;
    size_t n_requests;
    const struct payment_account *accounts;
    size_t n_accounts;
    unsigned boosters;    /* bits 1 << enum booster, asserted in own words, subject or attachment */
    const char *language; /* best guess of the own words' language; "" when unknown */
    bool limit_hit;       /* a regex limit or the budget was hit: a fact, not "clean" */
};

struct payment_packs;
/* Loads every *.yaml of `dir` (and none when dir is NULL: the shipped ones by datadir_path("rules/phrases")). NULL on any error. */
struct payment_packs *payment_packs_load(const char *dir, struct diag_list *diags);
void payment_packs_free(struct payment_packs **packs);
/* Runs the examples that stand in the packs; adds an error for each that fails. Returns the number run. */
size_t payment_packs_test(const struct payment_packs *packs, struct diag_list *diags);

const struct payment_result *payment_analyse(const struct payment_packs *packs, struct arena *arena,
                                             const struct payment_text *texts, size_t n_texts);

#endif
