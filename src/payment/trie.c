/*
 * The trie of all terms, see trie.h. While it is built, children are linked lists. Sealing makes equal subtrees one
 * (terms are put together from parts, so most endings come thousands of times), lays the edges of each node side by
 * side, and gives nodes with many children a table of 256. No failure links: a word begins every few bytes and most
 * walks end after three letters, so starting over is the cheaper way. It refuses terms that could match at every
 * position.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "payment/trie.h"

enum {
    REST_OF_WORD = 1, /* the edge for '*': no byte of a folded text */
    DENSE_FROM = 6,   /* children from which a table pays */
    MAX_STARS = 4     /* in one term: each may branch */
};

struct building { /* a node while terms are added; children come behind their parents */
    uint32_t child, sibling;
    uint32_t output; /* index + 1 of the first output */
    uint8_t byte;
};

struct output {
    uint32_t next;
    uint16_t group;
};

struct node {
    uint32_t edges;   /* index of the first edge */
    uint32_t rest;    /* the child for REST_OF_WORD, which is no edge; 0 = none */
    uint32_t outputs; /* index of the first of its groups */
    uint32_t table;   /* 1 + index of its table; 0 = none */
    uint8_t n_edges, n_outputs;
};

struct edge {
    uint8_t byte;
    uint32_t to;
};

struct trie {
    struct building *build; /* NULL once sealed */
    size_t n_build, cap_build;
    struct output *outputs;
    size_t n_outputs, cap_outputs;
    size_t n_terms;
    /* the nodes along the last term: the next one often begins so */
    char last[TRIE_TERM_BYTES];
    uint32_t path[TRIE_TERM_BYTES + 1];
    size_t n_last;
    /* sealed; node 0 is nobody's child and stands for none */
    struct node *nodes;
    size_t n_nodes, cap_nodes;
    struct edge *edges;
    size_t n_edges, cap_edges;
    uint16_t *groups;
    size_t n_groups, cap_groups;
    uint32_t (*tables)[256];
    uint32_t root;
};

static void *room(void *array, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return array;
    *cap = *cap ? 2 * *cap : 1024;
    return mem_resize(array, *cap, size);
}

static uint32_t node_new(struct trie *trie, uint8_t byte)
{
    trie->build = room(trie->build, trie->n_build, &trie->cap_build, sizeof(*trie->build));
    trie->build[trie->n_build] = (struct building){.byte = byte};
    return (uint32_t)trie->n_build++;
}

struct trie *trie_new(void)
{
    struct trie *trie = mem_alloc(sizeof(*trie));
    node_new(trie, 0);
    return trie;
}

static void free_building(struct trie *trie)
{
    free(trie->build);
    free(trie->outputs);
    trie->build = NULL;
    trie->outputs = NULL;
}

void trie_free(struct trie **trie)
{
    if (!*trie)
        return;
    free_building(*trie);
    free((*trie)->nodes);
    free((*trie)->edges);
    free((*trie)->groups);
    free((*trie)->tables);
    free(*trie);
    *trie = NULL;
}

static uint32_t child_make(struct trie *trie, uint32_t at, uint8_t byte)
{
    for (uint32_t c = trie->build[at].child; c; c = trie->build[c].sibling)
        if (trie->build[c].byte == byte)
            return c;
    uint32_t c = node_new(trie, byte);
    trie->build[c].sibling = trie->build[at].child;
    trie->build[at].child = c;
    return c;
}

static void output_add(struct trie *trie, uint32_t at, uint16_t group)
{
    unsigned n = 0;
    for (uint32_t o = trie->build[at].output; o; o = trie->outputs[o - 1].next, n++)
        if (trie->outputs[o - 1].group == group || n == UINT8_MAX - 1)
            return;
    trie->outputs = room(trie->outputs, trie->n_outputs, &trie->cap_outputs, sizeof(*trie->outputs));
    trie->outputs[trie->n_outputs++] = (struct output){trie->build[at].output, group};
    trie->build[at].output = (uint32_t)trie->n_outputs;
}

