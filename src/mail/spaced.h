#ifndef RINGER_MAIL_SPACED_H
#define RINGER_MAIL_SPACED_H
#include "base/arena.h"
#include "base/span.h"

/*
 * "b a n k", "b.a.n.k", a letter a line: a reader puts the letters together again. The text with such letters joined; where
 * their distance is another one, a word ends. Empty when there are too few of them to be a sentence.
 * `text` is valid UTF-8; the result is in `arena`.
 */
struct span spaced_joined(struct arena *arena, struct span text);

#endif
