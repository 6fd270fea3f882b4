#ifndef RINGER_MAIL_CSSREADERS_H
#define RINGER_MAIL_CSSREADERS_H
#include "mail/cssblock.h"

/*
 * Readers of single properties, for the table of cssread.c alone. Each reads from `*p` on, in small letters, and
 * leaves `*p` behind what it read; false where browsers take the value for invalid.
 */
bool css_read_clip(const char **p, bool quirks, struct css_value *v);
bool css_read_clip_path(const char **p, bool quirks, struct css_value *v);
bool css_read_transform(const char **p, bool quirks, struct css_value *v);
bool css_read_translate(const char **p, bool quirks, struct css_value *v);
bool css_read_rotate(const char **p, bool quirks, struct css_value *v);
bool css_read_scale(const char **p, bool quirks, struct css_value *v);

#endif
