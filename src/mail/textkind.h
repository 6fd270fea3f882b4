#ifndef RINGER_MAIL_TEXTKIND_H
#define RINGER_MAIL_TEXTKIND_H

/* Whose words a piece of text is. */
enum text_kind {
    TEXT_SUBJECT,
    TEXT_OWN,    /* what the sender wrote in this message */
    TEXT_QUOTED, /* earlier messages in the thread (">", "De : ... Objet :", "-----Original Message-----") */
    TEXT_SIGNATURE,  /* behind "-- " or a recognised closing block */
    TEXT_DISCLAIMER, /* legal footer */
    TEXT_HIDDEN,     /* in the HTML but not visible to a reader */
    TEXT_ATTACHMENT, /* text out of an attachment (message_with_answers) */
};

#endif
