#ifndef RINGER_MAIL_MESSAGE_H
#define RINGER_MAIL_MESSAGE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/enumname.h"
#include "base/span.h"
#include "mail/authres.h"
#include "mail/limits.h"
#include "mail/link.h"
#include "mail/mailbox.h"
#include "mail/textkind.h"

/*
 * A message as the rest of Ringer sees it: built by message_parse(), const from then on. Everything hangs off
 * the arena. All strings are valid UTF-8 without control characters other than '\n' and '\t'; NULL means
 * "not there". Domains are lower case as written (U-label or A-label), without the trailing dot.
 * A limit that was hit is a fact (bits in `limits_hit`), never a crash and never "clean".
 */

/* What the MTA (or `ringer scan`'s options) knows beside the message itself. */
struct envelope {
    const char *client_ip;   /* text form, "" for a local pipe; NULL when unknown */
    const char *client_name; /* verified reverse name, NULL when none */
    const char *helo;
    const char *mail_from; /* without <>; "" for the null sender; NULL when unknown */
    const char *const *rcpts;
    size_t n_rcpts;
    const char *auth_user; /* {auth_authen}; NULL when the client did not log in */
    const char *queue_id;  /* macro i */
};

struct mail_header {
    const char *name;  /* as written */
    const char *value; /* unfolded, RFC 2047 decoded */
    struct span raw;   /* value as it stands, folded */
};

/* What one server said in an Authentication-Results field; whether it is believed is not decided here. */
struct message_authres {
    size_t header; /* its number in `headers` */
    struct authres said;
};

struct message_text {
    enum text_kind kind;
    struct span text; /* valid UTF-8; paragraphs separated by "\n\n", table cells by "\t" */
    bool html;        /* came from text/html */
    bool inner;       /* stands in an attached mail */
    bool code;        /* of QR codes */
    int attachment;   /* index for TEXT_ATTACHMENT, else -1 */
};

/* How reading the text of an attachment went. */
#define ATTACHMENT_STATUS_LIST(X)                                                                            \
    X(ATTACHMENT_NOT_ASKED, "not asked") /* nobody tried: no bytes, or no format with text */                \
    X(ATTACHMENT_READ, "ok")                                                                                 \
    X(ATTACHMENT_ENCRYPTED, "encrypted")     /* needs a password */                                          \
    X(ATTACHMENT_BROKEN, "broken")           /* claims a format that it does not keep to */                  \
    X(ATTACHMENT_TOO_BIG, "too_big")         /* or a bomb: would unpack beyond the limits */                 \
    X(ATTACHMENT_TIMEOUT, "timeout")         /* not done at the deadline; a part may have been read */       \
    X(ATTACHMENT_DIED, "died")               /* whoever read it crashed or was killed */                     \
    X(ATTACHMENT_UNSUPPORTED, "unsupported") /* no format that text is taken from */                         \
    X(ATTACHMENT_UNAVAILABLE, "unavailable") /* nobody was there to read it in time */                       \
    X(ATTACHMENT_NO_TEXT, "no text")         /* pages, but no words on them: a scan */                       \
    X(ATTACHMENT_CODES, "codes only") /* a picture whose QR codes were read; its words were not asked for */ \
    X(ATTACHMENT_NO_READER, "no reader for pictures") /* a picture with room for a letter */
ENUM_DECLARE(attachment_status, ATTACHMENT_STATUS_LIST)

struct message_attachment {
    const char *filename; /* RFC 2231/2047 decoded; "" when it has none */
    const char *type;     /* declared, lower case "application/pdf" */
    const char *sniffed;  /* by magic bytes: "pdf" "zip" "docx" "exe" "html" ...; "" when unknown */
    size_t size;          /* decoded bytes in the message (lower bound when a limit was hit) */
    struct span bytes;    /* decoded content up to the limit; empty when not kept */
    struct span encoded;  /* of pictures, which few mails are asked about: see message_picture() */
    const char *encoding; /* of `encoded` */
    enum attachment_status status;
};

struct message {
    const struct envelope *envelope;
    const struct mail_header *headers; /* top to bottom */
    size_t n_headers;
    const struct message_authres *authres; /* top to bottom; those that keep to the grammar */
    size_t n_authres;
    struct mailbox_list from, sender, reply_to, return_path, to, cc;
    const char *subject;
    const char *message_id; /* without <> */
    const char *in_reply_to;
    const char *const *references;
    size_t n_references;
    int64_t date; /* seconds since the epoch; 0 when missing or unreadable */
    const struct message_text *texts;
    size_t n_texts;
    const struct message_link *links;
    size_t n_links;
    const struct message_attachment *attachments;
    size_t n_attachments;
    bool attachments_asked; /* somebody was there to read them: message_with_answers() */
    const struct quoted_address *quoted;
    size_t n_quoted;
    size_t hidden_chars; /* length of hidden text, in characters */
    unsigned limits_hit; /* enum message_limit bits */
    unsigned anomalies;  /* enum message_anomaly bits */
    size_t size;         /* raw bytes, as far as known */
};

/*
 * Parses `raw` (an RFC 5322 message, CRLF or LF). `raw` and `envelope` must outlive the arena's message.
 * `truncated` says that the caller already cut the message. Never fails: what cannot be read becomes an anomaly.
 */
const struct message *message_parse(struct arena *arena, const struct envelope *envelope, struct span raw,
                                    bool truncated, const struct message_limits *limits);

/* What those who were asked said about one attachment. */
struct attachment_answer {
    enum attachment_status status;
    struct span text;  /* UTF-8, what could be read of it; empty = nothing */
    struct span codes; /* the texts of QR codes; a link in one is a link of the message */
};
/*
 * The message with the answers, one an attachment: their status, and their texts as TEXT_ATTACHMENT, of which
 * limits->text_bytes are kept in all (beside as much of the message's own). `parsed` stays as it is.
 */
const struct message *message_with_answers(struct arena *arena, const struct message *parsed,
                                           const struct attachment_answer *answers,
                                           const struct message_limits *limits);
/* The bytes of a picture, which are decoded when they are asked for; empty when it is none, or longer than `max`. */
struct span message_picture(struct arena *arena, const struct message_attachment *attachment, size_t max);
/* First header of that name (case-insensitive), NULL when there is none. */
const struct mail_header *message_header(const struct message *message, const char *name);
/* The domain of the envelope sender; NULL when it is not known or has none. */
const char *message_envelope_domain(const struct message *message);
/*
 * Every recipient: those of the envelope where they are known (headers may name anybody), else To and Cc; at most
 * `most` of each; ends when `take` says false. Was there one, and were all taken?
 */
bool message_each_recipient(const struct message *message, size_t most,
                            bool (*take)(void *context, const char *address), void *context);
/* Once per process, before any other thread: GMime's global state. */
void message_library_init(void);
void message_library_shutdown(void);

#endif
