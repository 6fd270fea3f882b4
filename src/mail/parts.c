/*
 * The parts of a message: texts by kind, links, attachments. Text and HTML of a multipart/alternative are
 * both kept, since attackers show one to the filter and the other to the reader; but a paragraph that
 * stands in both counts once.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

#include "mail/address.h"
#include "mail/attachment.h"
#include "mail/bidi.h"
#include "mail/charset.h"
#include "mail/contentline.h"
#include "mail/decode.h"
#include "mail/html.h"
#include "mail/link.h"
#include "mail/parts.h"
#include "mail/quote.h"
#include "mail/spaced.h"

enum {
    MEDIA_BYTES = 4096,    /* decoded of pictures: enough to know them */
    DATA_PICTURES = 20,    /* of one page that stand in it; mail programs seldom show any */
    DATA_TYPE = 64,        /* bytes in which "data:" must say that base64 follows */
    COMPARE_WINDOW = 8192, /* a repeated paragraph stands at about the same place */
};

/* --- lists */

#define GROW(b, list, n, cap)                                                                                \
    do {                                                                                                     \
        if ((n) == (cap)) {                                                                                  \
            size_t more_ = (cap) ? (cap)*2 : 8;                                                              \
            (list) = arena_grow((b)->arena, (list), (n), more_, sizeof(*(list)));                            \
            (cap) = more_;                                                                                   \
        }                                                                                                    \
    } while (0)

void parts_text(struct builder *b, enum text_kind kind, struct span text, bool html, unsigned alternative,
                int attachment)
{
    struct message *m = b->message;
    text = span_trim(text);
    if (text.n > b->text_left) {
        m->limits_hit |= LIMIT_TEXT;
        text = text_cut(text, b->text_left);
    }
    if (text.n == 0)
        return;
    b->text_left -= text.n;
    if (m->n_texts == b->cap_texts) {
        size_t cap = b->cap_texts ? b->cap_texts * 2 : 8;
        b->texts = arena_grow(b->arena, b->texts, m->n_texts, cap, sizeof(*b->texts));
        b->text_alternative =
            arena_grow(b->arena, b->text_alternative, m->n_texts, cap, sizeof(*b->text_alternative));
        b->cap_texts = cap;
    }
    b->text_alternative[m->n_texts] = alternative;
    b->texts[m->n_texts++] = (struct message_text){kind, text, html, b->inner, false, attachment};
    m->texts = b->texts;
}

static void add_quoted(struct builder *b, const char *role, struct mailbox mailbox)
{
    struct message *m = b->message;
    if (m->n_quoted >= b->limits->addresses) {
        m->limits_hit |= LIMIT_ADDRESSES;
        return;
    }
    if (!b->author && !b->inner && strcmp(role, "from") == 0) {
        struct mailbox *author = arena_alloc(b->arena, sizeof(*author));
        *author = mailbox;
        b->author = author;
    }
    for (size_t i = 0; i < m->n_quoted; i++)
        if (strcmp(b->quoted[i].mailbox.address, mailbox.address) == 0 &&
            strcmp(b->quoted[i].role, role) == 0 && strcmp(b->quoted[i].mailbox.name, mailbox.name) == 0)
            return;
    GROW(b, b->quoted, m->n_quoted, b->cap_quoted);
    b->quoted[m->n_quoted++] = (struct quoted_address){role, mailbox};
    m->quoted = b->quoted;
}

/* A link of the HTML part that the text part has too gets its shown text. */
static void add_link(struct builder *b, const char *url, const char *shown)
{
    struct message *m = b->message;
    for (size_t i = 0; i < m->n_links; i++)
        if (strcmp(b->links[i].url, url) == 0) {
            if (!shown || (b->links[i].shown && strcmp(b->links[i].shown, shown) == 0))
                return;
            if (!b->links[i].shown) {
                b->links[i] = link_make(b->arena, url, shown);
                return;
            }
        }
    if (m->n_links >= b->limits->links) {
        m->limits_hit |= LIMIT_LINKS;
        return;
    }
    GROW(b, b->links, m->n_links, b->cap_links);
    b->links[m->n_links++] = link_make(b->arena, url, shown);
    m->links = b->links;
}

static void add_text_links(struct builder *b, struct span text)
{
    struct span url;
    while (!(b->message->limits_hit & LIMIT_LINKS) && link_next(&text, &url))
        add_link(b, arena_span(b->arena, url), NULL);
}

/* --- repeated paragraphs */

static void add_letter(struct essence *e, unsigned char c, bool *edge)
{
    buf_addc(&e->text, (char)c);
    buf_addc(&e->edges, (char)*edge);
    *edge = false;
}

