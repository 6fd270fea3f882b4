#ifndef RINGER_WORKER_EXTRACTION_H
#define RINGER_WORKER_EXTRACTION_H
#include "base/arena.h"
#include "base/clock.h"
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

/* The deadline has passed. */
static inline bool extract_late(const struct extraction *x)
{
    return x->deadline && monotonic_ms() >= x->deadline;
}

void extract_office(struct extraction *x, struct arena *arena, struct span document);
void extract_rtf(struct extraction *x, struct span document);
void extract_plain(struct extraction *x, struct span document);
void extract_xml(struct extraction *x, struct span document);
void extract_lines(struct extraction *x, struct arena *arena, struct span document);
void extract_html(struct extraction *x, struct arena *arena, struct span document);

#endif
