/*
 * What the history is taught. Whom we write to is known; who writes to us becomes known only by mail that passed the
 * rules and is authenticated for its From domain, so that a fraudster cannot make himself known in somebody else's
 * name. Accounts are learned under the same terms, and never from a message that speaks of a change or names an
 * account that differs: somebody must first look at that one.
 */
#include <string.h>
#include <strings.h>

#include "judge/learn.h"

enum { PLAIN_REQUEST = 20 }; /* a request that rules take notice of (rules/payment.yaml) */

bool learn_is_change(const struct judgement *j)
{
    return facts_int(j->facts, FACT_REQUEST_BANK_CHANGE) >= PLAIN_REQUEST;
}

static bool own_accounts(const struct judgement *j)
{
    const struct contact *c = j->facts->contact;
    return c->peers.n && c->payee == c->peers.v[0] && !learn_is_change(j);
}

unsigned learn_lesson(const struct judgement *j)
{
    unsigned learn = 0;
    bool passed = j->verdict.action == ACTION_PASS;
    if (!passed || (j->verdict.axes & 1u << AXIS_IDENTITY))
        learn |= HISTORY_MARKS;
    if (passed)
        learn |= HISTORY_THREAD;
    if (passed && facts_bool(j->facts, FACT_AUTH_ALIGNED)) {
        learn |= HISTORY_PEER;
        if (own_accounts(j) && !facts_bool(j->facts, FACT_ACCOUNT_DIFFERS))
            learn |= HISTORY_ACCOUNTS;
    }
    return learn;
}

unsigned learn_archived(const struct judgement *j)
{
    bool mass = facts_bool(j->facts, FACT_MESSAGE_BULK) || facts_bool(j->facts, FACT_MESSAGE_LIST);
    unsigned learn = HISTORY_THREAD | HISTORY_PEER | (mass ? 0 : HISTORY_ARCHIVED);
    bool plain =
        j->verdict.action == ACTION_PASS && own_accounts(j) && !facts_bool(j->facts, FACT_ACCOUNT_DIFFERS);
    return plain ? learn | HISTORY_ACCOUNTS : learn;
}

unsigned learn_vouched(const struct judgement *j)
{
    const struct contact *c = j->facts->contact;
    return learn_archived(j) | (c->peers.n && c->payee == c->peers.v[0] ? HISTORY_ACCOUNTS : 0);
}

static bool is_on(const struct services *services, const struct policy *policy)
{
    return services && services->store && policy->conf->history_learn;
}

void learn_received(const struct services *services, const struct policy *policy,
                    const struct judgement *judgement)
{
    unsigned learn = learn_lesson(judgement);
    if (!is_on(services, policy) || !learn || !judgement->facts->contact)
        return;
    history_record(services->store, &policy->history, judgement->facts->contact, learn);
}

bool learn_is_automatic(const struct message *m)
{
    const struct mail_header *automatic = message_header(m, "Auto-Submitted");
    const struct mail_header *precedence = message_header(m, "Precedence");
    return (m->envelope && m->envelope->mail_from && !*m->envelope->mail_from) ||
           (automatic && strcasecmp(automatic->value, "no") != 0) ||
           (precedence && strcasecmp(precedence->value, "auto_reply") == 0);
}

bool learn_is_ours(const struct policy *policy, struct arena *arena, const struct message *m)
{
    if (m->from.n == 0 || !*m->from.v[0].domain)
        return false;
    return lookalike_is_own(lookalike_match(policy->index, arena, m->from.v[0].domain));
}

void learn_sent(const struct services *services, const struct policy *policy, struct arena *arena,
                const struct message *message)
{
    if (!is_on(services, policy) || learn_is_automatic(message))
        return;
    bool authenticated = message->envelope && message->envelope->auth_user;
    if (policy->conf->own_domains.n ? !learn_is_ours(policy, arena, message) : !authenticated)
        return;
    const struct fact_sources sources = policy_sources(policy);
    history_record(services->store, &policy->history, contact_sent(&sources, arena, message),
                   HISTORY_PEER | HISTORY_THREAD);
}
