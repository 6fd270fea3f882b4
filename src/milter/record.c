/*
 * Writes decisions down. What a sender controls is cut and escaped here, in one place; subjects and addresses of
 * mail that passes stay out of the store.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/text.h"

#include "milter/daemon.h"
#include "milter/log.h"
#include "milter/record.h"

enum { LOG_TEXT = 120, LOG_ADDRESS = 200, LOG_RULES = 600 }; /* bytes of one field in the log line */

const char *outcome_name(enum outcome_kind kind)
{
    static const char *const names[] = {
        [OUTCOME_SKIP] = "skip",       [OUTCOME_PASS] = "pass",     [OUTCOME_TAG] = "tag",
        [OUTCOME_HOLD] = "quarantine", [OUTCOME_REJECT] = "reject", [OUTCOME_TEMPFAIL] = "tempfail",
    };
    return names[kind];
}

/* --- the store */

static const char *dump(struct arena *arena, json_t *json)
{
    if (!json)
        return NULL;
    char *text = json_dumps(json, JSON_COMPACT | JSON_PRESERVE_ORDER);
    json_decref(json);
    const char *copy = text ? arena_strdup(arena, text) : NULL;
    free(text);
    return copy;
}

static const char *utf8(struct arena *arena, const char *s)
{
    return s ? text_valid_utf8(arena, span_of(s)).p : NULL;
}

static const char *display_from(struct arena *arena, const struct message *message)
{
    if (message->from.n == 0)
        return NULL;
    const struct mailbox *from = &message->from.v[0];
    const char *address = from->address;
    if (from->written) { /* what the reader saw: a capital I is not an i */
        size_t before = strlen(address) - strlen(from->domain);
        address = arena_printf(arena, "%.*s%s", (int)before, address, from->written);
    }
    return *from->name ? arena_printf(arena, "%s <%s>", from->name, address) : address;
}

const struct store_mail *record_mail(const struct transaction *tx, const struct judgement *j,
                                     const struct outcome *out)
{
    struct arena *arena = tx->arena;
    struct store_mail *mail = arena_alloc(arena, sizeof(*mail));
    *mail = (struct store_mail){
        .queue_id = tx->envelope.queue_id,
        .client_ip = tx->envelope.client_ip,
        .helo = utf8(arena, tx->envelope.helo),
        .sender = utf8(arena, tx->envelope.mail_from),
        .action = outcome_name(out->kind),
    };
    if (!j)
        return mail;
    mail->verdict = action_name(j->verdict.action);
    mail->score = j->verdict.score;
    mail->axes = judgement_axes(j, arena);
    mail->reason = judgement_reason(j, arena);
    if (tx->test)
        mail->reason = arena_printf(arena, "a test attack, sent by ringer itself: %s", mail->reason);
    mail->rules_json = dump(arena, judgement_rules_json(j));
    mail->from_domain = j->message->from.n ? j->message->from.v[0].domain : NULL;
    mail->message_id = j->message->message_id;
    if (out->kind == OUTCOME_PASS && j->verdict.action == ACTION_PASS)
        return mail;
    mail->rcpts = tx->envelope.rcpts;
    mail->n_rcpts = tx->envelope.n_rcpts;
    mail->from = display_from(arena, j->message);
    mail->subject = j->message->subject;
    mail->lookalikes_json = dump(arena, judgement_lookalikes_json(j));
    mail->facts_json = dump(arena, judgement_facts_json(j));
    return mail;
}

/* --- the log */

static void log_field(struct buf *line, const char *name, const char *value, size_t cap)
{
    buf_printf(line, " %s=", name);
    log_quote(line, value, cap);
}

/* "a@x,b@x,+3": as many as fit. */
static const char *to_whom(const struct transaction *tx)
{
    struct buf to = {0};
    size_t i = 0;
    for (; i < tx->n_rcpts && to.n + strlen(tx->rcpts[i]) + sizeof(",+10000") <= LOG_ADDRESS; i++)
        buf_printf(&to, "%s%s", i ? "," : "", tx->rcpts[i]);
    if (i < tx->n_rcpts)
        buf_printf(&to, "%s+%zu", i ? "," : "", tx->n_rcpts - i);
    const char *copy = to.n ? arena_strdup(tx->arena, to.p) : NULL;
    buf_free(&to);
    return copy;
}

