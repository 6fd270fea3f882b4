#ifndef RINGER_MAIL_CSSREADERS_H
#define RINGER_MAIL_CSSREADERS_H
#include <stddef.h>
#include "mail/cssblock.h"

struct css_name {
    const char *name;
    enum css_keyword keyword;
};

/* Is the word at `*p` one of these? Then it is skipped, and the blanks behind it. */
bool css_read_word(const char **p, const struct css_name *words, size_t n, struct css_value *v);
#define CSS_KEYWORD(p, words, v) css_read_word(p, words, sizeof(words) / sizeof(*(words)), v)

/*
 * Readers of single properties, for the table of cssread.c alone. Each reads from `*p` on, in small letters, and
 * leaves `*p` behind what it read; false where browsers take the value for invalid.
 */
bool css_read_colour(const char **p, bool quirks, struct css_value *v);
bool css_read_fill(const char **p, bool quirks, struct css_value *v);
bool css_read_shadow(const char **p, bool quirks, struct css_value *v);
bool css_read_image(const char **p, bool quirks, struct css_value *v);
bool css_read_images(const char **p, bool quirks, struct css_value *v);
bool css_read_background_clip(const char **p, bool quirks, struct css_value *v);
bool css_read_display(const char **p, bool quirks, struct css_value *v);
bool css_read_visibility(const char **p, bool quirks, struct css_value *v);
bool css_read_content_visibility(const char **p, bool quirks, struct css_value *v);
bool css_read_overflow(const char **p, bool quirks, struct css_value *v);
bool css_read_position(const char **p, bool quirks, struct css_value *v);
bool css_read_direction(const char **p, bool quirks, struct css_value *v);
bool css_read_bidi(const char **p, bool quirks, struct css_value *v);
bool css_read_white_space(const char **p, bool quirks, struct css_value *v);
bool css_read_float(const char **p, bool quirks, struct css_value *v);
bool css_read_flex_direction(const char **p, bool quirks, struct css_value *v);
bool css_read_flex_flow(const char **p, bool quirks, struct css_value *v);
bool css_read_filter(const char **p, bool quirks, struct css_value *v);
bool css_read_opacity(const char **p, bool quirks, struct css_value *v);
bool css_read_clip(const char **p, bool quirks, struct css_value *v);
bool css_read_clip_path(const char **p, bool quirks, struct css_value *v);
bool css_read_transform(const char **p, bool quirks, struct css_value *v);
bool css_read_translate(const char **p, bool quirks, struct css_value *v);
bool css_read_rotate(const char **p, bool quirks, struct css_value *v);
bool css_read_scale(const char **p, bool quirks, struct css_value *v);

#endif
