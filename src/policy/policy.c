/*
 * Building a policy snapshot: each part reports what is wrong with its own files, and all of them are read
 * before the load fails, so that an admin sees every mistake at once.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/newlist.h"
#include "policy/brands.h"
#include "policy/packs.h"
#include "policy/partners.h"
#include "policy/policy.h"

static atomic_uint generations;
static atomic_uint alive;

/* False with an error when there is no rule of that id. */
static bool rule_exists(const struct ruleset *rules, const char *id, struct diag_at at, const char *option,
                        struct diag_list *diags)
{
    size_t n = ruleset_size(rules);
    const char **known = mem_array(n + 1, sizeof(*known));
    bool found = false;
    for (size_t i = 0; i < n; i++) {
        known[i] = ruleset_info(rules, i)->id;
        found = found || strcmp(known[i], id) == 0;
    }
    if (!found) {
        const char *near = diag_nearest(id, known, n);
        char *remedy =
            near ? mem_printf("did you mean %s?", near) : mem_strdup("`ringer rules list` lists them");
        diag_add(diags, DIAG_ERROR, at, remedy, "%s: there is no rule %s", option, id);
        free(remedy);
    }
    free(known);
    return found;
}

static void disable_rules(struct ruleset *rules, const struct conf *conf, struct diag_list *diags)
{
    const struct conf_strings *ids = &conf->disabled_rules;
    const struct diag_at at = {conf->path, 0, 0};
    for (size_t i = 0; i < ids->n; i++)
        if (rule_exists(rules, ids->v[i], at, "rules: disabled", diags))
            ruleset_disable(rules, ids->v[i]);
}

static void check_lists(const struct conf *conf, struct diag_list *diags)
{
    const struct conf_strings *lists = &conf->new_domain_lists;
    const struct diag_at at = {conf->path, 0, 0};
    for (size_t i = 0; i < lists->n; i++)
        if (!newlist_valid(lists->v[i]))
            diag_add(diags, DIAG_ERROR, at, "write ZONE, or ZONE=127.0.2.* or ZONE=127.0.0.2,127.0.0.3",
                     "trust: new-domain-lists: '%.100s' is no DNS list with its answers", lists->v[i]);
    if (lists->n > NEWLISTS_MOST)
        diag_add(diags, DIAG_ERROR, at, "keep the best of them", "trust: new-domain-lists: at most %d lists",
                 NEWLISTS_MOST);
}

static void check_groups(const struct policy *policy, struct diag_list *diags)
{
    const struct conf_groups *list = &policy->conf->threshold_groups;
    for (size_t i = 0; i < list->n; i++)
        for (size_t k = 0; k < list->v[i].disabled_rules.n; k++)
            rule_exists(policy->rules, list->v[i].disabled_rules.v[k], list->v[i].at, "thresholds: groups",
                        diags);
}

static void check_exceptions(const struct policy *policy, struct diag_list *diags)
{
    const struct conf_exceptions *list = &policy->conf->rule_exceptions;
    for (size_t i = 0; i < list->n; i++)
        for (size_t k = 0; k < list->v[i].rules.n; k++)
            rule_exists(policy->rules, list->v[i].rules.v[k], list->v[i].at, "exceptions: rules", diags);
}

static void protect(struct lookalike_builder *builder, const struct conf_domains *domains,
                    enum relation relation, struct diag_list *diags)
{
    for (size_t i = 0; i < domains->n; i++) {
        const char *error;
        if (lookalike_builder_protect(builder, domains->v[i].name, relation, &error) != 0)
            diag_add(diags, DIAG_ERROR, domains->v[i].at, NULL, "%s cannot be protected: %s",
                     domains->v[i].name, error);
    }
}

static void affiliate(struct lookalike_builder *builder, const struct conf_domains *domains,
                      struct diag_list *diags)
{
    for (size_t i = 0; i < domains->n; i++) {
        const char *error;
        if (lookalike_builder_affiliate(builder, NULL, domains->v[i].name, &error) != 0)
            diag_add(diags, DIAG_ERROR, domains->v[i].at, NULL, "%s cannot be allowed: %s",
                     domains->v[i].name, error);
    }
}

