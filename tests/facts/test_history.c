/* What a message's facts say of what history answered: nothing is claimed that it cannot know. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "facts/history.h"

enum { U = -1, F = 0, T = 1 }; /* unknown, false, true */

static const char *const peer[] = {"sender.example"};

static const struct {
    const char *what;
    bool asked; /* the store is there */
    struct contact_view view;
    int ready, first, established;
} rows[] = {
    {"off", false, {0}, U, U, U},
    {"down", true, {.answered = false}, U, U, U},
    {"young, a stranger", true, {.answered = true}, F, U, F},
    {"young, somebody known", true, {.answered = true, .peer_known = true}, F, F, F},
    {"old, a stranger", true, {.answered = true, .ready = true}, T, T, F},
    {"old, somebody known", true, {.answered = true, .ready = true, .peer_known = true}, T, F, F},
    {"old, a correspondent",
     true,
     {.answered = true, .ready = true, .peer_known = true, .established = true},
     T,
     F,
     T},
};

static int number(const struct facts *facts, enum fact_id id)
{
    return facts->v[id].known ? facts->v[id].b : U;
}

static void test_peer(void **state)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        struct facts *facts = facts_new(arena);
        const struct contact contact = {.peers = {peer, 1}};
        facts->contact = &contact;
        facts_history(facts, rows[i].asked ? &rows[i].view : NULL, 1);
        if (number(facts, FACT_HISTORY_READY) != rows[i].ready ||
            number(facts, FACT_HISTORY_FIRST_CONTACT) != rows[i].first ||
            number(facts, FACT_HISTORY_ESTABLISHED) != rows[i].established)
            fail_msg("%s: ready %d first %d established %d", rows[i].what, number(facts, FACT_HISTORY_READY),
                     number(facts, FACT_HISTORY_FIRST_CONTACT), number(facts, FACT_HISTORY_ESTABLISHED));
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_peer),
    };
    return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