/* Letters and digits only, as far as two renderings of one paragraph agree; link targets left out. */
static void add_essence(struct essence *e, struct span text)
{
    bool edge = true;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            add_letter(e, c, &edge);
            continue;
        }
        edge |= c == '\n';
        struct span here = {text.p + i, text.n - i};
        if (c == '<' &&
            (span_starts_nocase(here, SPAN_LIT("<http")) || span_starts_nocase(here, SPAN_LIT("<mailto")))) {
            const char *end = memchr(here.p, '>', here.n);
            i += end ? (size_t)(end - here.p) : 0;
        } else if (c == 0xC2 && i + 1 < text.n && (unsigned char)text.p[i + 1] == 0xA0) {
            i++;
        } else if (c >= 'A' && c <= 'Z') {
            add_letter(e, c | 0x20, &edge);
        } else if (c >= 0x80) {
            add_letter(e, c, &edge);
        }
    }
}

/* The essence of what the alternative has given so far; another alternative begins anew. */
static struct essence *essence_now(struct builder *b, enum text_kind kind, unsigned alternative)
{
    struct essence *e = kind == TEXT_OWN ? &b->own : &b->all;
    if (e->alternative != alternative) {
        buf_clear(&e->text);
        buf_clear(&e->edges);
        e->alternative = alternative;
        e->seen = e->cursor = 0;
    }
    for (; e->seen < b->message->n_texts; e->seen++)
        if (b->text_alternative[e->seen] == alternative &&
            (kind != TEXT_OWN || b->texts[e->seen].kind == TEXT_OWN))
            add_essence(e, b->texts[e->seen].text);
    return e;
}

/*
 * The line in `in`, from a line's beginning to a line's end: a sentence that the other rendering has in the middle of a
 * line may be denied there.
 */
static const char *find_line(const struct essence *essence, struct span in, struct span line)
{
    enum { TRIES = 16 };
    const char *all = essence->text.p, *hit = in.p;
    for (int i = 0; i < TRIES && (hit = memmem(hit, (size_t)(in.p + in.n - hit), line.p, line.n));
         i++, hit++) {
        size_t at = (size_t)(hit - all), end = at + line.n;
        if (essence->edges.p[at] && (end == essence->text.n || essence->edges.p[end]))
            return hit;
    }
    return NULL;
}

static bool stands_in(struct builder *b, struct essence *essence, struct span line)
{
    struct span all = buf_span(&essence->text), window = {all.p + essence->cursor, all.n - essence->cursor};
    window.n = window.n < COMPARE_WINDOW + line.n ? window.n : COMPARE_WINDOW + line.n;
    const char *hit = window.n ? find_line(essence, window, line) : NULL;
    if (!hit && b->compare_left > all.n) {
        b->compare_left -= all.n;
        hit = find_line(essence, all, line);
    }
    if (hit)
        essence->cursor = (size_t)(hit - all.p) + line.n;
    return hit != NULL;
}

/* What of `text` does not stand in the texts that the same alternative has already given. Own words are
 * compared with own words only: quoting them elsewhere must not make them count less. */
static struct span new_lines(struct builder *b, enum text_kind kind, struct span text, unsigned alternative)
{
    struct essence one = {0};
    struct buf kept = {0};
    struct span rest = text, line, out = {NULL, 0};
    bool any = false;
    struct essence *essence = alternative ? essence_now(b, kind, alternative) : NULL;
    if (!essence || essence->text.n == 0)
        return text;
    while (span_line(&rest, &line)) {
        buf_clear(&one.text);
        buf_clear(&one.edges);
        add_essence(&one, line);
        if (one.text.n == 0 || !stands_in(b, essence, buf_span(&one.text))) {
            any |= one.text.n > 0;
            buf_add_span(&kept, line);
            buf_addc(&kept, '\n');
        }
    }
    if (any)
        out = (struct span){arena_strndup(b->arena, kept.p, kept.n), kept.n};
    buf_free(&one.text);
    buf_free(&one.edges);
    buf_free(&kept);
    return out;
}

/* --- text parts */

struct text_part {
    const struct mime_part *part;
    bool html;
    int attachment; /* index when the text is an attachment's, else -1 */
};

static bool is_reply(const struct message *m)
{
    return m->in_reply_to || m->n_references;
}

