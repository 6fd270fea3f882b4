#ifndef RINGER_PAYMENT_PACK_PHRASE_H
#define RINGER_PAYMENT_PACK_PHRASE_H
#include "payment/terms.h"

/* A pack while it is read, for pack_read.c. */
struct pack_reading {
    struct payment_packs *packs;
    struct pack *pack;
    struct vocabulary v;
    struct diag_list *diags;
    bool shared; /* the phrase comes from the concepts, not from the pack */
    bool ok;
};

/* Notes an error at `node` (and that the pack is not ok); false. */
bool pack_fail(struct pack_reading *r, const struct yamltree_node *node, const char *remedy,
               const char *text);
/* A list of texts, or none when `list` is NULL. */
const char *const *pack_strings(struct pack_reading *r, const struct yamltree_node *list, size_t *n_r);
/* Adds the phrase that `map` writes down to the set. */
void pack_phrase(struct pack_reading *r, const struct yamltree_node *map);

#endif
