#ifndef RINGER_CLI_LEARN_ACCOUNTS_H
#define RINGER_CLI_LEARN_ACCOUNTS_H
#include "base/arena.h"
#include "store/contact.h"

/*
 * Accounts in an archive that differ from what their payee used so far. A supplier with two accounts, or one who
 * changed his, names the other one in ordinary mail again and again; a fraud does not live for months.
 */
struct learn_accounts;
enum {
    LEARN_ACCOUNT_MESSAGES = 3, /* ordinary ones that name it, */
    LEARN_ACCOUNT_DAYS = 30     /* from the first to the last, make it one of the payee's */
};

struct learn_accounts *learn_accounts_new(void);
void learn_accounts_free(struct learn_accounts **accounts); /* accepts NULL, sets it to NULL */
/* Notes the accounts of a message that speaks of no change. `time_ms`: when it was written. The contact is copied. */
void learn_accounts_note(struct learn_accounts *accounts, const struct contact *contact, int64_t time_ms);
/* Those that have proved themselves, as contacts to be learned for their accounts alone. *n_r: how many. */
const struct contact *learn_accounts_proved(struct learn_accounts *accounts, size_t *n_r);

#endif
