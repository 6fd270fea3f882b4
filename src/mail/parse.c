/*
 * Builds a message: header fields, addresses and identifiers here, the parts in parts.c. It refuses nothing;
 * what parsers disagree on becomes an anomaly, what is too much a limit, and both are facts for the rules.
 */
#include <string.h>

#include <gmime/gmime.h>

#include "base/text.h"

#include "mail/address.h"
#include "mail/build.h"
#include "mail/effort.h"
#include "mail/header.h"
#include "mail/message.h"
#include "mail/parts.h"

enum {
    MAX_REFERENCES = 100,
    MAX_AUTHRES = 32, /* looked at: one for each hop that evaluates */
    COMPARE_BYTES = 32 * 1024 * 1024,
    HTML_BYTES = 8 * 1024 * 1024, /* of markup; mail programs cut pages long before */
    LOOKED_FACTOR = 3,            /* texts that repeat each other are read, but not kept */
    INNER_FACTOR = 20,            /* mails in a digest have an address or two each */
};

/* Fields that RFC 5322 3.6 (and RFC 2045) allow once. */
static const char *const single_fields[] = {"Subject",
                                            "Date",
                                            "Message-ID",
                                            "To",
                                            "Cc",
                                            "Reply-To",
                                            "Sender",
                                            "In-Reply-To",
                                            "References",
                                            "Content-Type",
                                            "Content-Transfer-Encoding",
                                            "MIME-Version"};

static void read_headers(struct builder *b, const struct header_block *block)
{
    struct mail_header *v = arena_array(b->arena, block->n, sizeof(*v));
    for (size_t i = 0; i < block->n; i++) {
        v[i].name = arena_span(b->arena, block->v[i].name);
        v[i].value = header_decode(b->arena, block->v[i].raw);
        v[i].raw = block->v[i].raw;
    }
    b->message->headers = v;
    b->message->n_headers = block->n;
    for (size_t i = 0; i < sizeof(single_fields) / sizeof(*single_fields); i++)
        if (header_count(block, single_fields[i]) > 1)
            b->message->anomalies |= ANOMALY_DUPLICATE_HEADER;
}

static void read_authres(struct builder *b)
{
    struct message *m = b->message;
    struct message_authres *v = NULL;
    size_t looked = 0;
    for (size_t i = 0; i < m->n_headers && looked < MAX_AUTHRES; i++) {
        if (strcasecmp(m->headers[i].name, "Authentication-Results") != 0)
            continue;
        if (!v)
            v = arena_array(b->arena, MAX_AUTHRES, sizeof(*v));
        looked++;
        v[m->n_authres].header = i;
        m->n_authres += authres_parse(b->arena, m->headers[i].raw, &v[m->n_authres].said) == 0;
    }
    m->authres = v;
}

/*
 * A blank or a line of junk before the fields makes all of them body text for strict readers, while programs that skip
 * it show the mail as it was meant. *block is without a From; the block that has one takes its place.
 */
static bool find_displaced(struct arena *arena, const struct message_limits *limits,
                           struct header_block *block)
{
    enum { JUNK_LINES = 20, JUNK_BYTES = 64 * 1024 };
    struct span all = block->body, rest = all, line;
    rest.n =
        rest.n < JUNK_BYTES ? rest.n : JUNK_BYTES; /* a body of nothing but fields is scanned for each line */
    for (int i = 0; i < JUNK_LINES && rest.n; i++, span_line(&rest, &line)) {
        struct header_block found = header_scan(arena, rest, limits->header_bytes, limits->headers);
        if (header_find(&found, "From") && (header_find(&found, "Subject") || header_find(&found, "To") ||
                                            header_find(&found, "MIME-Version"))) {
            *block = header_scan(arena, (struct span){rest.p, all.n - (size_t)(rest.p - all.p)},
                                 limits->header_bytes, limits->headers);
            return true;
        }
    }
    return false;
}

/* All fields of that name together: mail programs differ in which one they show. */
static struct mailbox_list read_addresses(struct builder *b, const struct header_block *block,
                                          const char *name, bool sender)
{
    struct address_list list = {0};
    struct mailbox_list out = {0};
    for (size_t i = 0; i < block->n; i++)
        if (span_eq_nocase(block->v[i].name, span_of(name))) {
            out.present = true;
            address_parse(b->arena, block->v[i].raw, b->limits->addresses, &list);
        }
    if (list.limit_hit)
        b->message->limits_hit |= LIMIT_ADDRESSES;
    if (sender && out.present && (list.malformed || list.n == 0))
        b->message->anomalies |= ANOMALY_ADDRESS_MALFORMED;
    if (sender && list.route)
        b->message->anomalies |= ANOMALY_ADDRESS_ROUTE;
    out.v = list.v;
    out.n = list.n;
    return out;
}

