#ifndef RINGER_REMEMBER_H
#define RINGER_REMEMBER_H
#include "base/contact.h"
#include "judge.h"
#include "policy.h"
#include "services.h"
#include "store/history.h"

/*
 * Between judgements and the history in the store: what is asked before, what is learned after. A store that is
 * not there or does not answer in time leaves everything unknown.
 */
struct history_options remember_options(const struct conf *conf);

/* NULL = history is off, or did not answer. In arena. */
const struct contact_view *remember_ask(const struct services *services, const struct conf *conf,
                                        struct arena *arena, const struct contact *contact);

/* What a received message teaches (enum history_learn): only accepted and authenticated ones make anybody known. */
unsigned remember_lesson(const struct judgement *judgement);
/* The same of a message in an archive, which its admin vouches for. */
unsigned remember_archived(const struct judgement *judgement);
/* Learns it in the background. */
void remember_received(const struct services *services, const struct policy *policy,
                       const struct judgement *judgement);
/* A message of ours on its way out. Automatic answers write to nobody; nor does mail that only passes through. */
void remember_sent(const struct services *services, const struct policy *policy, struct arena *arena,
                   const struct message *message);
bool remember_is_ours(const struct policy *policy, struct arena *arena, const struct message *message);
bool remember_is_automatic(const struct message *message);

/*
 * `base` with the established correspondents on top, as relation learned: NULL when there are none. Who looks
 * like a protected name does not become one: a lookalike that kept up a conversation stays a lookalike.
 */
struct lookalike_index *remember_partners(const struct conf *conf, const struct lookalike_index *base,
                                          struct diag_list *diags);
/* How many are established now; -1: the store did not say. Tells when another policy_load() is worth its while. */
int64_t remember_count(const struct services *services, const struct conf *conf);

#endif
