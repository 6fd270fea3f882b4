#ifndef RINGER_MILTER_STOREWATCH_H
#define RINGER_MILTER_STOREWATCH_H
#include <jansson.h>
#include "store/store.h"

/*
 * The store's troubles in the log: nothing that fails in the background stays silent, and nothing fills the log.
 */
void storewatch_start(struct store *store);
/* For each turn of the main loop; says what failed or was dropped since it last did, once a minute at most. */
void storewatch_tick(struct store *store);
/*
 * Before the end: what the next minute would have said. The store itself tells what it cannot write when it `closes`;
 * where it does not, what waits is lost. NULL: no store.
 */
void storewatch_end(struct store *store, bool closes);
/* {"health": {"state", "why", "since", "waiting"}, counts}; the caller owns it. */
json_t *storewatch_status(struct store *store);

#endif
