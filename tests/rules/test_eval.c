/* Tests of src/rules/: what conditions, scores and texts mean, above all when facts are unknown. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "rules/rules.h"

/*
 * The facts of the tables: lookalike.score 85, from.relation "none", from.name "Anna Müller (CEO)",
 * from.freemail true, message.list false, boosters [urgency, no-calls], attachment.names [a.pdf, RIB.PDF];
 * unknown: request.wire, from.title, message.bulk, account.kinds.
 */
static struct facts *make_facts(struct arena *arena)
{
    struct facts *facts = facts_new(arena);
    facts_set_int(facts, FACT_LOOKALIKE_SCORE, 85);
    facts_set_int(facts, FACT_REQUEST_CHANNEL, 40);
    facts_set_string(facts, FACT_FROM_RELATION, "none");
    facts_set_string(facts, FACT_FROM_NAME, "Anna Müller (CEO)");
    facts_set_string(facts, FACT_FROM_TITLE, NULL);
    facts_set_bool(facts, FACT_FROM_FREEMAIL, true);
    facts_set_bool(facts, FACT_MESSAGE_LIST, false);
    facts_add(facts, FACT_BOOSTERS, "urgency");
    facts_add(facts, FACT_BOOSTERS, "no-calls");
    facts_add(facts, FACT_BOOSTERS, "urgency");
    facts_add(facts, FACT_ATTACHMENT_NAMES, "a.pdf");
    facts_add(facts, FACT_ATTACHMENT_NAMES, "RIB.PDF");
    facts_set_list_empty(facts, FACT_STRUCTURE_LIMITS);
    return facts;
}

static struct ruleset *load_rules(const char *yaml)
{
    struct diag_list diags = {0};
    struct ruleset *rules = ruleset_parse("x.yaml", span_of(yaml), &diags);
    if (!rules)
        fail_msg("%u:%u: %s\n%s", diags.v[0].line, diags.v[0].column, diags.v[0].text, yaml);
    diag_free(&diags);
    return rules;
}

static struct rule_hits eval(struct arena *arena, const char *yaml, const struct facts *facts)
{
    struct ruleset *rules = load_rules(yaml);
    struct rule_hits hits = rules_eval(rules, facts, arena);
    struct rule_hit *copy = arena_grow(arena, hits.v, hits.n, hits.n + 1, sizeof(*copy));
    for (size_t i = 0; i < hits.n; i++)
        copy[i].id = arena_strdup(arena, copy[i].id); /* ids go with the ruleset */
    hits.v = copy;
    ruleset_free(&rules);
    return hits;
}

