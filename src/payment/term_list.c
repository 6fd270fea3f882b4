/*
 * Terms written out: see term_list.h. What it reads was read by terms.c, which refused what is wrong in it.
 */
#include <string.h>

#include "base/buf.h"
#include "payment/term_list.h"

/* Blanks run together. */
static void add_plain(struct term_list *list, struct span text)
{
    struct arena *arena = list->v->packs->arena;
    char *plain = arena_alloc(arena, text.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i] == '\n' ? ' ' : text.p[i];
        if (c != ' ' || (n && plain[n - 1] != ' '))
            plain[n++] = c;
    }
    while (n && plain[n - 1] == ' ')
        n--;
    plain[n] = '\0';
    if (list->n == list->cap) {
        list->cap = list->cap ? 2 * list->cap : 16;
        list->terms = arena_grow(arena, list->terms, list->n, list->cap, sizeof(*list->terms));
    }
    list->terms[list->n++] = plain;
}

static void expand(struct term_list *list, const struct term_group *in, struct span text, size_t from);

static void expand_joined(struct term_list *list, const struct term_group *in, struct span head,
                          struct span middle, struct span tail)
{
    struct buf joined = {0};
    buf_add_span(&joined, head);
    buf_add_span(&joined, middle);
    buf_add_span(&joined, tail);
    expand(list, in, buf_span(&joined), head.n);
    buf_free(&joined);
}

static void expand_group(struct term_list *list, const struct term_group *in, struct span text, size_t open,
                         size_t close)
{
    struct term_list inner = {.v = list->v};
    const char *name = arena_strndup(list->v->packs->arena, text.p + open + 1, close - open - 1);
    struct span head = {text.p, open}, tail = {text.p + close + 1, text.n - close - 1};
    const struct term_group *g = terms_find_before(list->v, name, in->named);
    if (g)
        term_list_add(&inner, g);
    for (size_t i = 0; i < inner.n; i++)
        expand_joined(list, in, head, span_of(inner.terms[i]), tail);
}

static void expand_choice(struct term_list *list, const struct term_group *in, struct span text, size_t open,
                          size_t close)
{
    struct span head = {text.p, open}, tail = {text.p + close + 1, text.n - close - 1};
    unsigned nested = 0;
    size_t from = open + 1;
    for (size_t i = open + 1; i <= close; i++) {
        if (i == close || (text.p[i] == '|' && !nested)) {
            expand_joined(list, in, head, (struct span){text.p + from, i - from}, tail);
            from = i + 1;
        } else if (text.p[i] == '(') {
            nested++;
        } else if (text.p[i] == ')') {
            nested--;
        }
    }
}

/* `text` is plain up to `from`. */
static void expand(struct term_list *list, const struct term_group *in, struct span text, size_t from)
{
    for (size_t i = from; i < text.n; i++) {
        const char *brace = text.p[i] == '{' ? memchr(text.p + i, '}', text.n - i) : NULL;
        size_t close = text.p[i] == '(' ? terms_closing(text, i) : text.n;
        if (brace)
            expand_group(list, in, text, i, (size_t)(brace - text.p));
        else if (close < text.n)
            expand_choice(list, in, text, i, close);
        if (brace || close < text.n)
            return;
    }
    add_plain(list, text);
}

void term_list_add(struct term_list *list, const struct term_group *group)
{
    for (size_t i = 0; i < group->n_texts; i++)
        expand(list, group, group->texts[i], 0);
}
