#ifndef RINGER_PAYMENT_CLAUSE_H
#define RINGER_PAYMENT_CLAUSE_H
#include <stdbool.h>
#include <stddef.h>
#include "base/span.h"

/*
 * Sentences of a folded text. What ends a scope inside a sentence ("but", commas) is the matter of
 * stance.c; here only what ends a sentence in any of the languages: . ! ? ; and their CJK forms, a
 * paragraph, the start of a list item.
 */
enum {
    /* Longer "sentences" are tables or attacks; they are cut at a blank. Bounds the work on one. */
    CLAUSE_BYTES = 1200
};

struct clause {
    size_t start, end; /* in the folded text, without white space around */
    bool question;
    bool cut; /* was longer than CLAUSE_BYTES */
};

/* The next sentence at or behind *pos; false at the text's end. *pos is moved behind it. */
bool clause_next(struct span folded, size_t *pos, struct clause *clause_r);
/* Does [start, end) lie inside quotation marks that open and close in the clause and leave words outside? */
bool clause_is_quoted(struct span folded, const struct clause *clause, size_t start, size_t end);

#endif
