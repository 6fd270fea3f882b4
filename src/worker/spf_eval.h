#ifndef RINGER_WORKER_SPF_EVAL_H
#define RINGER_WORKER_SPF_EVAL_H
#include "worker/resolve.h"
#include "worker/spf_frames.h"

/*
 * SPF by libspf2, in a process without network: a checker. It is given one check after the other over `fd`, a
 * SOCK_SEQPACKET socket, together with the records of the sender's own domain, asks its other DNS questions there,
 * one at a time, and sends its result last:
 *   check    = 'C' length(2) request answer     request: as in spf_frames.c, without From
 *   question = 'Q' type(1) name
 *   answer   = status(1) count(1) *( length(2) bytes )
 *   result   = 'R' spf(1) per-sender(1)
 */
enum {
    EVAL_ANSWER_MAX = 2 + 2 * DNS_RECORDS_MAX + DNS_ANSWER_MAX,
    EVAL_REQUEST_MAX = FRAME_SPF_FIXED + SPF_IP_MAX + 2 * SPF_ADDRESS_MAX,
    EVAL_PACKET_MAX = 3 + EVAL_REQUEST_MAX + EVAL_ANSWER_MAX,
};

size_t eval_answer_encode(unsigned char out[EVAL_ANSWER_MAX], const struct dns_answer *answer);
size_t eval_check_encode(unsigned char out[EVAL_PACKET_MAX], const struct spf_request *request,
                         const struct dns_answer *own);
struct spf_eval;
/* Before the sandbox closes: libspf2 wants to know the host's name, and aborts when it is not told. */
struct spf_eval *spf_eval_new(int fd);
/* Behind it: serves checks until the other side closes, and ends the process. */
_Noreturn void spf_eval_run(struct spf_eval *eval);

#endif
