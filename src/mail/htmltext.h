#ifndef RINGER_MAIL_HTMLTEXT_H
#define RINGER_MAIL_HTMLTEXT_H
#include <stdbool.h>
#include <stddef.h>
#include "base/span.h"
#include "mail/textkind.h"

/* What is read of a page; see html.h. */
struct html_segment {
    enum text_kind kind; /* TEXT_OWN, TEXT_QUOTED (a mail program's quote container), TEXT_SIGNATURE */
    bool
        across; /* no piece of the page as browsers show it: its letters and strips read across their boxes, Outlook's */
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
    bool style_limit; /* the style sheets are: some rules were not looked at */
};

#endif
