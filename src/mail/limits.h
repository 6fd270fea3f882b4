#ifndef RINGER_MAIL_LIMITS_H
#define RINGER_MAIL_LIMITS_H
#include <stddef.h>

/*
 * What a message may take, and what is said where it takes more or where parsers disagree.
 */
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
                     LIMIT_DECODED = 1 << 9, /* mail in mail, which each level may copy */
                     LIMIT_WORK = 1 << 10,   /* see effort.h */
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
                       ANOMALY_ADDRESS_ROUTE =
                           1 << 14, /* "<@relay:a@b>": nobody has written it for decades (RFC 5322 4.4) */
                       ANOMALY_HEADER_DISPLACED =
                           1 << 13, /* a blank or junk before it: the fields are body text to some */
};

#endif