static struct lookalike_index *load_index(const struct conf *conf, struct diag_list *diags)
{
    struct lookalike_builder *builder = lookalike_builder_new();
    protect(builder, &conf->own_domains, RELATION_OWN, diags);
    protect(builder, &conf->partner_domains, RELATION_PARTNER, diags);
    affiliate(builder, &conf->affiliate_domains, diags);
    affiliate(builder, &conf->allow_domains, diags);
    return lookalike_build(&builder, diags);
}

static struct people *load_people(const struct conf *conf)
{
    struct people *people = people_new();
    for (size_t i = 0; i < conf->people.n; i++) {
        const struct conf_person *p = &conf->people.v[i];
        people_add(people, p->name, conf_role_name(p->role), p->addresses.v, p->addresses.n);
    }
    return people;
}

static void add_companies(struct companies *companies, const struct conf_domains *domains,
                          enum relation relation)
{
    for (size_t i = 0; i < domains->n; i++) {
        const struct conf_domain *d = &domains->v[i];
        companies_add(companies, &(struct company){.name = d->company ? d->company->name : NULL,
                                                   .domain = d->name,
                                                   .phone = d->company ? d->company->phone : "",
                                                   .relation = relation});
    }
}

static struct companies *load_companies(const struct conf *conf, struct diag_list *diags)
{
    struct companies *companies = companies_new(diags);
    if (!companies)
        return NULL;
    add_companies(companies, &conf->own_domains, RELATION_OWN);
    add_companies(companies, &conf->partner_domains, RELATION_PARTNER);
    return companies;
}

static struct verdict_policy thresholds(const struct conf *conf)
{
    return (struct verdict_policy){
        .tag = (int)conf->threshold_tag,
        .hold = (int)conf->threshold_hold,
        .identity_floor = (int)conf->identity_floor,
        .request_floor = (int)conf->request_floor,
        .reject = (int)conf->threshold_reject,
    };
}

static struct message_limits limits(const struct conf *conf)
{
    return (struct message_limits){
        .raw_bytes = (size_t)conf->limit_message,
        .header_bytes = (size_t)conf->limit_header_bytes,
        .headers = (size_t)conf->limit_headers,
        .parts = (size_t)conf->limit_parts,
        .depth = (size_t)conf->limit_depth,
        .text_bytes = (size_t)conf->limit_text,
        .attachment_bytes = (size_t)conf->limit_attachments,
        .addresses = (size_t)conf->limit_addresses,
        .links = (size_t)conf->limit_links,
    };
}

static struct history_options history(const struct conf *conf)
{
    return (struct history_options){
        .hash_addresses = conf->history_hash_addresses,
        .established_messages = (unsigned)conf->history_established_messages,
        .established_ms = conf->history_established_s * 1000,
        .learning_ms = conf->history_learning_s * 1000,
        .campaign_ms = conf->history_campaign_s * 1000,
        .deadline_ms = (unsigned)conf->history_deadline_ms,
    };
}

struct ruleset *policy_rules(const struct conf *conf, const struct policy_packs_change *change,
                             struct diag_list *diags)
{
    struct ruleset *rules =
        policy_packs_load_with(conf, change ? change : &(struct policy_packs_change){0}, diags);
    if (rules && !(change && change->alone))
        disable_rules(rules, conf, diags);
    return rules;
}

static void free_policy(struct policy *policy)
{
    ruleset_free(&policy->rules);
    arena_free(&policy->signed_packs.arena);
    payment_packs_free(&policy->packs);
    if (policy->index != policy->base)
        lookalike_index_free(&policy->index);
    lookalike_index_free(&policy->base);
    lookalike_index_free(&policy->brands);
    people_free(&policy->people);
    companies_free(&policy->companies);
    fact_lists_free(&policy->lists);
    conf_free(&policy->conf);
    free(policy);
    atomic_fetch_sub(&alive, 1);
}

