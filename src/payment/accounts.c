/*
 * Looks through a text for accounts, see accounts.h. Works on folded text, so full-width digits and
 * invisible characters are gone; groups may be parted by blanks, hyphens, full stops or a line end.
 * An IBAN needs its country's structure and check digits, or at least the label beside it; everything
 * else needs a label, because nine digits alone are anything.
 */
#include <string.h>

#include "payment/account_scan.h"
#include "payment/accounts.h"
#include "payment/iban.h"
#include "payment/national.h"

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool alnum(char c)
{
    return digit(c) || (c >= 'a' && c <= 'z');
}

/*
 * Collects `want` letters and digits from `at`, in upper case, over separators; the end, 0 when there are not so many.
 * `glued_r`: the next letter or digit follows at once.
 */
static size_t collect(struct span text, size_t at, size_t want, char *out, bool *glued_r)
{
    size_t n = 0, gap = 0, end = 0;
    for (; at < text.n && n < want; at++) {
        char c = text.p[at];
        if (alnum(c)) {
            out[n++] = c >= 'a' ? (char)(c - 32) : c;
            gap = 0;
            end = at + 1;
        } else if (!strchr(" \n-./", c) || ++gap > 3) {
            return 0;
        }
    }
    out[n] = '\0';
    *glued_r = end < text.n && alnum(text.p[end]);
    return n == want ? end : 0;
}

static const char iban_labels[] =
    "iban|konto|compte|conto|cuenta|account|rekening|rachunek|conta|a/c|口座|账号|帳號";

/* A digit, or a letter that is read (and written) for one: see iban_repair(). */
static bool like_digit(char c)
{
    return digit(c) || c == 'o' || c == 'i' || c == 'l';
}

static bool starts_iban(struct span text, size_t at)
{
    return at + IBAN_MIN <= text.n && !digit(text.p[at]) && !digit(text.p[at + 1]) && alnum(text.p[at]) &&
           alnum(text.p[at + 1]) && like_digit(text.p[at + 2]) && like_digit(text.p[at + 3]) &&
           (digit(text.p[at + 2]) || digit(text.p[at + 3]));
}

static unsigned count_digits(const char *s)
{
    unsigned n = 0;
    for (; *s; s++)
        n += digit(*s);
    return n;
}

/*
 * Where the IBAN at `at` ends; `at` itself when there is none. `word`: where the word begins in which it stands: words
 * are glued to a number by hand and by programs ("IBANDE89...", "...3000BIC"). Then it needs a label in front, or so
 * many digits that no random token has them and the check digits, too.
 */
static size_t iban_at(struct account_scan *scan, size_t word, size_t at)
{
    enum { SURE_DIGITS = 14 };
    struct span text = scan->text;
    char number[IBAN_MAX + 1];
    size_t length = starts_iban(text, at) ? iban_length(text.p + at) : 0;
    /* "GB 29 NWBK": a blank behind the country is seen, too, but no more. */
    if (!length && at + IBAN_MIN < text.n && text.p[at + 2] == ' ' && digit(text.p[at + 3]) &&
        digit(text.p[at + 4]))
        length = iban_length(text.p + at);
    bool glued = false;
    size_t end = length ? collect(text, at, length, number, &glued) : 0;
    struct span iban = {number, length};
    if (!end)
        return at;
    bool repaired = iban_repair(number, length);
    if (!iban_structure_ok(iban))
        return at;
    bool valid = iban_checks(iban);
    bool label = account_label(text, at, 40, iban_labels) || account_label_glued(text, word, at, iban_labels);
    bool doubtful = repaired || glued || word < at;
    if ((!valid && (!label || doubtful)) ||
        (doubtful && !label && (repaired || count_digits(number) < SURE_DIGITS)))
        return at;
    char country[3] = {number[0], number[1], '\0'};
    account_add(scan, ACCOUNT_IBAN, valid, number, country, arena_span(scan->arena, iban_bank(iban)), at,
                end);
    return end;
}

static const char bic_labels[] = "bic|swift|swift code|swift-code|bic code|bic-code";

/* A word of `n` bytes, or what follows its label in one. */
static void bic_at(struct account_scan *scan, size_t at, size_t n)
{
    struct span text = scan->text;
    char bic[BIC_LONG + 1];
    size_t label = 0;
    if (n > BIC_SHORT && n != BIC_LONG)
        label = text.p[at] == 'b' ? 3 : 5; /* "bic", "swift" */
    if (label && account_label_glued(text, at, at + label, bic_labels))
        at += label, n -= label;
    else
        label = 0;
    if (n != BIC_SHORT && n != BIC_LONG)
        return;
    struct span original = text_fold_original(scan->input->folded, at, at + n);
    for (size_t i = 0; i < n; i++)
        bic[i] = text.p[at + i] >= 'a' ? (char)(text.p[at + i] - 32) : text.p[at + i];
    bic[n] = '\0';
    /* Beside its label a BIC is written in capitals; a word like "payments" is not. */
    for (size_t i = 0; i < original.n; i++)
        if (original.p[i] >= 'a' && original.p[i] <= 'z')
            return;
    char country[3] = {bic[4], bic[5], '\0'};
    if (bic_valid((struct span){bic, n}) && (label || account_label(text, at, 24, bic_labels)))
        account_add(scan, ACCOUNT_BIC, true, bic, country, arena_strndup(scan->arena, bic, 6), at, at + n);
}

static size_t word_end(struct span text, size_t i)
{
    while (i < text.n && alnum(text.p[i]))
        i++;
    return i;
}

static bool may_try(struct account_scan *scan)
{
    scan->result->limit_hit |= ++scan->tries > ACCOUNTS_TRIES;
    return !scan->result->limit_hit;
}

/* A word that begins with a letter: the end of what was found in it, or its own. */
static size_t search_word(struct account_scan *scan, size_t start, size_t end)
{
    static const char labels[] =
        "iban|rib|konto|kontonummer|kontonr|ktonr|kto|blz|bankleitzahl|ccc|cuenta|clabe|routing|"
        "aba|rtn|account|acct|sortcode|compte|guichet|nrb|rachunek|konta";
    struct span text = scan->text;
    size_t letters = start, after = iban_at(scan, start, start);
    if (after > start) /* a RIB inside an IBAN is no second account */
        return after;
    while (letters < end && !digit(text.p[letters]))
        letters++;
    for (size_t i = start + 1; i + 3 < end && letters < end; i++)
        if ((after = iban_at(scan, start, i)) > i)
            return after;
    if (letters < end && account_label_glued(text, start, letters, labels) && may_try(scan))
        national_at(scan, letters);
    bic_at(scan, start, end - start);
    return end;
}

/* Word by word: an account begins where one does, or behind the letters that are glued to it. */
static void search_text(struct account_scan *scan)
{
    struct span text = scan->text;
    for (size_t i = 0, end; i < text.n; i = end + (end == i)) {
        end = word_end(text, i);
        if (end == i)
            continue;
        if (!digit(text.p[i]))
            end = search_word(scan, i, end);
        else if (may_try(scan))
            national_at(scan, i);
        else
            return;
    }
}

void accounts_find(struct arena *arena, const struct payment_text *texts, size_t n_texts,
                   struct payment_result *result)
{
    struct account_scan scan = {.arena = arena, .result = result};
    scan.accounts = arena_array(arena, ACCOUNTS_MAX, sizeof(*scan.accounts));
    result->accounts = scan.accounts;
    for (size_t i = 0; i < n_texts; i++) {
        scan.input = &texts[i];
        scan.text = texts[i].folded->text;
        scan.index = i;
        search_text(&scan);
    }
}
