/*
 * From written terms to plain ones, see terms.h. Everything that a line stands for is written out at
 * loading, because the trie then costs the same for one term or a thousand. It refuses lines that stand
 * for too many, and braces or parentheses that do not close.
 */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "payment/terms.h"

struct expansion {
    struct vocabulary *v;
    struct term_group *into;
    const struct yamltree_node *node; /* where it stands, for errors */
    size_t n;
    bool failed;
};

static void complain(struct expansion *x, const char *remedy, const char *text)
{
    if (!x->failed)
        diag_add(x->v->diags, DIAG_ERROR, x->node->at, remedy, "\"%s\": %s", x->node->text, text);
    x->failed = true;
}

const struct term_group *terms_find(const struct vocabulary *v, const char *name)
{
    for (size_t i = v->named; i-- > 0;)
        if (v->groups[i]->name && strcmp(v->groups[i]->name, name) == 0)
            return v->groups[i];
    return NULL;
}

/* One plain term: blanks run together, into the trie. */
static void add_plain(struct expansion *x, struct span text)
{
    struct arena *arena = x->v->packs->arena;
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
    if (++x->n > TERMS_PER_TERM || ++x->v->n_terms > TERMS_PER_PACK) {
        complain(x, "write fewer alternatives in one line", "stands for too many terms");
        return;
    }
    if (!trie_add(x->v->packs->trie, (struct span){plain, n}, x->into->group)) {
        complain(x, "begin with a letter, at most 4 '*' and 200 bytes",
                 "gives an empty, too long or too broad term");
        return;
    }
    struct term_group *g = x->into;
    if (g->n == g->cap) {
        g->cap = g->cap ? 2 * g->cap : 16;
        g->terms = arena_grow(arena, g->terms, g->n, g->cap, sizeof(*g->terms));
    }
    g->terms[g->n++] = plain;
}

static void expand(struct expansion *x, struct span text, size_t from, unsigned depth);

static void expand_joined(struct expansion *x, struct span head, struct span middle, struct span tail,
                          unsigned depth)
{
    struct buf joined = {0};
    buf_add_span(&joined, head);
    buf_add_span(&joined, middle);
    buf_add_span(&joined, tail);
    expand(x, buf_span(&joined), head.n, depth + 1);
    buf_free(&joined);
}

static void expand_group(struct expansion *x, struct span text, size_t open, size_t close, unsigned depth)
{
    struct arena *arena = x->v->packs->arena;
    const char *name = arena_strndup(arena, text.p + open + 1, close - open - 1);
    const struct term_group *g = terms_find(x->v, name);
    if (!g || g == x->into) {
        complain(x, "declare the group above, under words:", "names a group that is not declared yet");
        return;
    }
    struct span head = {text.p, open}, tail = {text.p + close + 1, text.n - close - 1};
    for (size_t i = 0; i < g->n && !x->failed; i++)
        expand_joined(x, head, span_of(g->terms[i]), tail, depth);
}

/* Where the parenthesis at `open` closes; text.n when it does not. */
static size_t closing(struct span text, size_t open)
{
    unsigned depth = 0;
    for (size_t i = open; i < text.n; i++) {
        if (text.p[i] == '(')
            depth++;
        if (text.p[i] == ')' && --depth == 0)
            return i;
    }
    return text.n;
}

static void expand_choice(struct expansion *x, struct span text, size_t open, size_t close, unsigned depth)
{
    struct span head = {text.p, open}, tail = {text.p + close + 1, text.n - close - 1};
    unsigned nested = 0;
    size_t from = open + 1;
    for (size_t i = open + 1; i <= close && !x->failed; i++) {
        if (i == close || (text.p[i] == '|' && !nested)) {
            expand_joined(x, head, (struct span){text.p + from, i - from}, tail, depth);
            from = i + 1;
        } else if (text.p[i] == '(') {
            nested++;
        } else if (text.p[i] == ')') {
            nested--;
        }
    }
}