static void add_segments(struct builder *b, const struct text_part *t, struct span text, enum text_kind kind)
{
    unsigned alternative = t->part->alternative;
    if (text.n > b->looked_left) {
        b->message->limits_hit |= LIMIT_TEXT;
        text = text_cut(text, b->looked_left);
    }
    b->looked_left -= text.n;
    struct quote_result q =
        quote_split(b->arena, text, kind == TEXT_QUOTED, is_reply(b->message), b->limits->addresses);
    for (size_t i = 0; i < q.n; i++) {
        enum text_kind k = kind == TEXT_SIGNATURE && q.v[i].kind == TEXT_OWN ? TEXT_SIGNATURE : q.v[i].kind;
        struct span fresh = new_lines(b, k, q.v[i].text, alternative);
        parts_text(b, k, fresh, t->html, alternative, -1);
        parts_text(b, k, spaced_joined(b->arena, fresh), t->html, 0, -1);
    }
    for (size_t i = 0; i < q.n_addresses; i++)
        add_quoted(b, q.addresses[i].role, q.addresses[i].mailbox);
}

/* More than a fifth unreadable: not the charset that the part claims. */
static bool is_garbage(struct span text)
{
    size_t bad = 0;
    const char *first = text.n ? memchr(text.p, 0xEF, text.n) : NULL; /* far cheaper than memmem */
    for (const char *p = first; p && (p = memmem(p, text.n - (size_t)(p - text.p), "\xEF\xBF\xBD", 3));
         p += 3)
        bad++;
    return text.n > 20 && bad * 3 > text.n / 5;
}

/* No program shows a NUL; only charsets of two and four bytes a character have it. */
static struct span without_nul(struct arena *arena, struct span bytes, const char *charset,
                               unsigned *anomalies)
{
    if (!bytes.n || !memchr(bytes.p, '\0', bytes.n) || strncmp(charset, "utf-16", 6) == 0 ||
        strncmp(charset, "utf-32", 6) == 0 || strncmp(charset, "ucs", 3) == 0 ||
        strncmp(charset, "iso-10646", 9) == 0)
        return bytes;
    char *out = arena_alloc(arena, bytes.n);
    size_t n = 0;
    for (size_t i = 0; i < bytes.n; i++)
        if (bytes.p[i])
            out[n++] = bytes.p[i];
    *anomalies |= ANOMALY_NUL_BYTES;
    return (struct span){out, n};
}

static struct span decode_text(struct builder *b, const struct mime_part *part, size_t max)
{
    size_t size;
    bool known;
    struct message *m = b->message;
    struct span bytes = decode_body(b->arena, part->body, part->encoding, max, &size, &known);
    if (!known)
        m->anomalies |= ANOMALY_ENCODING_UNKNOWN | ANOMALY_PART_UNPARSED;
    if (size > bytes.n && bytes.n >= max)
        m->limits_hit |= LIMIT_TEXT;
    bytes = without_nul(b->arena, bytes, part->type.charset, &m->anomalies);
    struct span text = charset_to_utf8(b->arena, bytes, part->type.charset, &m->anomalies);
    text = text_clean(b->arena, text);
    if ((bytes.n == 0 && span_trim(part->body).n) || is_garbage(text))
        m->anomalies |= ANOMALY_PART_UNPARSED;
    return text;
}

static int add_attachment(struct builder *b, const char *name, const char *type, struct span bytes,
                          size_t size, struct span encoded, const char *encoding)
{
    struct message *m = b->message;
    struct message_attachment a = {.filename = name, .type = type, .size = size};
    a.sniffed = attachment_sniff(bytes);
    if (!attachment_is_media(a.sniffed)) {
        a.bytes = bytes;
        if (bytes.n > b->attachment_left || bytes.n < size) {
            m->limits_hit |= LIMIT_ATTACHMENT;
            a.bytes.n = bytes.n < b->attachment_left ? bytes.n : b->attachment_left;
        }
        b->attachment_left -= a.bytes.n;
    } else {
        a.encoded = encoded;
        a.encoding = encoding;
    }
    GROW(b, b->attachments, m->n_attachments, b->cap_attachments);
    b->attachments[m->n_attachments++] = a;
    m->attachments = b->attachments;
    return (int)m->n_attachments - 1;
}

/* "begin 644 name" ... "end" inside plain text: an attachment of old. Most programs of today show it as text: it stays. */
static void take_uuencoded(struct builder *b, struct span text)
{
    struct span name, bytes;
    if (decode_uu(b->arena, text, text.n, &name, &bytes) && bytes.n)
        add_attachment(b, arena_span(b->arena, name), "application/octet-stream", bytes, bytes.n, bytes, "");
}

