/*
 * The only place that answers the MTA about a message. The order matters: forged headers go first (last to
 * first, since removing one renumbers those behind it), what is held is on disk before any answer, and a reply
 * text is never set together with the MTA's own quarantine.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/clock.h"

#include "judge/learn.h"
#include "policy/decide.h"
#include "store/pass.h"

#include "milter/action.h"
#include "milter/authseen.h"
#include "milter/current.h"
#include "milter/daemon.h"
#include "milter/headertext.h"
#include "milter/log.h"
#include "milter/record.h"
#include "milter/testmail.h"

enum { MEMORY_WAIT_MS = 10 * 1000 };        /* well below the MTA's patience with milters */
enum { REASON_CAP = 600, RULES_CAP = 300 }; /* bytes of an added header before it is encoded */

void action_reply(SMFICTX *ctx, const char *code, const char *enhanced, const char *text)
{
    char rcode[4], xcode[12], doubled[256];
    size_t n = 0;
    for (const char *p = text; *p && n + 2 < sizeof(doubled); p++) {
        doubled[n++] = *p;
        if (*p == '%') /* the MTA takes the text as a format */
            doubled[n++] = '%';
    }
    doubled[n] = '\0';
    snprintf(rcode, sizeof(rcode), "%s", code);
    snprintf(xcode, sizeof(xcode), "%s", enhanced);
    smfi_setreply(ctx, rcode, xcode, doubled);
}

/* --- headers */

static bool can(const struct session *s, unsigned long action)
{
    return (s->mta.actions & action) != 0;
}

/* libmilter's prototypes lack const; it writes into none of these. */
static char *unconst(const char *s)
{
    union {
        const char *in;
        char *out;
    } u = {.in = s};
    return u.out;
}

static const char *with_blank(const struct session *s, const char *value)
{
    return s->mta.leading_space ? arena_printf(s->tx->arena, " %s", value) : value;
}

static void add_header(SMFICTX *ctx, const struct session *s, const char *name, const char *value)
{
    if (can(s, SMFIF_ADDHDRS) && s->tx->policy->conf->add_headers)
        smfi_addheader(ctx, unconst(name), unconst(with_blank(s, value)));
}

static void remove_forged(SMFICTX *ctx, const struct session *s)
{
    if (!can(s, SMFIF_CHGHDRS))
        return;
    for (size_t i = s->tx->n_forged; i-- > 0;) {
        smfi_chgheader(ctx, unconst(s->tx->forged[i].name), s->tx->forged[i].index, NULL);
        count(COUNTER_HEADERS_REMOVED);
    }
}

/*
 * Authentication-Results in our name with a pass that the topmost denies, lest somebody behind us believes them; last to first.
 * Where we and the MTA count differently it is not known which one would go, and none does.
 */
static void remove_forged_results(SMFICTX *ctx, const struct session *s, const struct message *m)
{
    enum { MAX_REMOVED = 64 };
    const struct fact_sources sources = policy_sources(s->tx->policy);
    size_t numbers[MAX_REMOVED], fields = 0;
    for (size_t i = 0; i < m->n_headers; i++)
        fields += strcasecmp(m->headers[i].name, "Authentication-Results") == 0;
    if (!can(s, SMFIF_CHGHDRS) || fields != s->tx->n_authres)
        return;
    for (size_t n = facts_auth_forged(&sources, s->tx->arena, m, numbers, MAX_REMOVED); n-- > 0;) {
        smfi_chgheader(ctx, unconst("Authentication-Results"), (int)numbers[n], NULL);
        count(COUNTER_AUTHRES_REMOVED);
    }
}

static void add_verdict_headers(SMFICTX *ctx, const struct session *s, const struct judgement *j,
                                const struct outcome *out)
{
    struct arena *arena = s->tx->arena;
    const char *axes = judgement_axes(j, arena), *reason = judgement_reason(j, arena);
    const char *rules = judgement_rule_ids(j, arena);
    add_header(ctx, s, "X-Ringer-Verdict",
               arena_printf(arena, "%s; score=%d; axes=%s; mode=%s", action_name(j->verdict.action),
                            j->verdict.score, *axes ? axes : "none", conf_mode_name(out->mode)));
    if (*reason)
        add_header(ctx, s, "X-Ringer-Reason",
                   headertext_readable(arena, "X-Ringer-Reason", reason, REASON_CAP));
    if (*rules) {
        char *spaced = arena_strdup(arena, rules); /* blanks, so that a long list can fold */
        for (char *p = spaced; (p = strchr(p, ','));)
            *p = ' ';
        add_header(ctx, s, "X-Ringer-Rules",
                   headertext_unstructured(arena, "X-Ringer-Rules", spaced, RULES_CAP));
    }
    if (*out->quarantine_id)
        add_header(ctx, s, "X-Ringer-Id", out->quarantine_id);
}

