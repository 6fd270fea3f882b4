#ifndef RINGER_MAIL_HTMLELEMENT_H
#define RINGER_MAIL_HTMLELEMENT_H
#include "mail/style.h"

/* What single elements of HTML mean. */

/* Text that an element shows beside its children: alt, the value of a field; NULL = none. */
const char *element_text(const GumboElement *e);

/* The page that a frame shows and that stands in the mail (srcdoc, or its address is data:); NULL = none. */
const char *element_frame(struct arena *arena, const GumboElement *e);

struct element_says {
    const char *url;  /* of a link; NULL = none */
    bool is_anchor;   /* the text inside is the link's */
    const char *base; /* <base href> */
};
void element_read(struct arena *arena, const GumboNode *node, struct element_says *says);
/* `url` beside <base href>, one line. */
const char *element_url(struct arena *arena, const char *base, struct span url);

/* Line ends that a block brings before and behind its text. */
unsigned element_lines(const GumboNode *node, const struct style *style);

/* Quote containers of mail programs, what stands before the earlier message in new Outlook, signatures. */
bool element_is_quote(const GumboElement *e);
bool element_starts_quoted_rest(const GumboElement *e);
bool element_is_signature(const GumboElement *e);

bool element_is_one_of(const char *word,
                       const char *const *words); /* `words` ends with NULL; case is ignored */

#endif
