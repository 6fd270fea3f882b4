#ifndef RINGER_REPORT_EVIDENCE_H
#define RINGER_REPORT_EVIDENCE_H
#include <stdbool.h>
#include "base/arena.h"
#include "store/store.h"

/* Why a message was held or tagged, read back from the JSON that was stored with it. Never fails: what cannot be read is left out. */
struct evidence_rule {
    const char *id, *axis, *why;
    int score;
    bool monitor; /* reported, did not count */
};

struct evidence_lookalike {
    const char *where; /* "From"; NULL when unknown */
    const char *relation, *why;
    const char *whose;           /* the relation in words: "your partner" */
    int score;                   /* 0 when unknown */
    const char *written;         /* the domain in the mail, differing characters between U+0002 and U+0003 */
    const char *genuine;         /* the domain it imitates, marked likewise */
    const char *domain, *target; /* the same without marks */
};

struct evidence {
    const struct evidence_rule *rules;
    size_t n_rules;
    const struct evidence_lookalike *lookalikes;
    size_t n_lookalikes;
    const char *campaign; /* the same for all messages of a campaign; NULL = of none */
};

struct evidence evidence_read(struct arena *arena, const struct store_mail *mail);
/* Marks in `a` and in `b` what the other does not have (longest common subsequence of characters). */
void evidence_mark(struct arena *arena, const char *a, const char *b, const char **a_r, const char **b_r);

#endif
