#ifndef RINGER_MILTER_SPOOL_H
#define RINGER_MILTER_SPOOL_H
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/span.h"

/*
 * The bytes of one message as they come from the MTA: in memory up to a threshold, then in a temporary file
 * that has no name. Start with SPOOL_INIT; spool_free brings it back to that.
 */
struct spool {
    struct buf mem; /* all of it while fd < 0, else what is not written yet */
    int fd;
    uint64_t written; /* bytes in the file */
    int error;        /* errno of the first failure; then nothing is kept any more */
    void *map;
    size_t map_size;
};
#define SPOOL_INIT ((struct spool){.fd = -1})

/* `dir` is where the file goes; `threshold` the bytes kept in memory. A failure is remembered in `error`. */
void spool_add(struct spool *spool, const char *dir, size_t threshold, const void *data, size_t n);
/* All bytes in one piece, valid until the next call for this spool; false (see `error`) when the file cannot be read. */
bool spool_view(struct spool *spool, struct span *view_r);
void spool_free(struct spool *spool);

#endif
