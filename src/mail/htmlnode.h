#ifndef RINGER_MAIL_HTMLNODE_H
#define RINGER_MAIL_HTMLNODE_H
#include <gumbo.h>
#include "base/span.h"

/* What gumbo's tree says of a node. */

bool node_is_element(const GumboNode *node); /* NULL is none */
/* The tag of an element in small letters, also of those that gumbo has no name for; not NUL-terminated. */
struct span node_tag(const GumboNode *node);
/* The value of an attribute, "" where it has none; NULL = the element has no such attribute. */
const char *node_attribute(const GumboElement *e, const char *name);

#endif
