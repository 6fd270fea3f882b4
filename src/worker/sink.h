#ifndef RINGER_WORKER_SINK_H
#define RINGER_WORKER_SINK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/span.h"

/*
 * Where the extractors write: UTF-8 without control characters, up to `max` bytes, with the breaks between
 * paragraphs, rows and cells made uniform ("\n\n", "\n", "\t"). Start with {.max = N}; free `text` with buf_free.
 */
struct sink {
    struct buf text;
    size_t max;
    bool verbatim;           /* line ends stay as they are */
    bool truncated;          /* something did not fit: extractors stop early */
    unsigned newlines, tabs; /* owed before the next character */
    size_t cell_start;
};

/* Adds bytes that should be UTF-8: bad ones become U+FFFD, control characters are dropped, '\n' and '\t' kept. */
void sink_text(struct sink *sink, struct span bytes);
void sink_char(struct sink *sink, uint32_t code_point);
void sink_break(struct sink *sink, unsigned newlines); /* at least that many; none at the very start */
void sink_cell_start(struct sink *sink);
void sink_cell_end(struct sink *sink); /* the next cell follows behind a tab */
void sink_row_end(struct sink *sink);

#endif
