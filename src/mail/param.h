#ifndef RINGER_MAIL_PARAM_H
#define RINGER_MAIL_PARAM_H
#include <stdbool.h>
#include "base/arena.h"
#include "base/span.h"

/*
 * The parameters of a MIME field (RFC 2045 5.1, continued and encoded ones by RFC 2231). Programs disagree about
 * comments and blanks in values, so a value has two readings where they do.
 */
struct param {
    struct span name;  /* without the marks of RFC 2231 */
    struct span value; /* quotes and comments taken off, segments joined, percent-encoding undone */
    struct span
        other; /* the other reading: with what looked like a comment or a blank at the end; else empty */
};

enum { PARAMS_MAX = 64 /* of a field; a few are usual */ };
struct params {
    struct param v[PARAMS_MAX];
    size_t n;
};

/* `line` is the unfolded value of the field. What no reading takes for a parameter is left out. */
void params_read(struct arena *arena, struct span line, struct params *params_r);
/* The field's value before its parameters, without comments. */
struct span params_head(struct arena *arena, struct span line);

#endif
