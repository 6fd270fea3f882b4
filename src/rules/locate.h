#ifndef RINGER_RULES_LOCATE_H
#define RINGER_RULES_LOCATE_H
#include "base/diag.h"
#include "base/span.h"
#include "base/yamltree.h"

/* Where byte `offset` of a YAML scalar's value stands in its file, also when it is quoted, folded or a block. */
struct locate {
    struct span file; /* the whole file; empty: positions are those of the scalar's start */
    const struct yamltree_node *scalar;
};
struct diag_at locate_at(const struct locate *where, size_t offset);

#endif
