/*
 * The whole story of a message on one screen: read the attachments and ask the DNS (in workers), draw the facts, ask the
 * history, apply the rules, decide; where that leaves doubt, or money is asked for, look at the pictures and judge again.
 * Everything that may be down is a service; without it its facts stay unknown.
 */
#include "facts/collect.h"
#include "policy/decide.h"
#include "policy/policy.h"

#include "judge/ask.h"
#include "judge/judge.h"
#include "judge/pictures.h"

static struct judgement judge_message(const struct policy *policy, const struct services *services,
                                      struct arena *arena, const struct message *message,
                                      const struct auth_lookup *authentication, int64_t now_ms)
{
    const struct fact_sources sources = policy_sources(policy);
    struct facts *facts = facts_collect(&sources, arena, message, authentication);
    facts_history(facts, ask_history(services, policy, arena, facts->contact), now_ms);
    struct rule_hits hits = rules_eval(policy->rules, facts, arena);
    struct judgement judgement = {.message = message, .facts = facts};
    judgement.verdict =
        policy_decide(policy, message, facts, hits, now_ms / 1000, arena, &judgement.recipients);
    return judgement;
}

/* An attachment that a worker could have read if only there had been one. */
static bool workers_failed(const struct message *m)
{
    for (size_t i = 0; i < m->n_attachments; i++) {
        enum attachment_status status = m->attachments[i].status;
        if (status == ATTACHMENT_TIMEOUT || status == ATTACHMENT_DIED || status == ATTACHMENT_UNAVAILABLE)
            return true;
    }
    return false;
}

struct judgement judge(const struct policy *policy, const struct services *services, struct arena *arena,
                       const struct message *parsed, int64_t now_ms)
{
    const struct message *message = ask_attachments(services, arena, &policy->limits, parsed);
    const struct fact_sources sources = policy_sources(policy);
    const struct auth_lookup *authentication =
        ask_authentication(services, policy->conf, &sources, arena, message);
    bool failed = workers_failed(message); /* pictures are a second look: no mail waits for it */
    struct judgement first = judge_message(policy, services, arena, message, authentication, now_ms);
    const struct message *seen = pictures_look(services, policy->conf, arena, &policy->limits, message,
                                               first.facts, &first.verdict.hits);
    struct judgement last =
        seen == message ? first : judge_message(policy, services, arena, seen, authentication, now_ms);
    last.workers_failed = failed;
    return last;
}
