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
    TRIE_STARS = 4,        /* in one term: each may branch */
    TRIE_GROUPS = 65535
};

/*
 * While it is built: a set of terms, which all end in the same group; 0 = the empty set. Blanks run together, and go at both
 * ends; '*' is the rest of a word.
 */
typedef uint32_t trie_set;

struct trie *trie_new(void);
void trie_free(struct trie **trie);
trie_set trie_end(struct trie *trie, uint16_t group);            /* of nothing but the empty term */
trie_set trie_after(struct trie *trie, char c, trie_set set);    /* each behind that byte of folded text */
trie_set trie_either(struct trie *trie, trie_set x, trie_set y); /* those of both */
trie_set trie_joined(struct trie *trie, trie_set head,
                     trie_set tail);                    /* each of `head` with each of `tail` behind it */
trie_set trie_trimmed(struct trie *trie, trie_set set); /* without blanks at the beginning */
bool trie_is_broad(const struct trie *trie,
                   trie_set set);                   /* the empty term is in it, or one that begins with '*' */
void trie_include(struct trie *trie, trie_set set); /* trimmed, not broad, terms of TRIE_TERM_BYTES at most */
void trie_seal(struct trie *trie);

struct trie_hit {
    uint16_t group;
    uint32_t start, end; /* in the text */
};
typedef void trie_hit_fn(void *context, struct trie_hit hit);
/* Calls `fn` for each hit that begins in [start, end) and ends at or before `end`. */
void trie_scan(const struct trie *trie, struct span text, size_t start, size_t end, trie_hit_fn *fn,
               void *context);

#endif
