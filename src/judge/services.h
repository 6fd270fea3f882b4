#ifndef RINGER_JUDGE_SERVICES_H
#define RINGER_JUDGE_SERVICES_H
#include "conf/conf.h"
#include "store/store.h"
#include "worker/check.h"
#include "worker/spf.h"
#include "worker/worker.h"

/*
 * What a judgement uses and what may be down. A service that is NULL, or fails, leaves its facts unknown;
 * it never stops a mail. One per process; safe for any number of threads.
 */
struct services {
    struct worker_pool *workers;  /* text out of attachments; NULL = attachments are not read */
    struct worker_pool *pictures; /* QR codes in pictures and drawn pages; NULL = they are not looked at */
    struct spf_service *spf;      /* SPF and DMARC; NULL = unknown without a trusted header */
    struct store *store;          /* history (ask.h, learn.h); NULL = nothing is known of anybody */
};

/*
 * Starts what the configuration asks for; what cannot be started stays NULL. Workers start with the first request.
 * `log`: where trouble with workers and DNS is said; may be NULL.
 */
void services_start(struct services *services, const struct conf *conf, worker_log *log);
/* Whether workers can do their work here, as worker_check() tells, with the options of the configuration. */
bool services_check(const struct conf *conf, bool dns, struct worker_check *check_r);
/* Would services_start() start the same? */
bool services_same(const struct conf *a, const struct conf *b);
void services_stop(struct services *services); /* the store is closed by whoever opened it */
/* For those who only read: the store of the configuration, when it is there. Says in `error` why not, else "". */
void services_open_history(struct services *services, const struct conf *conf, struct store_error *error);

#endif
