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

/* Collects `want` letters and digits from `at`, in upper case, over separators; the end, 0 when there are not so many. */
static size_t collect(struct span text, size_t at, size_t want, char *out)
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
    return n == want && (end == text.n || !alnum(text.p[end])) ? end : 0;
}

static const char iban_labels[] =
    "iban|konto|compte|conto|cuenta|account|rekening|rachunek|conta|a/c|口座|账号|帳號";

/* Where the IBAN at `at` ends; `at` itself when there is none. */
static size_t iban_at(struct account_scan *scan, size_t at)
{
    struct span text = scan->text;
    char number[IBAN_MAX + 1];
    size_t length = at + IBAN_MIN <= text.n && digit(text.p[at + 2]) ? iban_length(text.p + at) : 0;
    /* "GB 29 NWBK": a blank behind the country is seen, too, but no more. */
    if (!length && at + IBAN_MIN < text.n && text.p[at + 2] == ' ' && digit(text.p[at + 3]) &&
        digit(text.p[at + 4]))
        length = iban_length(text.p + at);
    size_t end = length ? collect(text, at, length, number) : 0;
    struct span iban = {number, length};
    if (!end || !iban_structure_ok(iban))
        return at;
    bool valid = iban_checks(iban);
    if (!valid && !account_label(text, at, 40, iban_labels))
        return at;
    char country[3] = {number[0], number[1], '\0'};
    account_add(scan, ACCOUNT_IBAN, valid, number, country, arena_span(scan->arena, iban_bank(iban)), at,
                end);
    return end;
}

/* A word of `n` bytes. */
static void bic_at(struct account_scan *scan, size_t at, size_t n)
{
    struct span text = scan->text;
    char bic[BIC_LONG + 1];
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
    if (bic_valid((struct span){bic, n}) &&
        account_label(text, at, 24, "bic|swift|swift code|swift-code|bic code|bic-code"))
        account_add(scan, ACCOUNT_BIC, true, bic, country, arena_strndup(scan->arena, bic, 6), at, at + n);
}

static size_t word_end(struct span text, size_t i)
{
    while (i < text.n && alnum(text.p[i]))
        i++;
    return i;
}

/* Word by word: an account begins where one does. */
static void search_text(struct account_scan *scan)
{
    struct span text = scan->text;
    for (size_t i = 0, end; i < text.n; i = end + 1) {
        end = word_end(text, i);
        if (end == i)
            continue;
        bool letters = !digit(text.p[i]) && i + 4 < text.n;
        if (letters && (digit(text.p[i + 2]) || text.p[i + 2] == ' ')) {
            size_t after = iban_at(scan, i); /* a RIB inside an IBAN is no second account */
            end = after > end ? after : end;
        } else if (letters) {
            bic_at(scan, i, end - i);
        } else if (digit(text.p[i])) {
            if (++scan->tries > ACCOUNTS_TRIES) {
                scan->result->limit_hit = true;
                return;
            }
            national_at(scan, i);
        }
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
