/* Tests of the shipped phrase packs and of the pack loader. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "payment/pack_read.h"

static struct payment_packs *shipped;

static int load(void **state)
{
    struct diag_list diags = {0};
    shipped = payment_packs_load(NULL, &diags);
    diag_print(&diags, stdout);
    diag_free(&diags);
    return shipped ? 0 : -1;
}

static int unload(void **state)
{
    payment_packs_free(&shipped);
    assert_null(shipped);
    return 0;
}

static void test_examples(void **state)
{
    struct diag_list diags = {0};
    size_t n = payment_packs_test(shipped, &diags);
    diag_print(&diags, stdout);
    assert_true(n > 80);
    assert_int_equal(diags.errors, 0);
    diag_free(&diags);
}

static const struct payment_result *analyse(struct arena *arena, enum payment_where where, const char *text)
{
    struct payment_text t = {where, text_fold(arena, span_of(text))};
    return payment_analyse(shipped, arena, &t, 1);
}

static void test_stances(void **state)
{
    static const struct {
        const char *text;
        enum stance want;
    } rows[] = {
        {"Our bank details have changed.", STANCE_ASSERTED},
        {"Our bank details have not changed.", STANCE_NEGATED},
        {"There is no change to our bank details.", STANCE_NEGATED},
        {"We will never notify you of a change to our bank details by email.", STANCE_WARNING},
        {"We never notify by email, but our bank details have changed.", STANCE_ASSERTED},
        {"Criminals say \"our bank details have changed\" and you pay.", STANCE_REPORTED},
        {"If you receive an email saying our bank details have changed, call us.", STANCE_CONDITIONAL},
        {"If our bank details have changed we write a letter.", STANCE_CONDITIONAL},
        {"Have our bank details changed?", STANCE_CONDITIONAL},
        {"Nos coordonnées bancaires n'ont pas changé.", STANCE_NEGATED},
        {"Notre adresse n'a pas changé mais nos coordonnées bancaires ont été modifiées.", STANCE_ASSERTED},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        const struct payment_result *r = analyse(arena, PAYMENT_OWN, rows[i].text);
        bool found = false;
        for (size_t j = 0; j < r->n_requests; j++) {
            if (r->requests[j].kind != REQUEST_BANK_CHANGE)
                continue;
            if (r->requests[j].stance != rows[i].want)
                print_message("# %s: %s, want %s\n", rows[i].text, stance_name(r->requests[j].stance),
                              stance_name(rows[i].want));
            assert_int_equal(r->requests[j].stance, rows[i].want);
            found = true;
        }
        if (!found)
            print_message("# nothing found in: %s\n", rows[i].text);
        assert_true(found);
        arena_free(&arena);
    }
}

static void test_evidence_and_boosters(void **state)
{
    struct arena *arena = arena_new();
    const char *text = "Hello Tom.\nOur b\xE2\x80\x8B"
                       "ank d\xD0\xB5tails h\xC3\xA1ve changed. Keep this between us.";
    const struct payment_result *r = analyse(arena, PAYMENT_OWN, text);
    assert_int_equal(r->n_requests, 1);
    struct span e = r->requests[0].evidence;
    assert_memory_equal(e.p, "Our b\xE2\x80\x8B", 8);
    assert_int_equal(e.p[e.n - 1], '.');
    assert_true(r->boosters & (1u << BOOSTER_SECRECY));
    r = analyse(arena, PAYMENT_QUOTED, text);
    assert_int_equal(r->n_requests, 1);
    assert_int_equal(r->boosters, 0);
    assert_string_equal(analyse(arena, PAYMENT_OWN, "Bonjour, merci de votre réponse")->language, "fr");
    assert_string_equal(analyse(arena, PAYMENT_OWN, "xyzzy")->language, "");
    arena_free(&arena);
}

static bool reads(const char *yaml)
{
    struct payment_packs *packs = packs_new();
    struct diag_list diags = {0};
    bool ok = pack_read(packs, "test.yaml", span_of(yaml), &diags);
    assert_true(ok == (diags.errors == 0));
    for (size_t i = 0; i < diags.n; i++)
        assert_true(diags.v[i].line > 0);
    diag_free(&diags);
    payment_packs_free(&packs);
    return ok;
}

#define HEAD "language: xx\nwords:\n  a: [one, \"tw(o|a)\"]\nphrases:\n"

static void test_loader_refuses(void **state)
{
    static const char *const bad[] = {
        "language: xx\n",
        "phrases: []\n",
        "language: xx\nbogus: 1\nphrases: []\n",
        HEAD "  - {id: p, kind: wire, strength: 50, all: [b], yes: [one]}\n",
        HEAD "  - {id: p, kind: nonsense, strength: 50, all: [a], yes: [one]}\n",
        HEAD "  - {id: p, kind: wire, all: [a], yes: [one]}\n",
        HEAD "  - {id: p, kind: wire, strength: 101, all: [a], yes: [one]}\n",
        HEAD "  - {id: p, kind: wire, strength: 50, all: [a]}\n",
        HEAD "  - {id: p, kind: wire, strength: 50, all: [a], any: [x], yes: [one]}\n",
        HEAD "  - {id: p, kind: wire, strength: 50, all: [[\"(open\"]], yes: [one]}\n",
        HEAD "  - {id: p, kind: wire, strength: 50, all: [[\"*\"]], yes: [one]}\n",
        HEAD "  - {id: p, kind: wire, strength: 50, all: [[\"{c}\"]], yes: [one]}\n",
        HEAD "  - {id: p, kind: wire, strength: 50, all: [a], match: \"(\", yes: [one]}\n",
        HEAD "  - {id: p, booster: urgency, kind: wire, strength: 5, all: [a], yes: [one]}\n",
        HEAD "  - {id: p, kind: wire, strength: 5, all: [a], yes: [one]}\n"
             "  - {id: p, kind: wire, strength: 5, all: [a], yes: [one]}\n",
    };
    assert_true(reads(HEAD "  - {id: p, kind: wire, strength: 50, all: [a], yes: [one]}\n"));
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        if (reads(bad[i]))
            print_message("# accepted: %s\n", bad[i]);
        assert_false(reads(bad[i]));
    }
}

static bool reads_shared(const char *concepts, const char *pack)
{
    struct payment_packs *packs = packs_new();
    struct diag_list diags = {0};
    bool ok = concepts_read(packs, "concepts.yaml", span_of(concepts), &diags) &&
              pack_read(packs, "test.yaml", span_of(pack), &diags);
    assert_true(ok == (diags.errors == 0));
    if (ok) {
        packs_seal(packs);
        payment_packs_test(packs, &diags);
        ok = !diags.errors;
    }
    diag_free(&diags);
    payment_packs_free(&packs);
    return ok;
}

#define CONCEPTS(yes)                                                                                        \
    "concepts: {who: us, what: account}\n"                                                                   \
    "phrases:\n  - {id: c, kind: wire, strength: 70, all: [who, what], yes: {xx: [" yes "]}}\n"
#define PACK(concepts) "language: xx\nwords:\n  who: [old]\nconcepts: {" concepts "}\nphrases: []\n"

/* A pack gets the shared phrases in its own words, and must have words for all concepts. */
static void test_concepts(void **state)
{
    assert_true(reads_shared(CONCEPTS("new acct"), PACK("who: [\"<who>\", new], what: [acct]")));
    assert_true(reads_shared(CONCEPTS("old acct"), PACK("who: [\"<who>\", new], what: [acct]")));
    assert_false(reads_shared(CONCEPTS("old acct"), PACK("who: [new], what: [acct]")));
    assert_false(reads_shared(CONCEPTS("new acct"), PACK("who: [new]")));
    assert_false(reads_shared(CONCEPTS("new acct"), PACK("who: [\"<nobody>\"], what: [acct]")));
    /* No word serves for two parts. */
    assert_false(reads_shared(CONCEPTS("acct"), PACK("who: [acct], what: [acct]")));
    assert_true(reads_shared(CONCEPTS("acct is my acct"), PACK("who: [acct], what: [acct]")));
    /* "<number>" is any account number of the message. */
    assert_true(
        reads_shared(CONCEPTS("new DE89370400440532013000"), PACK("who: [new], what: [\"<number>\"]")));
    assert_false(reads_shared("concepts: {}\n", PACK("")));
    assert_false(reads_shared("phrases: []\n", PACK("")));
}

