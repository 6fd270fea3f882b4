#ifndef RINGER_MAIL_HTML_H
#define RINGER_MAIL_HTML_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/span.h"
#include "mail/htmltext.h"

/*
 * The text that a reader sees of an HTML part, as browsers parse it (gumbo) and style it (style.h). Boxes in a line
 * join words, blocks split lines, paragraphs are separated by "\n\n", table cells by "\t". What no reader sees
 * (hidden, zero-size, in the colour of its background, off the screen) is kept apart.
 */
/* What all pages of a message together may cost: neither depends on how busy the machine is. */
struct html_budget {
    int64_t parse_us;     /* CPU time of this thread inside of gumbo, which has no steps to count */
    uint64_t style_steps; /* of reading and matching styles */
};
extern const struct html_budget html_budget_default;

/* `html` is valid UTF-8. Time and memory are bounded whatever it holds; what was used is taken off the budget. */
struct html_text *html_read(struct arena *arena, struct span html, size_t max_links,
                            struct html_budget *budget);

#endif