static void read_plain(struct builder *b, const struct text_part *t)
{
    struct span text = decode_text(b, t->part, b->text_left + 1);
    if (t->attachment >= 0) {
        parts_text(b, TEXT_ATTACHMENT, text, false, 0, t->attachment);
        return;
    }
    if (strcmp(t->part->type.type, "text/enriched") == 0 || strcmp(t->part->type.type, "text/richtext") == 0)
        text = decode_enriched(b->arena, text);
    if (t->part->type.flowed)
        text = decode_unflow(b->arena, text, t->part->type.delsp);
    if (strcmp(t->part->type.type, "text/plain") != 0 && contentline_is(text))
        text = contentline_text(b->arena, text);
    text = bidi_seen(b->arena, text);
    take_uuencoded(b, text);
    add_text_links(b, text);
    add_segments(b, t, text, t->part->quoted ? TEXT_QUOTED : TEXT_OWN);
}

/* That a page calls a block quoted (gmail_quote, cite) is its own word: it needs a thread, or an attribution inside. */
static enum text_kind kind_in_page(const struct builder *b, const struct text_part *t, enum text_kind kind)
{
    if (t->part->quoted)
        return TEXT_QUOTED;
    return kind == TEXT_QUOTED && !is_reply(b->message) ? TEXT_OWN : kind;
}

/* Pictures that stand in the page itself: data:image/png;base64,... */
static void take_data_pictures(struct builder *b, struct span page)
{
    static const char image[] = "image/", base64[] = ";base64,";
    const char *end = page.p + page.n, *at = page.p;
    for (unsigned n = 0; n < DATA_PICTURES && at < end && (at = memchr(at, ':', (size_t)(end - at)));) {
        const char *type = ++at;
        struct span rest = {type, (size_t)(end - type)}, scheme = {type - 5, 5};
        if (type - page.p < 5 || !span_eq_nocase(scheme, SPAN_LIT("data:")) ||
            !span_starts_nocase(rest, SPAN_LIT(image)))
            continue;
        rest.n = strcspn(arena_span(b->arena, text_cut(rest, DATA_TYPE)), " \t\r\n\"'<>()");
        const char *comma = span_find_nocase(rest, SPAN_LIT(base64));
        if (!comma)
            continue;
        at = comma + sizeof(base64) - 1;
        struct span body = {at, 0};
        while (at + body.n < end && !strchr("\"')>", at[body.n]))
            body.n++;
        size_t size;
        bool known;
        struct span head = decode_body(b->arena, body, "base64", MEDIA_BYTES, &size, &known);
        if (attachment_is_media(attachment_sniff(head))) {
            add_attachment(b, "", arena_lower(b->arena, (struct span){type, (size_t)(comma - type)}), head,
                           size, body, "base64");
            n++;
        }
        at += body.n;
    }
}

static void read_html(struct builder *b, const struct text_part *t)
{
    struct message *m = b->message;
    struct span source = decode_text(b, t->part, b->html_left / 2);
    b->html_left -= source.n < b->html_left ? source.n : b->html_left;
    take_data_pictures(b, source);
    struct html_text *page = html_read(b->arena, source, b->limits->links, &b->html_budget);
    m->hidden_chars += page->hidden_chars;
    if (page->gave_up)
        m->limits_hit |= LIMIT_DEPTH;
    if (page->style_limit)
        m->limits_hit |= LIMIT_WORK;
    if (page->links_limit)
        m->limits_hit |= LIMIT_LINKS;
    for (size_t i = 0; i < page->n; i++) {
        if (t->attachment >= 0)
            parts_text(b, TEXT_ATTACHMENT, page->v[i].text, true, 0, t->attachment);
        else if (
            page->v[i]
                .across) /* the same letters in another order: a repetition only to the eye of new_lines() */
            parts_text(b, kind_in_page(b, t, page->v[i].kind), page->v[i].text, true, 0, -1);
        else
            add_segments(b, t, page->v[i].text, kind_in_page(b, t, page->v[i].kind));
    }
    if (page->gave_up)
        add_text_links(b, source);
    for (size_t i = 0; i < page->n_links; i++)
        add_link(b, page->links[i].url, page->links[i].shown);
    parts_text(b, TEXT_HIDDEN, page->hidden, true, 0, t->attachment);
}

/* --- other parts */

