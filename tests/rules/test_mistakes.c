/*
 * Tests of src/rules/: the mistakes that people make, each answered by its place and one precise message.
 * Every row is a whole answer: "line:column: text | remedy".
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "rules/rules.h"

/* What the first diagnostic says; "" when there is none. */
static const char *first_answer(struct arena *arena, const char *yaml)
{
    struct diag_list diags = {0};
    struct ruleset *rules = ruleset_parse("x.yaml", span_of(yaml), &diags);
    const char *answer = "";
    if (rules)
        ruleset_test(rules, &diags);
    if (diags.n) {
        const struct diag *d = &diags.v[0];
        answer =
            arena_printf(arena, "%u:%u: %s | %s", d->line, d->column, d->text, d->remedy ? d->remedy : "");
    }
    diag_free(&diags);
    ruleset_free(&rules);
    return answer;
}

static void check(const char *yaml, const char *what, const char *expected)
{
    struct arena *arena = arena_new();
    const char *answer = first_answer(arena, yaml);
    if (strcmp(answer, expected) != 0)
        fail_msg("%s\n  answered: %s\n  expected: %s", what, answer, expected);
    arena_free(&arena);
}

/* The condition begins at 6:11 of the file. */
static const char frame[] =
    "pack: p\n"
    "rules:\n"
    "  - id: p.x\n"
    "    title: t\n"
    "    axis: identity\n"
    "    when: %s\n"
    "    why: w\n"
    "    score: 10\n"
    "  - {id: p.other, title: t, axis: request, when: request.wire >= 60, why: w, score: 1}\n";

static const struct {
    const char *when, *answer;
} conditions[] = {
#include "mistakes.h"
};

static void test_conditions(void **state)
{
    for (size_t i = 0; i < sizeof(conditions) / sizeof(*conditions); i++) {
        struct arena *arena = arena_new();
        check(arena_printf(arena, frame, conditions[i].when), conditions[i].when, conditions[i].answer);
        arena_free(&arena);
    }
}

static const struct {
    const char *what, *yaml, *answer;
} files[] = {
#include "mistakes_files.h"
};

static void test_files(void **state)
{
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
        check(files[i].yaml, files[i].what, files[i].answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests_name("mistakes", tests, NULL, NULL);
}
