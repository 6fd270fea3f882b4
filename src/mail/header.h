#ifndef RINGER_MAIL_HEADER_H
#define RINGER_MAIL_HEADER_H
#include <stddef.h>
#include "base/arena.h"
#include "base/span.h"

/* The header block of a message or a MIME part, split into fields but not yet interpreted. */
struct header_field {
    struct span name;
    struct span raw; /* the value as it stands, still folded, without the last line end */
};

struct header_block {
    const struct header_field *v;
    size_t n;
    struct span body;    /* what stands behind the block */
    unsigned limits_hit; /* LIMIT_HEADERS, LIMIT_HEADER_BYTES */
    unsigned anomalies;  /* ANOMALY_HEADER_CONTROL */
};

/* Never fails. The block ends at an empty line, or at the first line that is no field (it is body then). */
struct header_block header_scan(struct arena *arena, struct span bytes, size_t max_bytes, size_t max_fields);
/* The first field of that name, any case; NULL when there is none. */
const struct header_field *header_find(const struct header_block *block, const char *name);
size_t header_count(const struct header_block *block, const char *name);
/* Takes the line ends out (RFC 5322 2.2.3); encoded words stay. */
struct span header_unfold(struct arena *arena, struct span raw);
/* Unfolded, RFC 2047 decoded (broken encoded words as mail programs do), valid UTF-8, one line. */
const char *header_decode(struct arena *arena, struct span raw);

#endif
