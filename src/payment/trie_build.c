/*
 * Building the trie. A line of a pack stands for up to thousands of terms, which have most of their parts in common; they
 * are never written out. Sets of terms are made from their ends backwards, of nodes of which equal ones are one, and
 * results are remembered: what is shared is worked on once. Two blanks in a row do not come to be: a set never begins
 * with two, nor has it one at an end.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "payment/trie_nodes.h"

enum {
    DENSE_FROM = 6, /* children from which a table pays */
    OUTPUTS_MAX = UINT8_MAX - 1,
    SLOTS_FIRST = 1 << 12,
};

struct memo { /* what became of two nodes; open addressing, key 0 = empty */
    struct {
        uint64_t key;
        uint32_t node;
    } * v;
    uint32_t mask, n;
};

struct slot {
    uint32_t hash, node; /* node 0 = empty */
};

struct trie_build {
    struct trie *trie;
    struct slot *slots; /* open addressing over the nodes by what they are */
    uint32_t mask;
    struct memo eithers, joints;
    struct edge *work; /* of the nodes under way, those of the innermost last */
    size_t n_work, cap_work;
    trie_set *sets; /* all that are included */
    size_t n_sets, cap_sets;
};

void *trie_room(void *array, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return array;
    *cap = *cap ? 2 * *cap : 1024;
    return mem_resize(array, *cap, size);
}

struct trie *trie_new(void)
{
    struct trie *trie = mem_alloc(sizeof(*trie));
    trie->build = mem_alloc(sizeof(*trie->build));
    trie->nodes = trie_room(NULL, 0, &trie->cap_nodes, sizeof(*trie->nodes));
    trie->nodes[trie->n_nodes++] = (struct node){0};
    return trie;
}

static void free_build(struct trie_build **build)
{
    if (!*build)
        return;
    free((*build)->slots);
    free((*build)->eithers.v);
    free((*build)->joints.v);
    free((*build)->work);
    free((*build)->sets);
    free(*build);
    *build = NULL;
}

void trie_free(struct trie **trie)
{
    if (!*trie)
        return;
    free_build(&(*trie)->build);
    free((*trie)->nodes);
    free((*trie)->edges);
    free((*trie)->groups);
    free((*trie)->tables);
    free(*trie);
    *trie = NULL;
}

/* --- what was done before */

static uint32_t *memo_at(struct memo *m, uint64_t key)
{
    uint32_t at = (uint32_t)((key * 0x9fb21c651e98df25u) >> 32) & m->mask;
    while (m->v[at].key && m->v[at].key != key)
        at = (at + 1) & m->mask;
    m->n += !m->v[at].key;
    m->v[at].key = key;
    return &m->v[at].node;
}

static void memo_grow(struct memo *m)
{
    struct memo bigger = {.mask = m->v ? 2 * m->mask + 1 : 4095};
    bigger.v = mem_array((size_t)bigger.mask + 1, sizeof(*bigger.v));
    for (uint32_t i = 0; m->v && i <= m->mask; i++)
        if (m->v[i].key)
            *memo_at(&bigger, m->v[i].key) = m->v[i].node;
    free(m->v);
    *m = bigger;
}

/* Where the result for (a, b) is or belongs; good until the next call. */
static uint32_t *memo(struct memo *m, uint32_t a, uint32_t b)
{
    if (!m->v || 2 * m->n > m->mask)
        memo_grow(m);
    return memo_at(m, (uint64_t)a << 32 | b);
}

/* --- nodes */

static void push(struct trie_build *b, uint32_t byte, uint32_t to)
{
    b->work = trie_room(b->work, b->n_work, &b->cap_work, sizeof(*b->work));
    b->work[b->n_work++] = (struct edge){to, byte};
}

static uint32_t hash_of(const struct trie *t, const struct node *node)
{
    uint64_t h = node->rest;
    for (unsigned i = 0; i < node->n_edges; i++)
        h = (h ^ ((uint64_t)t->edges[node->edges + i].to << 8 | t->edges[node->edges + i].byte)) *
            0x9fb21c651e98df25u;
    for (unsigned i = 0; i < node->n_outputs; i++)
        h = (h ^ t->groups[node->outputs + i]) * 0xd6e8feb86659fd93u;
    return (uint32_t)(h ^ h >> 32);
}