static void mark_subject(SMFICTX *ctx, const struct session *s)
{
    const char *prefix = s->tx->policy->conf->subject_prefix;
    const char *subject = s->tx->subject;
    if (!prefix || !*prefix || (subject && strncmp(subject, prefix, strlen(prefix)) == 0))
        return;
    if (!subject) {
        if (can(s, SMFIF_ADDHDRS))
            smfi_addheader(ctx, unconst("Subject"),
                           headertext_unstructured(s->tx->arena, "Subject", prefix, REASON_CAP));
        return;
    }
    const char *value = headertext_subject(s->tx->arena, prefix, subject);
    if (can(s, SMFIF_CHGHDRS))
        smfi_chgheader(ctx, unconst("Subject"), 1, unconst(with_blank(s, value)));
}

/* --- holding */

/* Is `address` one of the entries "local@domain" or "@domain"? */
static bool is_listed(const struct conf_strings *list, const char *address)
{
    const char *domain = strrchr(address, '@');
    for (size_t i = 0; i < list->n; i++)
        if (strcasecmp(list->v[i], address) == 0 || (domain && strcasecmp(list->v[i], domain) == 0))
            return true;
    return false;
}

/* What is to be done for one recipient; rejecting for some is holding for them. */
static enum outcome_kind kind_for(const struct outcome *out, size_t i)
{
    enum outcome_kind kind = out->each ? out->each[i] : out->kind;
    return kind == OUTCOME_REJECT ? OUTCOME_HOLD : kind;
}

/* Whom a message is held for: those whose verdict it is, but for whom the configuration lets have it all the same. */
static void choose_held(const struct session *s, const struct outcome *out, bool *held)
{
    const struct conf_strings *never = &s->tx->policy->conf->never_hold_for;
    for (size_t i = 0; i < s->tx->n_rcpts; i++) /* without the means to hold for some, it is held for all */
        held[i] = s->tx->test || !can(s, SMFIF_DELRCPT) ||
                  (kind_for(out, i) == OUTCOME_HOLD && !is_listed(never, s->tx->rcpts[i]));
}

/* The subject of what is left: one message, so whoever is to be warned decides for all. */
static bool warns_others(const struct session *s, const struct outcome *out, const bool *held)
{
    for (size_t i = 0; i < s->tx->n_rcpts; i++)
        if (!held[i] && kind_for(out, i) != OUTCOME_PASS)
            return true;
    return false;
}

/* Removes the held recipients; the others get their mail. */
static sfsistat let_others_through(SMFICTX *ctx, const struct session *s, const bool *held,
                                   struct outcome *out)
{
    for (size_t i = 0; i < s->tx->n_rcpts; i++)
        if (held[i] && smfi_delrcpt(ctx, unconst(s->tx->rcpts_raw[i])) != MI_SUCCESS) {
            out->error = "the MTA did not take the removal of a held recipient";
            return SMFIS_TEMPFAIL;
        }
    return SMFIS_CONTINUE;
}

static sfsistat temporary_failure(SMFICTX *ctx, struct outcome *out, const char *error)
{
    out->kind = OUTCOME_TEMPFAIL;
    out->error = error;
    action_reply(ctx, "451", "4.7.1", "Mail filter cannot work now, try again");
    return SMFIS_TEMPFAIL;
}

static sfsistat deliver_marked(SMFICTX *ctx, const struct session *s, const struct judgement *j,
                               struct outcome *out)
{
    out->kind = OUTCOME_TAG;
    mark_subject(ctx, s);
    add_verdict_headers(ctx, s, j, out);
    return SMFIS_CONTINUE;
}

/* Does on-error let mail pass unheld? Never a test attack: nobody is to find it in a mailbox. */
static bool passes_on(const struct transaction *tx, enum conf_on_error on_error)
{
    return on_error == CONF_ON_ERROR_ACCEPT && !tx->test;
}

