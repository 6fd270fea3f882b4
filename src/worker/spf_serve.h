#ifndef RINGER_WORKER_SPF_SERVE_H
#define RINGER_WORKER_SPF_SERVE_H
#include "worker/resolve.h"
#include "worker/serve.h"

/*
 * One request of --service=spf in the process that has the network: asks for the DMARC record itself, lets a child
 * without network evaluate SPF, and answers its DNS questions. false: the supervisor is gone, or talks nonsense.
 */
bool spf_serve_one(int fd, const struct serve_options *options, struct resolver *resolver);

#endif