/* `text` is plain up to `from`. */
static void expand(struct expansion *x, struct span text, size_t from, unsigned depth)
{
    enum { MAX_DEPTH = 24, MAX_BYTES = 4096 };
    if (depth > MAX_DEPTH || text.n > MAX_BYTES) {
        complain(x, "write it as several terms", "is nested too deep or too long");
        return;
    }
    for (size_t i = from; i < text.n; i++) {
        char c = text.p[i];
        if (c != '{' && c != '}' && c != '(' && c != ')' && c != '|')
            continue;
        const char *brace = c == '{' ? memchr(text.p + i, '}', text.n - i) : NULL;
        size_t close = c == '(' ? closing(text, i) : text.n;
        if (brace) {
            expand_group(x, text, i, (size_t)(brace - text.p), depth);
            return;
        }
        if (c == '(' && close < text.n)
            expand_choice(x, text, i, close, depth);
        else
            complain(x, "close every ( and {, and put | only inside ( )", "cannot be read");
        return;
    }
    add_plain(x, text);
}

/* The written term with all spelling rules applied; NULL when none applies. */
static const char *respelled(struct vocabulary *v, const char *written)
{
    struct buf out = {0};
    bool changed = false;
    for (const char *p = written; *p;) {
        size_t i = 0;
        while (i < v->n_spellings && strncmp(p, v->spell_from[i], strlen(v->spell_from[i])) != 0)
            i++;
        if (i < v->n_spellings) {
            buf_adds(&out, v->spell_to[i]);
            p += strlen(v->spell_from[i]);
            changed = true;
        } else {
            buf_addc(&out, *p++);
        }
    }
    const char *text = changed ? arena_span(v->packs->arena, buf_span(&out)) : NULL;
    buf_free(&out);
    return text;
}

/* "<name>": whatever hits that group hits this one, without its terms being written out again. */
static bool add_reference(struct vocabulary *v, struct term_group *into, const struct yamltree_node *node)
{
    size_t n = strlen(node->text);
    const char *name = arena_strndup(v->packs->arena, node->text + 1, n - 2);
    const struct term_group *g = terms_find(v, name);
    bool number = strcmp(name, TERM_NUMBER) == 0;
    if (!g && !number) {
        diag_add(v->diags, DIAG_ERROR, node->at, "declare the group above", "no group \"%s\"", name);
        return false;
    }
    phrase_list_add(&v->packs->also[number ? v->packs->number : g->group], into->group);
    return true;
}

static bool add_written(struct vocabulary *v, struct term_group *into, const struct yamltree_node *node)
{
    const char *written;
    struct expansion x = {v, into, node, 0, false};
    if (!yamltree_string(node, &written, v->diags))
        return false;
    size_t n = strlen(written);
    if (n > 2 && written[0] == '<' && written[n - 1] == '>')
        return add_reference(v, into, node);
    struct arena *arena = v->packs->arena;
    expand(&x, text_fold(arena, span_of(written))->text, 0, 0);
    const char *second = respelled(v, written);
    if (second && !x.failed)
        expand(&x, text_fold(arena, span_of(second))->text, 0, 0);
    return !x.failed;
}

struct term_group *terms_group(struct vocabulary *v, const char *name, const struct yamltree_node *list)
{
    struct arena *arena = v->packs->arena;
    if (v->packs->n_groups >= TRIE_GROUPS) {
        diag_add(v->diags, DIAG_ERROR, list->at, "use fewer groups", "more than %d groups", TRIE_GROUPS);
        return NULL;
    }
    struct term_group *g = arena_alloc(arena, sizeof(*g));
    g->name = name;
    g->group = (uint16_t)v->packs->n_groups++;
    if (v->n == v->cap) {
        v->cap = v->cap ? 2 * v->cap : 32;
        v->groups = arena_grow(arena, v->groups, v->n, v->cap, sizeof(*v->groups));
    }
    bool ok = true;
    if (list->kind == YAMLTREE_SCALAR)
        ok = add_written(v, g, list);
    else if (!yamltree_is(list, YAMLTREE_SEQUENCE, v->diags))
        ok = false;
    else
        for (size_t i = 0; i < list->n; i++)
            ok &= add_written(v, g, list->items[i]);
    v->groups[v->n++] = g;
    v->named = name ? v->n : v->named;
    return ok ? g : NULL;
}