static sfsistat store_failed(SMFICTX *ctx, struct session *s, const struct judgement *j,
                             const struct store_error *error, struct outcome *out)
{
    count(COUNTER_ERRORS_STORE);
    out->n_held = 0;
    const char *text = arena_printf(s->tx->arena, "store: %s", error->text);
    if (!passes_on(s->tx, s->tx->policy->conf->on_store_error))
        return temporary_failure(ctx, out, text);
    out->error = text;
    return deliver_marked(ctx, s, j, out);
}

static sfsistat hold_in_store(SMFICTX *ctx, struct session *s, const struct judgement *j, struct outcome *out)
{
    struct transaction *tx = s->tx;
    bool *held = arena_array(tx->arena, tx->n_rcpts + 1, sizeof(*held));
    choose_held(s, out, held);
    const char **rcpts = arena_array(tx->arena, tx->n_rcpts + 1, sizeof(*rcpts));
    const char **spared = arena_array(tx->arena, tx->n_rcpts + 1, sizeof(*spared));
    size_t n_spared = 0;
    for (size_t i = 0; i < tx->n_rcpts; i++)
        *(held[i] ? &rcpts[out->n_held++] : &spared[n_spared++]) = tx->rcpts[i];
    if (out->n_held == 0)
        return deliver_marked(ctx, s, j, out);
    struct store_mail mail = *record_mail(tx, j, out);
    mail.rcpts = rcpts;
    mail.n_rcpts = out->n_held;
    mail.spared = spared;
    mail.n_spared = n_spared;
    mail.unlogged = tx->test;
    struct store_body body = {.head = buf_span(&tx->raw.mem), .fd = tx->raw.fd, .fd_size = tx->raw.written};
    struct store_error error = {0};
    int put = store_quarantine_put(ringerd.store, &mail, &body, out->quarantine_id, &error);
    if (put < 0) {
        out->quarantine_id[0] = '\0';
        return store_failed(ctx, s, j, &error, out);
    }
    out->again = put == 1;
    if (out->n_held == tx->n_rcpts)
        return SMFIS_DISCARD;
    if (warns_others(s, out, held))
        mark_subject(ctx, s);
    add_verdict_headers(ctx, s, j, out);
    return let_others_through(ctx, s, held, out);
}

static sfsistat hold_at_mta(SMFICTX *ctx, struct session *s, const struct judgement *j, struct outcome *out)
{
    add_verdict_headers(ctx, s, j, out);
    const char *reason = judgement_reason(j, s->tx->arena);
    char *text = headertext_unstructured(s->tx->arena, "", *reason ? reason : "held by Ringer", REASON_CAP);
    for (char *p = text; (p = strchr(p, '\n'));) /* one line: it is no header */
        *p = ' ';
    if (!can(s, SMFIF_QUARANTINE) || smfi_quarantine(ctx, text) != MI_SUCCESS)
        return temporary_failure(
            ctx, out, "the MTA cannot hold mail (no milter action quarantine): use hold-method store");
    out->n_held = s->tx->n_rcpts;
    return SMFIS_CONTINUE;
}

/* --- what the mode makes of a verdict */

static enum outcome_kind decide(enum conf_mode mode, enum action action)
{
    static const enum outcome_kind by_action[] = {
        [ACTION_PASS] = OUTCOME_PASS,
        [ACTION_TAG] = OUTCOME_TAG,
        [ACTION_QUARANTINE] = OUTCOME_HOLD,
        [ACTION_REJECT] = OUTCOME_REJECT,
    };
    if (mode == CONF_MODE_MONITOR)
        return OUTCOME_PASS;
    enum outcome_kind kind = by_action[action];
    return mode == CONF_MODE_TAG && kind != OUTCOME_PASS ? OUTCOME_TAG : kind;
}

/* Each recipient's part; the message is held when it is for one, and rejected when it is for all. */
static void plan(const struct session *s, const struct judgement *j, struct outcome *out)
{
    static const unsigned char rank[] = {[OUTCOME_TAG] = 1, [OUTCOME_HOLD] = 2, [OUTCOME_REJECT] = 3};
    const struct transaction *tx = s->tx;
    enum outcome_kind *each = arena_array(tx->arena, tx->n_rcpts + 1, sizeof(*each));
    size_t rejected = 0;
    out->kind = tx->n_rcpts ? OUTCOME_PASS : decide(out->mode, j->verdict.action);
    for (size_t i = 0; i < tx->n_rcpts; i++) {
        const struct recipient_verdict *r = &j->recipients[i];
        each[i] = decide(r->mode, r->action);
        rejected += each[i] == OUTCOME_REJECT;
        if (rank[each[i]] > rank[out->kind])
            out->kind = each[i];
        if (i == 0 || r->mode > out->mode)
            out->mode = r->mode;
    }
    if (out->kind == OUTCOME_REJECT && rejected < tx->n_rcpts)
        out->kind = OUTCOME_HOLD;
    out->each = each;
}

