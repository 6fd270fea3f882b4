#ifndef RINGER_MILTER_HEADERTEXT_H
#define RINGER_MILTER_HEADERTEXT_H
#include "base/arena.h"

/*
 * Texts for the headers that we add, in `arena`. libmilter does not check what it is given, and our texts hold
 * words of the sender: the result never contains CR, NUL or a line that could be taken for another header.
 */

/*
 * An unstructured value (RFC 5322 2.2.1): at most `cap` bytes of `text`, white space runs as one blank, what is
 * not printable ASCII as RFC 2047 encoded words, folded at 76 columns with "\n " (what milters send; the MTA
 * makes CR LF of it). `name` is the header's, for the first line's width. `text` need not be valid UTF-8.
 */
char *headertext_unstructured(struct arena *arena, const char *name, const char *text, size_t cap);
/*
 * The same for people and tools that read the raw header: typographic marks as their ASCII likes, accents off words,
 * and other letters among ASCII ones as <U+0456>, so that a lookalike shows; in addresses and domains accents, too.
 * Words of another script stay encoded.
 */
char *headertext_readable(struct arena *arena, const char *name, const char *text, size_t cap);
/* `prefix` in front of a Subject as it was received (raw, folded, without its leading blank). */
char *headertext_subject(struct arena *arena, const char *prefix, const char *subject);

#endif