static bool equal(const struct trie *t, const struct node *a, const struct node *b)
{
    return a->rest == b->rest && a->n_edges == b->n_edges && a->n_outputs == b->n_outputs &&
           (!a->n_edges ||
            memcmp(t->edges + a->edges, t->edges + b->edges, a->n_edges * sizeof(*t->edges)) == 0) &&
           (!a->n_outputs ||
            memcmp(t->groups + a->outputs, t->groups + b->outputs, a->n_outputs * sizeof(*t->groups)) == 0);
}

static struct slot *free_slot(struct slot *slots, uint32_t mask, uint32_t hash)
{
    uint32_t at = hash & mask;
    while (slots[at].node)
        at = (at + 1) & mask;
    return &slots[at];
}

static void slots_grow(struct trie_build *b)
{
    uint32_t mask = b->slots ? 2 * b->mask + 1 : SLOTS_FIRST - 1;
    struct slot *bigger = mem_array((size_t)mask + 1, sizeof(*bigger));
    for (uint32_t i = 0; b->slots && i <= b->mask; i++)
        if (b->slots[i].node)
            *free_slot(bigger, mask, b->slots[i].hash) = b->slots[i];
    free(b->slots);
    b->slots = bigger;
    b->mask = mask;
}

/* Adds the groups of both, each once, the last first. */
static void add_outputs(struct trie *t, struct node *node, const struct node *x, const struct node *y)
{
    unsigned i = 0, j = 0, n_x = x ? x->n_outputs : 0, n_y = y ? y->n_outputs : 0;
    node->outputs = (uint32_t)t->n_groups;
    while ((i < n_x || j < n_y) && node->n_outputs < OUTPUTS_MAX) {
        uint16_t g = i < n_x ? t->groups[x->outputs + i] : 0, h = j < n_y ? t->groups[y->outputs + j] : 0;
        bool first = j == n_y || (i < n_x && g >= h);
        i += first;
        j += !first || (j < n_y && g == h);
        t->groups = trie_room(t->groups, t->n_groups, &t->cap_groups, sizeof(*t->groups));
        t->groups[t->n_groups++] = first ? g : h;
        node->n_outputs++;
    }
}

/* The node that is equal to `node`, whose edges and groups are the last there are: an old one, or this. */
static uint32_t settle(struct trie *t, struct trie_build *b, const struct node *node)
{
    if (2 * t->n_nodes > b->mask)
        slots_grow(b);
    uint32_t hash = hash_of(t, node), at = hash & b->mask;
    for (; b->slots[at].node; at = (at + 1) & b->mask)
        if (b->slots[at].hash == hash && equal(t, &t->nodes[b->slots[at].node], node)) {
            t->n_edges = node->edges; /* taken back */
            t->n_groups = node->outputs;
            return b->slots[at].node;
        }
    b->slots[at] = (struct slot){hash, (uint32_t)t->n_nodes};
    t->nodes = trie_room(t->nodes, t->n_nodes, &t->cap_nodes, sizeof(*t->nodes));
    t->nodes[t->n_nodes] = *node;
    return (uint32_t)t->n_nodes++;
}

/* Of the edges that were pushed since `from`, and the groups of `x` and `y` (either may be NULL). 0 when it has nothing. */
static uint32_t make(struct trie *t, size_t from, uint32_t rest, const struct node *x, const struct node *y)
{
    struct trie_build *b = t->build;
    struct node node = {.edges = (uint32_t)t->n_edges, .rest = rest};
    for (; from + node.n_edges < b->n_work; node.n_edges++) {
        t->edges = trie_room(t->edges, t->n_edges, &t->cap_edges, sizeof(*t->edges));
        t->edges[t->n_edges++] = b->work[from + node.n_edges];
    }
    b->n_work = from;
    add_outputs(t, &node, x, y);
    return node.n_edges || rest || node.n_outputs ? settle(t, b, &node) : 0;
}

