#ifndef RINGER_LOOKALIKE_SUFFIX_H
#define RINGER_LOOKALIKE_SUFFIX_H
#include <stdbool.h>
#include <stddef.h>

/*
 * The registrable part of a name: one label below its public suffix (https://publicsuffix.org/list/). A name that is
 * itself a suffix of the list's private part (github.io) counts as registered by its owner.
 *
 * `ascii`: A-labels in lower case, no empty label, n bytes and a NUL. The result points into it; NULL when the name
 * is a suffix. Any thread may ask; the list is read at the first question.
 */
const char *suffix_registrable(const char *ascii, size_t n);
/* Is this suffix in the list's private part: of somebody below whose name anybody gets one? */
bool suffix_is_private(const char *suffix);

#endif