bool trie_add(struct trie *trie, struct span term, uint16_t group)
{
    unsigned stars = 0;
    if (!term.n || term.n > TRIE_TERM_BYTES || term.p[0] == '*' || term.p[0] == ' ')
        return false;
    for (size_t i = 0; i < term.n; i++)
        if (term.p[i] == '*' && ++stars > MAX_STARS)
            return false;
    size_t i = 0;
    while (i < term.n && i < trie->n_last && term.p[i] == trie->last[i])
        i++;
    for (; i < term.n; i++) {
        uint8_t byte = (uint8_t)(trie->last[i] = term.p[i]);
        trie->path[i + 1] = child_make(trie, trie->path[i],
                                       byte == '*'    ? REST_OF_WORD
                                       : byte == '\n' ? ' '
                                                      : byte);
    }
    trie->n_last = term.n;
    output_add(trie, trie->path[term.n], group);
    trie->n_terms++;
    return true;
}

size_t trie_terms(const struct trie *trie)
{
    return trie->n_terms;
}

struct sealing {
    struct trie *trie;
    uint32_t *sealed; /* of each building node */
    uint32_t *slots;  /* open addressing over the nodes by what they are; 0 = empty */
    uint32_t mask;
};

static int by_byte(const void *a, const void *b)
{
    const struct edge *x = a, *y = b;
    return (int)x->byte - (int)y->byte;
}

