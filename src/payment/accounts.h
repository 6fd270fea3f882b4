#ifndef RINGER_PAYMENT_ACCOUNTS_H
#define RINGER_PAYMENT_ACCOUNTS_H
#include "payment/payment.h"

/* Finds bank accounts in the folded texts of a message: sets result->accounts; may set result->limit_hit. */
void accounts_find(struct arena *arena, const struct payment_text *texts, size_t n_texts,
                   struct payment_result *result);

#endif
