/*
 * National forms of accounts, each only beside its label: RIB (France), ABA (United States), sort code
 * (United Kingdom), CLABE (Mexico), Chinese, Taiwanese and Japanese accounts, Polish NRB (an IBAN without
 * its country), Spanish CCC and German Kontonummer with Bankleitzahl. The last two are given as the IBAN they
 * make, so that an account is the same in both spellings (a few German banks make another one; such an account
 * is then a second one). One table says which label each form needs; check digits are tested where a form has them.
 */
#include <string.h>

#include "payment/iban.h"
#include "payment/national.h"

enum { DIGITS_MAX = 34, DIGITS_MIN = 6 /* no form has fewer; most numbers of a text do */ };

struct digits {
    char v[DIGITS_MAX + 1]; /* digits and (RIB) upper-case letters, without separators */
    size_t n;
    size_t start, end;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

/* Digits from `at`, over single blanks, line ends and hyphens, up to `most`; with letters too when `letters`. */
static struct digits take(struct span text, size_t at, size_t most, bool letters)
{
    struct digits d = {.start = at, .end = at};
    for (size_t i = at; i < text.n && d.n < most; i++) {
        char c = text.p[i];
        if (is_digit(c) || (letters && is_letter(c))) {
            d.v[d.n++] = is_letter(c) ? (char)(c - 32) : c;
            d.end = i + 1;
        } else if ((c != ' ' && c != '-' && c != '\n') || i != d.end) {
            break;
        }
    }
    d.v[d.n] = '\0';
    return d;
}

/* Digits that stand together, or in groups of the same writing, and end at a word's end. */
static bool ends_well(struct span text, const struct digits *d)
{
    return d->end == text.n || (!is_digit(text.p[d->end]) && !is_letter(text.p[d->end]));
}

/* Weighted sum over decimal digits, the weights repeating. */
static unsigned weighted(const char *v, size_t n, const char *weights, unsigned each_mod)
{
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned product = (unsigned)(v[i] - '0') * (unsigned)(weights[i % strlen(weights)] - '0');
        sum += each_mod ? product % each_mod : product;
    }
    return sum;
}

static bool luhn(const char *v, size_t n)
{
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned x = (unsigned)(v[n - 1 - i] - '0') << (i & 1);
        sum += x > 9 ? x - 9 : x;
    }
    return sum % 10 == 0;
}

/* French key: 97 - (89 bank + 15 branch + 3 account) mod 97; letters count as digits (A J = 1, B K S = 2, ...). */
static bool rib_valid(const char *v)
{
    unsigned rest = 0;
    for (size_t i = 0; i < 23; i++) {
        unsigned c = (unsigned char)v[i], value = c - '0';
        if (c >= 'A')
            value = c <= 'I' ? c - 'A' + 1 : c <= 'R' ? c - 'J' + 1 : c - 'S' + 2;
        rest = (rest * 10 + value) % 97;
    }
    return rest == 0;
}

static bool rib_at(struct account_scan *scan, size_t at)
{
    struct digits d = take(scan->text, at, 23, true);
    if (d.n != 23 || !ends_well(scan->text, &d) || strspn(d.v, "0123456789") < 10 || !is_digit(d.v[21]) ||
        !is_digit(d.v[22]))
        return false;
    bool valid = rib_valid(d.v);
    bool label = account_label(scan->text, at, 140,
                               "rib|releve d'identite bancaire|guichet|code banque|cle rib|compte");
    if (!label || (!valid && !account_label(scan->text, at, 60, "rib|cle rib|guichet")))
        return false;
    account_add(scan, ACCOUNT_RIB, valid, d.v, "FR", arena_strndup(scan->arena, d.v, 10), at, d.end);
    return true;
}

static bool nrb_at(struct account_scan *scan, size_t at)
{
    char iban[29] = "PL";
    struct digits d = take(scan->text, at, 26, false);
    if (d.n != 26 || !ends_well(scan->text, &d))
        return false;
    memcpy(iban + 2, d.v, 27);
    if (!iban_valid((struct span){iban, 28}))
        return false;
    account_add(scan, ACCOUNT_IBAN, true, iban, "PL", arena_strndup(scan->arena, iban + 4, 8), at, d.end);
    return true;
}

