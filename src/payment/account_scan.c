/*
 * What the forms of accounts share: noting one that was found, and finding the label beside it.
 */
#include <string.h>

#include "payment/account_scan.h"

static bool alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

void account_add(struct account_scan *scan, enum account kind, bool valid, const char *number,
                 const char *country, const char *bank, size_t start, size_t end)
{
    struct payment_result *result = scan->result;
    for (size_t i = 0; i < result->n_accounts; i++) {
        struct payment_account *a = &scan->accounts[i];
        if (a->kind != kind || strcmp(a->number, number) != 0)
            continue;
        a->quoted &= scan->input->where == PAYMENT_QUOTED; /* own words say it too */
        return;
    }
    if (result->n_accounts == ACCOUNTS_MAX) {
        result->limit_hit = true;
        return;
    }
    struct payment_account *a = &scan->accounts[result->n_accounts++];
    a->kind = kind;
    a->valid = valid;
    a->number = arena_strdup(scan->arena, number);
    a->bank = arena_strdup(scan->arena, bank);
    memcpy(a->country, country, strlen(country) < 2 ? 0 : 2);
    a->evidence = text_fold_original(scan->input->folded, start, end);
    a->text = scan->index;
    a->at = start;
    a->quoted = scan->input->where == PAYMENT_QUOTED;
}

/* Last place of `word` (a whole word where it is Latin) in [from, to); returns its end, 0 when not there. */
static size_t last_word(struct span text, size_t from, size_t to, const char *word, size_t n)
{
    for (size_t i = to; i-- > from;) {
        if (text.p[i] != word[0] || i + n > to || memcmp(text.p + i, word, n) != 0)
            continue;
        bool head = i && alnum(text.p[i - 1]) && alnum(word[0]);
        bool tail = i + n < text.n && text.p[i + n] >= 'a' && text.p[i + n] <= 'z' && alnum(word[n - 1]);
        if (!head && !tail)
            return i + n;
    }
    return 0;
}

size_t account_label(struct span text, size_t at, size_t reach, const char *words)
{
    size_t from = at > reach ? at - reach : 0, best = 0;
    for (const char *word = words; *word;) {
        size_t n = strcspn(word, "|");
        size_t end = last_word(text, from, at, word, n);
        best = end > best ? end : best;
        word += n + (word[n] == '|');
    }
    return best;
}

bool account_label_glued(struct span text, size_t from, size_t at, const char *words)
{
    for (const char *word = words; *word;) {
        size_t n = strcspn(word, "|");
        if (at - from >= n && memcmp(text.p + at - n, word, n) == 0)
            return true;
        word += n + (word[n] == '|');
    }
    return false;
}
