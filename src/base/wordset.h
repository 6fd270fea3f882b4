#ifndef RINGER_BASE_WORDSET_H
#define RINGER_BASE_WORDSET_H
#include <stdbool.h>
#include <stddef.h>
#include "base/diag.h"
#include "base/span.h"

/*
 * A set of words from a data file: one a line, '#' begins a comment, lower-cased (ASCII). A line may have a
 * value behind a tab. Immutable after loading; safe for any number of threads.
 */
struct wordset;

/* NULL with an error when the file cannot be read; `remedy` for it, NULL: that of the reason. */
struct wordset *wordset_load(const char *path, const char *remedy, struct diag_list *diags);
void wordset_free(struct wordset **set);
/* The value behind the tab; "" when the word has none; NULL when it is not in the set. ASCII case does not matter. */
const char *wordset_value(const struct wordset *set, struct span word);
/* Is `domain` or a parent of it in the set? Returns the entry, NULL when not. */
const char *wordset_domain(const struct wordset *set, const char *domain);
size_t wordset_size(const struct wordset *set);
/* The i-th word in sorted order. */
const char *wordset_at(const struct wordset *set, size_t i);

#endif
