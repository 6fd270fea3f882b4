#ifndef RINGER_MAIL_HTML_H
#define RINGER_MAIL_HTML_H
#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "base/span.h"
#include "mail/textkind.h"

/*
 * The text that a reader sees of an HTML part, as browsers parse it (gumbo). Inline tags join words, block
 * tags split lines, paragraphs are separated by "\n\n", table cells by "\t". What no reader sees (hidden,
 * zero-size, in the colour of its background, off the screen) is kept apart.
 */
struct html_segment {
    enum text_kind kind; /* TEXT_OWN, TEXT_QUOTED (a mail program's quote container), TEXT_SIGNATURE */
    struct span text;
};

struct html_link {
    const char *url;
    const char *shown; /* visible text of the anchor, one line */
};

struct html_text {
    struct html_segment *v;
    size_t n;
    struct span hidden;
    size_t hidden_chars;
    struct html_link *links; /* at most `max_links` */
    size_t n_links;
    bool links_limit;
    bool
        gave_up; /* the page is built to be slow or huge: tags were only stripped, all text counts as visible */
};

/* `html` is valid UTF-8. Time and memory are bounded whatever it holds. */
struct html_text *html_read(struct arena *arena, struct span html, size_t max_links);

#endif
