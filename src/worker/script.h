#ifndef RINGER_WORKER_SCRIPT_H
#define RINGER_WORKER_SCRIPT_H
#include <stdbool.h>
#include "base/buf.h"
#include "base/span.h"

/*
 * What the scripts of a page write into it, as far as it stands in them as constants: string literals, decoded
 * (escapes, unescape, decodeURIComponent, atob, fromCharCode of numbers). Nothing is run.
 */
struct script_words {
    struct buf page; /* the literals of scripts that write: HTML or text; those joined by "+" are together */
    bool computes; /* a script that writes makes its words up from others: only running it would show them */
};

/* `html` is UTF-8; at most `max` bytes are kept. Free `page`. */
struct script_words script_read(struct span html, size_t max);

#endif
