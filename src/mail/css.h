#ifndef RINGER_MAIL_CSS_H
#define RINGER_MAIL_CSS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/span.h"
#include "mail/cssblock.h"

/*
 * Declarations of CSS ("display:none; color:#fff"), those that decide what of a text is seen and in which order.
 * As in browsers an invalid value makes its declaration as if it were not there. Shorthands become longhands.
 */
/* What reading style may cost, in steps of about ten nanoseconds; one for all of a message. */
struct css_budget {
    uint64_t steps;
    bool spent; /* it did not suffice: rules behind it were not looked at */
};
/* Takes `steps`; false when there are no more. */
bool css_pay(struct css_budget *budget, size_t steps);

/* Reads declarations; `quirks` allows lengths without unit and colours without '#'. `text` must outlive the block. */
void css_declarations(struct arena *arena, struct span text, bool quirks, struct css_budget *budget,
                      struct css_block *block);
/* One declaration of `property` alone, its text without var() and "!important"; for what stood in a variable. */
void css_declare(struct arena *arena, struct span property, struct span text, bool quirks,
                 struct css_block *block);
/* `text` of a style sheet without comments, each a blank; itself when it has none. */
struct span css_uncomment(struct arena *arena, struct span text);
/* Cuts `rest` at the first `end` outside of strings and brackets; that one is dropped. */
struct span css_cut(struct span *rest, char end);
/* `text` with its escapes ("\64 isplay") resolved; itself when it has none. */
struct span css_unescape(struct arena *arena, struct span text);

#endif