/* What we say ourselves comes first and without quotes, what others say behind it and in quotes: ringerd(8). */
static void add_our_fields(struct buf *line, const struct session *s, const struct judgement *j,
                           const struct outcome *out)
{
    static const char *const skips[] = {
        [SKIP_INTERNAL] = "internal", [SKIP_AUTHENTICATED] = "authenticated", [SKIP_RELEASED] = "released"};
    const struct transaction *tx = s->tx;
    const char *axes = j ? judgement_axes(j, tx->arena) : "",
               *rules = j ? judgement_rule_ids(j, tx->arena) : "";
    buf_printf(line, "%s: action=%s", tx->envelope.queue_id ? tx->envelope.queue_id : "NOQUEUE",
               outcome_name(out->kind));
    if (out->kind == OUTCOME_SKIP)
        buf_printf(line, " why=%s", skips[tx->skip]);
    if (tx->test)
        buf_adds(line, " test=yes");
    if (j)
        buf_printf(line, " verdict=%s score=%d axes=%s mode=%s", action_name(j->verdict.action),
                   j->verdict.score, *axes ? axes : "none", conf_mode_name(out->mode));
    if (*out->quarantine_id)
        buf_printf(line, " id=%s%s", out->quarantine_id, out->again ? " again=yes" : "");
    buf_printf(line, " client=%s rcpts=%zu held=%zu ms=%lld", *s->client_ip ? s->client_ip : "local",
               tx->n_rcpts, out->n_held, (long long)tx->took_ms);
    if (j)
        buf_printf(line, " rules=%.*s", LOG_RULES, *rules ? rules : "none");
}

static void write_line(const struct session *s, const struct judgement *j, const struct outcome *out)
{
    const struct transaction *tx = s->tx;
    struct buf line = {0};
    add_our_fields(&line, s, j, out);
    log_field(&line, "sender", tx->envelope.mail_from, LOG_ADDRESS);
    log_field(&line, "to", to_whom(tx), LOG_ADDRESS);
    if (j) {
        log_field(&line, "from", j->message->from.n ? j->message->from.v[0].address : NULL, LOG_ADDRESS);
        log_field(&line, "subject", j->message->subject, LOG_TEXT);
        log_field(&line, "message-id", j->message->message_id, LOG_TEXT);
        if (j->verdict.allowed)
            log_field(&line, "allowed", j->verdict.allowed, LOG_ADDRESS);
    }
    if (out->error)
        log_field(&line, "error", out->error, 2 * LOG_ADDRESS);
    log_line(out->error ? LOG_ERR : LOG_INFO, "%s", line.p);
    buf_free(&line);
}

/* The same as one JSON object with the names of the Elastic Common Schema where it has one. */
static void write_event(const struct session *s, const struct judgement *j, const struct outcome *out)
{
    const struct transaction *tx = s->tx;
    struct arena *arena = tx->arena;
    char now[32];
    time_t t = time(NULL);
    struct tm tm;
    strftime(now, sizeof(now), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&t, &tm));
    json_t *event = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s?, s:s?, s:s?, s:I, s:I}", "@timestamp", now, "event.kind", "event",
        "event.category", "email", "event.module", "ringer", "event.action", outcome_name(out->kind),
        "email.local_id", utf8(arena, tx->envelope.queue_id), "source.ip",
        *s->client_ip ? s->client_ip : NULL, "email.sender.address", utf8(arena, tx->envelope.mail_from),
        "event.duration", (json_int_t)tx->took_ms * 1000000, "ringer.recipients", (json_int_t)tx->n_rcpts);
    if (event && j)
        json_object_set_new(event, "ringer.verdict", judgement_json(j));
    if (event && *out->quarantine_id)
        json_object_set_new(event, "ringer.quarantine_id", json_string(out->quarantine_id));
    if (event && tx->test)
        json_object_set_new(event, "ringer.test", json_true());
    if (event && out->error)
        json_object_set_new(event, "error.message", json_string(utf8(arena, out->error)));
    const char *text = dump(arena, event);
    if (text)
        log_event(tx->policy->conf->event_file, text);
}

void record_decision(const struct session *s, const struct judgement *j, const struct outcome *out)
{
    write_line(s, j, out);
    if (*s->tx->policy->conf->event_file)
        write_event(s, j, out);
    bool held = *out->quarantine_id;                               /* then the row came with the hold */
    if ((j || out->kind != OUTCOME_SKIP) && !s->tx->test && !held) /* reports count what others send */
        store_decision_put(ringerd.store, record_mail(s->tx, j, out));
}
