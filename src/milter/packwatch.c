/*
 * The periodic check of signed packs. An alarm is logged when it comes up, not with every check; mail goes on
 * with the rules that are loaded.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/diag.h"
#include "policy/packs.h"

#include "milter/current.h"
#include "milter/log.h"
#include "milter/packwatch.h"

static int64_t last_check; /* monotonic seconds; 0: not yet */
static int64_t checked_at; /* UTC */
static struct diag_list found;

static bool known(const struct diag_list *list, const struct diag *diag)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->v[i].text, diag->text) == 0)
            return true;
    return false;
}

static void log_news(const struct diag_list *before, const struct diag_list *now)
{
    for (size_t i = 0; i < now->n; i++) {
        const struct diag *d = &now->v[i];
        if (!known(before, d))
            log_line(d->level == DIAG_ERROR ? LOG_ALERT : LOG_WARNING, "rule packs: %s%s%s", d->text,
                     d->remedy ? "; " : "", d->remedy ? d->remedy : "");
    }
    if (before->n && !now->n)
        log_line(LOG_NOTICE, "rule packs: all are good again");
}

static void check(const struct policy *policy)
{
    struct diag_list now = {0};
    policy_packs_check(policy->conf, &policy->signed_packs, &now);
    log_news(&found, &now);
    diag_free(&found);
    found = now;
    checked_at = time(NULL);
}

void packwatch_tick(void)
{
    struct policy *policy = current_get();
    int64_t now = monotonic_ms() / 1000, interval = policy->conf->check_packs_s;
    if (!last_check)
        last_check = now;
    if (interval && now - last_check >= interval) {
        check(policy);
        last_check = now;
    }
    policy_unref(&policy);
}

void packwatch_reset(void)
{
    diag_free(&found);
    last_check = monotonic_ms() / 1000;
}

json_t *packwatch_status(void)
{
    struct policy *policy = current_get();
    json_t *packs = json_array(), *alarms = json_array();
    for (size_t i = 0; i < policy->signed_packs.n; i++) {
        const struct policy_pack *p = &policy->signed_packs.v[i];
        json_array_append_new(packs, json_pack("{s:s, s:I, s:I, s:s, s:b}", "name", p->name, "seq",
                                               (json_int_t)p->seq, "expires", (json_int_t)p->expires, "key",
                                               p->key_id, "fallback", p->fallback));
    }
    for (size_t i = 0; i < found.n; i++)
        json_array_append_new(alarms, json_string(found.v[i].text));
    json_t *status = json_pack("{s:s, s:i, s:o, s:o, s:I}", "digest", ruleset_digest(policy->rules), "rules",
                               (int)ruleset_size(policy->rules), "packs", packs, "alarms", alarms, "checked",
                               (json_int_t)checked_at);
    policy_unref(&policy);
    return status;
}