/* A regular expression that explodes must set limit_hit, not stop the daemon. */
static void test_regex_limit(void **state)
{
    struct payment_packs *packs = packs_new();
    struct diag_list diags = {0};
    struct arena *arena = arena_new();
    char text[600] = "one ";
    memset(text + 4, 'x', 500);
    assert_true(pack_read(packs, "t",
                          span_of(HEAD "  - {id: p, kind: wire, strength: 50, all: [a], "
                                       "match: \"^{a} (x+x+)+[yz]\", yes: [one]}\n"),
                          &diags));
    packs_seal(packs);
    struct payment_text t = {PAYMENT_OWN, text_fold(arena, span_of(text))};
    const struct payment_result *r = payment_analyse(packs, arena, &t, 1);
    assert_true(r->limit_hit);
    assert_int_equal(r->n_requests, 0);
    t.folded = text_fold(arena, span_of("twa xxxy"));
    r = payment_analyse(packs, arena, &t, 1);
    assert_false(r->limit_hit);
    assert_int_equal(r->n_requests, 1);
    arena_free(&arena);
    diag_free(&diags);
    payment_packs_free(&packs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_stances),
        cmocka_unit_test(test_evidence_and_boosters),
        cmocka_unit_test(test_loader_refuses),
        cmocka_unit_test(test_concepts),
        cmocka_unit_test(test_regex_limit),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
