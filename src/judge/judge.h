#ifndef RINGER_JUDGE_JUDGE_H
#define RINGER_JUDGE_JUDGE_H
#include "mail/message.h"
#include "facts/facts.h"
#include "rules/verdict.h"

/*
 * message + policy -> verdict: the whole story, called by the daemon, the command line, the fuzzers and the bench.
 */
struct policy;
struct recipient_verdict;
struct services; /* what may be down: the worker pool, the store */

struct judgement {
    const struct message *message; /* with the text of its attachments */
    const struct facts *facts;
    struct verdict verdict;                     /* the strictest of the recipients' */
    const struct recipient_verdict *recipients; /* one for each of the envelope (policy/decide.h) */
    bool
        workers_failed; /* an attachment that could have been read was not, for want of a worker or of time */
};

/*
 * Everything in the judgement lives in `arena`; its message is `message` with the text of its attachments. `services`
 * may be NULL: then what it would tell is unknown. `now_ms`: milliseconds since the epoch.
 */
struct judgement judge(const struct policy *policy, const struct services *services, struct arena *arena,
                       const struct message *message, int64_t now_ms);

#endif
