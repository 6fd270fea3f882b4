#ifndef RINGER_LOOKALIKE_SKELETON_H
#define RINGER_LOOKALIKE_SKELETON_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/span.h"
#include "lookalike/tables.h"

/*
 * A label (or several joined) in the forms in which it is compared. Hyphens and dots are taken out and
 * remembered as token starts, so that `smbc-card` and `smbccard` are one name.
 *
 * plain: decomposed (NFKD), marks off, letters that look like ASCII ones replaced, lower case. Edits are
 *        measured here: m and rn are still different, so a transposition stays one.
 * skel:  plain with look-alike sequences made equal (rn = m, vv = w, 0 = o, 1 = i = l ...): UTS #39's idea,
 *        with case folded after the mapping and with the ASCII sequences that UTS #39 leaves out.
 * loose: skel with the weaker look-alikes made equal as well (u = v, c = e, n = m ...).
 */
enum { FORM_MAX = 63 };

struct form {
    char plain[FORM_MAX + 1], skel[FORM_MAX + 1], loose[FORM_MAX + 1];
    char same[FORM_MAX + 1];       /* plain with single look-alikes made equal, no sequences */
    uint8_t n, n_skel;             /* loose is as long as skel */
    uint8_t from[FORM_MAX + 1];    /* skel position -> plain position; from[n_skel] == n */
    uint16_t source[FORM_MAX + 1]; /* plain position -> byte of the source; source[n] == its length */
    uint64_t starts;               /* bit i: a token begins at plain[i]; bit 0 always */
    bool marks, letters, unread;   /* marks taken off; non-ASCII letters replaced; some left as they are */
    bool latin, foreign;           /* Latin letters and letters of other scripts stand in it */
    bool alternatives;             /* some letter has a second reading */
    bool cut;                      /* longer than FORM_MAX */
};

/* `label` is UTF-8. With `second` the second reading of each letter is taken where there is one. */
void form_make(const struct tables *tables, struct span label, bool second, struct form *form_r);
/* Fills skel, loose, same and from of a form whose plain text is there. */
void form_skeleton(const struct tables *tables, struct form *form);
/*
 * Which characters stand in the loose skeleton, and which of them more than once, a bit each. An edit that is no
 * look-alike changes at most two, one for LETTERS_COST hundredths of its cost, so many different bits tell two names apart without comparing them.
 */
enum { LETTERS_COST = 20 };
uint64_t form_letters(const struct form *form);
static inline unsigned letters_differ(uint64_t a, uint64_t b)
{
    return (unsigned)__builtin_popcountll(a ^ b);
}

#endif
