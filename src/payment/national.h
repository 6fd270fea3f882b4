#ifndef RINGER_PAYMENT_NATIONAL_H
#define RINGER_PAYMENT_NATIONAL_H
#include "payment/account_scan.h"

/* Looks for a national form whose digits begin at `at`. */
bool national_at(struct account_scan *scan, size_t at);

#endif