/* --- sets of terms */

trie_set trie_end(struct trie *trie, uint16_t group)
{
    trie->groups = trie_room(trie->groups, trie->n_groups, &trie->cap_groups, sizeof(*trie->groups));
    struct node node = {
        .edges = (uint32_t)trie->n_edges, .outputs = (uint32_t)trie->n_groups, .n_outputs = 1};
    trie->groups[trie->n_groups++] = group;
    return settle(trie, trie->build, &node);
}

trie_set trie_either(struct trie *trie, trie_set x, trie_set y)
{
    struct trie_build *b = trie->build;
    if (!x || !y || x == y)
        return x ? x : y;
    uint32_t known = *memo(&b->eithers, x < y ? x : y, x < y ? y : x);
    if (known)
        return known;
    struct node m = trie->nodes[x], n = trie->nodes[y];
    size_t from = b->n_work;
    for (unsigned i = 0, j = 0; i < m.n_edges || j < n.n_edges;) {
        struct edge e = i < m.n_edges ? trie->edges[m.edges + i] : (struct edge){0, UINT32_MAX},
                    f = j < n.n_edges ? trie->edges[n.edges + j] : (struct edge){0, UINT32_MAX};
        uint32_t to = e.byte < f.byte ? e.to : f.byte < e.byte ? f.to : trie_either(trie, e.to, f.to);
        push(b, e.byte < f.byte ? e.byte : f.byte, to);
        i += e.byte <= f.byte;
        j += f.byte <= e.byte;
    }
    uint32_t rest = trie_either(trie, m.rest, n.rest), made = make(trie, from, rest, &m, &n);
    return *memo(&b->eithers, x < y ? x : y, x < y ? y : x) = made;
}

/* Without what begins with a blank, and that, which is *blank_r, without its blank. */
static uint32_t without_blank(struct trie *trie, uint32_t set, bool empty, uint32_t *blank_r)
{
    struct node m = trie->nodes[set];
    size_t from = trie->build->n_work;
    *blank_r = 0;
    for (unsigned i = 0; i < m.n_edges; i++) {
        struct edge e = trie->edges[m.edges + i];
        if (e.byte == ' ')
            *blank_r = e.to;
        else
            push(trie->build, e.byte, e.to);
    }
    return make(trie, from, m.rest, empty ? &m : NULL, NULL);
}

trie_set trie_trimmed(struct trie *trie, trie_set set)
{
    uint32_t blank, others = without_blank(trie, set, true, &blank);
    return trie_either(trie, others, blank);
}

static uint32_t after_blank(struct trie *trie, uint32_t set)
{
    uint32_t blank, others = without_blank(trie, set, false, &blank), to = trie_either(trie, others, blank);
    struct node m = trie->nodes[set];
    size_t from = trie->build->n_work;
    if (to)
        push(trie->build, ' ', to);
    return make(trie, from, 0, &m,
                NULL); /* a term does not end with a blank: what ended here ends before it */
}

trie_set trie_after(struct trie *trie, char c, trie_set set)
{
    size_t from = trie->build->n_work;
    if (!set)
        return 0;
    if (c == '*')
        return make(trie, from, set, NULL, NULL);
    if (c == ' ' || c == '\n')
        return after_blank(trie, set);
    push(trie->build, (uint8_t)c, set);
    return make(trie, from, 0, NULL, NULL);
}

trie_set trie_joined(struct trie *trie, trie_set head, trie_set tail)
{
    struct trie_build *b = trie->build;
    if (!head || !tail)
        return 0;
    uint32_t known = *memo(&b->joints, head, tail), blank = 0;
    if (known)
        return known;
    struct node m = trie->nodes[head];
    size_t from = b->n_work;
    for (unsigned i = 0; i < m.n_edges; i++) {
        struct edge e = trie->edges[m.edges + i];
        uint32_t to = trie_joined(trie, e.to, tail);
        if (e.byte == ' ')
            blank = to;
        else
            push(b, e.byte, to);
    }
    uint32_t made = make(trie, from, trie_joined(trie, m.rest, tail), NULL, NULL);
    if (blank)
        made = trie_either(trie, made, after_blank(trie, blank));
    if (m.n_outputs)
        made = trie_either(trie, made, tail);
    return *memo(&b->joints, head, tail) = made;
}

