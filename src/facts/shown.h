#ifndef RINGER_FACTS_SHOWN_H
#define RINGER_FACTS_SHOWN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/span.h"

/*
 * A name as its reader sees it: letters in the order of the screen, folded (base/text.h), and cut into words. Single
 * letters with nothing but dots or blanks between them are one word (S.p.A., N o r t h g a t e).
 */
enum { SHOWN_WORDS = 64 /* more are cut: spelt out letter by letter, a name is that long */ };

enum shown_how {
    SHOWN_PLAIN = 0,
    SHOWN_CAPITALS = 1, /* a capital behind a small letter begins a word: KarenWhitfield */
    SHOWN_COMMAS = 2,   /* a comma ends a segment, as in the lines of a signature */
    SHOWN_LOCAL = 4     /* a local part: digits at the end of a word say nothing */
};

struct shown_word {
    struct span text;
    unsigned segment; /* "Helen Marsh (Northgate Tooling)" has two: 0, 1 */
};

struct shown {
    struct span text; /* folded */
    struct shown_word v[SHOWN_WORDS];
    size_t n;
};

/*
 * Words glued together, in which what looks like a letter, or is written for it, is that letter: 0 and o; 1, I and l; rn
 * and m; ae and a. Two names that a reader takes for one are equal. Cut at GLUED_MAX bytes. {.n = 0} is empty.
 */
enum { GLUED_MAX = 160 };
struct glued {
    char p[GLUED_MAX];
    size_t n;
};
void shown_glue(struct glued *glued, struct span word);

/* `how`: bits of enum shown_how. `name`: hostile text of any length, valid UTF-8 or not. */
void shown_read(struct arena *arena, const char *name, unsigned how, struct shown *shown_r);
/* Does SHOWN_CAPITALS cut this name where it is not cut otherwise? */
bool shown_has_capitals(const char *name);

#endif
