/* The loader of phrase packs: any YAML gives a usable set or errors. */
#include <stdint.h>
#include <stdlib.h>

#include "payment/pack_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct payment_packs *packs = packs_new();
    struct diag_list diags = {0};
    if (pack_read(packs, "fuzz.yaml", (struct span){(const char *)data, size}, &diags)) {
        packs_seal(packs);
        payment_packs_test(packs, &diags);
    } else if (!diags.errors) {
        abort();
    }
    diag_free(&diags);
    payment_packs_free(&packs);
    return 0;
}
