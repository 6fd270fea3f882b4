#ifndef RINGER_MILTER_SESSION_H
#define RINGER_MILTER_SESSION_H
#include <libmilter/mfapi.h>

/* What libmilter is to register. */
extern struct smfiDesc session_callbacks;

#endif
