#ifndef RINGER_MAIL_PLACED_H
#define RINGER_MAIL_PLACED_H
#include "base/arena.h"
#include "base/buf.h"

/* Pieces of text that stand where coordinates say (SVG, position:absolute), read by lines and from left to right. */
struct placed;

struct placed *placed_new(struct arena *arena);
/*
 * `x`, `y`: of the piece's beginning; `size` of its letters; all in pixels. Keeps `text`. What is too far away for any
 * screen, or nowhere, is dropped.
 */
void placed_add(struct placed *placed, float x, float y, float size, struct span text);
/* Writes the lines, each with its line end, and forgets the pieces. */
void placed_read(struct placed *placed, struct buf *out);
size_t placed_count(const struct placed *placed);
/* How wide `text` is about, in pixels. */
float placed_width(struct span text, float size);

#endif
