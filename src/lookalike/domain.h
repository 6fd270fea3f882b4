#ifndef RINGER_LOOKALIKE_DOMAIN_H
#define RINGER_LOOKALIKE_DOMAIN_H
#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "base/span.h"

/*
 * A domain name taken apart: A-labels, U-labels, public suffix. Nothing is refused: a name that is too long
 * keeps its rightmost part, a label that IDNA 2008 refuses is still decoded; both leave `valid` false.
 */
enum {
    DOMAIN_MAX_INPUT = 1024, /* bytes looked at: four times a legal name, room for UTF-8 */
    DOMAIN_MAX_LABELS = 24,  /* more are cut on the left; real hosts have at most ten */
    DOMAIN_MAX_LABEL = 63    /* RFC 1035, 2.3.4; longer ones are cut and invalid */
};

struct domain {
    struct span label[DOMAIN_MAX_LABELS]; /* U-labels (UTF-8, lower case), leftmost first */
    unsigned n;                           /* labels */
    unsigned suffix;             /* index of the first label of the public suffix; n when no labels */
    const char *ascii, *unicode; /* NUL-terminated, lower case */
    const char *registrable;     /* points into `ascii`; NULL when the name is a suffix itself */
    const char *suffix_ascii;    /* points into `ascii`, "" when empty */
    bool private_suffix;         /* of somebody who lets others have names below it: blogspot.com */
    bool valid;                  /* IDNA 2008 accepts every label */
    bool is_ascii;               /* no label is internationalised */
    bool disguised; /* written with characters that IDNA drops, or takes for others: no host is written so */
};

/* `name` is hostile input of any length. Strings live in `arena`. */
void domain_parse(struct arena *arena, const char *name, struct domain *domain_r);
/* Index of the registrable label; domain->n when there is none. */
unsigned domain_registrable_label(const struct domain *domain);

#endif