/* Puts what node `i` leads to and says behind what is sealed already. */
static struct node compile(struct sealing *s, uint32_t i)
{
    struct trie *t = s->trie;
    struct node node = {.edges = (uint32_t)t->n_edges, .outputs = (uint32_t)t->n_groups};
    for (uint32_t c = t->build[i].child; c; c = t->build[c].sibling) {
        if (t->build[c].byte == REST_OF_WORD) {
            node.rest = s->sealed[c];
            continue;
        }
        t->edges = room(t->edges, t->n_edges, &t->cap_edges, sizeof(*t->edges));
        memset(&t->edges[t->n_edges], 0, sizeof(*t->edges)); /* compared as bytes */
        t->edges[t->n_edges].byte = t->build[c].byte;
        t->edges[t->n_edges++].to = s->sealed[c];
        node.n_edges++;
    }
    if (node.n_edges > 1)
        qsort(t->edges + node.edges, node.n_edges, sizeof(*t->edges), by_byte);
    for (uint32_t o = t->build[i].output; o; o = t->outputs[o - 1].next) {
        t->groups = room(t->groups, t->n_groups, &t->cap_groups, sizeof(*t->groups));
        t->groups[t->n_groups++] = t->outputs[o - 1].group;
        node.n_outputs++;
    }
    return node;
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

static void slots_grow(struct sealing *s)
{
    uint32_t size = s->slots ? 2 * (s->mask + 1) : 4096;
    free(s->slots);
    s->slots = mem_array(size, sizeof(*s->slots));
    s->mask = size - 1;
    for (uint32_t i = 1; i < s->trie->n_nodes; i++) {
        uint32_t at = hash_of(s->trie, &s->trie->nodes[i]) & s->mask;
        while (s->slots[at])
            at = (at + 1) & s->mask;
        s->slots[at] = i;
    }
}

/* The node that is equal to building node `i`, an old one when there is one. */
static uint32_t seal_node(struct sealing *s, uint32_t i)
{
    struct trie *t = s->trie;
    if (2 * t->n_nodes > s->mask)
        slots_grow(s);
    struct node node = compile(s, i);
    uint32_t at = hash_of(t, &node) & s->mask;
    for (; s->slots[at]; at = (at + 1) & s->mask)
        if (equal(t, &t->nodes[s->slots[at]], &node)) {
            t->n_edges = node.edges; /* taken back */
            t->n_groups = node.outputs;
            return s->slots[at];
        }
    s->slots[at] = (uint32_t)t->n_nodes;
    t->nodes = room(t->nodes, t->n_nodes, &t->cap_nodes, sizeof(*t->nodes));
    t->nodes[t->n_nodes] = node;
    return (uint32_t)t->n_nodes++;
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
    struct sealing s = {.trie = trie, .sealed = mem_array(trie->n_build, sizeof(*s.sealed))};
    trie->nodes = room(trie->nodes, 0, &trie->cap_nodes, sizeof(*trie->nodes));
    trie->nodes[trie->n_nodes++] = (struct node){0};
    for (size_t i = trie->n_build; i-- > 0;)
        s.sealed[i] = seal_node(&s, (uint32_t)i);
    trie->root = s.sealed[0];
    free(s.sealed);
    free(s.slots);
    free_building(trie);
    trie->nodes = mem_resize(trie->nodes, trie->n_nodes, sizeof(*trie->nodes));
    trie->edges = mem_resize(trie->edges, trie->n_edges + 1, sizeof(*trie->edges));
    make_tables(trie);
}

/* The child, 0 when there is none. */
static inline uint32_t child_of(const struct trie *trie, const struct node *node, uint8_t byte)
{
    if (node->table)
        return trie->tables[node->table - 1][byte];
    for (uint32_t i = 0; i < node->n_edges; i++)
        if (trie->edges[node->edges + i].byte == byte)
            return trie->edges[node->edges + i].to;
    return 0;
}

static inline bool word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

struct walk {
    const struct trie *trie;
    const char *p;
    size_t start, end; /* the term's beginning; where the clause ends */
    trie_hit_fn *fn;
    void *context;
};

static void emit(const struct walk *w, const struct node *node, size_t pos)
{
    if (pos < w->end && word_byte(w->p[pos]) && word_byte(w->p[pos - 1]))
        return;
    for (unsigned i = 0; i < node->n_outputs; i++)
        w->fn(w->context,
              (struct trie_hit){w->trie->groups[node->outputs + i], (uint32_t)w->start, (uint32_t)pos});
}

/* The node behind the byte at *pos, which is moved on; 0 when no term goes on so. */
static uint32_t step(const struct walk *w, const struct node *node, size_t *pos)
{
    uint8_t byte = (uint8_t)w->p[*pos];
    bool blank = byte == ' ' || byte == '\n';
    uint32_t to = child_of(w->trie, node, blank ? ' ' : byte);
    if (!to && byte == '-')
        to = child_of(w->trie, node, ' ');
    if (!to && blank && *pos + 1 < w->end && (uint8_t)w->p[*pos - 1] >= 0x80 &&
        (uint8_t)w->p[*pos + 1] >= 0x80) {
        to = child_of(w->trie, node, (uint8_t)w->p[*pos + 1]);
        ++*pos;
    }
    ++*pos;
    return to;
}

/* Recursion is bounded by MAX_STARS. */
static void walk(const struct walk *w, uint32_t at, size_t pos)
{
    do {
        const struct node *node = &w->trie->nodes[at];
        if (node->n_outputs)
            emit(w, node, pos);
        if (node->rest) {
            size_t q = pos;
            while (q < w->end && word_byte(w->p[q]))
                q++;
            walk(w, node->rest, q);
        }
        if (pos >= w->end)
            return;
        at = step(w, node, &pos);
    } while (at);
}

void trie_scan(const struct trie *trie, struct span text, size_t start, size_t end, trie_hit_fn *fn,
               void *context)
{
    struct walk w = {trie, text.p, start, end, fn, context};
    const struct node *root = &trie->nodes[trie->root];
    for (size_t i = start; i < end; i++) {
        uint8_t byte = (uint8_t)text.p[i];
        bool begins = byte >= 0xC0 || (byte < 0x80 && byte > ' ' &&
                                       !(word_byte(text.p[i]) && i > start && word_byte(text.p[i - 1])));
        uint32_t to = begins ? child_of(trie, root, byte) : 0;
        if (to) {
            w.start = i;
            walk(&w, to, i + 1);
        }
        while (i + 1 < end && word_byte(text.p[i]) && word_byte(text.p[i + 1]))
            i++; /* nothing begins inside a word */
    }
}
