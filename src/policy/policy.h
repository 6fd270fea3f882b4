#ifndef RINGER_POLICY_POLICY_H
#define RINGER_POLICY_POLICY_H
#include "base/diag.h"
#include "conf/conf.h"
#include "facts/collect.h"
#include "lookalike/lookalike.h"
#include "payment/payment.h"
#include "policy/packs.h"
#include "rules/rules.h"
#include "rules/verdict.h"
#include "store/history.h"

/*
 * The policy snapshot: configuration, rules, phrases, protected domains and people of one generation.
 * Immutable and reference-counted; a reload builds a new one, runs its tests, and swaps the pointer.
 */
struct policy {
    struct conf *conf;
    struct ruleset *rules; /* ruleset_digest() tells which */
    struct policy_packs signed_packs;
    struct payment_packs *packs;
    struct lookalike_index *base;   /* configured names */
    struct lookalike_index *index;  /* with those that history knows: a layer over `base`, or `base` itself */
    struct lookalike_index *brands; /* often imitated names; NULL when they are not protected */
    struct people *people;
    struct companies *companies;
    struct fact_lists lists;
    struct verdict_policy thresholds;
    struct message_limits limits;
    struct history_options history;
    unsigned generation; /* 1 for the first one loaded by this process */
    _Atomic unsigned references;
};

/*
 * Loads the file (NULL: built-in defaults), its lists, rules and packs, and runs their tests. NULL on any error.
 * At the start a signed pack that is refused is a warning, and its previous version or the shipped rules are
 * used; policy_reload() takes it for an error, since there is a good policy to keep. `running` (conf_running()) must
 * outlive the policy: its values of options that need a restart are the policy's too.
 */
struct policy *policy_load(const char *conf_path, struct diag_list *diags);
/* Only the configuration and the protected names, for who asks about a domain: rules and phrases stay NULL. */
struct policy *policy_load_names(const char *conf_path, struct diag_list *diags);
struct policy *policy_reload(const char *conf_path, const struct conf *running, struct diag_list *diags);
struct policy *policy_ref(struct policy *policy);
void policy_unref(struct policy **policy); /* frees with the last reference; sets it to NULL */
unsigned policy_alive(void); /* how many there are: after a reload some messages keep the old one */

/*
 * The rules of a configuration as they would be in force with `change` (NULL: none): without those that it switches
 * off. Their tests are run. NULL on any error.
 */
struct ruleset *policy_rules(const struct conf *conf, const struct policy_packs_change *change,
                             struct diag_list *diags);

/* What facts are drawn from; points into the policy. */
struct fact_sources policy_sources(const struct policy *policy);

#endif
