#ifndef RINGER_CLI_SCAN_PROPOSE_H
#define RINGER_CLI_SCAN_PROPOSE_H
#include <stdint.h>
#include <stdio.h>
#include "judge/judgement.h"

/*
 * `ringer scan --propose`: what enforce mode would have held of an archive, by rule and sender, as YAML for the
 * configuration: affiliates for domains that look alike, allow entries for the rest. Not thread-safe, but for
 * proposal_of().
 */
struct proposal; /* of one message; on the heap */
struct proposals;

/* NULL: the message would not be held. */
struct proposal *proposal_of(const struct judgement *judgement);
struct proposals *proposals_new(void);
/* Adds and frees it. NULL is none. */
void proposals_add(struct proposals *proposals, struct proposal *proposal);
/* `now_s`: seconds since the epoch; proposed entries end a year later. */
void proposals_print(const struct proposals *proposals, unsigned long long messages, int64_t now_s,
                     FILE *out);
void proposals_free(struct proposals **proposals);

#endif
