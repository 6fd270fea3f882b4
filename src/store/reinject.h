#ifndef RINGER_STORE_REINJECT_H
#define RINGER_STORE_REINJECT_H
#include "store/quarantine.h"

/*
 * Release by SMTP: the unchanged bytes of a held message go, with its envelope sender, into a listener. Where that
 * runs Ringer as a milter, one header field goes before them, which that Ringer takes off again. Everything the server
 * said per recipient is kept; the item counts as released only for recipients that the server took with 2xx and only
 * once it said 2xx to the end of the data.
 */
struct reinject_result {
    const struct quarantine_sent *sent; /* one for each recipient that was tried */
    size_t n_sent, n_accepted;
    bool copy; /* it went to somebody it was not held for: the item is as it was */
};

/*
 * url: smtp://HOST[:PORT] or smtps://. to NULL: all recipients that are still held; one of them: only that
 * one is released; another address: it gets a copy. 0 = accepted for all, 1 = refused for some or all or
 * not in a state to be released, -1 = the store failed; `error` says why.
 */
int reinject_item(struct store *store, struct arena *arena, const char *id, const char *who, const char *url,
                  const char *to, struct reinject_result *result_r, struct store_error *error);

#endif
