#ifndef RINGER_MAIL_MIME_H
#define RINGER_MAIL_MIME_H
#include <stdbool.h>
#include "base/arena.h"
#include "base/span.h"
#include "mail/header.h"
#include "mail/limits.h"

/* Content-Type, as far as it matters here (RFC 2045 5.1). Strings are "" when not there. */
enum { MIME_MAX_BOUNDARIES = 4 };
struct mime_type {
    const char *type; /* lower case; "text/plain" when missing or unreadable */
    const char *charset;
    const char *other_charset; /* a second one that differs: programs take either; NULL */
    const char *name;          /* RFC 2231/2047 decoded */
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

#endif
