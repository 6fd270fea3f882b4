/*
 * Does a selector match an element? Every loop that a page can lengthen is paid for. See selector.h.
 */
#include <string.h>

#include "mail/selectorparts.h"

static const GumboNode *sibling(const GumboNode *node, bool backwards, struct css_budget *budget)
{
    if (!node->parent || !node_is_element(node->parent))
        return NULL;
    const GumboVector *all = &node->parent->v.element.children;
    size_t i = node->index_within_parent;
    while (backwards ? i-- > 0 : ++i < all->length) {
        if (!css_pay(budget, 1))
            return NULL;
        if (node_is_element(all->data[i]))
            return all->data[i];
    }
    return NULL;
}

static bool equal(struct span a, struct span b, bool nocase)
{
    return nocase ? span_eq_nocase(a, b) : span_eq(a, b);
}

static bool contains(struct span all, struct span part, bool nocase, struct css_budget *budget)
{
    if (!nocase)
        return all.n && memmem(all.p, all.n, part.p, part.n);
    if (part.n > all.n || !css_pay(budget, all.n * part.n / 16))
        return false;
    for (size_t i = 0; i + part.n <= all.n; i++)
        if (equal((struct span){all.p + i, part.n}, part, nocase))
            return true;
    return false;
}

static bool has_token(struct span list, struct span token, bool nocase)
{
    for (size_t i = 0; i < list.n;) {
        size_t start;
        while (i < list.n && selector_blank(list.p[i]))
            i++;
        for (start = i; i < list.n && !selector_blank(list.p[i]);)
            i++;
        if (i > start && equal((struct span){list.p + start, i - start}, token, nocase))
            return true;
    }
    return false;
}

