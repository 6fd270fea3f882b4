#ifndef RINGER_WORKER_ZIP_H
#define RINGER_WORKER_ZIP_H
#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "base/span.h"

/* Just enough of ZIP to read an office document in memory. Nothing is written anywhere; zips inside are left shut. */
struct zip_entry {
    struct span name;
    unsigned method, flags;
    size_t packed, offset; /* bytes, and where the local header is; not yet checked */
};

struct zip {
    struct span bytes;
    struct zip_entry *entries; /* in the arena, in the directory's order */
    const struct zip_entry **by_name;
    size_t n;
};

/* Entries listed at most: a real document has tens, a workbook with many sheets and pictures some hundreds. */
enum { ZIP_ENTRIES_MAX = 4096 };

enum zip_result {
    ZIP_OK,
    ZIP_BROKEN,
    ZIP_ENCRYPTED,
    ZIP_LIMIT,   /* the budget of unpacked bytes is used up */
    ZIP_STOPPED, /* the reader wanted no more */
};

enum zip_result zip_open(struct zip *zip, struct arena *arena, struct span bytes);
/* The entry of that name, whatever the case; the first of several; NULL. */
const struct zip_entry *zip_find(const struct zip *zip, const char *name);
/* Unpacks an entry piece by piece into `read`, which returns false to stop. Takes what it unpacks off *budget. */
enum zip_result zip_read(const struct zip *zip, const struct zip_entry *entry, size_t *budget,
                         bool (*read)(void *ctx, struct span piece), void *ctx);

#endif