static void read_people(struct builder *b, const struct header_block *block)
{
    struct message *m = b->message;
    m->from = read_addresses(b, block, "From", true);
    m->sender = read_addresses(b, block, "Sender", true);
    m->reply_to = read_addresses(b, block, "Reply-To", true);
    m->return_path = read_addresses(b, block, "Return-Path", false);
    m->to = read_addresses(b, block, "To", false);
    m->cc = read_addresses(b, block, "Cc", false);
    if (!m->from.present)
        m->anomalies |= ANOMALY_FROM_MISSING;
    if (header_count(block, "From") > 1)
        m->anomalies |= ANOMALY_FROM_SEVERAL_FIELDS;
    if (m->from.n > 1)
        m->anomalies |= ANOMALY_FROM_SEVERAL_ADDRESSES;
}

/* The next "<id>" without its brackets; ids without brackets count up to a blank. */
static bool next_id(struct span *rest, struct span *id_r)
{
    *rest = span_trim(*rest);
    if (rest->n == 0)
        return false;
    bool angle = rest->p[0] == '<';
    size_t n = angle;
    while (n < rest->n && rest->p[n] != '>' && (angle || rest->p[n] > ' ') && (n == 0 || rest->p[n] != '<'))
        n++;
    *id_r = span_trim((struct span){rest->p + angle, n - angle});
    n += n < rest->n && rest->p[n] == '>';
    n += n == 0;
    *rest = (struct span){rest->p + n, rest->n - n};
    return true;
}

static const char *read_id(const struct builder *b, const char *name)
{
    const struct mail_header *h = message_header(b->message, name);
    struct span rest = span_of(h ? h->value : NULL), id;
    const char *open = h ? strchr(h->value, '<') : NULL; /* "your message of ... <id>" */
    if (open)
        rest = span_of(open);
    return next_id(&rest, &id) && id.n ? arena_span(b->arena, id) : NULL;
}

static void read_references(struct builder *b)
{
    const struct mail_header *h = message_header(b->message, "References");
    struct span rest = span_of(h ? h->value : NULL), id;
    if (rest.n == 0)
        return;
    const char **v = arena_array(b->arena, MAX_REFERENCES, sizeof(*v));
    size_t n = 0;
    while (n < MAX_REFERENCES && next_id(&rest, &id))
        if (id.n)
            v[n++] = arena_span(b->arena, id);
    b->message->references = v;
    b->message->n_references = n;
}

static int64_t read_date(const struct builder *b)
{
    const struct mail_header *h = message_header(b->message, "Date");
    if (!h || strlen(h->value) > 200) /* no date is that long */
        return 0;
    GDateTime *date = g_mime_utils_header_decode_date(h->value);
    int64_t seconds = date ? g_date_time_to_unix(date) : 0;
    if (date)
        g_date_time_unref(date);
    return seconds;
}

const struct message *message_parse(struct arena *arena, const struct envelope *envelope, struct span raw,
                                    bool truncated, const struct message_limits *limits)
{
    struct message *m = arena_alloc(arena, sizeof(*m));
    struct builder b = {.arena = arena,
                        .limits = limits,
                        .message = m,
                        .text_left = limits->text_bytes,
                        .attachment_left = limits->attachment_bytes,
                        .html_left = HTML_BYTES,
                        .looked_left = LOOKED_FACTOR * limits->text_bytes,
                        .inner_addresses_left = INNER_FACTOR * limits->addresses,
                        .html_budget = html_budget_default,
                        .compare_left = COMPARE_BYTES};
    m->envelope = envelope;
    m->size = raw.n;
    if (truncated || raw.n > limits->raw_bytes)
        m->limits_hit |= LIMIT_RAW;
    raw.n = raw.n < limits->raw_bytes ? raw.n : limits->raw_bytes;
    if (raw.n == 0)
        raw.p = "";
    if (raw.n && memchr(raw.p, '\0', raw.n))
        m->anomalies |= ANOMALY_NUL_BYTES;
    struct header_block block = header_scan(arena, raw, limits->header_bytes, limits->headers);
    if (!header_find(&block, "From") && find_displaced(arena, limits, &block))
        m->anomalies |= ANOMALY_HEADER_DISPLACED;
    m->limits_hit |= block.limits_hit;
    m->anomalies |= block.anomalies;
    read_headers(&b, &block);
    read_authres(&b);
    read_people(&b, &block);
    const struct mail_header *subject = message_header(m, "Subject");
    m->subject = subject ? subject->value : NULL;
    m->message_id = read_id(&b, "Message-ID");
    m->in_reply_to = read_id(&b, "In-Reply-To");
    read_references(&b);
    m->date = read_date(&b);
    if (subject)
        parts_text(&b, TEXT_SUBJECT, span_of(m->subject), false, 0, -1);
    struct mime_tree tree = mime_walk(arena, &block, limits);
    m->limits_hit |= tree.limits_hit;
    m->anomalies |= tree.anomalies;
    parts_read(&b, &tree);
    if (effort_is_spent(arena))
        m->limits_hit |= LIMIT_WORK;
    buf_free(&b.own.text);
    buf_free(&b.all.text);
    return m;
}
