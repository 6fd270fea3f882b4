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
struct extraction;
typedef void extract_inner(struct extraction *x, struct arena *arena, enum document_kind kind,
                           struct span document);

struct extraction {
    struct sink sink;
    enum worker_status status;
    unsigned pages;
    const char *detail;
    int64_t deadline;    /* monotonic ms; 0 = none */
    unsigned cpu_ms;     /* for this process and its children; 0 = no limit */
    unsigned cpu_others; /* ms that its children took */
    /* of archives; all may be left zero */
    extract_inner *inner;    /* the choice of a reader, for files inside; extract_document() sets it */
    const char *name;        /* of the file being read, where it is known */
    struct span passwords;   /* candidates, one a line */
    unsigned depth, files;   /* archives around the file being read; files seen so far at all levels */
    size_t unpacked;         /* bytes so far */
    extract_inner *outside;  /* what other programs read: PDF, old office formats; NULL: they stay unread */
    struct runners *runners; /* for it */
};
enum {
    ARCHIVE_DEPTH_MAX = 3,        /* nobody but an attacker packs what is packed twice already */
    ARCHIVE_FILES_MAX = 100,      /* at all levels; a reader of mail opens some of ten */
    ARCHIVE_BYTES_MAX = 32 << 20, /* at all levels: as much as a whole mail may have */
};

/* Processor time so far, ms. */
static inline unsigned extract_cpu_ms(const struct extraction *x)
{
    return (unsigned)process_cpu_ms() + x->cpu_others;
}

/* The deadline has passed, or the processor time is used up. */
static inline bool extract_late(const struct extraction *x)
{
    return (x->deadline && monotonic_ms() >= x->deadline) || (x->cpu_ms && extract_cpu_ms(x) >= x->cpu_ms);
}

/* What is wrong is kept, and the next file still read; a password outweighs the rest: it is what the sender chose. */
void extract_note(struct extraction *x, enum worker_status status, const char *detail);
/* A file inside, by the reader of its kind, which starts with a clean status; that is then added to the one around it. */
void extract_inside(struct extraction *x, struct arena *arena, const char *name, struct span bytes);

/* false: a sound ZIP without an office document in it */
bool extract_office(struct extraction *x, struct arena *arena, struct span document);
void extract_archive(struct extraction *x, struct arena *arena, struct span document);
void extract_rtf(struct extraction *x, struct span document);
void extract_plain(struct extraction *x, struct span document);
void extract_xml(struct extraction *x, struct span document);
void extract_lines(struct extraction *x, struct arena *arena, struct span document);
void extract_html(struct extraction *x, struct arena *arena, struct span document);

#endif
