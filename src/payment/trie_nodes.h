#ifndef RINGER_PAYMENT_TRIE_NODES_H
#define RINGER_PAYMENT_TRIE_NODES_H
#include "payment/trie.h"

/* The nodes of a trie, for trie.c and trie_build.c. Equal nodes are one; node 0 is nobody's child and stands for none. */
struct node {
    uint32_t edges;   /* index of the first edge; they are in order */
    uint32_t rest;    /* the child for the rest of a word, which is no edge; 0 = none */
    uint32_t outputs; /* index of the first of its groups, the last group first */
    uint32_t table;   /* 1 + index of its table; 0 = none */
    uint8_t n_edges, n_outputs;
};

struct edge {
    uint32_t to;
    uint32_t byte;
};

struct trie_build;

struct trie {
    struct trie_build *build; /* NULL once sealed */
    struct node *nodes;
    size_t n_nodes, cap_nodes;
    struct edge *edges;
    size_t n_edges, cap_edges;
    uint16_t *groups;
    size_t n_groups, cap_groups;
    uint32_t (*tables)[256];
    uint32_t root;
};

/* `array` with room for one more element of `size` bytes. */
void *trie_room(void *array, size_t n, size_t *cap, size_t size);

#endif
