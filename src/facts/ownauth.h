#ifndef RINGER_FACTS_OWNAUTH_H
#define RINGER_FACTS_OWNAUTH_H
#include "facts/authread.h"

/* Our own look-ups (work->lookup) as results: DMARC where it can be told without verifying signatures. */
struct auth_results auth_own(struct fact_work *work);

#endif
