/* Tests of src/rules/verdict.c: from hits to an action. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "rules/verdict.h"

#define I(s)                                                                                                 \
    {                                                                                                        \
        .id = "i" #s, .axis = AXIS_IDENTITY, .score = s                                                      \
    }
#define Q(s)                                                                                                 \
    {                                                                                                        \
        .id = "q" #s, .axis = AXIS_REQUEST, .score = s                                                       \
    }
#define C(s)                                                                                                 \
    {                                                                                                        \
        .id = "c" #s, .axis = AXIS_CONTEXT, .score = s                                                       \
    }
#define B(s)                                                                                                 \
    {                                                                                                        \
        .id = "b" #s, .axis = AXIS_CONTEXT, .score = s, .booster = true                                      \
    }
#define IN(g, s)                                                                                             \
    {                                                                                                        \
        .id = "g" #s, .axis = AXIS_IDENTITY, .score = s, .group = g                                          \
    }
#define QN(g, s)                                                                                             \
    {                                                                                                        \
        .id = "q" #s, .axis = AXIS_REQUEST, .score = s, .group = g                                           \
    }
#define M(s)                                                                                                 \
    {                                                                                                        \
        .id = "m" #s, .axis = AXIS_IDENTITY, .score = s, .monitor = true                                     \
    }
#define MN(g, s)                                                                                             \
    {                                                                                                        \
        .id = "m" #s, .axis = AXIS_IDENTITY, .score = s, .monitor = true, .group = g                         \
    }

#define YES(s)                                                                                               \
    {                                                                                                        \
        .id = "y" #s, .axis = AXIS_IDENTITY, .score = s, .alone = RULE_ALONE_YES                             \
    }
#define YN(g, s)                                                                                             \
    {                                                                                                        \
        .id = "y" #s, .axis = AXIS_IDENTITY, .score = s, .alone = RULE_ALONE_YES, .group = g                 \
    }
#define YM(s)                                                                                                \
    {                                                                                                        \
        .id = "y" #s, .axis = AXIS_IDENTITY, .score = s, .alone = RULE_ALONE_YES, .monitor = true            \
    }
#define YA(s)                                                                                                \
    {                                                                                                        \
        .id = "y" #s, .axis = AXIS_IDENTITY, .score = s, .alone = RULE_ALONE_YES, .allowed = "allowed"       \
    }
#define NO(s)                                                                                                \
    {                                                                                                        \
        .id = "n" #s, .axis = AXIS_REQUEST, .score = s, .alone = RULE_ALONE_NO                               \
    }

enum { BOTH = 1 << AXIS_IDENTITY | 1 << AXIS_REQUEST, ID = 1 << AXIS_IDENTITY, RQ = 1 << AXIS_REQUEST };

static const struct {
    const char *what;
    struct rule_hit hits[6]; /* up to the first without an id */
    enum action action;
    int score;
    unsigned axes;
} cases[] = {
    {"nothing", {{0}}, ACTION_PASS, 0, 0},
    {"strong identity, weak request", {I(75), Q(20)}, ACTION_QUARANTINE, 95, BOTH},
    {"weak identity, plain request", {I(20), Q(70)}, ACTION_QUARANTINE, 90, BOTH},
    {"both weak", {I(20), Q(25)}, ACTION_PASS, 45, BOTH},
    {"both middling", {I(40), Q(40)}, ACTION_TAG, 80, BOTH},
    {"identity below its floor", {I(19), Q(80)}, ACTION_TAG, 89, RQ},
    {"request below its floor", {I(90), Q(19)}, ACTION_TAG, 89, ID},
    {"identity alone, however much", {I(90), I(80)}, ACTION_TAG, 89, ID},
    {"request alone, however much", {Q(90), Q(80), C(90)}, ACTION_TAG, 89, RQ},
    {"identity alone, little", {I(45)}, ACTION_PASS, 45, ID},
    {"context raises over the line", {I(40), Q(45), C(10)}, ACTION_QUARANTINE, 95, BOTH},
    {"context lowers below it", {I(45), Q(50), C(-10)}, ACTION_TAG, 85, BOTH},
    {"context alone", {C(100), C(100)}, ACTION_TAG, 89, 0},
    {"context alone, negative", {C(-100), C(-100)}, ACTION_PASS, 0, 0},
    {"one axis is clipped", {I(90), I(90), Q(70), C(-80)}, ACTION_QUARANTINE, 90, BOTH},
    {"negative identity", {I(60), I(-50), Q(70)}, ACTION_TAG, 80, RQ},
    {"negative below zero is zero", {I(-50), Q(70)}, ACTION_TAG, 70, RQ},
    {"monitor does not count", {M(90), Q(70)}, ACTION_TAG, 70, RQ},
    {"a group counts once", {IN("a", 40), IN("a", 30), Q(30)}, ACTION_TAG, 70, BOTH},
    {"two groups add up", {IN("a", 40), IN("b", 30), Q(30)}, ACTION_QUARANTINE, 100, BOTH},
    {"a group is one axis's", {IN("a", 60), QN("a", 30)}, ACTION_QUARANTINE, 90, BOTH},
    {"a booster completes no hold", {I(40), Q(45), B(20)}, ACTION_TAG, 89, BOTH},
    {"nor do two", {I(40), Q(45), B(20), B(20)}, ACTION_TAG, 89, BOTH},
    {"a booster is shown where there is a hold", {I(40), Q(50), B(5)}, ACTION_QUARANTINE, 95, BOTH},
    {"a booster beside context that completes", {I(40), Q(45), C(5), B(20)}, ACTION_QUARANTINE, 100, BOTH},
    {"a booster makes up for nothing that lowers", {I(40), Q(55), C(-10), B(20)}, ACTION_TAG, 89, BOTH},
    {"a booster tags", {I(40), B(20)}, ACTION_TAG, 60, ID},
    {"suffices alone", {YES(75)}, ACTION_QUARANTINE, 90, ID},
    {"suffices whatever its score", {YES(10)}, ACTION_QUARANTINE, 90, 0},
    {"suffices beside what lowers", {YES(75), C(-60)}, ACTION_QUARANTINE, 90, ID},
    {"suffices beside a weak request", {YES(75), Q(10)}, ACTION_QUARANTINE, 90, ID},
    {"suffices though outdone in its group", {YN("a", 60), IN("a", 75)}, ACTION_QUARANTINE, 90, ID},
    {"suffices, but only monitors", {YM(75)}, ACTION_PASS, 0, 0},
    {"suffices, but is allowed", {YA(75)}, ACTION_PASS, 0, 0},
    {"not alone", {NO(70)}, ACTION_PASS, 49, RQ},
    {"several that do not speak alone", {NO(70), NO(25), C(15)}, ACTION_PASS, 49, RQ},
    {"not alone, but context would tag without it", {NO(20), C(60)}, ACTION_TAG, 80, RQ},
    {"not alone, but something else speaks", {NO(70), Q(20)}, ACTION_TAG, 89, RQ},
    {"not alone, with a finding below its floor", {NO(70), I(10)}, ACTION_TAG, 80, RQ},
    {"not alone, with a plain identity", {NO(70), I(20)}, ACTION_QUARANTINE, 90, BOTH},
    {"what is monitored does not speak", {NO(70), M(90)}, ACTION_PASS, 49, RQ},
    {"monitor hides nobody of its group", {MN("a", 90), IN("a", 60), Q(30)}, ACTION_QUARANTINE, 90, BOTH},
};