enum { NO, YES, UNKNOWN };
static const struct {
    const char *when;
    int expected;
} conditions[] = {
    {"lookalike.score >= 85", YES},
    {"lookalike.score > 85", NO},
    {"lookalike.score <= 85 and lookalike.score != 84", YES},
    {"lookalike.score == 85", YES},
    {"85 == lookalike.score", YES},
    {"70 <= lookalike.score", YES},
    {"lookalike.score in [1, 85]", YES},
    {"lookalike.score not in [1, 85]", NO},
    {"lookalike.score + 15 - 2 * 50 == 0", YES},
    {"-lookalike.score < -80", YES},
    {"lookalike.score-5 == 80", YES},
    {"max(lookalike.score, request.channel) == 85", YES},
    {"min(lookalike.score, request.channel) == 40", YES},
    {"max(lookalike.score, request.wire) >= 85", YES}, /* whatever wire is */
    {"min(lookalike.score, request.wire) >= 85", UNKNOWN},
    {"max(lookalike.score, request.wire) > 85", UNKNOWN},
    {"request.wire >= 60", UNKNOWN},
    {"request.wire != 60", UNKNOWN},
    {"not (request.wire >= 60)", UNKNOWN},
    {"request.wire - request.wire == 0", UNKNOWN}, /* no algebra: unknown stays unknown */
    {"request.wire >= 60 or from.freemail", YES},
    {"from.freemail or request.wire >= 60", YES},
    {"request.wire >= 60 and message.list", NO},
    {"message.list and request.wire >= 60", NO},
    {"request.wire >= 60 and from.freemail", UNKNOWN},
    {"request.wire >= 60 or message.list", UNKNOWN},
    {"from.freemail", YES},
    {"not message.list", YES},
    {"not not from.freemail", YES},
    {"not message.bulk", UNKNOWN},
    {"from.freemail == true and message.list == false and from.freemail != false", YES},
    {"from.freemail != message.list", YES},
    {"from.freemail == message.list", NO},
    {"from.freemail == message.bulk", UNKNOWN},
    {"known(from.name) and not known(from.title)", YES},
    {"known(request.wire)", NO},
    {"from.relation == \"none\"", YES},
    {"from.relation == \"NONE\"", YES},
    {"from.relation != \"own\"", YES},
    {"from.relation in [\"own\", \"partner\"]", NO},
    {"from.relation not in ['own', 'partner']", YES},
    {"from.title == \"ceo\"", UNKNOWN},
    {"from.title in [\"ceo\", \"cfo\"]", UNKNOWN},
    {"from.name contains \"(ceo)\"", YES},
    {"from.name contains [\"cfo\", \"ceo\"]", YES},
    {"from.name starts_with \"anna\"", YES},
    {"from.name starts_with \"müller\"", NO},
    {"from.name ends_with \"(CEO)\"", YES},
    {"from.name ends_with \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"", NO},
    {"from.name matches /müller/i", YES},
    {"from.name matches /MÜLLER/i", YES},
    {"from.name matches /MÜLLER/", NO},
    {"from.name matches /^Anna\\s+\\w+ [(/]CEO\\)$/", YES},
    {"from.title matches /x/", UNKNOWN},
    {"\"urgency\" in boosters", YES},
    {"\"URGENCY\" in boosters", YES},
    {"boosters contains \"no-calls\"", YES},
    {"\"secrecy\" in boosters", NO},
    {"\"secrecy\" not in boosters", YES},
    {"\"iban\" in account.kinds", UNKNOWN},
    {"from.title in boosters", UNKNOWN},
    {"any(boosters, \"secrecy\", \"no-calls\")", YES},
    {"all(boosters, \"secrecy\", \"no-calls\")", NO},
    {"any(attachment.names, item matches /\\brib\\b/i)", YES},
    {"any(attachment.names, item ends_with \".exe\")", NO},
    {"all(attachment.names, item ends_with \".pdf\")", YES},
    {"all(structure.limits, item == \"x\")", YES}, /* an empty list */
    {"any(structure.limits, item == \"x\")", NO},
    {"any(account.kinds, item == \"x\")", UNKNOWN},
    {"any(attachment.names, item == from.title)", UNKNOWN},
    {"count(attachment.names) == 2", YES},
    {"count(boosters) == 2", YES},
    {"count(structure.limits) == 0", YES},
    {"count(account.kinds) > 0", UNKNOWN},
    {"count(attachment.names, item contains \"rib\") == 1", YES},
    {"any(from.freemail, message.bulk)", YES},
    {"all(from.freemail, message.bulk)", UNKNOWN},
    {"count(from.freemail, lookalike.score > 3, message.bulk) >= 2", YES}, /* two are certain */
    {"count(from.freemail, message.list, message.bulk) >= 3", NO},         /* two are possible */
    {"count(from.freemail, message.list, message.bulk) >= 2", UNKNOWN},
    {"count(from.freemail, message.list, message.bulk) <= 2", YES},
    {"p.yes", YES},
    {"rule(\"p.yes\") and not p.no", YES},
    {"p.off", NO},
    {"not p.off", YES},
    {"p.unknown", UNKNOWN},
    {"p.unknown or p.monitored", YES},
};

/* A condition and its negation tell all three values. */
static const char frame[] =
    "rules:\n"
    "  - {id: p.t, title: t, axis: identity, why: w, score: 1, when: '%s'}\n"
    "  - {id: p.f, title: t, axis: identity, why: w, score: 1, when: 'not (%s)'}\n"
    "  - {id: p.yes, title: t, axis: identity, why: w, score: 1, when: p.chain}\n"
    "  - {id: p.chain, title: t, axis: identity, why: w, score: 1, when: from.freemail}\n"
    "  - {id: p.no, title: t, axis: identity, why: w, score: 1, when: message.list}\n"
    "  - {id: p.unknown, title: t, axis: identity, why: w, score: 1, when: message.bulk}\n"
    "  - {id: p.monitored, title: t, axis: identity, why: w, score: 1, enabled: monitor,\n"
    "     when: from.freemail}\n"
    "  - {id: p.off, title: t, axis: identity, why: w, score: 1, enabled: off,\n"
    "     when: from.freemail}\n";

static bool has_hit(struct rule_hits hits, const char *id)
{
    for (size_t i = 0; i < hits.n; i++)
        if (strcmp(hits.v[i].id, id) == 0)
            return true;
    return false;
}

/* YAML's '...' doubles quotes. */
static const char *quoted(struct arena *arena, const char *s)
{
    struct buf out = {0};
    for (; *s; s++)
        buf_adds(&out, *s == '\'' ? "''" : (char[]){*s, 0});
    const char *text = arena_span(arena, buf_span(&out));
    buf_free(&out);
    return text;
}

static void test_conditions(void **state)
{
    for (size_t i = 0; i < sizeof(conditions) / sizeof(*conditions); i++) {
        struct arena *arena = arena_new();
        const char *when = quoted(arena, conditions[i].when);
        struct rule_hits hits = eval(arena, arena_printf(arena, frame, when, when), make_facts(arena));
        int result = has_hit(hits, "p.t") ? YES : has_hit(hits, "p.f") ? NO : UNKNOWN;
        if (has_hit(hits, "p.t") && has_hit(hits, "p.f"))
            fail_msg("%s holds, and so does its negation", conditions[i].when);
        if (result != conditions[i].expected)
            fail_msg("%s is %d", conditions[i].when, result);
        assert_false(has_hit(hits, "p.off"));
        arena_free(&arena);
    }
}

static const struct {
    const char *score;
    int expected;
} scores[] = {
    {"lookalike.score", 85},
    {"lookalike.score - 90", 0},
    {"lookalike.score * 2", 100},
    {"request.wire", 0},           /* unknown: nothing is certain */
    {"max(30, request.wire)", 30}, /* at least that */
    {"min(30, request.wire + 20)", 0},
    {"20 + 10 * count(from.freemail, message.list, message.bulk)", 30},
    {"-40", -40},
    {"'-40 + lookalike.score'", 45},
};

static void test_scores(void **state)
{
    for (size_t i = 0; i < sizeof(scores) / sizeof(*scores); i++) {
        struct arena *arena = arena_new();
        const char *yaml = arena_printf(
            arena,
            "rules:\n  - {id: p.x, title: t, axis: context, why: w, score: %s%s, when: from.freemail}\n",
            scores[i].score, "");
        if (strchr(scores[i].score, ',')) /* a flow mapping would cut it */
            yaml = arena_printf(arena,
                                "rules:\n  - {id: p.x, title: t, axis: context, why: w, score: '%s', when: "
                                "from.freemail}\n",
                                scores[i].score);
        struct rule_hits hits = eval(arena, yaml, make_facts(arena));
        assert_int_equal(hits.n, 1);
        if (hits.v[0].score != scores[i].expected)
            fail_msg("%s is %d", scores[i].score, hits.v[0].score);
        arena_free(&arena);
    }
}

static const struct {
    const char *why, *expected;
} texts[] = {
    {"{from.name} of {from.domain}", "Anna Müller (CEO) of ?"},
    {"{boosters}: {lookalike.score}, {from.freemail}, {message.list}", "urgency, no-calls: 85, yes, no"},
    {"{{from.name}} and }}{{", "{from.name} and }{"},
    {"[{structure.limits}]", "[]"},
    {"", ""},
};

static void test_texts(void **state)
{
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct arena *arena = arena_new();
        const char *yaml = arena_printf(
            arena,
            "rules:\n  - {id: p.x, title: t, axis: context, why: '%s', score: 1, when: from.freemail}\n",
            texts[i].why);
        assert_string_equal(eval(arena, yaml, make_facts(arena)).v[0].why, texts[i].expected);
        arena_free(&arena);
    }
}

