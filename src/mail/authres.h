#ifndef RINGER_MAIL_AUTHRES_H
#define RINGER_MAIL_AUTHRES_H
#include <stddef.h>
#include "base/arena.h"
#include "base/span.h"

/* One Authentication-Results value (RFC 8601), or one ARC-Authentication-Results value (RFC 8617 4.1.1). */
struct authres_property {
    const char *ptype, *property; /* lower case: "smtp" "mailfrom" */
    const char *value;            /* quotes taken off */
};

struct authres_result {
    const char *method, *result; /* lower case: "dmarc" "pass" */
    const char *reason;          /* NULL when there is none */
    const struct authres_property *properties;
    size_t n_properties;
};

struct authres {
    const char *authserv_id;              /* lower case */
    unsigned version;                     /* 1 when it is not given */
    unsigned instance;                    /* "i=" of ARC; 0 when there is none */
    const struct authres_result *results; /* empty for "none" */
    size_t n_results;
};

/* Marks results that are forged on purpose, to see whether the mail server removes them: header.s of dkim. */
#define AUTHRES_PROBE_SELECTOR "ringer-forged-probe"

/*
 * 0 = read; -1 = not by the grammar: then what stood before the fault is in *authres_r, and should not be
 * believed. `value` is the field's value, folded or not. At most 64 results and 64 properties each are kept.
 */
int authres_parse(struct arena *arena, struct span value, struct authres *authres_r);
/* The first result of `method`; NULL when there is none. */
const struct authres_result *authres_find(const struct authres *authres, const char *method);
/* Value of "ptype.property" of a result; NULL when there is none. */
const char *authres_property(const struct authres_result *result, const char *ptype, const char *property);

#endif
