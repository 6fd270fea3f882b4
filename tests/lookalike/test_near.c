/*
 * The search for near names against the definition: every name within one edit is found, also in large and layered
 * indexes, for labels and for parts; filters, buckets and gates may lose none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lookalike/near.h"

enum { NAMES = 20000, NAME = 32 };

static char (*names)[NAME];
static struct lookalike_index *index_of_names;
static uint64_t seed = 20250101;

static uint32_t next(uint32_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % n;
}

/* Letters without look-alike sequences, 5 to 16 of them, from few letters so that rows are long. */
static void make_name(char *s)
{
    static const char letters[] = "abdefghkopstxyz";
    unsigned n = 5 + next(12);
    for (unsigned i = 0; i < n; i++)
        s[i] = letters[next(sizeof(letters) - 1)];
    s[n] = '\0';
}

static int set_up(void **state)
{
    struct diag_list diags = {0};
    struct lookalike_builder *b = lookalike_builder_new();
    const char *error;
    char domain[NAME + 8];
    (void)state;
    names = calloc(NAMES, NAME);
    for (unsigned i = 0; i < NAMES; i++) {
        make_name(names[i]);
        snprintf(domain, sizeof(domain), "%s.com", names[i]);
        if (lookalike_builder_protect(b, domain, RELATION_PARTNER, &error) < 0)
            return -1;
    }
    index_of_names = lookalike_build(&b, &diags);
    return index_of_names ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    lookalike_index_free(&index_of_names);
    free(names);
    return 0;
}

static void omit(char *s, size_t at)
{
    memmove(s + at, s + at + 1, strlen(s + at));
}

static void insert(char *s, size_t at)
{
    memmove(s + at + 1, s + at, strlen(s + at) + 1);
    s[at] = 'w';
}

/* One of omission, insertion, substitution and transposition, anywhere. */
static void edit(char *s)
{
    size_t n = strlen(s), at = next((uint32_t)n);
    switch (next(4)) {
    case 0:
        omit(s, at);
        break;
    case 1:
        insert(s, at);
        break;
    case 2:
        s[at] = 'w';
        break;
    default:
        if (at + 1 < n) {
            char c = s[at];
            s[at] = s[at + 1];
            s[at + 1] = c;
        }
    }
}

static bool finds(const struct near *near, unsigned text, const char *name)
{
    for (unsigned i = 0; i < near->text[text].n_found; i++) {
        const struct core *c = &index_of_names->cores[near_cores(near, text)[i]];
        if (c->n == strlen(name) && memcmp(index_key(index_of_names, c), name, c->n) == 0)
            return true;
    }
    return false;
}

/* What is asked is read as plain text: the letters are their own look-alikes, but for those made equal. */
static void ask(struct near *near, const char *plain, struct form *form, unsigned edits)
{
    form_make(index_of_names->tables, (struct span){plain, strlen(plain)}, false, form);
    near_ask(near, form->plain, form->same, form->n, edits);
}

static void one_edit(void **state)
{
    static struct near near;
    (void)state;
    for (unsigned i = 0; i < NAMES; i++) {
        struct form one, two;
        char seen[NAME + 2];
        snprintf(seen, sizeof(seen), "%s", names[i]);
        edit(seen);
        near_begin(&near);
        ask(&near, seen, &one, 1);
        ask(&near, seen, &two, 2);
        near_find(&near, index_of_names);
        assert_int_equal(near.n_texts, 2);
        if (!finds(&near, 0, names[i]) || !finds(&near, 1, names[i]))
            fail_msg("%s is not found for %s", names[i], seen);
    }
}

/* Two edits among the first seven letters of long names. */
static void two_edits(void **state)
{
    static struct near near;
    unsigned tried = 0;
    (void)state;
    for (unsigned i = 0; i < NAMES; i++) {
        struct form form;
        char seen[NAME + 2];
        snprintf(seen, sizeof(seen), "%s", names[i]);
        if (strlen(seen) < 11)
            continue;
        seen[next(3)] = 'w';
        seen[3 + next(4)] = 'r';
        near_begin(&near);
        ask(&near, seen, &form, 2);
        near_find(&near, index_of_names);
        if (!finds(&near, 0, names[i]))
            fail_msg("%s is not found for %s", names[i], seen);
        tried++;
    }
    assert_true(tried > NAMES / 4);
}

/* What was found for one text is not mixed with another's, whatever stands between them. */
static void texts_apart(void **state)
{
    static struct near near;
    (void)state;
    for (unsigned i = 0; i + 4 < 4000; i += 4) {
        struct form forms[5];
        near_begin(&near);
        ask(&near, names[i], &forms[0], 2);
        ask(&near, "qqqqqqqqqqq", &forms[1], 2);
        ask(&near, names[i + 1], &forms[2], 1);
        ask(&near, names[i + 2], &forms[3], 2);
        near_find(&near, index_of_names);
        assert_true(finds(&near, 0, names[i]));
        assert_int_equal(near.text[1].n_found, 0);
        assert_true(finds(&near, 2, names[i + 1]));
        assert_true(finds(&near, 3, names[i + 2]));
        for (unsigned t = 0; t < near.n_texts; t++)
            for (unsigned k = 0; k < near.text[t].n_found; k++)
                for (unsigned l = 0; l < k; l++)
                    assert_int_not_equal(near_cores(&near, t)[k], near_cores(&near, t)[l]);
    }
}

/* More texts than there is room for: the first ones are answered, nothing is written beyond the end. */
static void too_many(void **state)
{
    static struct near near;
    static struct form forms[3 * NEAR_TEXTS];
    (void)state;
    near_begin(&near);
    for (unsigned i = 0; i < 3 * NEAR_TEXTS; i++)
        ask(&near, names[i], &forms[i], 2);
    near_find(&near, index_of_names);
    assert_true(near.n_texts <= NEAR_TEXTS && near.n_keys <= NEAR_KEYS && near.n_found <= NEAR_MAX);
    assert_true(near.n_texts > 16);
    assert_true(finds(&near, 0, names[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_edit), cmocka_unit_test(two_edits),
                                       cmocka_unit_test(texts_apart), cmocka_unit_test(too_many)};
    return cmocka_run_group_tests_name("lookalike/near", tests, set_up, tear_down);
}
