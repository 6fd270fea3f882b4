/* Sets of terms put together in every way against the same terms written out: what a scan finds must be the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "payment/trie.h"

enum { WORDS = 4, WORD_BYTES = 3, ROUNDS = 300, LISTED = WORDS * WORDS, TEXT = 1 + 2 * WORD_BYTES };

static const char letters[] = "ab ";

/* Blanks run together, and are off at the end. */
static void squeeze(char *term)
{
    size_t n = 0;
    for (const char *p = term; *p; p++)
        if (*p != ' ' || (n && term[n - 1] != ' '))
            term[n++] = *p;
    while (n && term[n - 1] == ' ')
        n--;
    term[n] = '\0';
}

struct list {
    char v[LISTED][2 * WORD_BYTES + 2];
    size_t n;
};

static trie_set set_of(struct trie *trie, const struct list *list, trie_set end)
{
    trie_set set = 0;
    for (size_t i = 0; i < list->n; i++) {
        trie_set one = end;
        for (size_t k = strlen(list->v[i]); k-- > 0;)
            one = trie_after(trie, list->v[i][k], one);
        set = trie_either(trie, set, one);
    }
    return set;
}

static struct list random_words(void)
{
    struct list list = {.n = 1 + (size_t)rand() % WORDS};
    for (size_t i = 0; i < list.n; i++)
        for (size_t k = (size_t)rand() % (WORD_BYTES + 1); k-- > 0;)
            list.v[i][k] = letters[rand() % 3];
    return list;
}

struct found {
    size_t end;
    bool hit[2];
};

static void on_hit(void *context, struct trie_hit hit)
{
    struct found *f = context;
    f->hit[hit.group] |= hit.start == 0 && hit.end == f->end;
}

static bool listed(const struct list *list, const char *text)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->v[i], text) == 0)
            return true;
    return false;
}

/* Every text of up to TEXT bytes that begins with x. */
static void compare(const struct trie *trie, const struct list want[2])
{
    char text[TEXT + 1] = "x";
    unsigned long all = 1;
    for (size_t n = 1; n <= TEXT; n++, all *= 3)
        for (unsigned long number = 0; number < all; number++) {
            unsigned long rest = number;
            for (size_t i = 1; i < n; i++, rest /= 3)
                text[i] = letters[rest % 3];
            text[n] = '\0';
            struct found f = {.end = n};
            trie_scan(trie, (struct span){text, n}, 0, n, on_hit, &f);
            for (unsigned g = 0; g < 2; g++)
                if (f.hit[g] != listed(&want[g], text))
                    fail_msg("'%s' in group %u: %s", text, g, f.hit[g] ? "found" : "not found");
        }
}

/* Group 0 has each of `heads` with each of `tails` behind it, group 1 the heads alone. */
static void test_sets(void **state)
{
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct list heads = random_words(), tails = random_words(), want[2] = {0};
        struct trie *trie = trie_new();
        trie_set end = trie_end(trie, 0), tail = set_of(trie, &tails, end),
                 head = trie_trimmed(trie, set_of(trie, &heads, trie_end(trie, 1)));
        trie_set both = trie_joined(trie, head, tail), onwards = set_of(trie, &heads, tail);
        struct list plain = heads;
        for (size_t i = 0; i < plain.n; i++)
            squeeze(plain.v[i]);
        /* equal sets are one */
        assert_int_equal(trie_trimmed(trie, both), trie_trimmed(trie, set_of(trie, &plain, tail)));
        trie_include(trie, trie_after(trie, 'x', onwards));
        trie_include(trie, trie_after(trie, 'x', set_of(trie, &heads, trie_end(trie, 1))));
        trie_seal(trie);
        for (size_t i = 0; i < heads.n; i++) {
            for (size_t k = 0; k < tails.n; k++) {
                char *term = want[0].v[want[0].n++];
                snprintf(term, sizeof(want[0].v[0]), "x%s%s", heads.v[i], tails.v[k]);
                squeeze(term);
            }
            snprintf(want[1].v[want[1].n], sizeof(want[1].v[0]), "x%s", heads.v[i]);
            squeeze(want[1].v[want[1].n++]);
        }
        compare(trie, want);
        trie_free(&trie);
    }
}

static void test_broad(void **state)
{
    struct trie *trie = trie_new();
    trie_set end = trie_end(trie, 0);
    assert_true(trie_is_broad(trie, end));
    assert_true(trie_is_broad(trie, trie_trimmed(trie, trie_after(trie, ' ', end))));
    assert_true(trie_is_broad(trie, trie_trimmed(trie, trie_after(trie, ' ', trie_after(trie, '*', end)))));
    assert_false(trie_is_broad(trie, trie_after(trie, 'a', trie_after(trie, '*', end))));
    assert_false(trie_is_broad(trie, 0));
    assert_int_equal(trie_after(trie, 'a', 0), 0);
    assert_int_equal(trie_joined(trie, 0, end), 0);
    trie_free(&trie);
    trie = trie_new();
    trie_seal(trie); /* of no terms */
    struct found f = {.end = 1};
    trie_scan(trie, (struct span){"x", 1}, 0, 1, on_hit, &f);
    assert_false(f.hit[0]);
    trie_free(&trie);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sets),
        cmocka_unit_test(test_broad),
    };
    return cmocka_run_group_tests_name("payment/trie", tests, NULL, NULL);
}
