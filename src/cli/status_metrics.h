#ifndef RINGER_CLI_STATUS_METRICS_H
#define RINGER_CLI_STATUS_METRICS_H
#include <jansson.h>

/* The daemon's answer to "status" in the text format of Prometheus, on standard output. */
void status_metrics(const json_t *status);

#endif
