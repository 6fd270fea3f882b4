#ifndef RINGER_FACTS_ARC_H
#define RINGER_FACTS_ARC_H
#include "facts/authread.h"

/* What the configured sealer of the last ARC set saw; its domain, or NULL when there is none to believe. */
const char *auth_arc(struct fact_work *work, struct auth_results *results_r);

#endif
