/* Requests and stances: any text against the shipped packs; evidence must lie inside the text. */
#include <stdint.h>
#include <stdlib.h>

#include "payment/payment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct payment_packs *packs; /* loaded once, still reachable at exit */
    struct diag_list diags = {0};
    if (!packs && !(packs = payment_packs_load(NULL, &diags)))
        abort();
    struct arena *arena = arena_new();
    struct payment_text texts[2] = {
        {PAYMENT_OWN, text_fold(arena, (struct span){(const char *)data, size})},
        {PAYMENT_QUOTED, text_fold(arena, (struct span){(const char *)data, size / 2})}};
    const struct payment_result *r = payment_analyse(packs, arena, texts, 2);
    for (size_t i = 0; i < r->n_requests; i++) {
        struct span e = r->requests[i].evidence;
        if (e.p < (const char *)data || e.p + e.n > (const char *)data + size || r->requests[i].strength < 1)
            abort();
    }
    arena_free(&arena);
    return 0;
}
