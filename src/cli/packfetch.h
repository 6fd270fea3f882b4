#ifndef RINGER_CLI_PACKFETCH_H
#define RINGER_CLI_PACKFETCH_H
#include <stdbool.h>
#include "base/arena.h"
#include "base/span.h"

/* A pack and its signature as somebody hands them over: nothing in them is believed yet. */
struct fetched_pack {
    const char *source; /* for messages */
    struct span tar, signature;
};

/*
 * From a file (its signature lies beside it as FILE.minisig), or an https:// address (the signature at the same
 * address with .minisig behind). `cacert`: a file of CA certificates in place of the system's, or NULL. False
 * with the reason; all in arena.
 */
bool packfetch(struct arena *arena, const char *source, const char *cacert, struct fetched_pack *pack_r,
               const char **error_r);

#endif
