#ifndef RINGER_REPORT_CSV_H
#define RINGER_REPORT_CSV_H
#include "base/buf.h"
#include "store/records.h"

/* Decisions as CSV (RFC 4180, UTF-8), one a line. */
void csv_head(struct buf *out);
void csv_decision(struct buf *out, const struct decision *decision);

#endif
