#ifndef RINGER_CLI_SMTPSEND_H
#define RINGER_CLI_SMTPSEND_H
#include <stdbool.h>
#include "base/arena.h"
#include "base/span.h"

/* One message into an SMTP server, by libcurl. */
struct smtpsend {
    const char *url;       /* smtp://HOST[:PORT]; a path after it is the name given in EHLO */
    const char *mail_from; /* without <>; "" is the null sender */
    const char *rcpt;      /* NULL: only connect, say EHLO and QUIT */
    struct span message;   /* with CR LF line ends */
};

/* True when the server took it. *reply_r: its last reply that mattered, else why there is none; in arena. */
bool smtpsend(struct arena *arena, const struct smtpsend *what, const char **reply_r);

#endif
