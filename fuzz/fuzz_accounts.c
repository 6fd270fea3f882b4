/* Accounts in any text; evidence must lie inside it, and a valid IBAN must be one. */
#include <stdint.h>
#include <stdlib.h>

#include "payment/iban.h"
#include "payment/payment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct payment_text text = {PAYMENT_OWN, text_fold(arena, (struct span){(const char *)data, size})};
    const struct payment_result *r = payment_analyse(NULL, arena, &text, 1);
    for (size_t i = 0; i < r->n_accounts; i++) {
        const struct payment_account *a = &r->accounts[i];
        if (a->evidence.p < (const char *)data || a->evidence.p + a->evidence.n > (const char *)data + size)
            abort();
        if (a->kind == ACCOUNT_IBAN && a->valid != iban_valid(span_of(a->number)))
            abort();
    }
    arena_free(&arena);
    return 0;
}
