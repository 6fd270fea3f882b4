/*
 * What gumbo's tree says of a node. See htmlnode.h.
 */
#include "mail/htmlnode.h"

bool node_is_element(const GumboNode *node)
{
    return node && (node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE);
}

struct span node_tag(const GumboNode *node)
{
    const GumboElement *e = &node->v.element;
    if (e->tag != GUMBO_TAG_UNKNOWN)
        return span_of(gumbo_normalized_tagname(e->tag));
    GumboStringPiece piece = e->original_tag;
    gumbo_tag_from_original_text(&piece);
    return (struct span){piece.data, piece.length};
}

const char *node_attribute(const GumboElement *e, const char *name)
{
    const GumboAttribute *a = e->attributes.length ? gumbo_get_attribute(&e->attributes, name) : NULL;
    return a ? a->value : NULL;
}
