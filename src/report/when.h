#ifndef RINGER_REPORT_WHEN_H
#define RINGER_REPORT_WHEN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Times as people and tools write them. Milliseconds since the epoch, UTC. */
enum { WHEN_SIZE = 32 };

/* "90m", "24h", "7d", "2w" before now, or local "2026-11-01", "2026-11-01 14:30[:00]". False when it is neither. */
bool when_parse(const char *text, int64_t now_ms, int64_t *ms_r);
const char *when_local(int64_t ms, char out[WHEN_SIZE]); /* 2026-11-23 20:15 */
const char *when_utc(int64_t ms, char out[WHEN_SIZE]);   /* 2026-11-23T20:15:01.123Z (RFC 3339) */

#endif
