#ifndef RINGER_MAIL_SELECTOR_H
#define RINGER_MAIL_SELECTOR_H
#include "base/arena.h"
#include "base/span.h"
#include "mail/css.h"
#include "mail/htmlnode.h"

/* Selectors of CSS (Selectors 4) over gumbo's tree: those that a page without script and pointer can match. */
struct selector;

enum pseudo_element { PSEUDO_NONE, PSEUDO_BEFORE, PSEUDO_AFTER, PSEUDO_OTHER /* matches nothing here */ };

/* Reads one complex selector ("ul.x > li:first-child"); NULL when it is invalid, as its whole list then is. */
const struct selector *selector_read(struct arena *arena, struct span text);
bool selector_matches(const struct selector *s, const GumboNode *node, bool quirks,
                      struct css_budget *budget);
/* Its weight: ids, classes, tags, in bits from above. */
uint32_t selector_weight(const struct selector *s);
enum pseudo_element selector_pseudo(const struct selector *s);
/* What an element must have to match: its id ('#'), a class ('.'), its tag ('t'); '*' = nothing simple. */
char selector_key(const struct selector *s, struct span *name_r);

#endif
