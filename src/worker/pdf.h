#ifndef RINGER_WORKER_PDF_H
#define RINGER_WORKER_PDF_H
#include "base/span.h"
#include "worker/extraction.h"

/* Text out of a PDF by pdftotext, a child of the parsing process under its own limits and filter. */
struct pdf_run {
    int in;       /* pipe to one that waits; -1 when it has its document */
    int out, err; /* pipes from it; -1 when it could not be started */
    int pid;
};

/* Before the parser's sandbox closes; the child dies with the calling process. `sandboxed`: filters are to be loaded. */
struct pdf_run pdf_start(struct span document, size_t memory_bytes, unsigned cpu_seconds, bool sandboxed);
/* The same for a document that will be found later, inside an archive: pdf_feed() gives it, within the sandbox. */
struct pdf_run pdf_start_waiting(size_t memory_bytes, unsigned cpu_seconds, bool sandboxed);
/* What cannot be given until `deadline` (monotonic ms; 0 = none) is for pdf_finish() to find. */
void pdf_feed(struct pdf_run *run, struct span document, int64_t deadline);
/* Inside it: reads the text until the end, the sink's limit or the deadline. */
void pdf_finish(struct pdf_run *run, struct extraction *x);

#endif
