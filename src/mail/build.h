#ifndef RINGER_MAIL_BUILD_H
#define RINGER_MAIL_BUILD_H
#include "base/buf.h"
#include "mail/html.h"
#include "mail/message.h"

/*
 * What the texts of one multipart/alternative hold, reduced to what renderings of a paragraph agree in. It grows
 * with the texts: made anew for each piece of a page it would cost the square of their number.
 */
struct essence {
    unsigned alternative;
    size_t seen;   /* texts of the message that are in it */
    size_t cursor; /* behind the last hit: the next line most often follows */
    struct buf text;
    struct buf edges; /* a byte beside each of `text`: a line begins with it */
};

/* A message while it is built; for parse.c and parts.c alone. */
struct builder {
    struct arena *arena;
    const struct message_limits *limits;
    struct message *message;
    struct message_text *texts;
    unsigned *text_alternative; /* beside each text: its multipart/alternative, 0 = none */
    size_t cap_texts;
    struct message_link *links;
    size_t cap_links;
    struct message_attachment *attachments;
    size_t cap_attachments;
    struct quoted_address *quoted;
    size_t cap_quoted;
    const struct mailbox *author; /* of the first quoted mail, as far as it says; NULL */
    bool inner;                   /* what is read now stands in an attached mail */
    unsigned alternatives_read;   /* parts of alternatives that had a text budget of their own */
    size_t text_left, attachment_left;
    size_t html_left;            /* markup that may still be read: a page gets half of it at most */
    size_t looked_left;          /* text that may still be compared and split, kept or not */
    size_t inner_addresses_left; /* in the fields of attached mails */
    struct essence own, all;     /* of TEXT_OWN alone; of every kind */
    struct html_budget html_budget;
    size_t compare_left; /* bytes that finding repeated paragraphs may still look at */
};

#endif
