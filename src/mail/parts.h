#ifndef RINGER_MAIL_PARTS_H
#define RINGER_MAIL_PARTS_H
#include "mail/build.h"
#include "mail/mime.h"

/* Adds a text of at least one visible character; takes it off text_left. */
void parts_text(struct builder *b, enum text_kind kind, struct span text, bool html, unsigned alternative,
                int attachment);
/* All parts of the tree, in order. */
void parts_read(struct builder *b, const struct mime_tree *tree);

#endif