static struct verdict decide(const struct verdict_policy *policy, struct arena *arena,
                             const struct rule_hit *hits)
{
    size_t n = 0;
    while (n < 6 && hits[n].id)
        n++;
    return verdict_decide(policy, (struct rule_hits){hits, n, 0}, arena);
}

static void test_cases(void **state)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct arena *arena = arena_new();
        struct verdict v = decide(&verdict_policy_default, arena, cases[i].hits);
        if (v.action != cases[i].action || v.score != cases[i].score || v.axes != cases[i].axes)
            fail_msg("%s: %s %d %u", cases[i].what, action_name(v.action), v.score, v.axes);
        arena_free(&arena);
    }
}

static void test_reject(void **state)
{
    struct verdict_policy policy = verdict_policy_default;
    const struct rule_hit alone[6] = {I(100), I(100)}, both[6] = {I(100), Q(70)}, less[6] = {I(75), Q(70)};
    struct arena *arena = arena_new();
    assert_int_equal(decide(&policy, arena, both).action, ACTION_QUARANTINE);
    policy.reject = 150;
    assert_int_equal(decide(&policy, arena, both).action, ACTION_REJECT);
    assert_int_equal(decide(&policy, arena, less).action, ACTION_QUARANTINE);
    assert_int_equal(decide(&policy, arena, alone).action, ACTION_TAG);
    const struct rule_hit enough[6] = {YES(100), Q(10), C(90)};
    assert_int_equal(decide(&policy, arena, enough).action,
                     ACTION_QUARANTINE); /* one finding never refuses */
    policy.reject = 10;                  /* below `hold`: what is not held is not rejected either */
    const struct rule_hit weak[6] = {I(20), Q(20)};
    assert_int_equal(decide(&policy, arena, weak).action, ACTION_PASS);
    arena_free(&arena);
}

/* A threshold that no sum reaches holds nothing, whatever suffices elsewhere. */
static void test_never_holds(void **state)
{
    struct verdict_policy policy = verdict_policy_default;
    const struct rule_hit enough[6] = {YES(75)};
    struct arena *arena = arena_new();
    policy.hold = 300;
    assert_int_equal(decide(&policy, arena, enough).action, ACTION_QUARANTINE);
    policy.hold = 301;
    assert_int_equal(decide(&policy, arena, enough).action, ACTION_TAG);
    arena_free(&arena);
}

/* Floors of zero must not let one axis hold alone. */
static void test_zero_floors(void **state)
{
    struct verdict_policy policy = {.tag = 50, .hold = 60};
    const struct rule_hit alone[6] = {I(100)};
    struct arena *arena = arena_new();
    struct verdict v = decide(&policy, arena, alone);
    assert_int_equal(v.action, ACTION_TAG);
    assert_int_equal(v.score, 59);
    arena_free(&arena);
}

static void test_order(void **state)
{
    const struct rule_hit hits[6] = {Q(10), I(40), C(-5), IN("a", 40), IN("a", 20)};
    static const char *const ids[] = {"g40", "i40", "g20", "q10", "c-5"};
    static const bool counted[] = {true, true, false, true, true};
    struct arena *arena = arena_new();
    struct verdict v = decide(&verdict_policy_default, arena, hits);
    assert_int_equal(v.hits.n, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(v.hits.v[i].id, ids[i]);
        assert_int_equal(v.hits.v[i].counted, counted[i]);
    }
    assert_int_equal(v.axis_score[AXIS_IDENTITY], 80);
    assert_int_equal(v.axis_score[AXIS_CONTEXT], -5);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),       cmocka_unit_test(test_reject), cmocka_unit_test(test_never_holds),
        cmocka_unit_test(test_zero_floors), cmocka_unit_test(test_order),
    };
    return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
