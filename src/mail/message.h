#ifndef RINGER_MAIL_MESSAGE_H
#define RINGER_MAIL_MESSAGE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/enumname.h"
#include "base/span.h"

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

struct message_limits {
    size_t raw_bytes;        /* of the message looked at; the rest is ignored (LIMIT_RAW) */
    size_t header_bytes;     /* all headers together */
    size_t headers;          /* number of headers */
    size_t parts;            /* MIME parts */
    size_t depth;            /* nesting */
    size_t text_bytes;       /* text kept for matching, all parts together */
    size_t attachment_bytes; /* decoded bytes kept of all attachments together, for the worker */
    size_t addresses;        /* mailboxes per header */
    size_t links;
};
extern const struct message_limits message_limits_default;

enum message_limit { /* bits */
                     LIMIT_RAW = 1 << 0,
                     LIMIT_HEADER_BYTES = 1 << 1,
                     LIMIT_HEADERS = 1 << 2,
                     LIMIT_PARTS = 1 << 3,
                     LIMIT_DEPTH = 1 << 4,
                     LIMIT_TEXT = 1 << 5,
                     LIMIT_ATTACHMENT = 1 << 6,
                     LIMIT_ADDRESSES = 1 << 7,
                     LIMIT_LINKS = 1 << 8,
};

enum message_anomaly { /* bits: things that parsers disagree on, so that mail can hide from one of them */
                       ANOMALY_FROM_MISSING = 1 << 0,
                       ANOMALY_FROM_SEVERAL_FIELDS = 1 << 1,
                       ANOMALY_FROM_SEVERAL_ADDRESSES = 1 << 2,
                       ANOMALY_ADDRESS_MALFORMED =
                           1 << 3, /* From/Sender/Reply-To that no strict parser accepts, or no domain */
                       ANOMALY_DUPLICATE_HEADER =
                           1 << 4, /* second Subject, Date, Message-ID, To, Content-Type ... (RFC 5322 3.6) */
                       ANOMALY_BOUNDARY_DUPLICATE =
                           1 << 5, /* two boundary= parameters, or a nested part with the same one */
                       ANOMALY_BOUNDARY_MISSING = 1 << 6,
                       ANOMALY_CHARSET_UNKNOWN = 1 << 7,
                       ANOMALY_ENCODING_UNKNOWN = 1 << 8, /* Content-Transfer-Encoding */
                       ANOMALY_NUL_BYTES = 1 << 9,
                       ANOMALY_BAD_UTF8 = 1 << 10,
                       ANOMALY_HEADER_CONTROL = 1 << 11, /* bare CR or control characters in a header */
                       ANOMALY_PART_UNPARSED = 1 << 12, /* a part that claims text but could not be decoded */
};

struct mail_header {
    const char *name;  /* as written */
    const char *value; /* unfolded, RFC 2047 decoded */
    struct span raw;   /* value as it stands, folded */
};

/* One address (RFC 5322 3.4). `name` is the decoded display name ("" when there is none). */
struct mailbox {
    const char *name;
    const char *address; /* local as written @ `domain`; "" when the field holds none */
    const char *local;
    const char *domain;  /* lower case; "" for an address without a domain */
    const char *written; /* `domain` with its capital ASCII letters, to be shown; NULL when there are none */
};

struct mailbox_list {
    const struct mailbox *v;
    size_t n;
    bool present; /* the header is there, even if it is empty */
};

enum text_kind {
    TEXT_SUBJECT,
    TEXT_OWN,    /* what the sender wrote in this message */
    TEXT_QUOTED, /* earlier messages in the thread (">", "De : ... Objet :", "-----Original Message-----") */
    TEXT_SIGNATURE,  /* behind "-- " or a recognised closing block */
    TEXT_DISCLAIMER, /* legal footer */
    TEXT_HIDDEN,     /* in the HTML but not visible to a reader */
    TEXT_ATTACHMENT, /* text out of an attachment (see message_with_answers) */
};

struct message_text {
    enum text_kind kind;
    struct span text; /* valid UTF-8; paragraphs separated by "\n\n", table cells by "\t" */
    bool html;        /* came from text/html */
    int attachment;   /* index for TEXT_ATTACHMENT, else -1 */
};

struct message_link {
    const char *url;        /* as written, percent-decoding undone in host only */
    const char *host;       /* lower case; "" for mailto: and relative links */
    const char *shown;      /* the text a reader sees; NULL for links in plain text */
    const char *shown_host; /* the host that the shown text looks like; NULL when it looks like none */
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
    X(ATTACHMENT_UNAVAILABLE, "unavailable") /* nobody was there to read it in time */
ENUM_DECLARE(attachment_status, ATTACHMENT_STATUS_LIST)

struct message_attachment {
    const char *filename; /* RFC 2231/2047 decoded; "" when it has none */
    const char *type;     /* declared, lower case "application/pdf" */
    const char *sniffed;  /* by magic bytes: "pdf" "zip" "docx" "exe" "html" ...; "" when unknown */
    size_t size;          /* decoded bytes in the message (lower bound when a limit was hit) */
    struct span bytes;    /* decoded content up to the limit; empty when not kept */
    enum attachment_status status;
};

/* A header block found in the quoted text: who the earlier message claims to be from and to. */
struct quoted_address {
    const char *role; /* "from", "to", "cc", "any" */
    struct mailbox mailbox;
};

struct message {
    const struct envelope *envelope;
    const struct mail_header *headers; /* top to bottom */
    size_t n_headers;
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
    struct span text; /* UTF-8, what could be read of it; empty = nothing */
};
/*
 * The message with the answers, one an attachment: their status, and their texts as TEXT_ATTACHMENT, of which
 * limits->text_bytes are kept in all (beside as much of the message's own). `parsed` stays as it is.
 */
const struct message *message_with_answers(struct arena *arena, const struct message *parsed,
                                           const struct attachment_answer *answers,
                                           const struct message_limits *limits);
/* First header of that name (case-insensitive), NULL when there is none. */
const struct mail_header *message_header(const struct message *message, const char *name);
/* Once per process, before any other thread: GMime's global state. */
void message_library_init(void);
void message_library_shutdown(void);

#endif
