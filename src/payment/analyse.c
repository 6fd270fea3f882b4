/*
 * The two searches over the texts of a message, put together: requests (phrases.c) and accounts
 * (accounts.c); and the guess at the language from its commonest words.
 */
#include <string.h>

#include "payment/accounts.h"
#include "payment/phrases.h"

ENUM_DEFINE(request, REQUEST_LIST)
ENUM_DEFINE(booster, BOOSTER_LIST)
ENUM_DEFINE(stance, STANCE_LIST)
ENUM_DEFINE(account, ACCOUNT_LIST)

/* The language with most words; "" with fewer than three or a tie. */
static const char *language(const struct scan *scan)
{
    enum { MIN_WORDS = 2 };
    uint32_t best = MIN_WORDS - 1;
    const char *tag = "";
    for (size_t i = 0; i < scan->packs->n_guesses; i++) {
        if (scan->guessed[i] == best)
            tag = "";
        if (scan->guessed[i] > best) {
            best = scan->guessed[i];
            tag = scan->packs->guesses[i].language;
        }
    }
    return tag;
}

static void find_requests(const struct payment_packs *packs, struct arena *arena,
                          const struct payment_text *texts, size_t n_texts, struct payment_result *result)
{
    struct scan scan = {.packs = packs, .arena = arena, .result = result, .sentence = 2};
    scan.requests = arena_array(arena, SCAN_REQUESTS, sizeof(*scan.requests));
    scan.seen = arena_array(arena, packs->n_groups + 1, sizeof(*scan.seen));
    scan.tried = arena_array(arena, packs->n_groups + 1, sizeof(*scan.tried));
    scan.guessed = arena_array(arena, packs->n_guesses + 1, sizeof(*scan.guessed));
    scan.hits = arena_array(arena, SCAN_HITS, sizeof(*scan.hits));
    scan.stop = scan.sentence + SCAN_SENTENCES;
    for (size_t i = 0; i < n_texts; i++) {
        scan.where = texts[i].where;
        scan.folded = texts[i].folded;
        scan.text = texts[i].folded->text;
        scan.text_index = i;
        scan_text(&scan);
    }
    pcre2_match_data_free(scan.match);
    result->requests = scan.requests;
    result->language = language(&scan);
}

const struct payment_result *payment_analyse(const struct payment_packs *packs, struct arena *arena,
                                             const struct payment_text *texts, size_t n_texts)
{
    struct payment_result *result = arena_alloc(arena, sizeof(*result));
    result->language = "";
    accounts_find(arena, texts, n_texts, result); /* first: a number is a word of the concepts */
    if (packs)
        find_requests(packs, arena, texts, n_texts, result);
    return result;
}