/* One of the two check digits of a Spanish account: weights are powers of two mod 11. */
static char ccc_digit(const char *v, size_t n, unsigned weight)
{
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++, weight = weight * 2 % 11)
        sum += (unsigned)(v[i] - '0') * weight;
    unsigned check = 11 - sum % 11;
    return (char)('0' + (check < 10 ? check : 11 - check));
}

static bool ccc_valid(const char *v)
{
    return v[8] == ccc_digit(v, 8, 4) && v[9] == ccc_digit(v + 10, 10, 1);
}

/* The number of `least` to `most` digits that follows behind one of the labels. */
static struct digits number_behind(struct span text, size_t from, size_t least, size_t most,
                                   const char *labels)
{
    size_t limit = from + 90 < text.n ? from + 90 : text.n;
    for (size_t i = from; i < limit; i++) {
        if (!is_digit(text.p[i]) || (i && is_digit(text.p[i - 1])))
            continue;
        bool glued = i && is_letter(text.p[i - 1]); /* "BLZ37040044" */
        size_t label = account_label(text, i, 30, labels);
        struct digits d = take(text, i, most, false);
        if (d.n >= least && ends_well(text, &d) && label > from && (!glued || label == i))
            return d;
    }
    return (struct digits){.n = 0};
}

static void add_pair(struct account_scan *scan, enum account kind, bool valid, const struct digits *bank,
                     const char *country)
{
    static const char labels[] = "account|account number|account no|acct|a/c|acc|number|no|#";
    struct digits account = number_behind(scan->text, bank->end, 6, kind == ACCOUNT_ABA ? 17 : 8, labels);
    const char *number = account.n ? arena_printf(scan->arena, "%s/%s", bank->v, account.v) : bank->v;
    account_add(scan, kind, valid, number, country, bank->v, bank->start,
                account.n ? account.end : bank->end);
}

static bool aba_at(struct account_scan *scan, size_t at)
{
    struct digits d = take(scan->text, at, 9, false);
    if (d.n != 9 || !ends_well(scan->text, &d) || d.end != at + 9 ||
        !account_label(scan->text, at, 40, "routing|aba|rtn|fedwire|ach|routing number|transit"))
        return false;
    add_pair(scan, ACCOUNT_ABA, weighted(d.v, 9, "371", 0) % 10 == 0 && strcmp(d.v, "000000000") != 0, &d,
             "US");
    return true;
}

static bool sort_code_at(struct account_scan *scan, size_t at)
{
    struct digits d = take(scan->text, at, 6, false);
    if (d.n != 6 || !ends_well(scan->text, &d) || (d.end != at + 6 && d.end != at + 8) ||
        !account_label(scan->text, at, 24, "sort code|sort-code|sortcode|sort"))
        return false;
    add_pair(scan, ACCOUNT_SORT_CODE, true, &d, "GB");
    return true;
}

static bool clabe_at(struct account_scan *scan, size_t at)
{
    struct digits d = take(scan->text, at, 18, false);
    if (d.n != 18 || !ends_well(scan->text, &d) ||
        !account_label(scan->text, at, 60, "clabe|clave interbancaria|clabe interbancaria"))
        return false;
    bool valid = (10 - weighted(d.v, 17, "371", 10) % 10) % 10 == (unsigned)(d.v[17] - '0');
    account_add(scan, ACCOUNT_CLABE, valid, d.v, "MX", arena_strndup(scan->arena, d.v, 3), at, d.end);
    return true;
}

static void add_as_iban(struct account_scan *scan, char *iban, size_t start, size_t end)
{
    struct span whole = span_of(iban);
    iban_set_checks(iban, whole.n);
    account_add(scan, ACCOUNT_IBAN, true, iban, arena_strndup(scan->arena, iban, 2),
                arena_span(scan->arena, iban_bank(whole)), start, end);
}

static bool ccc_at(struct account_scan *scan, size_t at)
{
    char iban[25] = "ES00";
    struct digits d = take(scan->text, at, 20, false);
    /* With wrong digits it is left out: as an IBAN it would look right. */
    if (d.n != 20 || !ends_well(scan->text, &d) || !ccc_valid(d.v) ||
        !account_label(scan->text, at, 60, "ccc|c.c.c|cuenta|cta|c/c"))
        return false;
    memcpy(iban + 4, d.v, 21);
    add_as_iban(scan, iban, at, d.end);
    return true;
}