/* Values come from hostile mail. */
static void test_hostile_text(void **state)
{
    struct arena *arena = arena_new();
    struct facts *facts = make_facts(arena);
    char *name = arena_alloc(arena, 100001);
    memset(name, '\n', 100000);
    memcpy(name, "\xFF\x1B[31m", 6);
    facts_set_string(facts, FACT_FROM_NAME, name);
    for (int i = 0; i < 1000; i++)
        facts_add(facts, FACT_STRUCTURE_LIMITS, arena_printf(arena, "limit %d", i));
    assert_int_equal(facts->v[FACT_STRUCTURE_LIMITS].list.n, 256);
    const char *why =
        eval(arena,
             "rules:\n  - {id: p.x, title: t, axis: context, why: '{from.name} {structure.limits}', "
             "score: 1, when: from.freemail}\n",
             facts)
            .v[0]
            .why;
    assert_true(strlen(why) < 700);
    assert_null(strpbrk(why, "\n\x1B"));
    assert_memory_equal(why, "\xEF\xBF\xBD [31m", 8);
    arena_free(&arena);
}

/* A careless pattern must not cost more than its limit, and is unknown then: neither hit nor its negation. */
static void test_pattern_limits(void **state)
{
    struct arena *arena = arena_new();
    struct facts *facts = make_facts(arena);
    char *name = arena_alloc(arena, 60001);
    memset(name, 'a', 60000);
    facts_set_string(facts, FACT_FROM_NAME, name);
    struct rule_hits hits = eval(
        arena,
        "rules:\n"
        "  - {id: p.a, title: t, axis: context, why: w, score: 1, when: 'from.name matches /^(a+)+$x/'}\n"
        "  - id: p.b\n    title: t\n    axis: context\n    why: w\n    score: 1\n"
        "    when: not (from.name matches /(a|aa)+[bc]/)\n",
        facts);
    assert_int_equal(hits.n, 0);
    assert_true(hits.limits >= 1);
    arena_free(&arena);
}

