/*
 * DMARC records and tag lists.
 *
 *   record = "v" "=" "DMARC1" *( ";" tag "=" value ) [";"]       blanks may stand around all of these
 *
 * What is not known or has a wrong value is as if it were not there (RFC 9989 4.8). What RFC 7489 had and it has not
 * (pct, rf, ri) is not known: a record with them is read by its other tags.
 */
#include <string.h>
#include <strings.h>

#include "mail/dmarc.h"

ENUM_DEFINE(dmarc_policy, DMARC_POLICY_LIST)

bool taglist_find(struct span list, const char *name, struct span *value_r)
{
    size_t n = strlen(name);
    while (list.n) {
        struct span value = span_cut(&list, ';');
        struct span tag = span_trim(span_cut(&value, '='));
        if (tag.n != n || memcmp(tag.p, name, n) != 0)
            continue;
        *value_r = span_trim(value);
        return true;
    }
    return false;
}

static bool is(struct span value, const char *word)
{
    return value.n == strlen(word) && strncasecmp(value.p, word, value.n) == 0;
}

static bool policy(struct span record, const char *tag, enum dmarc_policy *policy_r)
{
    struct span value;
    if (!taglist_find(record, tag, &value))
        return false;
    for (int p = DMARC_POLICY_NONE; p <= DMARC_POLICY_REJECT; p++)
        if (is(value, dmarc_policy_name((enum dmarc_policy)p))) {
            *policy_r = (enum dmarc_policy)p;
            return true;
        }
    return false;
}

bool dmarc_parse(struct span record, struct dmarc *dmarc_r)
{
    struct span rest = record, value;
    struct span first = span_cut(&rest, ';');
    *dmarc_r = (struct dmarc){0};
    if (!taglist_find(first, "v", &value) || value.n != 6 || memcmp(value.p, "DMARC1", 6) != 0)
        return false;
    if (!policy(rest, "p", &dmarc_r->policy) && !taglist_find(rest, "rua", &value))
        return false;
    if (!policy(rest, "sp", &dmarc_r->subdomain_policy))
        dmarc_r->subdomain_policy = dmarc_r->policy;
    if (!policy(rest, "np", &dmarc_r->missing_policy))
        dmarc_r->missing_policy = dmarc_r->subdomain_policy;
    dmarc_r->testing = taglist_find(rest, "t", &value) && is(value, "y");
    dmarc_r->strict_dkim = taglist_find(rest, "adkim", &value) && is(value, "s");
    dmarc_r->strict_spf = taglist_find(rest, "aspf", &value) && is(value, "s");
    return true;
}

enum dmarc_policy dmarc_policy_for(const struct dmarc *dmarc, bool below, bool missing)
{
    enum dmarc_policy policy = !below    ? dmarc->policy
                               : missing ? dmarc->missing_policy
                                         : dmarc->subdomain_policy;
    return dmarc->testing && policy > DMARC_POLICY_NONE ? (enum dmarc_policy)(policy - 1) : policy;
}
