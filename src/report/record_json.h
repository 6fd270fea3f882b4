#ifndef RINGER_REPORT_RECORD_JSON_H
#define RINGER_REPORT_RECORD_JSON_H
#include <jansson.h>
#include "store/quarantine.h"
#include "store/records.h"

/* Records of the store as JSON, for tools; man/ringer-quarantine.1 and man/ringer-report.1 say what is in them. The caller owns the result. */
json_t *record_item_json(const struct quarantine_item *item);
json_t *record_decision_json(const struct decision *decision);
json_t *record_audit_json(const struct audit_list *audit);

#endif
