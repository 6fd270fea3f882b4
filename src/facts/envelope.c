/*
 * Facts that the envelope and the plain headers tell.
 */
#include <strings.h>

#include "facts/families.h"

static bool header_is(const struct message *message, const char *name, const char *value)
{
    const struct mail_header *h = message_header(message, name);
    return h && strcasecmp(h->value, value) == 0;
}

static bool is_list(const struct message *m)
{
    return message_header(m, "List-Id") || message_header(m, "List-Post") ||
           header_is(m, "Precedence", "list");
}

static bool is_bulk(const struct message *m)
{
    const struct mail_header *automatic = message_header(m, "Auto-Submitted");
    return message_header(m, "List-Unsubscribe") || header_is(m, "Precedence", "bulk") ||
           (automatic && strcasecmp(automatic->value, "no") != 0);
}

void facts_envelope(struct fact_work *work)
{
    const struct message *m = work->message;
    facts_set_int(work->facts, FACT_MESSAGE_SIZE, (int64_t)m->size);
    facts_set_bool(work->facts, FACT_MESSAGE_LIST, is_list(m));
    facts_set_bool(work->facts, FACT_MESSAGE_BULK, is_bulk(m));
    facts_set_string(work->facts, FACT_MESSAGE_SUBJECT, m->subject);
    if (!m->envelope)
        return;
    facts_set_string(work->facts, FACT_ENVELOPE_CLIENT, m->envelope->client_ip);
    if (m->envelope->mail_from)
        facts_set_bool(work->facts, FACT_ENVELOPE_NULL_SENDER, m->envelope->mail_from[0] == '\0');
    if (m->envelope->n_rcpts)
        facts_set_int(work->facts, FACT_RECIPIENT_COUNT, (int64_t)m->envelope->n_rcpts);
}
