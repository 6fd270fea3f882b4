#ifndef RINGER_MAIL_CSSVALUE_H
#define RINGER_MAIL_CSSVALUE_H
#include <stdbool.h>
#include <stdint.h>

/* Numbers, lengths and colours of CSS Values 4 and CSS Color 4, strict as browsers are: junk makes them invalid. */

enum { CSS_WIDTH = 1280, CSS_HEIGHT = 900 }; /* pixels of the window that a mail is thought to be shown in */

/* A sum: what "calc(100% - 2em)" comes to depends on where it stands. */
struct css_length {
    float px, em, rem, percent;
};

/*
 * Each reads from `*p` on, in small letters, and leaves `*p` behind what it read; false when that is none.
 * css_length: a dimension, a percentage, "0", calc(), min(), max(), clamp(); `unitless` also takes other bare
 * numbers as pixels (the quirk of pages without a doctype).
 */
bool css_number(const char **p, float *number_r);
bool css_angle(const char **p, float *degrees_r); /* "90deg", "0.25turn"; a bare number is degrees */
bool css_length(const char **p, bool unitless, struct css_length *length_r);
/* A name, #rgb, #rgba, #rrggbb, #rrggbbaa, rgb(), hsl(), hwb(), lab() and kin; 0xAARRGGBB. "currentcolor" is none. */
bool css_colour(const char **p, uint32_t *colour_r);
/* What `bgcolor` and `<font color>` make of any words (HTML, "rules for parsing a legacy colour value"). */
bool css_legacy_colour(const char *text, uint32_t *colour_r);
/* `top`, which may be translucent, over `below`. */
uint32_t css_over(uint32_t top, uint32_t below);
/* Would a reader see no difference? */
bool css_same_colour(uint32_t a, uint32_t b);

/* Skips blanks and returns whether `c` follows; then it is skipped too, and the blanks behind it. */
bool css_next(const char **p, char c);
/* Is the word at `*p` exactly `word`? Then it is skipped, and the blanks behind it. */
bool css_word(const char **p, const char *word);

#endif
