/*
 * Scores are sums: what a watcher of the lookup sees adds up to what is published, with any points. The list of
 * features is as it is printed, and its steps rise. And the regression that the points come from.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <math.h>
#include <cmocka.h>

#include "lookalike/lookup.h"
#include "lookalike/weigh.h"

#include "../../bench/logistic.h"
#include "../../bench/points_def.h"

static struct lookalike_index *names;

static int set_up(void **state)
{
    static const char *const domains[] = {"kestrelvale.com", "arvelmetal.fr", "northgate-tooling.co.uk",
                                          "torvek.com"};
    struct diag_list diags = {0};
    const char *error;
    struct lookalike_builder *b = lookalike_builder_new();
    (void)state;
    for (size_t i = 0; i < sizeof(domains) / sizeof(*domains); i++)
        lookalike_builder_protect(b, domains[i], RELATION_PARTNER, &error);
    names = lookalike_build(&b, &diags);
    return names ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    lookalike_index_free(&names);
    return 0;
}

static const char *const domains[] = {"kestrelvaile.com",        "torvek.net",       "kestrelvale-group.com",
                                      "mykestrelvale.org",       "arvelmetalcdn.fr", "arvelmetall-service.fr",
                                      "northgatetooling-de.com", "arve1metal.cloud"};
enum { N_DOMAINS = sizeof(domains) / sizeof(*domains) };

static unsigned seen;

static void add_up(const struct query *q, const struct hit *hit, const struct seen *where)
{
    int tenths = 0;
    for (unsigned i = 0; i < N_FEATURES; i++)
        tenths += feature_is_set(&hit->features, i) ? q->points[i] : 0;
    int score = (tenths + 5) / 10;
    score = score < 0 ? 0 : score > 97 ? 97 : score;
    assert_int_equal(hit->score, where->place == SEEN_REGISTRABLE ? weigh(q, hit, where, score) : score);
    seen++;
}

static void sums(void **state)
{
    int16_t flat[N_FEATURES];
    struct arena *arena = arena_new();
    (void)state;
    for (unsigned i = 0; i < N_FEATURES; i++)
        flat[i] = 31;
    seen = 0;
    for (size_t i = 0; i < N_DOMAINS; i++) {
        struct query q = {.index = names, .arena = arena, .points = feature_points, .watch = add_up};
        lookup_match(&q, domains[i]);
        struct query other = {.index = names, .arena = arena, .points = flat, .watch = add_up};
        lookup_match(&other, domains[i]);
        assert_true(seen >= 2 * (i + 1));
    }
    arena_free(&arena);
}

static char *contents(FILE *f, char *buffer, size_t size)
{
    assert_non_null(f);
    size_t n = fread(buffer, 1, size - 1, f);
    assert_true(n > 0 && n < size - 1);
    buffer[n] = '\0';
    fclose(f);
    return buffer;
}

static void list_is_printed(void **state)
{
    enum { SIZE = 1 << 16 };
    static char list[SIZE], printed[SIZE], path[4096];
    FILE *out = tmpfile();
    (void)state;
    points_def_print(out, feature_points);
    rewind(out);
    snprintf(path, sizeof(path), "%s/src/lookalike/points.def", getenv("abs_top_srcdir"));
    assert_string_equal(contents(fopen(path, "r"), list, SIZE), contents(out, printed, SIZE));
}

/* A row whose bound is not above the one before it would never be set, or in place of that one. */
static void steps_rise(void **state)
{
    static const unsigned steps[][2] = {{W_LEN4, W_LEN12},          {W_COST20, W_COST200},
                                        {W_ONE0, W_ONE3},           {W_TWO0, W_TWO5},
                                        {E_OTHERS0, E_OTHERS3},     {I_WITHIN0, I_WITHIN7},
                                        {I_TWO0, I_TWO6},           {W_ODD0, W_ODD7},
                                        {E_LEN2, E_LEN13},          {E_RARE0, E_RARE4},
                                        {I_LEN4, I_LEN14},          {I_REST1, I_REST13},
                                        {I_UNKNOWN0, I_UNKNOWN7},   {I_BEFORE1, I_BEFORE4},
                                        {I_BEHIND1, I_BEHIND4},     {I_PARTS1, I_PARTS3},
                                        {I_CUT_LEFT2, I_CUT_LEFT8}, {I_GAIN1, I_GAIN5},
                                        {I_EXPLAINS1, I_EXPLAINS9}, {I_CUT_RIGHT2, I_CUT_RIGHT8},
                                        {I_COST20, I_COST200},      {I_RARE0, I_RARE5}};
    (void)state;
    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
        for (unsigned f = steps[i][0]; f < steps[i][1]; f++)
            assert_true(feature_value[f] < feature_value[f + 1]);
}

/* The first coefficient is the log odds without the feature, the second what it adds to them. */
static void regression(void **state)
{
    static const uint16_t without[] = {0}, with[] = {0, 1};
    struct logistic_row rows[] = {
        {without, 1, 10, true}, {without, 1, 30, false}, {with, 2, 60, true}, {with, 2, 20, false}};
    double c[3];
    (void)state;
    assert_true(logistic_fit(rows, 4, 3, 1e-6, c));
    assert_true(fabs(c[0] - log(10.0 / 30)) < 1e-3);
    assert_true(fabs(c[1] - log(60.0 / 20) + log(10.0 / 30)) < 1e-3);
    assert_true(fabs(c[2]) < 1e-9); /* never set */
    assert_true(logistic_fit(rows, 4, 3, 1000, c));
    assert_true(c[1] > 0 && c[1] < 0.2); /* the ridge holds it down, the intercept is free */
    rows[3].weight = 0;
    assert_true(logistic_fit(rows, 4, 3, 0.1, c)); /* separable: the ridge keeps it finite */
    assert_true(isfinite(c[1]) && c[1] > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums),
        cmocka_unit_test(list_is_printed),
        cmocka_unit_test(steps_rise),
        cmocka_unit_test(regression),
    };
    return cmocka_run_group_tests_name("score", tests, set_up, tear_down);
}
