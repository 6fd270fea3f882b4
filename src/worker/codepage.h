#ifndef RINGER_WORKER_CODEPAGE_H
#define RINGER_WORKER_CODEPAGE_H
#include "worker/sink.h"

/* Converts bytes of a Windows code page (as in RTF); 0 or an unknown one is taken as 1252. */
void codepage_text(struct sink *sink, unsigned codepage, struct span bytes);
void codepage_preload(void); /* before the sandbox closes: iconv loads its tables from files */

#endif