/* Who the message inside a message/rfc822 claims to be from and to. */
static void read_inner_message(struct builder *b, const struct mime_part *part)
{
    static const struct {
        const char *field, *role;
    } roles[] = {{"From", "from"}, {"Reply-To", "any"}, {"To", "to"}, {"Cc", "cc"}};
    for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
        const struct header_field *f = header_find(&part->headers, roles[i].field);
        struct address_list list = {0};
        size_t most =
            b->limits->addresses < b->inner_addresses_left ? b->limits->addresses : b->inner_addresses_left;
        if (f)
            address_parse(b->arena, f->raw, most, &list);
        if (list.limit_hit)
            b->message->limits_hit |= LIMIT_ADDRESSES;
        b->inner_addresses_left -= list.n;
        for (size_t k = 0; k < list.n; k++)
            add_quoted(b, roles[i].role, list.v[k]);
    }
    const struct header_field *subject = header_find(&part->headers, "Subject");
    if (subject)
        parts_text(b, TEXT_QUOTED, span_of(header_decode(b->arena, subject->raw)), false, 0, -1);
}

static int read_attachment(struct builder *b, const struct mime_part *part)
{
    size_t size, ignored;
    bool known;
    struct span bytes = decode_body(b->arena, part->body, part->encoding, MEDIA_BYTES, &size, &known);
    if (!known)
        b->message->anomalies |= ANOMALY_ENCODING_UNKNOWN;
    if (size > bytes.n && !attachment_is_media(attachment_sniff(bytes)))
        bytes = decode_body(b->arena, part->body, part->encoding, b->attachment_left, &size, &known);
    else if (size > bytes.n)
        decode_body(b->arena, part->body, part->encoding, 0, &ignored, &known);
    return add_attachment(b, part->filename, part->type.type, bytes, size, part->body, part->encoding);
}

/* What machines write about a mail (RFC 3464, 8098, 5965): plain fields. */
static bool is_report(const char *type)
{
    return strcmp(type, "message/delivery-status") == 0 || strcmp(type, "message/feedback-report") == 0 ||
           strcmp(type, "message/disposition-notification") == 0;
}

static void read_part(struct builder *b, const struct mime_part *part)
{
    const char *type = part->type.type;
    struct text_part t = {part,
                          strcmp(type, "text/html") == 0 || strcmp(type, "application/xhtml+xml") == 0 ||
                              strcmp(type, "text/x-amp-html") == 0,
                          -1};
    bool text = t.html || strncmp(type, "text/", 5) == 0 || is_report(type);
    if (part->message) {
        read_inner_message(b, part);
        return;
    }
    bool plain = strcmp(type, "text/plain") == 0;
    if (part->attachment || !text || (!plain && !t.html && *part->filename))
        t.attachment = read_attachment(b, part);
    if (t.html)
        read_html(b, &t);
    else if (plain || (text && t.attachment < 0))
        read_plain(b, &t);
}

/* --- what is quoted */

static bool same_person(const struct mailbox *a, const struct mailbox *b)
{
    if (*a->domain && *b->domain)
        return strcmp(a->domain, b->domain) == 0;
    return *a->name && strcasecmp(a->name, b->name) == 0;
}

/*
 * Is what looks quoted the sender's own? It is where nothing else was written, and where the mail that is quoted is said
 * to come from the sender: a memo's head, an empty "Original Message" and a forward of one's own words quote nobody.
 */
static bool quotes_himself(const struct builder *b)
{
    const struct message *m = b->message;
    bool own = false;
    for (size_t i = 0; i < m->n_texts; i++)
        own |= m->texts[i].kind == TEXT_OWN && m->texts[i].attachment < 0;
    return !own || (b->author && m->from.n && same_person(b->author, &m->from.v[0]));
}

static void believe_quotes(struct builder *b)
{
    if (!quotes_himself(b))
        return;
    for (size_t i = 0; i < b->message->n_texts; i++)
        if (b->texts[i].kind == TEXT_QUOTED && !b->texts[i].inner)
            b->texts[i].kind = TEXT_OWN;
}

/* Padding in one rendering must not use up the text of the other: the first ones of alternatives have a budget each. */
static void read_with_budget(struct builder *b, const struct mime_part *part)
{
    enum { ALTERNATIVES = 4 };
    size_t left = b->text_left, share = b->limits->text_bytes / 2;
    bool own = part->alternative && b->alternatives_read < ALTERNATIVES && left < share;
    b->alternatives_read += part->alternative != 0;
    if (own)
        b->text_left = share;
    read_part(b, part);
    if (own)
        b->text_left = left < b->text_left ? left : b->text_left;
}

void parts_read(struct builder *b, const struct mime_tree *tree)
{
    for (size_t i = 0; i < tree->n; i++) {
        b->inner = tree->v[i].quoted || tree->v[i].message;
        read_with_budget(b, &tree->v[i]);
    }
    believe_quotes(b);
    buf_free(&b->own.edges);
    buf_free(&b->all.edges);
}
