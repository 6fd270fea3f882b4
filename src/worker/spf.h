#ifndef RINGER_WORKER_SPF_H
#define RINGER_WORKER_SPF_H
#include "base/arena.h"
#include "base/newlist.h"
#include "worker/breaker.h"
#include "worker/spf_result.h"
#include "worker/worker.h"

/*
 * SPF (RFC 7208) of a client and an envelope sender, and the DMARC record (RFC 9989) of a From domain, by workers
 * of their own: libspf2 runs in a process that has no network, and asks another one that has nothing else.
 * Answers are kept for minutes. While DNS seems to be out of order, a question may take half a second only; when the
 * servers do not answer at all, nothing is asked and everything is unknown at once, until they do (breaker.h).
 * Thread-safe. Nothing fails loudly: what could not be found out is unknown, and the mail goes on.
 */
struct spf_service;

struct spf_question {
    const char *client_ip, *helo; /* no client: no SPF */
    const char *mail_from;        /* "" or NULL: no SPF; HELO's result would say nothing about a sender */
    const char *from_domain;      /* NULL: no DMARC record is looked up */
    const char *registered;       /* registrable domain whose age is asked in the lists; NULL: no */
    const char *const *new_lists; /* lists of new domains (newlist.h) */
    size_t n_new_lists;
};

struct spf_answer {
    enum spf_result spf;
    const char *domain; /* what the result is for: the envelope sender's domain */
    enum dmarc_found dmarc;
    const char *record; /* of DMARC, printable ASCII; NULL when there is none */
    enum domain_age age;
    bool cached;        /* no worker was asked */
    const char *detail; /* why something is unknown, for logs; "" */
};

struct spf_stats {
    struct worker_stats workers;
    uint64_t asked, from_cache, hurried; /* `hurried`: asked with little time, because DNS is out of order */
    uint64_t crashed;                    /* checks whose process died */
    struct breaker_stats breaker;
};

/* Options as of a worker pool; `resolvers` as in worker.h. Starts nothing. NULL with a text in *error_r (to be freed). */
struct spf_service *spf_service_new(const struct worker_options *options, char **error_r);
/* No call may be under way. Accepts NULL, sets it to NULL. */
void spf_service_free(struct spf_service **service);
void spf_service_stats(struct spf_service *service, struct spf_stats *stats_r);
/* NULL service: everything unknown. Strings of the answer are in the arena or constant. */
void spf_check(struct spf_service *service, struct arena *arena, const struct spf_question *question,
               struct spf_answer *answer_r);

/* Do the DNS servers answer a question that no cache knows? Waits for the answer, at most some two seconds. */
bool spf_service_dns_answers(struct spf_service *service);

/* A name that workers know without asking anybody: its record allows 192.0.2.1 alone. For worker/check.c. */
#define SPF_SELF_TEST_DOMAIN "spf.ringer-self-test.invalid"

#endif
