/*
 * What DNS lists of new domains answer. An answer that the list was not said to give is an error of the list or of the
 * configuration, and no answer: nobody is called new by mistake.
 */
#include <string.h>

#include "base/newlist.h"

enum { ZONE_MAX = 100 /* room is left for the domain that is asked for */ };

struct span newlist_zone(const char *list)
{
    return (struct span){list, strcspn(list, "=")};
}

static bool has_prefix(struct span text, struct span prefix)
{
    return text.n >= prefix.n && memcmp(text.p, prefix.p, prefix.n) == 0;
}

static bool is_answer(struct span answer)
{
    bool star = answer.n && answer.p[answer.n - 1] == '*';
    size_t n = answer.n - star, dots = 0;
    for (size_t i = 0; i < n; i++) {
        if (!strchr("0123456789.", answer.p[i]))
            return false;
        dots += answer.p[i] == '.';
    }
    return has_prefix(answer, span_of("127.")) && n < sizeof("255.255.255.255") && (star || dots == 3);
}

bool newlist_valid(const char *list)
{
    struct span zone = newlist_zone(list), rest = span_of(list + zone.n);
    if (zone.n == 0 || zone.n > ZONE_MAX || !memchr(zone.p, '.', zone.n) || zone.p[0] == '.')
        return false;
    for (size_t i = 0; i < zone.n; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_", zone.p[i]))
            return false;
    if (rest.n == 0)
        return true;
    span_cut(&rest, '=');
    if (rest.n == 0)
        return false;
    while (rest.n)
        if (!is_answer(span_cut(&rest, ',')))
            return false;
    return true;
}

static bool matches(struct span answers, struct span address)
{
    if (answers.n == 0)
        return has_prefix(address, span_of("127."));
    while (answers.n) {
        struct span a = span_cut(&answers, ',');
        bool star = a.n && a.p[a.n - 1] == '*';
        a.n -= star;
        if (has_prefix(address, a) && (star || address.n == a.n))
            return true;
    }
    return false;
}

enum domain_age newlist_read(const char *list, struct span addresses)
{
    struct span answers = span_of(list + newlist_zone(list).n);
    if (addresses.n == 0 || addresses.p[0] == '?')
        return AGE_UNKNOWN;
    if (addresses.p[0] == '-')
        return AGE_OLD;
    if (answers.n)
        span_cut(&answers, '=');
    enum domain_age age = AGE_OLD;
    while (addresses.n) {
        struct span one = span_cut(&addresses, ',');
        if (has_prefix(one, span_of("127.255.255.")) || !has_prefix(one, span_of("127.")))
            return AGE_UNKNOWN;
        if (matches(answers, one))
            age = AGE_NEW;
    }
    return age;
}
