#ifndef RINGER_PAYMENT_PACK_READ_H
#define RINGER_PAYMENT_PACK_READ_H
#include "payment/pack.h"

/* Reads one pack of text into `packs`; false with errors in `diags`. For the loader and its fuzzer. */
bool pack_read(struct payment_packs *packs, const char *name, struct span text, struct diag_list *diags);
/* Reads the concepts that all packs share; before the packs. */
bool concepts_read(struct payment_packs *packs, const char *name, struct span text, struct diag_list *diags);

#endif
