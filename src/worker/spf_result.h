#ifndef RINGER_WORKER_SPF_RESULT_H
#define RINGER_WORKER_SPF_RESULT_H
#include "base/enumname.h"

/* What can be found out, on both sides of a worker's pipe. */
#define SPF_RESULT_LIST(X)                                                                                   \
    X(SPF_UNKNOWN, "unknown") /* not asked, or no answer: no worker, crash, too late */                      \
    X(SPF_NONE, "none")                                                                                      \
    X(SPF_NEUTRAL, "neutral")                                                                                \
    X(SPF_PASS, "pass")                                                                                      \
    X(SPF_FAIL, "fail")                                                                                      \
    X(SPF_SOFTFAIL, "softfail")                                                                              \
    X(SPF_TEMPERROR, "temperror")                                                                            \
    X(SPF_PERMERROR, "permerror")
ENUM_DECLARE(spf_result, SPF_RESULT_LIST)
enum { SPF_RESULTS = SPF_PERMERROR + 1 };

enum dmarc_found {
    DMARC_UNKNOWN,      /* not asked, or no answer */
    DMARC_NO_RECORD,    /* neither the domain nor one above it has (exactly) one */
    DMARC_DOMAIN,       /* the record of the From domain itself */
    DMARC_ORGANISATION, /* the record of its organisational domain, or of the public suffix above */
    DMARC_FOR_MISSING,  /* the same, and the From domain does not exist: np= holds */
    DMARC_FOUNDS
};

#endif