static struct policy *policy_new(const char *conf_path, const struct conf *running, struct diag_list *diags)
{
    struct policy *policy = mem_alloc(sizeof(*policy));
    atomic_fetch_add(&alive, 1);
    policy->references = 1;
    policy->conf = conf_load(conf_path, diags);
    if (policy->conf && running)
        conf_keep_running(policy->conf, running);
    return policy;
}

static void load_names(struct policy *policy, struct diag_list *diags)
{
    const struct conf *conf = policy->conf;
    policy->history = history(conf);
    policy->base = load_index(conf, diags);
    policy->index = policy->base ? partners_join(conf, &policy->history, policy->base, diags) : NULL;
    policy->index = policy->index ? policy->index : policy->base;
    if (conf->protect_brands ||
        *conf->brands_path) /* a list that is named is read: its mistakes are told at once */
        policy->brands = brands_load(*conf->brands_path ? conf->brands_path : NULL, diags);
    if (!conf->protect_brands)
        lookalike_index_free(&policy->brands);
}

/* NULL where something was an error. */
static struct policy *finished(struct policy *policy, size_t errors_before, const struct diag_list *diags)
{
    if (diags->errors > errors_before) {
        free_policy(policy);
        return NULL;
    }
    policy->generation = atomic_fetch_add(&generations, 1) + 1;
    return policy;
}

static struct policy *load(const char *conf_path, const struct conf *running, enum diag_level bad_pack,
                           struct diag_list *diags)
{
    size_t errors = diags->errors;
    struct policy *policy = policy_new(conf_path, running, diags);
    if (policy->conf) {
        const struct conf *conf = policy->conf;
        const char *phrases = *conf->phrases_path ? conf->phrases_path : NULL;
        const char *freemail = *conf->freemail_path ? conf->freemail_path : NULL;
        const char *services = *conf->services_path ? conf->services_path : NULL;
        policy->rules = policy_packs_load(conf, bad_pack, &policy->signed_packs, diags);
        policy->packs = payment_packs_load(phrases, diags);
        load_names(policy, diags);
        policy->people = load_people(conf);
        policy->companies = load_companies(conf, diags);
        fact_lists_load(&policy->lists, freemail, services, diags);
        policy->thresholds = thresholds(conf);
        policy->limits = limits(conf);
    }
    if (policy->rules) {
        disable_rules(policy->rules, policy->conf, diags);
        check_lists(policy->conf, diags);
        check_groups(policy, diags);
        check_exceptions(policy, diags);
    }
    if (policy->packs)
        payment_packs_test(policy->packs, diags);
    return finished(policy, errors, diags);
}

struct policy *policy_load_names(const char *conf_path, struct diag_list *diags)
{
    size_t errors = diags->errors;
    struct policy *policy = policy_new(conf_path, NULL, diags);
    if (policy->conf)
        load_names(policy, diags);
    return finished(policy, errors, diags);
}

struct policy *policy_load(const char *conf_path, struct diag_list *diags)
{
    return load(conf_path, NULL, DIAG_WARNING, diags);
}

struct policy *policy_reload(const char *conf_path, const struct conf *running, struct diag_list *diags)
{
    return load(conf_path, running, DIAG_ERROR, diags);
}

struct policy *policy_ref(struct policy *policy)
{
    atomic_fetch_add(&policy->references, 1);
    return policy;
}

void policy_unref(struct policy **policy)
{
    if (*policy && atomic_fetch_sub(&(*policy)->references, 1) == 1)
        free_policy(*policy);
    *policy = NULL;
}

unsigned policy_alive(void)
{
    return atomic_load(&alive);
}

struct fact_sources policy_sources(const struct policy *policy)
{
    return (struct fact_sources){
        .index = policy->index,
        .brands = policy->brands,
        .packs = policy->packs,
        .people = policy->people,
        .companies = policy->companies,
        .lists = &policy->lists,
        .authserv_ids = policy->conf->authserv_ids.v,
        .n_authserv_ids = policy->conf->authserv_ids.n,
        .arc_sealers = policy->conf->arc_sealers.v,
        .n_arc_sealers = policy->conf->arc_sealers.n,
        .mailing_lists = policy->conf->mailing_lists.v,
        .n_mailing_lists = policy->conf->mailing_lists.n,
    };
}
