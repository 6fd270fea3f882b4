#ifndef RINGER_WORKER_CFB_H
#define RINGER_WORKER_CFB_H
#include "base/span.h"

/* What an OLE container (MS-CFB) holds, by the names of its streams. */
enum cfb_content { /* bits */
                   CFB_ENCRYPTED = 1 << 0,
                   CFB_WORD = 1 << 1,
                   CFB_EXCEL = 1 << 2,
                   CFB_POWERPOINT = 1 << 3,
};
unsigned cfb_contents(struct span document);

#endif
