#ifndef RINGER_MAIL_WORD_H
#define RINGER_MAIL_WORD_H
#include "base/arena.h"
#include "base/span.h"

/*
 * A header value whose encoded words (RFC 2047) all are in the "Q" encoding and good; what is no word stays. For
 * values that GMime decodes: it takes neighbours for one stream, and a stream of base64 ends at the first padding,
 * so that of "=?utf-8?B?SGVsbG8=?= =?utf-8?B?IHdvcmxk?=" it shows "Hello". To be freed.
 * A word whose character set would take more work than the message in `arena` has left is no word any more.
 */
char *word_as_quoted(struct arena *arena, struct span line);
/* The length of the encoded word that `text` begins with; 0: it begins with none. */
size_t word_length(struct span text);

#endif
