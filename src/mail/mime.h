#ifndef RINGER_MAIL_MIME_H
#define RINGER_MAIL_MIME_H
#include <stdbool.h>
#include "base/arena.h"
#include "base/span.h"
#include "mail/header.h"
#include "mail/message.h"

/* Content-Type, as far as it matters here (RFC 2045 5.1). Strings are "" when not there. */
enum { MIME_MAX_BOUNDARIES = 4 };
struct mime_type {
    const char *type; /* lower case; "text/plain" when missing or unreadable */
    const char *charset;
    const char *name; /* RFC 2231/2047 decoded */
    struct span boundaries[MIME_MAX_BOUNDARIES];
    size_t n_boundaries;
    bool flowed, delsp; /* RFC 3676 */
};
struct mime_type mime_type_parse(struct arena *arena, struct span value);

/* A leaf, or a message/rfc822 (whose contents follow as parts of their own, `quoted`). */
struct mime_part {
    struct mime_type type;
    struct header_block headers; /* its own; of a message/rfc822 those of the message inside */
    const char *encoding;        /* lower case, "" when none */
    const char *filename;
    bool attachment;      /* Content-Disposition says so */
    bool quoted;          /* inside a message/rfc822 */
    bool message;         /* is a message/rfc822: `headers` are the inner message's */
    unsigned alternative; /* number of the nearest multipart/alternative around it; 0 = none */
    struct span body;     /* still encoded */
};

struct mime_tree {
    struct mime_part *v; /* in order of appearance */
    size_t n, cap;
    unsigned limits_hit; /* LIMIT_PARTS, LIMIT_DEPTH, LIMIT_HEADERS */
    unsigned anomalies;
};

/* Takes a message apart. Time and memory are bounded by `limits` whatever the bytes are. */
struct mime_tree mime_walk(struct arena *arena, const struct header_block *top,
                           const struct message_limits *limits);

/* Content-Transfer-Encoding undone, at most about `max` bytes; *size_r is the whole decoded size, estimated
 * when more was there. An unknown encoding leaves the bytes as they are and sets *known_r to false. */
struct span mime_decode(struct arena *arena, const struct mime_part *part, size_t max, size_t *size_r,
                        bool *known_r);
/*
 * Decodes into `out`, which has room for in.n bytes; returns how many there are. Goes on behind "=": some mail
 * programs do, GMime does not, and a filter that stops there sees less than the reader. Characters outside the
 * alphabet are skipped (RFC 2045 6.8).
 */
size_t mime_base64(struct span in, char *out);
/* RFC 3676: soft line ends of format=flowed joined. */
struct span mime_unflow(struct arena *arena, struct span text, bool delsp);

#endif
