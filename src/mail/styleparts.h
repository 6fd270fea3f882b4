#ifndef RINGER_MAIL_STYLEPARTS_H
#define RINGER_MAIL_STYLEPARTS_H
#include "mail/style.h"

/* What a style is put together from; for style.c alone. `around` is the style of the element around it. */

/* htmlstyle.c: the user agent's sheet, as far as it is about boxes, sizes and white space. */
enum css_keyword style_html_display(const GumboNode *node);
void style_html(const GumboNode *node, const struct style *around, struct style *s);
/* Attributes that are style: the weakest of the author's. */
void style_hints(const GumboNode *node, struct style *s);

/* styleset.c: a value of the property itself, not one of the words that all have. */
void style_set(struct style *s, const struct style *around, const struct css_value *v);
/* Makes the property what it is in `from`. */
void style_copy(struct style *s, const struct style *from, enum css_property p);
bool style_is_inherited(enum css_property p);

#endif
