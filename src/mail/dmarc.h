#ifndef RINGER_MAIL_DMARC_H
#define RINGER_MAIL_DMARC_H
#include <stdbool.h>
#include "base/arena.h"
#include "base/enumname.h"
#include "base/span.h"

/* A DMARC policy record (RFC 9989 4.7; those of RFC 7489 are read as well), and the tag lists that it shares with DKIM and ARC (RFC 6376 3.2). */
#define DMARC_POLICY_LIST(X)                                                                                 \
    X(DMARC_POLICY_NONE, "none") X(DMARC_POLICY_QUARANTINE, "quarantine") X(DMARC_POLICY_REJECT, "reject")
ENUM_DECLARE(dmarc_policy, DMARC_POLICY_LIST)

struct dmarc {
    enum dmarc_policy policy, subdomain_policy, missing_policy; /* p=, sp=, np= */
    bool strict_dkim, strict_spf;                               /* adkim=s, aspf=s */
    bool testing;                                               /* t=y */
};

/*
 * What the record asks for: of the domain itself, or of one below it, which may not exist. While it is tested (t=y), one
 * step less.
 */
enum dmarc_policy dmarc_policy_for(const struct dmarc *dmarc, bool below, bool missing);

/* False for what is no DMARC record: no v=DMARC1 in front, or no usable p= (then only with rua= it is "none"). */
bool dmarc_parse(struct span record, struct dmarc *dmarc_r);

/*
 * Value of the first tag `name` in "a=b; c=d", blanks around it cut; names are case-sensitive. False when there is
 * none. The list may be folded.
 */
bool taglist_find(struct span list, const char *name, struct span *value_r);

#endif
