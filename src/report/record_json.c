/*
 * Records of the store as JSON. Stored JSON texts become values again; one that cannot be read becomes null.
 */
#include <string.h>

#include "base/span.h"

#include "report/record_json.h"
#include "report/when.h"

static json_t *time_json(int64_t ms)
{
    char text[WHEN_SIZE];
    return ms ? json_string(when_utc(ms, text)) : json_null();
}

static json_t *stored(const char *text)
{
    json_t *json = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
    return json ? json : json_null();
}

/* "identity,request" -> ["identity", "request"] */
static json_t *axes_json(const char *axes)
{
    struct span rest = span_of(axes);
    json_t *list = json_array();
    while (rest.n > 0) {
        struct span axis = span_cut(&rest, ',');
        json_array_append_new(list, json_stringn(axis.p, axis.n));
    }
    return list;
}

static void set_text(json_t *object, const char *key, const char *value)
{
    json_object_set_new(object, key, value ? json_string(value) : json_null());
}

static void set_mail(json_t *object, const struct store_mail *mail)
{
    json_object_set_new(object, "time", time_json(mail->time_ms));
    set_text(object, "queue_id", mail->queue_id);
    set_text(object, "client_ip", mail->client_ip);
    set_text(object, "helo", mail->helo);
    set_text(object, "sender", mail->sender);
    set_text(object, "from", mail->from);
    set_text(object, "from_domain", mail->from_domain);
    set_text(object, "subject", mail->subject);
    set_text(object, "message_id", mail->message_id);
    set_text(object, "action", mail->action);
    set_text(object, "verdict", mail->verdict);
    json_object_set_new(object, "score", json_integer(mail->score));
    json_object_set_new(object, "axes", axes_json(mail->axes));
    set_text(object, "reason", mail->reason);
    json_object_set_new(object, "rules", stored(mail->rules_json));
    json_object_set_new(object, "lookalikes", stored(mail->lookalikes_json));
    json_object_set_new(object, "facts", stored(mail->facts_json));
}

json_t *record_item_json(const struct quarantine_item *item)
{
    json_t *object = json_object(), *rcpts = json_array();
    set_text(object, "id", item->id);
    set_text(object, "state", quarantine_state_name(item->state));
    set_mail(object, &item->mail);
    for (size_t i = 0; i < item->mail.n_rcpts; i++)
        json_array_append_new(rcpts, json_pack("{s:s, s:o, s:s?}", "address", item->rcpts[i].address,
                                               "released", time_json(item->rcpts[i].released_ms), "reply",
                                               item->rcpts[i].reply));
    json_object_set_new(object, "recipients", rcpts);
    json_object_set_new(object, "size", json_integer((json_int_t)item->size));
    set_text(object, "sha256", item->sha256);
    json_object_set_new(object, "changed", time_json(item->changed_ms));
    set_text(object, "changed_by", item->changed_by);
    set_text(object, "last_error", item->last_error);
    return object;
}

json_t *record_decision_json(const struct decision *decision)
{
    json_t *object = json_object(), *rcpts = json_array();
    set_text(object, "id", decision->id);
    set_text(object, "quarantine_id", *decision->quarantine_id ? decision->quarantine_id : NULL);
    set_mail(object, &decision->mail);
    for (size_t i = 0; i < decision->mail.n_rcpts; i++)
        json_array_append_new(rcpts, json_string(decision->mail.rcpts[i]));
    json_object_set_new(object, "recipients", rcpts);
    return object;
}

json_t *record_audit_json(const struct audit_list *audit)
{
    json_t *list = json_array();
    for (size_t i = 0; i < audit->n; i++)
        json_array_append_new(list, json_pack("{s:o, s:s?, s:s?, s:s?, s:s?}", "time",
                                              time_json(audit->v[i].time_ms), "who", audit->v[i].who, "what",
                                              audit->v[i].what, "item", audit->v[i].item, "detail",
                                              audit->v[i].detail));
    return list;
}
