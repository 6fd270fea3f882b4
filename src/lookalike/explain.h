#ifndef RINGER_LOOKALIKE_EXPLAIN_H
#define RINGER_LOOKALIKE_EXPLAIN_H
#include "lookalike/query.h"

/*
 * The sentence and the marked domain. A character of what was seen: its bytes with the marks on it, and whether it is
 * a stranger that is only read as form->plain[at..end).
 */
struct explain_letter {
    struct span text;
    unsigned end;
    bool replaced;
};
struct explain_letter explain_letter(const struct hit *hit, const struct form *form, unsigned at);
const char *explain_why(struct query *q, const struct hit *hit, const struct form *form);
/* Of a protected domain that is written with characters that nobody sees, or that only look like the genuine ones. */
const char *explain_disguise(struct query *q, const char *written, const char *target,
                             enum relation relation);
const char *explain_differs(struct query *q, const struct hit *hit);

#endif
