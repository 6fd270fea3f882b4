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
/* {"health": {"state", "why", "since", "waiting"}, counts}; the caller owns it. */
json_t *storewatch_status(struct store *store);

#endif
