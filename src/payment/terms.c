/*
 * From written terms to sets of plain ones, see terms.h. It refuses lines that stand for too many, and braces or
 * parentheses that do not close.
 */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "payment/terms.h"

enum {
    MAX_BYTES = 4096, /* of a line */
    MAX_ITEMS = 24,   /* groups and choices in one term */
};

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

const struct term_group *terms_find_before(const struct vocabulary *v, const char *name, size_t end)
{
    for (size_t i = end; i-- > 0;)
        if (v->groups[i]->name && strcmp(v->groups[i]->name, name) == 0)
            return v->groups[i];
    return NULL;
}

const struct term_group *terms_find(const struct vocabulary *v, const char *name)
{
    return terms_find_before(v, name, v->named);
}

/* Where the parenthesis at `open` closes; text.n when it does not. */
size_t terms_closing(struct span text, size_t open)
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

/* --- what a text stands for */

/* `inner` joins the terms behind it: as many times as many, and the longest of both together. */
static struct terms_shape both(struct terms_shape a, struct terms_shape b)
{
    uint64_t n = (uint64_t)a.n * b.n;
    return (struct terms_shape){n > UINT32_MAX ? UINT32_MAX : (uint32_t)n, a.bytes + b.bytes,
                                a.stars + b.stars, a.items + b.items};
}

static struct terms_shape either(struct terms_shape a, struct terms_shape b)
{
    return (struct terms_shape){a.n + b.n < a.n ? UINT32_MAX : a.n + b.n,
                                a.bytes > b.bytes ? a.bytes : b.bytes, a.stars > b.stars ? a.stars : b.stars,
                                a.items > b.items ? a.items : b.items};
}

static trie_set read_text(struct expansion *x, struct span text, trie_set tail, struct terms_shape *shape_r);

static trie_set read_group(struct expansion *x, struct span name, trie_set tail, struct terms_shape *shape_r)
{
    const struct term_group *g = terms_find(x->v, arena_span(x->v->packs->arena, name));
    if (!g || g == x->into) {
        complain(x, "declare the group above, under words:", "names a group that is not declared yet");
        return 0;
    }
    *shape_r = g->shape;
    shape_r->items = 1;
    return trie_joined(x->v->packs->trie, g->set, tail);
}

/* "a|b|c", what stands between parentheses. */
static trie_set read_choice(struct expansion *x, struct span text, trie_set tail, struct terms_shape *shape_r)
{
    trie_set set = 0;
    unsigned nested = 0;
    *shape_r = (struct terms_shape){0};
    for (size_t i = 0, from = 0; i <= text.n && !x->failed; i++) {
        struct terms_shape one;
        if (i == text.n || (text.p[i] == '|' && !nested)) {
            trie_set these = read_text(x, (struct span){text.p + from, i - from}, tail, &one);
            set = trie_either(x->v->packs->trie, set, these);
            *shape_r = either(*shape_r, one);
            from = i + 1;
        } else if (text.p[i] == '(') {
            nested++;
        } else if (text.p[i] == ')') {
            nested--;
        }
    }
    shape_r->items++;
    return set;
}

/* The group or choice at the beginning of `text`, and what follows it; `tail` behind that. */
static trie_set read_item(struct expansion *x, struct span text, trie_set tail, struct terms_shape *shape_r)
{
    struct terms_shape rest = {0};
    bool group = *text.p == '{';
    const char *brace = group ? memchr(text.p, '}', text.n) : NULL;
    size_t close = brace ? (size_t)(brace - text.p) : *text.p == '(' ? terms_closing(text, 0) : text.n;
    *shape_r = rest;
    if (close >= text.n) {
        complain(x, "close every ( and {, and put | only inside ( )", "cannot be read");
        return 0;
    }
    tail = read_text(x, (struct span){text.p + close + 1, text.n - close - 1}, tail, &rest);
    if (x->failed)
        return 0;
    struct span inner = {text.p + 1, close - 1};
    tail = (group ? read_group : read_choice)(x, inner, tail, shape_r);
    *shape_r = both(*shape_r, rest);
    return tail;
}

static trie_set read_text(struct expansion *x, struct span text, trie_set tail, struct terms_shape *shape_r)
{
    size_t plain = 0, stars = 0;
    while (plain < text.n && !memchr("{}()|", text.p[plain], 5))
        stars += text.p[plain++] == '*';
    *shape_r = (struct terms_shape){.n = 1};
    if (plain < text.n)
        tail = read_item(x, (struct span){text.p + plain, text.n - plain}, tail, shape_r);
    for (size_t i = plain; i-- > 0;)
        tail = trie_after(x->v->packs->trie, text.p[i], tail);
    shape_r->bytes += plain;
    shape_r->stars += stars;
    return tail;
}

/* One spelling of a line into its group. */
static void add_text(struct expansion *x, struct span text)
{
    struct trie *trie = x->v->packs->trie;
    struct term_group *g = x->into;
    struct terms_shape shape = {0};
    trie_set set = text.n <= MAX_BYTES ? read_text(x, text, trie_end(trie, g->group), &shape) : 0;
    if (text.n > MAX_BYTES || shape.items > MAX_ITEMS)
        complain(x, "write it as several terms", "is nested too deep or too long");
    x->n += shape.n;
    x->v->n_terms += shape.n;
    if (x->n > TERMS_PER_TERM || x->v->n_terms > TERMS_PER_PACK)
        complain(x, "write fewer alternatives in one line", "stands for too many terms");
    set = trie_trimmed(trie, set);
    if (trie_is_broad(trie, set) || shape.bytes > TRIE_TERM_BYTES || shape.stars > TRIE_STARS)
        complain(x, "begin with a letter, at most 4 '*' and 200 bytes",
                 "gives an empty, too long or too broad term");
    if (x->failed)
        return;
    g->set = trie_either(trie, g->set, set);
    g->shape = either(g->shape, shape);
    if (g->n_texts == g->cap_texts) {
        g->cap_texts = g->cap_texts ? 2 * g->cap_texts : 8;
        g->texts = arena_grow(x->v->packs->arena, g->texts, g->n_texts, g->cap_texts, sizeof(*g->texts));
    }
    g->texts[g->n_texts++] = text;
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
    add_text(&x, text_fold(arena, span_of(written))->text);
    const char *second = respelled(v, written);
    if (second && !x.failed)
        add_text(&x, text_fold(arena, span_of(second))->text);
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
    g->named = v->named;
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
    trie_include(v->packs->trie, g->set);
    v->groups[v->n++] = g;
    v->named = name ? v->n : v->named;
    return ok ? g : NULL;
}
