/*
 * Scanning a text for all terms, see trie.h; trie_build.c makes the nodes. No failure links: a word begins every few bytes
 * and most walks end after three letters, so starting over is the cheaper way.
 */
#include "payment/trie_nodes.h"

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

/* Recursion is bounded by TRIE_STARS. */
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
