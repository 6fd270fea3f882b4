#ifndef RINGER_BASE_TEXT_H
#define RINGER_BASE_TEXT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/span.h"

/*
 * Folding of text before it is matched (ARCHITECTURE.md, "A request"), so that zero-width characters, full-width
 * forms, accents and look-alike letters inside words do not hide a phrase: invisible characters and
 * variation selectors are dropped, NFKC, case folded, accents taken off Latin letters only (NFKD would
 * break kana; ß gives ss, æ ae, ø o), Cyrillic and Greek look-alikes inside Latin words mapped to Latin,
 * typographic quotes and dashes become ASCII ones, white space runs become one blank, line ends kept as
 * one '\n' (two for a paragraph). White space at both ends is dropped.
 *
 * `map[i]` is the byte offset in the original text from which folded byte i came, so that evidence can be
 * quoted as the reader sees it; map has n + 1 entries (the last is the original's length).
 */
struct folded_text {
    struct span text; /* UTF-8, always valid, NUL-terminated */
    uint32_t *map;
    struct span original;
    unsigned invisible; /* characters no reader sees that stood inside a word and were dropped */
    unsigned mixed;     /* look-alike letters of another script that stood inside Latin words */
};

/* `original` need not be valid UTF-8: bad bytes become U+FFFD. It must outlive the result (in `arena`). */
struct folded_text *text_fold(struct arena *arena, struct span original);
/* The part of the original from which folded bytes [start, end) came. */
struct span text_fold_original(const struct folded_text *folded, size_t start, size_t end);
/* Valid UTF-8 copy: bad bytes become U+FFFD, NUL becomes U+FFFD. Valid text is returned as it is. */
struct span text_valid_utf8(struct arena *arena, struct span bytes);
bool text_is_utf8(struct span bytes);
/* As text_valid_utf8, and control characters other than '\n' and '\t' are dropped (CR LF becomes '\n'). */
struct span text_clean(struct arena *arena, struct span bytes);
/* For header values: also '\n' and '\t' become blanks; NUL-terminated. */
const char *text_clean_line(struct arena *arena, struct span bytes);
/* At most `n` bytes of valid UTF-8, not cut inside a character. */
struct span text_cut(struct span text, size_t n);
/* Decodes one character at p[0..n), n > 0; returns its length. A bad byte gives U+FFFD and length 1. */
size_t text_decode(const char *p, size_t n, uint32_t *c_r);
/* Writes `c`, which is a character; returns its length. */
size_t text_encode(uint32_t c, char out[4]);

/* Around the stretches of a text that are to be shown marked: no character of a name or an address. */
enum { TEXT_MARK = 2, TEXT_UNMARK = 3 };

#endif
