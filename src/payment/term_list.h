#ifndef RINGER_PAYMENT_TERM_LIST_H
#define RINGER_PAYMENT_TERM_LIST_H
#include "payment/terms.h"

/* The plain terms of a group written out, in the order in which they stand in the pack: for a pattern that names it. */
struct term_list {
    const struct vocabulary *v;
    const char **terms; /* in the arena of the packs */
    size_t n, cap;
};
void term_list_add(struct term_list *list, const struct term_group *group);

#endif
