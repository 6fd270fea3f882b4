/*
 * The limits of `ringer` and `ringerd` where no option says otherwise.
 */
#include "mail/limits.h"

const struct message_limits message_limits_default = {
    .raw_bytes = 32 * 1024 * 1024,        /* above what most servers accept with attachments (25 MB) */
    .header_bytes = 256 * 1024,           /* Postfix's header_size_limit is 100 KiB for one field */
    .headers = 1000,                      /* sendmail's default is 1000 */
    .parts = 500,                         /* a digest of a busy list has some hundred */
    .depth = 32,                          /* forwards of forwards reach ten */
    .text_bytes = 1024 * 1024,            /* the longest honest mails are below 300 KB of text */
    .attachment_bytes = 16 * 1024 * 1024, /* memory for the worker */
    .addresses = 1000,
    .links = 500,
};
