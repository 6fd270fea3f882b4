#ifndef RINGER_MILTER_WORKERS_H
#define RINGER_MILTER_WORKERS_H
#include <jansson.h>
#include "worker/spf.h"
#include "worker/worker.h"

/* What the daemon says of its workers and of the DNS: in the log and in `ringer status`. */

void workers_log(enum worker_log_level level, const char *line); /* a worker_log */
/*
 * The self-test, with the configuration in force: is every part of their work done here? Says in the log what is not.
 * -1 with a text when something fails: for worker.required.
 */
int workers_check_now(char *error, size_t size);
void workers_check_soon(void); /* the same in a thread of its own */
void workers_check_end(void);  /* before the end: waits for a moment */
json_t *workers_check_json(void);
/* For the status; null for NULL: the configuration has switched it off. */
json_t *workers_attachments_json(struct worker_pool *pool);
json_t *workers_spf_json(struct spf_service *service);

#endif
