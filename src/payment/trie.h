#ifndef RINGER_PAYMENT_TRIE_H
#define RINGER_PAYMENT_TRIE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/span.h"

/*
 * All words and phrases of all language packs in one trie, so that one pass over a folded text finds them
 * all, however many there are. A term begins at a word's beginning (any character of a script without
 * blanks), ends at a word's end, and may hold '*' (the rest of a word). A blank in a term stands for a
 * blank, a line end or a hyphen in the text; inside CJK words, line ends of the text are passed over.
 *
 * Built by one thread, sealed, then immutable and safe for any number of threads.
 */
struct trie;

enum {
    TRIE_TERM_BYTES = 200, /* longer is no phrase; also bounds the walk from one position */
    TRIE_GROUPS = 65535
};

struct trie *trie_new(void);
void trie_free(struct trie **trie);
/* `term` is folded text. False when it is empty, too long or begins with '*' or a blank. */
bool trie_add(struct trie *trie, struct span term, uint16_t group);
void trie_seal(struct trie *trie);
size_t trie_terms(const struct trie *trie);

struct trie_hit {
    uint16_t group;
    uint32_t start, end; /* in the text */
};
typedef void trie_hit_fn(void *context, struct trie_hit hit);
/* Calls `fn` for each hit that begins in [start, end) and ends at or before `end`. */
void trie_scan(const struct trie *trie, struct span text, size_t start, size_t end, trie_hit_fn *fn,
               void *context);

#endif
