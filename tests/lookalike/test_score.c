/*
 * Scores are sums: what a watcher of the lookup sees adds up to what is published, with any points. And the
 * regression that the points come from.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <math.h>
#include <cmocka.h>

#include "lookalike/match.h"

#include "../../bench/logistic.h"

static struct lookalike_index *names;

static int set_up(void **state)
{
    static const char *const domains[] = {"kestrelvale.com", "arvelmetal.fr", "northgate-tooling.co.uk"};
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

static const char *const domains[] = {"kestrelvaile.com",        "kestrelvale.net",  "kestrelvale-group.com",
                                      "mykestrelvale.org",       "arvelmetalcdn.fr", "arvelmetall-service.fr",
                                      "northgatetooling-uk.com", "arve1metal.cloud"};
enum { N_DOMAINS = sizeof(domains) / sizeof(*domains) };

static unsigned seen;

static void add_up(const struct query *q, const struct hit *hit, const struct seen *where)
{
    int tenths = 0;
    (void)where;
    for (unsigned i = 0; i < N_FEATURES; i++)
        tenths += feature_is_set(&hit->features, i) ? q->points[i] : 0;
    int score = (tenths + 5) / 10;
    assert_int_equal(hit->score, score < 0 ? 0 : score > 97 ? 97 : score);
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
        query_match(&q, domains[i]);
        struct query other = {.index = names, .arena = arena, .points = flat, .watch = add_up};
        query_match(&other, domains[i]);
        assert_true(seen >= 2 * (i + 1));
    }
    arena_free(&arena);
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
        cmocka_unit_test(regression),
    };
    return cmocka_run_group_tests_name("score", tests, set_up, tear_down);
}
