/* Fuzz target: DMARC records and tag lists. */
#include <stdint.h>
#include <stdlib.h>

#include "mail/dmarc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span record = {(const char *)data, size}, value;
    struct dmarc dmarc;
    if (dmarc_parse(record, &dmarc) &&
        (dmarc.policy > DMARC_POLICY_REJECT || dmarc.subdomain_policy > DMARC_POLICY_REJECT))
        abort();
    if (taglist_find(record, "d", &value) && value.n &&
        (value.p < record.p || value.p + value.n > record.p + record.n))
        abort();
    return 0;
}
