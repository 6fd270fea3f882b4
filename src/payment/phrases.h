#ifndef RINGER_PAYMENT_PHRASES_H
#define RINGER_PAYMENT_PHRASES_H
#include "payment/scan.h"

/* Looks through scan->text; what is found goes to scan->result. */
void scan_text(struct scan *scan);

#endif
