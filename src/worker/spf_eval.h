#ifndef RINGER_WORKER_SPF_EVAL_H
#define RINGER_WORKER_SPF_EVAL_H
#include "worker/resolve.h"
#include "worker/spf_frames.h"

/*
 * SPF by libspf2, in a process without network. It asks its DNS questions over `fd`, a SOCK_SEQPACKET socket, one
 * at a time, and sends its result there last:
 *   question = 'Q' type(1) name      answer = status(1) count(1) *( length(2) bytes )
 *   result   = 'R' spf(1) per-sender(1)
 */
enum { EVAL_PACKET_MAX = 2 + 2 * DNS_RECORDS_MAX + DNS_ANSWER_MAX };

size_t eval_answer_encode(unsigned char out[EVAL_PACKET_MAX], const struct dns_answer *answer);
struct spf_eval;
/* Before the sandbox closes: libspf2 wants to know the host's name, and aborts when it is not told. */
struct spf_eval *spf_eval_new(int fd);
/* Behind it: evaluates and ends the process. */
_Noreturn void spf_evaluate(struct spf_eval *eval, const struct spf_request *request);

#endif
