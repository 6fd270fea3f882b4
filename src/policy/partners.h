#ifndef RINGER_POLICY_PARTNERS_H
#define RINGER_POLICY_PARTNERS_H
#include "base/diag.h"
#include "conf/conf.h"
#include "lookalike/lookalike.h"
#include "store/history.h"

/*
 * `base` with the established correspondents on top, as relation learned; the caller frees it. NULL when there are
 * none, history is off, or its store does not answer (then with a warning). Who looks like a protected name does not
 * become one: a lookalike that kept up a conversation stays a lookalike.
 */
struct lookalike_index *partners_join(const struct conf *conf, const struct history_options *options,
                                      const struct lookalike_index *base, struct diag_list *diags);
/* How many are established now; -1: the store did not say. Tells when another policy_load() is worth its while. */
int64_t partners_count(struct store *store, const struct history_options *options);

#endif