static sfsistat act(SMFICTX *ctx, struct session *s, const struct judgement *j, struct outcome *out)
{
    const struct conf *conf = s->tx->policy->conf;
    if (s->tx->test) { /* nobody is to find it in a mailbox, whatever the mode and the verdict are */
        out->kind = OUTCOME_HOLD;
        return hold_in_store(ctx, s, j, out);
    }
    plan(s, j, out);
    switch (out->kind) {
    case OUTCOME_HOLD:
        return conf->hold_method == CONF_HOLD_MTA ? hold_at_mta(ctx, s, j, out)
                                                  : hold_in_store(ctx, s, j, out);
    case OUTCOME_REJECT:
        action_reply(ctx, "550", "5.7.1", "Message refused: sender looks like somebody else");
        return SMFIS_REJECT;
    case OUTCOME_TAG:
        return deliver_marked(ctx, s, j, out);
    default:
        add_verdict_headers(ctx, s, j, out);
        return SMFIS_CONTINUE;
    }
}

/* The message could not be kept in one piece: out of disk or memory for its spool file. */
static sfsistat spool_failed(SMFICTX *ctx, struct session *s, struct outcome *out)
{
    count(COUNTER_ERRORS_INTERNAL);
    const char *text = arena_printf(s->tx->arena, "cannot spool the message in %s: %s", ringerd.spool_dir,
                                    strerror(s->tx->raw.error));
    if (!passes_on(s->tx, s->tx->policy->conf->on_internal_error))
        return temporary_failure(ctx, out, text);
    out->kind = OUTCOME_PASS;
    out->error = text;
    return SMFIS_CONTINUE;
}

/* Others may end soon: better to wait a little than to have the MTA come again in minutes. */
static bool has_memory(struct transaction *tx, uint64_t size)
{
    const struct conf *conf = tx->policy->conf;
    uint64_t looked_at = size < (uint64_t)conf->limit_message ? size : (uint64_t)conf->limit_message;
    return memory_wait(&tx->memory, memory_for_judging(looked_at), (uint64_t)conf->limit_memory,
                       MEMORY_WAIT_MS);
}

static sfsistat no_memory(SMFICTX *ctx, struct session *s, struct outcome *out)
{
    count(COUNTER_MEMORY_REFUSED);
    out->kind = OUTCOME_TEMPFAIL;
    out->error = arena_printf(s->tx->arena, "no memory for it: %llu MB of limits memory are in use",
                              (unsigned long long)memory_in_use() >> 20);
    action_reply(ctx, "451", "4.3.1", "Mail filter has no memory for this message now, try again");
    return SMFIS_TEMPFAIL;
}

static void count_outcome(const struct session *s, const struct outcome *out)
{
    static const enum counter by_kind[] = {
        [OUTCOME_PASS] = COUNTER_PASSED,         [OUTCOME_TAG] = COUNTER_TAGGED,
        [OUTCOME_HOLD] = COUNTER_HELD,           [OUTCOME_REJECT] = COUNTER_REJECTED,
        [OUTCOME_TEMPFAIL] = COUNTER_TEMPFAILED,
    };
    static const enum counter by_skip[] = {
        [SKIP_INTERNAL] = COUNTER_SKIPPED_INTERNAL,
        [SKIP_AUTHENTICATED] = COUNTER_SKIPPED_AUTHENTICATED,
        [SKIP_RELEASED] = COUNTER_RELEASED,
    };
    count(out->kind == OUTCOME_SKIP ? by_skip[s->tx->skip] : by_kind[out->kind]);
}

/* Patterns that took too long: what they asked is unknown, and somebody may be trying to get past them. */
static void note_limits(const struct session *s, unsigned limits)
{
    const char *id = s->tx->envelope.queue_id;
    atomic_fetch_add_explicit(&ringerd.counters[COUNTER_RULE_LIMITS], limits, memory_order_relaxed);
    log_line(LOG_WARNING, "%s: %u patterns of rules hit a limit: `ringer rules profile` shows the slow ones",
             id ? id : "NOQUEUE", limits);
}

