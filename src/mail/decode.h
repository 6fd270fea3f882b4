#ifndef RINGER_MAIL_DECODE_H
#define RINGER_MAIL_DECODE_H
#include <stdbool.h>
#include "base/arena.h"
#include "base/span.h"

/* Content-Transfer-Encoding (lower case, "" when none) undone, at most about `max` bytes; *size_r is the whole decoded size, estimated
 * when more was there. An unknown encoding leaves the bytes as they are and sets *known_r to false. */
struct span decode_body(struct arena *arena, struct span body, const char *encoding, size_t max,
                        size_t *size_r, bool *known_r);
/*
 * The first uuencoded file in the text: its name and bytes (in arena), of which at most about `max` are decoded. False
 * when there is none.
 */
bool decode_uu(struct arena *arena, struct span text, size_t max, struct span *name_r, struct span *bytes_r);
/* text/enriched (RFC 1896) as a reader sees it. */
struct span decode_enriched(struct arena *arena, struct span text);
/* RFC 3676: soft line ends of format=flowed joined. */
struct span decode_unflow(struct arena *arena, struct span text, bool delsp);

#endif
