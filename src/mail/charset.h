#ifndef RINGER_MAIL_CHARSET_H
#define RINGER_MAIL_CHARSET_H
#include "base/arena.h"
#include "base/span.h"

/*
 * Bytes in `charset` (NULL or "": none was declared) as valid UTF-8. What the name promises and the bytes
 * do not hold becomes U+FFFD. *anomalies gets ANOMALY_CHARSET_UNKNOWN or ANOMALY_BAD_UTF8.
 */
struct span charset_to_utf8(struct arena *arena, struct span bytes, const char *charset, unsigned *anomalies);
/* Without a name: UTF-8 where it is valid, else windows-1252, as mail programs in the West do. */
struct span charset_guess(struct arena *arena, struct span bytes);

#endif
