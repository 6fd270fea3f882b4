#ifndef RINGER_WORKER_EXTRACT_H
#define RINGER_WORKER_EXTRACT_H
#include "worker/extraction.h"

/* Everything but PDF, which is another program's work (outside.h). */
void extract_document(struct extraction *x, struct arena *arena, enum document_kind kind,
                      struct span document);

#endif
