#ifndef RINGER_POLICY_BRANDS_H
#define RINGER_POLICY_BRANDS_H
#include "base/diag.h"
#include "lookalike/lookalike.h"

/* The often imitated names of the file at `path` (NULL: the shipped one). NULL with diagnostics when it cannot be used. */
struct lookalike_index *brands_load(const char *path, struct diag_list *diags);

#endif
