#ifndef RINGER_STORE_SMTP_PATH_H
#define RINGER_STORE_SMTP_PATH_H
#include "base/arena.h"

/*
 * What stands between < and > in MAIL and RCPT (RFC 5321 4.1.2), for an address as the envelope had it. A local part
 * in quotes stays as it is; one that needs quotes and has none gets them. NULL: no command can carry it (control
 * characters, brackets or blanks in the domain). The empty address is the null sender.
 */
const char *smtp_path(struct arena *arena, const char *address);

#endif
