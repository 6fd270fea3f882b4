#ifndef RINGER_MILTER_PACKWATCH_H
#define RINGER_MILTER_PACKWATCH_H
#include <jansson.h>

/*
 * Now and then verifies the installed signed packs again and raises an alarm in log and status when one changed
 * after it was loaded, or expires. Only the main thread calls these.
 */

/* Checks when the configured interval has passed; cheap otherwise. */
void packwatch_tick(void);
/* After a reload: what was found is about the rules before. */
void packwatch_reset(void);
/* {"digest", "packs":[{"name","seq","expires","key","fallback"}], "alarms":["..."], "checked"}; the caller owns it. */
json_t *packwatch_status(void);

#endif
