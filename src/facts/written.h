#ifndef RINGER_FACTS_WRITTEN_H
#define RINGER_FACTS_WRITTEN_H
#include "base/arena.h"
#include "lookalike/lookalike.h"

/*
 * The finding on a domain that the mail wrote with capitals (`written`; NULL: it did not): where one of the differing
 * characters is a capital, which hides among small letters what lower case would show, both texts have it as written.
 */
const struct lookalike_finding *fact_as_written(struct arena *arena, const struct lookalike_finding *finding,
                                                const char *written);

#endif
