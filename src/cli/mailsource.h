#ifndef RINGER_CLI_MAILSOURCE_H
#define RINGER_CLI_MAILSOURCE_H
#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"

/*
 * Messages from wherever an admin keeps them: single files, mbox files, Maildirs, folders of any of these
 * (walked in sorted order), and "-" for standard input. An mbox is known by its "From " line (RFC 4155);
 * messages are read one at a time, so that a mailbox of any size takes the memory of one message.
 */
struct mailsource;

/* `paths` must outlive the source. max_bytes: longer messages are cut (the rest is skipped, not kept). */
struct mailsource *mailsource_open(const char *const *paths, size_t n_paths, size_t max_bytes);
void mailsource_close(struct mailsource **source);

struct mailsource_message {
    const char *path; /* "mail.mbox#17" for the 17th message of an mbox; valid until the next call */
    bool truncated;   /* cut at max_bytes */
};
/* Reads the next message into `raw` (cleared first). False at the end. */
bool mailsource_next(struct mailsource *source, struct buf *raw, struct mailsource_message *message_r);

/* What could not be read so far: number of paths, and a text for the last one (NULL when none since the last call). */
size_t mailsource_failed(const struct mailsource *source);
const char *mailsource_error(struct mailsource *source);
/* For progress: bytes read, and the bytes of all files found so far. */
unsigned long long mailsource_bytes(const struct mailsource *source);

#endif
