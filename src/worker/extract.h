#ifndef RINGER_WORKER_EXTRACT_H
#define RINGER_WORKER_EXTRACT_H
#include "base/arena.h"
#include "base/span.h"
#include "worker/document.h"
#include "worker/sink.h"
#include "worker/worker.h"

/*
 * The parsers of one document each, as they run inside the worker (and under the fuzzers). They need no files,
 * no other process and no locale. `detail` points to a constant.
 */
struct extraction {
    struct sink sink;
    enum worker_status status;
    unsigned pages;
    const char *detail;
    int64_t deadline; /* monotonic ms; 0 = none */
};

/* Everything but PDF, which is another program's work (pdf.h). */
void extract_document(struct extraction *x, struct arena *arena, enum document_kind kind,
                      struct span document);
void extract_office(struct extraction *x, struct arena *arena, struct span document);
void extract_rtf(struct extraction *x, struct span document);
void extract_plain(struct extraction *x, struct span document);
bool extract_late(const struct extraction *x); /* the deadline has passed */

/* Converts bytes of a Windows code page (as in RTF); 0 or an unknown one is taken as 1252. */
void codepage_preload(void); /* before the sandbox closes: iconv loads its tables from files */
void codepage_text(struct sink *sink, unsigned codepage, struct span bytes);

#endif
