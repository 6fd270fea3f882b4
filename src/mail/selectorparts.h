#ifndef RINGER_MAIL_SELECTORPARTS_H
#define RINGER_MAIL_SELECTORPARTS_H
#include "mail/selector.h"

/* What a selector was read into; for selector.c, which reads, and selectormatch.c alone. */

enum simple_kind {
    BY_TAG,
    BY_ID,
    BY_CLASS,
    BY_ATTRIBUTE,
    BY_ROOT,
    BY_EMPTY,
    BY_LINK,
    BY_CHECKED,
    BY_NTH, /* a, b; backwards, of_type */
    BY_ONLY,
    BY_IS, /* list */
    BY_NOT,
    NEVER,
};

struct list {
    const struct selector *v;
    const struct list *next;
};

struct simple {
    enum simple_kind kind;
    char op; /* of an attribute: 0 = it is there, '=', '~', '|', '^', '$', '*' */
    bool nocase, backwards, of_type;
    int a, b;
    struct span name, value;
    const struct list *list;
};

struct compound {
    char combinator; /* to the compound on its left: ' ', '>', '+', '~'; 0 = it is the first */
    const struct simple *v;
    size_t n;
};

struct selector {
    const struct compound *v; /* from right to left */
    size_t n;
    uint32_t weight;
    enum pseudo_element pseudo;
};

static inline bool selector_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

#endif
