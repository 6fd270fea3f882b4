#ifndef RINGER_REPORT_SAFETEXT_H
#define RINGER_REPORT_SAFETEXT_H
#include <stddef.h>
#include "base/buf.h"

/*
 * Text from a hostile mail, made fit to be shown. What has no shape of its own (control characters, line
 * ends, overrides of the writing direction, zero-width characters) is shown as its code point, since it is
 * there to deceive; white space becomes a blank. Stretches between the marks of base/text.h (struct
 * lookalike_finding's `differs`) are marked where a function says so. `s` may be NULL: nothing.
 */

void safetext_plain(struct buf *out, const char *s);
/* Cut to `columns` of a terminal, with an ellipsis, and padded to it when `pad`. */
void safetext_cell(struct buf *out, const char *s, size_t columns, int pad);
/* Marked stretches between `on` and `off`; the marks themselves never show. */
void safetext_marked(struct buf *out, const char *s, const char *on, const char *off);
/* A line of carets that stands under the marked stretches; nothing when there is no mark. */
void safetext_carets(struct buf *out, const char *s);
/* For HTML text and attribute values; the second one turns marked stretches into <mark>. */
void safetext_html(struct buf *out, const char *s);
void safetext_html_marked(struct buf *out, const char *s);
/* One field of RFC 4180, quoted; never a formula to a spreadsheet. */
void safetext_csv(struct buf *out, const char *s);

#endif
