#ifndef RINGER_WORKER_OUTSIDE_H
#define RINGER_WORKER_OUTSIDE_H
#include "worker/extraction.h"

/* Documents that programs of others read: which of them, and how many runners that needs at most (0: none). */
extract_inner outside_read;
unsigned outside_runners(enum document_kind kind);

#endif