bool trie_is_broad(const struct trie *trie, trie_set set)
{
    return trie->nodes[set].n_outputs || trie->nodes[set].rest;
}

void trie_include(struct trie *trie, trie_set set)
{
    struct trie_build *b = trie->build;
    b->sets = trie_room(b->sets, b->n_sets, &b->cap_sets, sizeof(*b->sets));
    b->sets[b->n_sets++] = set;
}

/* --- sealing */

/* Halves, so that large sets meet large ones, and only a few times. */
static trie_set all_of(struct trie *trie, size_t from, size_t n)
{
    if (n < 2)
        return n ? trie->build->sets[from] : 0;
    trie_set first = all_of(trie, from, n / 2);
    return trie_either(trie, first, all_of(trie, from + n / 2, n - n / 2));
}

/* Copies what the root leads to; the rest was made on the way. */
static uint32_t keep(struct trie *to, const struct trie *from, uint32_t at, uint32_t *kept)
{
    struct node m = from->nodes[at];
    if (!at || kept[at])
        return kept[at];
    for (unsigned i = 0; i < m.n_edges; i++)
        keep(to, from, from->edges[m.edges + i].to, kept);
    struct node node = {.edges = (uint32_t)to->n_edges,
                        .rest = keep(to, from, m.rest, kept),
                        .outputs = (uint32_t)to->n_groups,
                        .n_edges = m.n_edges,
                        .n_outputs = m.n_outputs};
    node.edges = (uint32_t)to->n_edges;
    node.outputs = (uint32_t)to->n_groups;
    for (unsigned i = 0; i < m.n_edges; i++) {
        struct edge e = from->edges[m.edges + i];
        to->edges = trie_room(to->edges, to->n_edges, &to->cap_edges, sizeof(*to->edges));
        to->edges[to->n_edges++] = (struct edge){kept[e.to], e.byte};
    }
    for (unsigned i = 0; i < m.n_outputs; i++) {
        to->groups = trie_room(to->groups, to->n_groups, &to->cap_groups, sizeof(*to->groups));
        to->groups[to->n_groups++] = from->groups[m.outputs + i];
    }
    to->nodes = trie_room(to->nodes, to->n_nodes, &to->cap_nodes, sizeof(*to->nodes));
    to->nodes[to->n_nodes] = node;
    return kept[at] = (uint32_t)to->n_nodes++;
}

static void make_tables(struct trie *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n_nodes; i++)
        n += t->nodes[i].n_edges >= DENSE_FROM;
    t->tables = mem_array(n + 1, sizeof(*t->tables));
    n = 0;
    for (size_t i = 0; i < t->n_nodes; i++) {
        struct node *node = &t->nodes[i];
        if (node->n_edges < DENSE_FROM)
            continue;
        for (unsigned e = 0; e < node->n_edges; e++)
            t->tables[n][t->edges[node->edges + e].byte] = t->edges[node->edges + e].to;
        node->table = (uint32_t)++n;
    }
}

void trie_seal(struct trie *trie)
{
    trie_set root = all_of(trie, 0, trie->build->n_sets);
    uint32_t *kept = mem_array(trie->n_nodes, sizeof(*kept));
    struct trie sealed = {0};
    sealed.nodes = trie_room(NULL, 0, &sealed.cap_nodes, sizeof(*sealed.nodes));
    sealed.nodes[sealed.n_nodes++] = (struct node){0};
    sealed.root = keep(&sealed, trie, root, kept);
    free(kept);
    free_build(&trie->build);
    free(trie->nodes);
    free(trie->edges);
    free(trie->groups);
    *trie = sealed;
    make_tables(trie);
}
