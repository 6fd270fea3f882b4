#ifndef RINGER_BASE_TEXT_H
#define RINGER_BASE_TEXT_H
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/span.h"

/*
 * Folding of text before it is matched (DESIGN.md section 5), so that zero-width characters, full-width
 * forms, accents and look-alike letters inside words do not hide a phrase: invisible characters and
 * variation selectors are dropped, NFKC, case folded, accents taken off Latin letters only (NFKD would
 * break kana), Cyrillic and Greek look-alikes inside Latin words mapped to Latin, white space runs become
 * one blank, line ends kept as one '\n' (two for a paragraph).
 *
 * `map[i]` is the byte offset in the original text from which folded byte i came, so that evidence can be
 * quoted as the reader sees it; map has n + 1 entries (the last is the original's length).
 */
struct folded_text {
    struct span text; /* UTF-8, always valid, NUL-terminated */
    uint32_t *map;
    struct span original;
    unsigned invisible; /* characters dropped because no reader sees them */
    unsigned mixed;     /* look-alike letters of another script that stood inside Latin words */
};

/* `original` need not be valid UTF-8: bad bytes become U+FFFD. It must outlive the result (in `arena`). */
struct folded_text *text_fold(struct arena *arena, struct span original);
/* The part of the original from which folded bytes [start, end) came. */
struct span text_fold_original(const struct folded_text *folded, size_t start, size_t end);
/* Valid UTF-8 copy: bad bytes become U+FFFD, NUL becomes U+FFFD. */
struct span text_valid_utf8(struct arena *arena, struct span bytes);

#endif
