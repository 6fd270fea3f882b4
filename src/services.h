#ifndef RINGER_SERVICES_H
#define RINGER_SERVICES_H
#include "conf/conf.h"
#include "facts/collect.h"
#include "mail/message.h"
#include "store/store.h"
#include "worker/spf.h"
#include "worker/worker.h"

/*
 * What a judgement uses and what may be down. A service that is NULL, or fails, leaves its facts unknown;
 * it never stops a mail. One per process; safe for any number of threads.
 */
struct services {
    struct worker_pool *workers; /* text out of attachments; NULL = attachments are not read */
    struct spf_service *spf;     /* SPF and DMARC; NULL = unknown without a trusted header */
    struct store *store;         /* history (remember.h); NULL = nothing is known of anybody */
};

/* Starts what the configuration asks for; what cannot be started stays NULL. Workers start with the first request. */
void services_start(struct services *services, const struct conf *conf);
void services_stop(struct services *services); /* the store is closed by whoever opened it */
/* For those who only read: the store of the configuration, when it is there. Says in `error` why not, else "". */
void services_open_history(struct services *services, const struct conf *conf, struct store_error *error);

/*
 * Reads the text of the attachments that can be read and adds it to the message. Returns one entry an
 * attachment, as facts_collect() wants it; NULL when there is no worker pool.
 */
const char *const *services_read_attachments(const struct services *services, struct arena *arena,
                                             struct message *message);
/*
 * Asks the DNS for SPF and DMARC where no trusted header tells. NULL when the client is not known; internal clients
 * and those that logged in are not asked about.
 */
const struct auth_lookup *services_ask_auth(const struct services *services, const struct conf *conf,
                                            const struct fact_sources *sources, struct arena *arena,
                                            const struct message *message);

#endif
