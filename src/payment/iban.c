/*
 * IBAN and BIC, see iban.h. The table of countries is iban.def; it refuses what the registry does not
 * list, so that a random word of letters and digits is no account.
 */
#include <stdlib.h>
#include <string.h>

#include "payment/iban.h"

struct iban_country {
    char country[3];
    unsigned char length;
    const char *structure;
    unsigned char bank_at, bank_length;
};

static const struct iban_country countries[] = {
#define IBAN(country, length, structure, bank_at, bank_length)                                               \
    {country, length, structure, bank_at, bank_length},
#include "payment/iban.def"
#undef IBAN
};

static int compare(const void *key, const void *item)
{
    return memcmp(key, ((const struct iban_country *)item)->country, 2);
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

static const struct iban_country *country_of(const char *p)
{
    char key[2] = {upper(p[0]), upper(p[1])};
    return bsearch(key, countries, sizeof(countries) / sizeof(*countries), sizeof(*countries), compare);
}

size_t iban_length(const char country[2])
{
    const struct iban_country *c = country_of(country);
    return c ? c->length : 0;
}

static bool is_class(char c, char class)
{
    bool digit = c >= '0' && c <= '9', letter = c >= 'A' && c <= 'Z';
    return class == 'n' ? digit : class == 'a' ? letter : digit || letter;
}

static bool class_run(struct span s, size_t *at, size_t n, char class)
{
    for (; n; n--, ++*at)
        if (*at >= s.n || !is_class(s.p[*at], class))
            return false;
    return true;
}

bool iban_structure_ok(struct span iban)
{
    size_t at = 2;
    const struct iban_country *c = iban.n >= 4 ? country_of(iban.p) : NULL;
    if (!c || iban.n != c->length || !is_class(iban.p[0], 'a') || !is_class(iban.p[1], 'a') ||
        !class_run(iban, &at, 2, 'n'))
        return false;
    for (const char *s = c->structure; *s; s++) {
        size_t n = 0;
        for (; *s >= '0' && *s <= '9'; s++)
            n = n * 10 + (size_t)(*s - '0');
        if (!class_run(iban, &at, n, *s))
            return false;
    }
    return true;
}

bool iban_repair(char *iban, size_t n)
{
    const struct iban_country *c = n >= 4 ? country_of(iban) : NULL;
    bool repaired = false;
    size_t at = 2, run = 2; /* the check digits come before the structure */
    char class = 'n';
    for (const char *s = c ? c->structure : ""; c && at < n;) {
        for (; run && at < n; run--, at++)
            if (class == 'n' && strchr("OIL", iban[at])) {
                iban[at] = iban[at] == 'O' ? '0' : '1';
                repaired = true;
            }
        if (!*s)
            break;
        for (; *s >= '0' && *s <= '9'; s++)
            run = run * 10 + (size_t)(*s - '0');
        class = *s++;
    }
    return repaired;
}

/* ISO 7064 mod 97: the rest of the number with its first four characters behind the others. */
static unsigned rest_of(struct span iban)
{
    unsigned rest = 0;
    for (size_t i = 0; i < iban.n; i++) {
        char c = iban.p[(i + 4) % iban.n]; /* the first four come last */
        unsigned value = c >= '0' && c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'A') + 10;
        rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
    }
    return rest;
}

bool iban_checks(struct span iban)
{
    return iban.n >= 5 && iban.n <= IBAN_MAX && rest_of(iban) == 1;
}

void iban_set_checks(char *iban, size_t n)
{
    iban[2] = iban[3] = '0';
    unsigned check = 98 - rest_of((struct span){iban, n});
    iban[2] = (char)('0' + check / 10);
    iban[3] = (char)('0' + check % 10);
}

bool iban_valid(struct span iban)
{
    return iban_structure_ok(iban) && iban_checks(iban);
}

struct span iban_bank(struct span iban)
{
    const struct iban_country *c = iban.n >= 4 ? country_of(iban.p) : NULL;
    if (!c || iban.n != c->length)
        return (struct span){iban.p, 0};
    return (struct span){iban.p + 4 + c->bank_at, c->bank_length};
}

/* ISO 3166-1 codes, and XK which banks use for Kosovo. */
static const char iso_countries[] =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV "
    "BW BY "
    "BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI "
    "FJ FK "
    "FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO "
    "IQ IR "
    "IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG "
    "MH MK "
    "ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK "
    "PL PM "
    "PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC "
    "TD TF "
    "TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

bool bic_valid(struct span bic)
{
    if (bic.n != BIC_SHORT && bic.n != BIC_LONG)
        return false;
    for (size_t i = 0; i < bic.n; i++)
        if (!is_class(bic.p[i], i < 4 ? 'c' : i < 6 ? 'a' : 'c'))
            return false;
    for (const char *c = iso_countries; *c; c += c[2] ? 3 : 2)
        if (memcmp(c, bic.p + 4, 2) == 0)
            return true;
    return false;
}
