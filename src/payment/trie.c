/*
 * The trie of all terms, see trie.h. While it is built, children are linked lists; sealing lays the edges
 * of each node side by side, and gives nodes with many children a table of 256. No failure links: a word
 * begins every few bytes and most walks end after three letters, so starting over is the cheaper way.
 * It refuses terms that could match at every position.
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

struct node {
    uint32_t child, sibling; /* while building */
    uint32_t output;         /* index + 1 of the first output */
    uint32_t edges;          /* sealed: index of the first edge, or of the table */
    uint32_t rest;           /* sealed: the child for REST_OF_WORD, which is no edge then; 0 = none */
    uint16_t n_edges;
    uint8_t byte;
    bool dense;
};

struct edge {
    uint8_t byte;
    uint32_t to;
};

struct output {
    uint32_t next;
    uint16_t group;
};

struct trie {
    struct node *nodes;
    size_t n_nodes, cap_nodes;
    struct output *outputs;
    size_t n_outputs, cap_outputs;
    struct edge *edges;
    uint32_t (*tables)[256];
    size_t n_terms;
};

static uint32_t node_new(struct trie *trie, uint8_t byte)
{
    if (trie->n_nodes == trie->cap_nodes) {
        trie->cap_nodes = trie->cap_nodes ? 2 * trie->cap_nodes : 1024;
        trie->nodes = mem_resize(trie->nodes, trie->cap_nodes, sizeof(*trie->nodes));
    }
    trie->nodes[trie->n_nodes] = (struct node){.byte = byte};
    return (uint32_t)trie->n_nodes++;
}

struct trie *trie_new(void)
{
    struct trie *trie = mem_alloc(sizeof(*trie));
    node_new(trie, 0);
    return trie;
}

void trie_free(struct trie **trie)
{
    if (!*trie)
        return;
    free((*trie)->nodes);
    free((*trie)->outputs);
    free((*trie)->edges);
    free((*trie)->tables);
    free(*trie);
    *trie = NULL;
}

static uint32_t child_make(struct trie *trie, uint32_t at, uint8_t byte)
{
    for (uint32_t c = trie->nodes[at].child; c; c = trie->nodes[c].sibling)
        if (trie->nodes[c].byte == byte)
            return c;
    uint32_t c = node_new(trie, byte);
    trie->nodes[c].sibling = trie->nodes[at].child;
    trie->nodes[at].child = c;
    return c;
}

static void output_add(struct trie *trie, uint32_t at, uint16_t group)
{
    for (uint32_t o = trie->nodes[at].output; o; o = trie->outputs[o - 1].next)
        if (trie->outputs[o - 1].group == group)
            return;
    if (trie->n_outputs == trie->cap_outputs) {
        trie->cap_outputs = trie->cap_outputs ? 2 * trie->cap_outputs : 1024;
        trie->outputs = mem_resize(trie->outputs, trie->cap_outputs, sizeof(*trie->outputs));
    }
    trie->outputs[trie->n_outputs++] = (struct output){trie->nodes[at].output, group};
    trie->nodes[at].output = (uint32_t)trie->n_outputs;
}

bool trie_add(struct trie *trie, struct span term, uint16_t group)
{
    unsigned stars = 0;
    if (!term.n || term.n > TRIE_TERM_BYTES || term.p[0] == '*' || term.p[0] == ' ')
        return false;
    for (size_t i = 0; i < term.n; i++)
        if (term.p[i] == '*' && ++stars > MAX_STARS)
            return false;
    uint32_t at = 0;
    for (size_t i = 0; i < term.n; i++) {
        uint8_t byte = (uint8_t)term.p[i];
        at = child_make(trie, at, byte == '*' ? REST_OF_WORD : byte == '\n' ? ' ' : byte);
    }
    output_add(trie, at, group);
    trie->n_terms++;
    return true;
}

size_t trie_terms(const struct trie *trie)
{
    return trie->n_terms;
}

void trie_seal(struct trie *trie)
{
    size_t tables = 0, edges = 0;
    for (size_t i = 0; i < trie->n_nodes; i++) {
        struct node *node = &trie->nodes[i];
        for (uint32_t c = node->child; c; c = trie->nodes[c].sibling)
            if (trie->nodes[c].byte == REST_OF_WORD)
                node->rest = c;
            else
                node->n_edges++;
        node->dense = node->n_edges >= DENSE_FROM;
        tables += node->dense;
        edges += node->n_edges;
    }
    trie->edges = mem_array(edges + 1, sizeof(*trie->edges));
    trie->tables = mem_array(tables + 1, sizeof(*trie->tables));
    tables = edges = 0;
    for (size_t i = 0; i < trie->n_nodes; i++) {
        struct node *node = &trie->nodes[i];
        node->edges = (uint32_t)(node->dense ? tables++ : edges);
        for (uint32_t c = node->child; c; c = trie->nodes[c].sibling)
            if (c == node->rest)
                continue;
            else if (node->dense)
                trie->tables[node->edges][trie->nodes[c].byte] = c;
            else
                trie->edges[edges++] = (struct edge){trie->nodes[c].byte, c};
    }
}

/* The child, 0 (the root is nobody's child) when there is none. */
static inline uint32_t child_of(const struct trie *trie, const struct node *node, uint8_t byte)
{
    if (node->dense)
        return trie->tables[node->edges][byte];
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
    for (uint32_t o = node->output; o; o = w->trie->outputs[o - 1].next)
        w->fn(w->context,
              (struct trie_hit){w->trie->outputs[o - 1].group, (uint32_t)w->start, (uint32_t)pos});
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
        if (node->output)
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
    const struct node *root = &trie->nodes[0];
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
