#ifndef RINGER_WORKER_PDF_H
#define RINGER_WORKER_PDF_H
#include "base/span.h"
#include "worker/extraction.h"

/* Text out of a PDF by pdftotext, a child of the parsing process under its own limits and filter. */
struct pdf_run {
    int out, err; /* pipes from it; -1 when it could not be started */
    int pid;
};

/* Before the parser's sandbox closes; the child dies with the calling process. `sandboxed`: filters are to be loaded. */
struct pdf_run pdf_start(struct span document, size_t memory_bytes, unsigned cpu_seconds, bool sandboxed);
/* Inside it: reads the text until the end, the sink's limit or the deadline. */
void pdf_finish(struct pdf_run *run, struct extraction *x);

#endif
