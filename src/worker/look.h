#ifndef RINGER_WORKER_LOOK_H
#define RINGER_WORKER_LOOK_H
#include "worker/extraction.h"

/*
 * What a picture, or the first LOOK_PAGES pages of a PDF as they are drawn, show: their QR codes or their words, read by
 * ringer-qr or ringer-ocr. Inside the sandbox; wants LOOK_RUNNERS runners.
 */
enum { LOOK_RUNNERS = 2 };
void look_at(struct extraction *x, struct arena *arena, enum worker_look look, enum document_kind kind,
             struct span document);

#endif