static void test_long_subject(void **state)
{
    struct arena *arena = arena_new();
    struct facts *facts = make_facts(arena);
    char *name = arena_alloc(arena, 100001);
    memset(name, 'a', 100000);
    name[99999] = 'z';
    facts_set_string(facts, FACT_FROM_NAME, name);
    struct rule_hits hits = eval(arena,
                                 "rules:\n"
                                 "  - {id: p.a, title: t, axis: context, why: w, score: 1, when: "
                                 "not (from.name matches /z/)}\n"
                                 "  - {id: p.b, title: t, axis: context, why: w, score: 1, when: "
                                 "from.name matches /^a/}\n",
                                 facts);
    assert_int_equal(hits.n, 1); /* what lies behind the limit is not "no" */
    assert_string_equal(hits.v[0].id, "p.b");
    assert_int_equal(hits.limits, 1);
    arena_free(&arena);
}

/* A chain of references as long as a big set, written backwards. */
static void test_long_chain(void **state)
{
    struct arena *arena = arena_new();
    struct buf yaml = {0};
    enum { N = 5000 };
    buf_adds(&yaml, "rules:\n");
    for (int i = 0; i < N; i++) {
        buf_printf(&yaml, "  - {id: p.r%d, title: t, axis: context, why: w, score: 1, when: ", i);
        if (i == N - 1)
            buf_adds(&yaml, "from.freemail}\n");
        else
            buf_printf(&yaml, "p.r%d}\n", i + 1);
    }
    assert_int_equal(eval(arena, yaml.p, make_facts(arena)).n, N);
    buf_free(&yaml);
    arena_free(&arena);
}

static bool judge_by_name(void *ctx, const struct ruleset *rules, const char *path, struct arena *arena,
                          struct rule_hits *hits_r, const char **error_r)
{
    *error_r = "no such file";
    if (!strstr(path, "free"))
        return false;
    *hits_r = rules_eval(rules, make_facts(arena), arena);
    return true;
}

static void test_messages(void **state)
{
    struct diag_list diags = {0};
    struct ruleset *rules =
        ruleset_parse("packs/x.yaml",
                      SPAN_LIT("rules:\n"
                               "  - id: p.x\n"
                               "    title: t\n"
                               "    axis: context\n"
                               "    why: free mail\n"
                               "    score: 1\n"
                               "    when: from.freemail\n"
                               "    tests:\n"
                               "      - {message: free.eml, hit: true, why: mail, score: 1}\n"
                               "      - {message: free.eml, hit: false}\n"
                               "      - {message: free.eml, hit: true, why: other}\n"
                               "      - {message: gone.eml, hit: true}\n"),
                      &diags);
    assert_non_null(rules);
    assert_int_equal(ruleset_test(rules, &diags), 0);
    assert_int_equal(ruleset_test_messages(rules, judge_by_name, NULL, &diags), 4);
    assert_int_equal(diags.errors, 3);
    assert_string_equal(diags.v[0].text, "test of p.x: packs/free.eml should not hit");
    assert_string_equal(diags.v[2].text, "test of p.x: cannot read packs/gone.eml: no such file");
    diag_free(&diags);
    ruleset_free(&rules);
    ruleset_free(&rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conditions),     cmocka_unit_test(test_scores),
        cmocka_unit_test(test_texts),          cmocka_unit_test(test_hostile_text),
        cmocka_unit_test(test_pattern_limits), cmocka_unit_test(test_long_subject),
        cmocka_unit_test(test_long_chain),     cmocka_unit_test(test_messages),
    };
    return cmocka_run_group_tests_name("eval", tests, NULL, NULL);
}