/* Queued, never waited for. What comes again is learned when it was taken. */
static void learn(const struct services *services, struct transaction *tx, const struct judgement *judged,
                  const struct outcome *out)
{
    struct span headers;
    if (judged && out->kind != OUTCOME_TEMPFAIL)
        learn_received(services, tx->policy, judged);
    else if (tx->skip != SKIP_NONE && spool_view(&tx->raw, &headers) && headers.n)
        learn_sent(services, tx->policy, tx->arena,
                   message_parse(tx->arena, &tx->envelope, headers, false, &tx->policy->limits));
}

/* Somebody of ours has looked at it and released it: used up here, once. Else it is judged as any other. */
static bool was_released(struct transaction *tx, struct span raw, struct outcome *out)
{
    struct pass_digest digest;
    struct store_error error;
    const char *item;
    pass_digest_begin(&digest);
    pass_digest_add(&digest, raw);
    int result =
        store_pass_use(ringerd.store, tx->arena, tx->release, &digest, tx->rcpts, tx->n_rcpts, &item, &error);
    if (result == 0) {
        tx->skip = SKIP_RELEASED;
        snprintf(out->quarantine_id, sizeof(out->quarantine_id), "%s", item);
        return true;
    }
    if (result < 0)
        count(COUNTER_ERRORS_STORE);
    log_line(LOG_WARNING, "%s: the pass of a release %s: judged as any other",
             tx->envelope.queue_id ? tx->envelope.queue_id : "NOQUEUE",
             result < 0 ? arena_printf(tx->arena, "could not be used up: %s", error.text)
                        : "does not fit: other bytes or recipients, or it was used before");
    return false;
}

static sfsistat judge_and_act(SMFICTX *ctx, struct session *s, struct services *services, struct span raw,
                              struct judgement *judgement, struct outcome *out)
{
    struct transaction *tx = s->tx;
    const struct message *message = message_parse(tx->arena, &tx->envelope, raw, false, &tx->policy->limits);
    *judgement = judge(tx->policy, services, tx->arena, message, (int64_t)time(NULL) * 1000);
    remove_forged_results(ctx, s, message);
    if (judgement->verdict.hits.limits)
        note_limits(s, judgement->verdict.hits.limits);
    if (tx->policy->conf->on_worker_error == CONF_ON_ERROR_TEMPFAIL && judgement->workers_failed)
        return temporary_failure(ctx, out, "no worker could read an attachment");
    return act(ctx, s, judgement, out);
}

sfsistat action_message(SMFICTX *ctx, struct session *s)
{
    struct transaction *tx = s->tx;
    struct outcome out = {.kind = OUTCOME_SKIP, .mode = tx->policy->conf->mode};
    struct judgement judgement, *judged = NULL;
    struct span raw;
    sfsistat status = SMFIS_CONTINUE;
    struct services *services = current_services();
    tx->started_ms = monotonic_ms();
    if (tx->skip != SKIP_INTERNAL) /* a trusted relay may have a Ringer of its own */
        remove_forged(ctx, s);
    bool viewed = tx->skip == SKIP_NONE && !tx->no_memory && spool_view(&tx->raw, &raw);
    if (tx->skip == SKIP_NONE && !tx->no_memory && !viewed) {
        status = spool_failed(ctx, s, &out);
    } else if (tx->skip == SKIP_NONE && (tx->no_memory || !has_memory(tx, raw.n))) {
        status = no_memory(ctx, s, &out);
    } else if (tx->skip == SKIP_NONE && !(tx->release && was_released(tx, raw, &out))) {
        judged = &judgement;
        status = judge_and_act(ctx, s, services, raw, judged, &out);
    }
    tx->took_ms = monotonic_ms() - tx->started_ms;
    count_outcome(s, &out);
    record_decision(s, judged, &out);
    if (tx->test)
        testmail_done(tx->test, s, judged, &out);
    else if (tx->skip != SKIP_RELEASED)
        learn(services, tx, judged, &out);
    if (judged && !tx->test)
        authseen_note(judged);
    current_release_services(&services);
    return status;
}

sfsistat action_flooded(SMFICTX *ctx, struct session *s)
{
    struct outcome out = {.kind = OUTCOME_REJECT,
                          .mode = s->tx->policy->conf->mode,
                          .error = "too many forged X-Ringer headers to remove them"};
    action_reply(ctx, "550", "5.6.0", "Too many X-Ringer header fields");
    count_outcome(s, &out);
    record_decision(s, NULL, &out);
    return SMFIS_REJECT;
}
