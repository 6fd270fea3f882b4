#ifndef RINGER_MILTER_OUTCOME_H
#define RINGER_MILTER_OUTCOME_H
#include "conf/conf.h"
#include "store/store.h"

enum outcome_kind { /* what was done, whatever the verdict was */
                    OUTCOME_SKIP,
                    OUTCOME_PASS,
                    OUTCOME_TAG,
                    OUTCOME_HOLD,
                    OUTCOME_REJECT,
                    OUTCOME_TEMPFAIL,
};

struct outcome {
    enum outcome_kind kind;
    const enum outcome_kind *each;     /* what is to be done for each recipient; NULL: the same for all */
    enum conf_mode mode;               /* the strictest of the recipients' */
    char quarantine_id[STORE_ID_SIZE]; /* "" when nothing was stored */
    bool again;                        /* it was there already: the MTA never got our answer */
    size_t n_held;                     /* recipients */
    const char *error;                 /* what went wrong on the way; NULL: nothing */
};

#endif
