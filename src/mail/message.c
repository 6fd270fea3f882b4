/*
 * A message that is built: what is looked up in it, and the answers about its attachments.
 */
#include <string.h>

#include <gmime/gmime.h>

#include "base/text.h"

#include "mail/decode.h"
#include "mail/message.h"

ENUM_DEFINE(attachment_status, ATTACHMENT_STATUS_LIST)

static void add_text(struct message *m, struct message_text *texts, struct arena *arena, int attachment,
                     struct span text, bool code, size_t *left)
{
    struct span kept = text_cut(text, *left);
    if (kept.n < text.n)
        m->limits_hit |= LIMIT_TEXT;
    if (kept.n)
        texts[m->n_texts++] = (struct message_text){
            .kind = TEXT_ATTACHMENT, .text = text_clean(arena, kept), .code = code, .attachment = attachment};
    *left -= kept.n;
}

static void add_links(struct message *m, struct arena *arena, struct span codes, size_t most)
{
    struct message_link *links = NULL;
    struct span url;
    while (link_next(&codes, &url)) {
        if (m->n_links >= most) {
            m->limits_hit |= LIMIT_LINKS;
            return;
        }
        links = arena_grow(arena, m->links, m->n_links, m->n_links + 1, sizeof(*links));
        links[m->n_links++] = link_make(arena, arena_span(arena, url), NULL);
        m->links = links;
    }
}

const struct message *message_with_answers(struct arena *arena, const struct message *parsed,
                                           const struct attachment_answer *answers,
                                           const struct message_limits *limits)
{
    struct message *m = arena_alloc(arena, sizeof(*m));
    *m = *parsed;
    size_t n = m->n_attachments, left = limits->text_bytes;
    struct message_attachment *attachments =
        arena_grow(arena, parsed->attachments, n, n, sizeof(*attachments));
    struct message_text *texts =
        arena_grow(arena, parsed->texts, m->n_texts, m->n_texts + 2 * n, sizeof(*texts));
    for (size_t i = 0; i < n; i++) {
        attachments[i].status = answers[i].status;
        add_text(m, texts, arena, (int)i, answers[i].text, false, &left);
        add_text(m, texts, arena, (int)i, answers[i].codes, true, &left);
        add_links(m, arena, answers[i].codes, limits->links);
    }
    m->attachments = attachments;
    m->texts = texts;
    m->attachments_asked = true;
    return m;
}

struct span message_picture(struct arena *arena, const struct message_attachment *attachment, size_t max)
{
    size_t size;
    bool known;
    if (!attachment->encoded.n || attachment->size > max)
        return (struct span){NULL, 0};
    return decode_body(arena, attachment->encoded, attachment->encoding, max, &size, &known);
}

const struct mail_header *message_header(const struct message *message, const char *name)
{
    for (size_t i = 0; i < message->n_headers; i++)
        if (strcasecmp(message->headers[i].name, name) == 0)
            return &message->headers[i];
    return NULL;
}

const char *message_envelope_domain(const struct message *message)
{
    const char *sender = message->envelope ? message->envelope->mail_from : NULL;
    const char *at = sender ? strrchr(sender, '@') : NULL;
    return at ? at + 1 : NULL;
}

bool message_each_recipient(const struct message *message, size_t most,
                            bool (*take)(void *context, const char *address), void *context)
{
    const struct envelope *e = message->envelope;
    const struct mailbox_list *lists[] = {&message->to, &message->cc};
    bool any = false;
    if (e && e->n_rcpts) {
        for (size_t i = 0; i < e->n_rcpts && i < most; i++)
            if (!take(context, e->rcpts[i]))
                return false;
        return true;
    }
    for (size_t l = 0; l < 2; l++)
        for (size_t i = 0; i < lists[l]->n && i < most; i++) {
            any = true;
            if (!take(context, lists[l]->v[i].address))
                return false;
        }
    return any;
}

void message_library_init(void)
{
    g_mime_init();
}

void message_library_shutdown(void)
{
    g_mime_shutdown();
}
