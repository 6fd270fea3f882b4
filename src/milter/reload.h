#ifndef RINGER_MILTER_RELOAD_H
#define RINGER_MILTER_RELOAD_H
#include <jansson.h>
#include <stdbool.h>
#include "policy/policy.h"

/*
 * SIGHUP and `ringer reload`. Only the main thread calls these.
 */

/* Before the first reload: remembers what of the configuration at the start only a restart changes. */
void reload_begin(const struct conf *conf);
/*
 * Builds a new policy and puts it in force; on any error the one in force stays. `report_r` (may be NULL) gets
 * what was found, as text with source lines, to be freed. True when the new one is in force.
 */
bool reload(const char *conf_path, char **report_r);
/* For each turn of the main loop: after a reload, once no message uses the old policy, its memory goes back. */
void reload_trim(void);
/* A line for each signed pack that is in force. */
void log_packs(const struct policy *policy);
/* {"time","ok","generation","needs_restart"} of the last reload, or of the start; the caller owns it. */
json_t *reload_status(void);

#endif