/* Attributes whose values HTML compares without regard to case. */
static bool is_nocase_attribute(struct span name)
{
    static const char *const names[] = {"align", "bgcolor", "color", "dir",  "face",   "lang",
                                        "media", "method",  "rel",   "type", "valign", "checked"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (span_eq_nocase(name, span_of(names[i])))
            return true;
    return false;
}

static bool matches_attribute(const struct simple *s, const GumboElement *e, struct css_budget *budget)
{
    const GumboAttribute *a = NULL;
    for (unsigned i = 0; i < e->attributes.length && !a; i++) {
        const GumboAttribute *one = e->attributes.data[i];
        struct span name = {one->name, strnlen(one->name, s->name.n + 1)};
        if (span_eq_nocase(name, s->name))
            a = one;
    }
    if (!a)
        return false;
    struct span value = span_of(a->value);
    bool nocase = s->nocase || is_nocase_attribute(s->name);
    if (!css_pay(budget, value.n / 8))
        return false;
    switch (s->op) {
    case 0:
        return true;
    case '=':
        return equal(value, s->value, nocase);
    case '~':
        return s->value.n && has_token(value, s->value, nocase);
    case '|':
        return value.n >= s->value.n && equal((struct span){value.p, s->value.n}, s->value, nocase) &&
               (value.n == s->value.n || value.p[s->value.n] == '-');
    case '^':
        return s->value.n && value.n >= s->value.n &&
               equal((struct span){value.p, s->value.n}, s->value, nocase);
    case '$':
        return s->value.n && value.n >= s->value.n &&
               equal((struct span){value.p + value.n - s->value.n, s->value.n}, s->value, nocase);
    default:
        return s->value.n && contains(value, s->value, nocase, budget);
    }
}

/* Of an element that gumbo has no name for, the name is looked for in all of its tag. */
static bool pay_tag(const GumboElement *e, struct css_budget *budget)
{
    return e->tag != GUMBO_TAG_UNKNOWN || css_pay(budget, e->original_tag.length / 16);
}

static bool same_tag(const GumboNode *a, const GumboNode *b, struct css_budget *budget)
{
    const GumboElement *e = &a->v.element, *f = &b->v.element;
    if (e->tag != f->tag || e->tag != GUMBO_TAG_UNKNOWN)
        return e->tag == f->tag;
    return pay_tag(e, budget) && pay_tag(f, budget) && span_eq_nocase(node_tag(a), node_tag(b));
}

/* The how manieth among its siblings, from 1. */
static int position(const GumboNode *node, bool backwards, bool of_type, struct css_budget *budget)
{
    int n = 1;
    for (const GumboNode *s = node; (s = sibling(s, !backwards, budget));)
        n += !of_type || same_tag(s, node, budget);
    return n;
}

static bool matches_nth(const struct simple *s, const GumboNode *node, struct css_budget *budget)
{
    if (s->a == 0 && s->b == 1 && !s->of_type) /* first and last: no need to count */
        return !sibling(node, !s->backwards, budget);
    int n = position(node, s->backwards, s->of_type, budget) - s->b;
    return s->a == 0 ? n == 0 : n % s->a == 0 && n / s->a >= 0;
}

static bool is_empty(const GumboNode *node, struct css_budget *budget)
{
    const GumboVector *all = &node->v.element.children;
    for (unsigned i = 0; i < all->length; i++)
        if (!css_pay(budget, 1) || ((const GumboNode *)all->data[i])->type != GUMBO_NODE_COMMENT)
            return false;
    return true;
}

static bool matches_from(const struct selector *s, size_t i, const GumboNode *node, bool quirks,
                         struct css_budget *budget);

static bool matches_list(const struct list *l, const GumboNode *node, bool quirks, struct css_budget *budget)
{
    for (; l; l = l->next)
        if (!l->v->pseudo && matches_from(l->v, 0, node, quirks, budget))
            return true;
    return false;
}

static bool matches_simple(const struct simple *s, const GumboNode *node, bool quirks,
                           struct css_budget *budget)
{
    const GumboElement *e = &node->v.element;
    if (!css_pay(budget, e->attributes.length + s->name.n / 8))
        return false;
    switch (s->kind) {
    case BY_TAG:
        return pay_tag(e, budget) && span_eq_nocase(node_tag(node), s->name);
    case BY_ID: {
        struct span id = span_of(node_attribute(e, "id"));
        return css_pay(budget, id.n / 16) && equal(id, s->name, quirks);
    }
    case BY_CLASS: {
        struct span list = span_of(node_attribute(e, "class"));
        return list.n && css_pay(budget, list.n / 16) && has_token(list, s->name, quirks);
    }
    case BY_ATTRIBUTE:
        return matches_attribute(s, e, budget);
    case BY_ROOT:
        return !node->parent || !node_is_element(node->parent);
    case BY_EMPTY:
        return is_empty(node, budget);
    case BY_LINK:
        return (e->tag == GUMBO_TAG_A || e->tag == GUMBO_TAG_AREA) && node_attribute(e, "href");
    case BY_CHECKED:
        return node_attribute(e, "checked") || node_attribute(e, "selected");
    case BY_NTH:
        return matches_nth(s, node, budget);
    case BY_ONLY:
        return position(node, false, s->of_type, budget) == 1 &&
               position(node, true, s->of_type, budget) == 1;
    case BY_IS:
        return matches_list(s->list, node, quirks, budget);
    case BY_NOT:
        return !matches_list(s->list, node, quirks, budget);
    case NEVER:
        break;
    }
    return false;
}

static bool matches_from(const struct selector *s, size_t i, const GumboNode *node, bool quirks,
                         struct css_budget *budget)
{
    const struct compound *c = &s->v[i];
    if (!css_pay(budget, 1 + c->n))
        return false;
    for (size_t k = 0; k < c->n; k++)
        if (!matches_simple(&c->v[k], node, quirks, budget))
            return false;
    if (i + 1 == s->n)
        return true;
    bool beside = c->combinator == '+' || c->combinator == '~';
    bool once = c->combinator == '>' || c->combinator == '+';
    for (;;) {
        node = beside ? sibling(node, true, budget) : node_is_element(node->parent) ? node->parent : NULL;
        if (!node || !css_pay(budget, 1))
            return false;
        if (matches_from(s, i + 1, node, quirks, budget))
            return true;
        if (once)
            return false;
    }
}

bool selector_matches(const struct selector *s, const GumboNode *node, bool quirks, struct css_budget *budget)
{
    /* What could not be looked at does not match; behind :not() that would be a match. */
    return matches_from(s, 0, node, quirks, budget) && budget->steps;
}
