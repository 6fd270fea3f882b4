#ifndef RINGER_MAIL_BIDI_H
#define RINGER_MAIL_BIDI_H
#include "base/arena.h"
#include "base/span.h"

/* The characters that turn letters around (UAX #9). */
enum bidi_control {
    BIDI_LRE = 0x202A,
    BIDI_RLE,
    BIDI_PDF,
    BIDI_LRO,
    BIDI_RLO,
    BIDI_LRI = 0x2066,
    BIDI_RLI,
    BIDI_FSI,
    BIDI_PDI,
};

/*
 * Text in the order in which it is seen. Overrides, embeddings and isolates (U+202A..U+202E, U+2066..U+2069; HTML's
 * `dir` and CSS's `unicode-bidi` come as the same characters) turn letters around: "XNAB" behind U+202E reads
 * "BANX". The result has no such characters. Paragraphs with letters that run from right to left by themselves
 * (Hebrew, Arabic) stay as they are read, but for stretches that an override turns.
 * `text` is valid UTF-8; lines are paragraphs. Text without controls is returned as it is. (UAX #9)
 */
struct span bidi_seen(struct arena *arena, struct span text);

#endif
