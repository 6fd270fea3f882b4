#ifndef RINGER_PAYMENT_STANCE_H
#define RINGER_PAYMENT_STANCE_H
#include "payment/scan.h"

/* How the sentence stands to what was found in it. */
enum stance stance_of(const struct scan *scan, const struct found *found);
/* Is there a word that ends a scope ("but") between `from` and `to`? */
bool stance_contrast(const struct scan *scan, const struct pack *pack, uint32_t from, uint32_t to);

#endif
