/*
 * What history says about the message, as facts. Everything is unknown while the store does not answer, and
 * nobody is called new before history is old enough for it to mean something.
 */
#include "facts/families.h"
#include "facts/history.h"

enum { DAY_MS = 24 * 3600 * 1000, HOUR_MS = 3600 * 1000 };

static void peer(struct facts *facts, const struct contact_view *view, int64_t now_ms)
{
    facts_set_bool(facts, FACT_HISTORY_READY, view->ready);
    facts_set_int(facts, FACT_HISTORY_MESSAGES, (int64_t)(view->received + view->sent));
    facts_set_bool(facts, FACT_HISTORY_ESTABLISHED, view->established);
    facts_set_bool(facts, FACT_HISTORY_WROTE_TO, view->sent > 0);
    if (view->peer_known) {
        int64_t age = now_ms - view->first_ms;
        facts_set_int(facts, FACT_HISTORY_DAYS_KNOWN, age > 0 ? age / DAY_MS : 0);
        facts_set_bool(facts, FACT_HISTORY_WROTE_FIRST, view->wrote_first);
    } else if (view->ready) {
        facts_set_int(facts, FACT_HISTORY_DAYS_KNOWN, 0);
    }
    if (view->peer_known || view->ready)
        facts_set_bool(facts, FACT_HISTORY_FIRST_CONTACT, !view->peer_known);
    if (view->person == CONTACT_YES || (view->ready && view->person == CONTACT_NO))
        facts_set_bool(facts, FACT_HISTORY_FIRST_CONTACT_RECIPIENT, view->person == CONTACT_NO);
}

static void thread(struct facts *facts, const struct contact_view *view)
{
    if (view->thread == CONTACT_YES || (view->sent_ready && view->thread == CONTACT_NO))
        facts_set_bool(facts, FACT_THREAD_KNOWN, view->thread == CONTACT_YES);
    if (view->party != CONTACT_UNKNOWN)
        facts_set_bool(facts, FACT_THREAD_PARTICIPANTS_CHANGED, view->party == CONTACT_NO);
}

static void accounts(struct facts *facts, const struct contact_view *view)
{
    const struct contact *contact = facts->contact;
    if (view->payee_accounts == 0 || contact->n_accounts == 0)
        return;
    facts_set_string(facts, FACT_ACCOUNT_PAYEE, contact->payee);
    facts_set_bool(facts, FACT_ACCOUNT_KNOWN, view->accounts_new == 0);
    facts_set_bool(facts, FACT_ACCOUNT_DIFFERS, view->accounts_new > 0);
    facts_set_int(facts, FACT_ACCOUNT_USED, (int64_t)view->payee_accounts);
    if (view->accounts_new == 0)
        return;
    facts_set_string(facts, FACT_ACCOUNT_NEW,
                     account_masked(facts->arena, contact->accounts[view->first_new].number));
    facts_set_bool(facts, FACT_ACCOUNT_DIFFERS_COUNTRY, view->country == CONTACT_NO);
    facts_set_bool(facts, FACT_ACCOUNT_DIFFERS_BANK, view->bank == CONTACT_NO);
}

static void campaign(struct facts *facts, const struct contact_view *view, int64_t now_ms)
{
    if (facts->contact->n_marks == 0)
        return;
    facts_set_int(facts, FACT_CAMPAIGN_COUNT, (int64_t)view->campaign + 1);
    facts_set_string(facts, FACT_CAMPAIGN_KIND, view->campaign_kind);
    facts_set_string(facts, FACT_CAMPAIGN_ID, arena_strdup(facts->arena, view->campaign_id));
    if (view->campaign)
        facts_set_int(facts, FACT_CAMPAIGN_HOURS, (now_ms - view->campaign_ms) / HOUR_MS + 1);
}

void facts_history(struct facts *facts, const struct contact_view *view, int64_t now_ms)
{
    if (!view || !view->answered || !facts->contact)
        return;
    if (facts->contact->peers.n) {
        peer(facts, view, now_ms);
        thread(facts, view);
    }
    accounts(facts, view);
    campaign(facts, view, now_ms);
}