/* Kontonummer and Bankleitzahl stand beside each other in either order. Their check digits are each bank's own. */
static bool german_at(struct account_scan *scan, size_t at)
{
    static const char konto[] = "konto|kontonummer|konto-nr|konto nr|kontonr|kto|ktonr|kto-nr|kto.nr|kto-nr.";
    static const char blz[] = "blz|bankleitzahl";
    struct span text = scan->text;
    bool bank_first = account_label(text, at, 16, blz);
    if (!bank_first && !account_label(text, at, 16, konto))
        return false;
    struct digits first = take(text, at, bank_first ? 8 : 10, false);
    if (first.n < (bank_first ? 8 : DIGITS_MIN) || !ends_well(text, &first))
        return false;
    struct digits second = number_behind(text, first.end, bank_first ? DIGITS_MIN : 8, bank_first ? 10 : 8,
                                         bank_first ? konto : blz);
    const struct digits *bank = bank_first ? &first : &second, *account = bank_first ? &second : &first;
    if (!second.n || bank->v[0] == '0' || bank->v[0] == '9') /* no such clearing area */
        return false;
    char iban[23] = "DE00";
    memcpy(iban + 4, bank->v, 8);
    memset(iban + 12, '0', 10);
    memcpy(iban + 22 - account->n, account->v, account->n);
    add_as_iban(scan, iban, at, second.end);
    return true;
}

/* Mainland cards begin with 62 (UnionPay) and have a Luhn digit; account numbers have none. */
static bool chinese_at(struct account_scan *scan, size_t at)
{
    static const char mainland[] =
        "账号|帐号|银行账户|银行帐户|账户|帐户|卡号|银行卡号|账户号码|收款账号|户口号码";
    static const char taiwan[] = "帳號|帳戶|帳號號碼|戶頭|匯款帳號|銀行帳號";
    static const char hong_kong[] = "賬號|賬戶|賬戶號碼|銀行賬戶|戶口|戶口號碼";
    struct span text = scan->text;
    struct digits d = take(text, at, 21, false);
    if (d.n < 9 || !ends_well(text, &d))
        return false;
    bool card = d.n >= 16 && d.n <= 19 && strncmp(d.v, "62", 2) == 0;
    if (account_label(text, at, 24, mainland) ||
        (card && luhn(d.v, d.n) && account_label(text, at, 120, "银行|开户行|銀行|分行|支行")))
        account_add(scan, ACCOUNT_CN, !card || luhn(d.v, d.n), d.v, "CN",
                    card ? arena_strndup(scan->arena, d.v, 6) : "", at, d.end);
    else if (d.n <= 16 && account_label(text, at, 24, taiwan))
        account_add(scan, ACCOUNT_TW, true, d.v, "TW", "", at, d.end);
    else if (d.n <= 16 && account_label(text, at, 24, hong_kong))
        account_add(scan, ACCOUNT_CN, true, d.v, "HK", "", at, d.end);
    else
        return false;
    return true;
}

static bool japanese_at(struct account_scan *scan, size_t at)
{
    struct digits d = take(scan->text, at, 8, false);
    if (d.n < 6 || d.end != at + d.n || !ends_well(scan->text, &d))
        return false;
    bool number = account_label(scan->text, at, 24, "口座番号|口座番号は|口座no|番号");
    bool kind = account_label(scan->text, at, 24, "普通|当座|普通預金|当座預金");
    if ((!number && !kind) || !account_label(scan->text, at, 180, "銀行|信用金庫|支店|口座"))
        return false;
    account_add(scan, ACCOUNT_JP, true, d.v, "JP", "", at, d.end);
    return true;
}

bool national_at(struct account_scan *scan, size_t at)
{
    static bool (*const forms[])(struct account_scan *, size_t) = {
        rib_at, nrb_at, ccc_at, clabe_at, german_at, aba_at, sort_code_at, japanese_at, chinese_at,
    };
    if (take(scan->text, at, DIGITS_MIN, false).n < DIGITS_MIN)
        return false;
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
        if (forms[i](scan, at))
            return true;
    return false;
}
