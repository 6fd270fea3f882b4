#ifndef RINGER_MAIL_BASE64_H
#define RINGER_MAIL_BASE64_H
#include "base/span.h"

/*
 * Decodes into `out`, which has room for the smaller of in.n and `max` bytes; returns how
 * many there are. Goes on behind "=": some mail programs do, GMime does not, and a filter that stops there sees less than
 * the reader. Characters outside the alphabet are skipped (RFC 2045 6.8).
 */
size_t base64_decode(struct span in, size_t max, char *out);

#endif
