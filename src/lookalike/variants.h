#ifndef RINGER_LOOKALIKE_VARIANTS_H
#define RINGER_LOOKALIKE_VARIANTS_H
#include "lookalike/lookalike.h"

/*
 * Registrable lookalikes of a domain, for registering or watching them.
 */
struct lookalike_variant {
    const char *ascii, *unicode;
    enum lookalike_class class; /* how it was made */
};

/*
 * All variants of `domain`, without repetitions and without the domain itself; in arena. 0 with *error_r (in
 * arena) when it is no registrable domain, or with diagnostics when the tables cannot be read.
 */
size_t lookalike_variants(struct arena *arena, const char *domain, struct lookalike_variant **variants_r,
                          const char **error_r, struct diag_list *diags);

#endif
