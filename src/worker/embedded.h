#ifndef RINGER_WORKER_EMBEDDED_H
#define RINGER_WORKER_EMBEDDED_H
#include "worker/extraction.h"

/* The files that a PDF carries (an invoice as XML, another PDF), each by the reader of its kind, behind what is there. */
void embedded_read(struct extraction *x, struct arena *arena, struct span document);

#endif
