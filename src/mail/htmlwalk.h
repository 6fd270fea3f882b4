#ifndef RINGER_MAIL_HTMLWALK_H
#define RINGER_MAIL_HTMLWALK_H
#include "mail/htmlsvg.h"

/* The walk over a page's tree: what its elements are, how they look, and what of them is text. */
struct walk {
    struct arena *arena;
    struct out out;
    struct style_context context; /* of the page that is walked now: one inside an <iframe> has its own */
    size_t max_links, cap_links;
    size_t *shown_at; /* for each link: where its text begins */
    const char *base; /* <base href>; NULL = none */
    struct look *stack;
    size_t depth, cap_depth;
    int frames; /* nested iframes */
    struct svg svg;
    struct buf outlook; /* markup that Outlook alone shows: <!--[if mso]> ... <![endif]--> */
    /* Parses the page inside a frame; NULL when it may not. */
    GumboOutput *(*parse)(void *parser, struct span html);
    void *parser;
};

void walk_init(struct walk *w);
/* Walks `page`; its style sheets first. */
void walk_page(struct walk *w, const GumboOutput *page);
void walk_free(struct walk *w);

#endif
