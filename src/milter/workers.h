#ifndef RINGER_MILTER_WORKERS_H
#define RINGER_MILTER_WORKERS_H
#include <jansson.h>
#include "worker/spf.h"
#include "worker/worker.h"

/* What the daemon says of its workers and of the DNS: in the log and in `ringer status`. */

void workers_log(enum worker_log_level level, const char *line); /* a worker_log */
/* For the status; null for NULL: the configuration has switched it off. */
json_t *workers_attachments_json(struct worker_pool *pool);
json_t *workers_spf_json(struct spf_service *service);

#endif
