/* Tests of src/judge/learn.c, src/policy/partners.c and src/facts/contact.c: what is learned of whom, and who may join the protected names */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "judge/learn.h"
#include "policy/partners.h"
#include "store/history.h"

#include "../store/fixture.h"

#define DAY ((int64_t)24 * 3600 * 1000)

struct fixture {
    struct place at;
    char conf[96];
    struct store *store;
    struct policy *policy;
    struct arena *arena;
    struct services services;
    int64_t now;
};

static void load(struct fixture *f)
{
    struct diag_list diags = {0};
    policy_unref(&f->policy);
    f->policy = policy_load(f->conf, &diags);
    diag_print(&diags, stderr);
    diag_free(&diags);
    assert_non_null(f->policy);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    struct store_error error;
    if (!place_make(&f->at))
        return -1;
    snprintf(f->conf, sizeof(f->conf), "%s/ringer.yaml", f->at.dir);
    FILE *out = fopen(f->conf, "w");
    fprintf(out,
            "protect:\n  own-domains: [buyerton.example]\n  partner-domains: [castelviel.example]\n"
            "trust:\n  authserv-ids: [mx.buyerton.example]\nquarantine:\n  store: %s\n",
            f->at.url);
    fclose(out);
    f->arena = arena_new();
    f->now = (int64_t)time(NULL) * 1000;
    f->store = store_open(f->at.url, STORE_CREATE, &error);
    f->services.store = f->store;
    load(f);
    *state = f;
    return f->store ? 0 : -1;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    policy_unref(&f->policy);
    store_close(&f->store);
    arena_free(&f->arena);
    int failed = place_remove(&f->at);
    free(f);
    return failed;
}

static struct judgement judge_text(struct fixture *f, const char *head, const char *body)
{
    const char *raw = arena_printf(f->arena, "%s\r\n\r\n%s\r\n", head, body);
    return judge(f->policy, &f->services, f->arena,
                 message_parse(f->arena, NULL, span_of(raw), false, &f->policy->limits), f->now);
}

#define PASS(domain) "Authentication-Results: mx.buyerton.example; dmarc=pass header.from=" domain "\r\n"
#define FROM(domain) "From: Pim <pim@" domain ">\r\nTo: ap@buyerton.example\r\nMessage-ID: <1@" domain ">"

static const char *only_account(struct fixture *f, const char *body)
{
    struct judgement j = judge_text(f, FROM("some.example"), body);
    assert_int_equal(j.facts->contact->n_accounts, 1);
    return j.facts->contact->accounts[0].number;
}

/* However it is written, an account has one spelling. */
static void test_one_spelling(void **state)
{
    struct fixture *f = *state;
    const char *iban = only_account(f, "IBAN: FR14 2004 1010 0505 0001 3M02 606");
    assert_string_equal(iban, only_account(f, "IBAN FR1420041010050500013M02606"));
    assert_string_equal(iban, only_account(f, "RIB : 20041 01005 0500013M026 06"));
    iban = only_account(f, "IBAN GB29 NWBK 6016 1331 9268 19");
    assert_string_equal(iban, only_account(f, "Sort code: 60-16-13\nAccount number: 31926819"));
    assert_string_not_equal(iban, only_account(f, "IBAN DE89 3704 0044 0532 0130 00"));
}

static void test_quoted_accounts_are_not_theirs(void **state)
{
    struct fixture *f = *state;
    static const char words[] = "Is this one right?\n\n> IBAN DE89 3704 0044 0532 0130 00";
    struct judgement j = judge_text(f, FROM("some.example") "\r\nIn-Reply-To: <1@some.example>", words);
    assert_int_equal(j.facts->contact->n_accounts, 0);
    j = judge_text(f, FROM("some.example"), words); /* marks alone quote nobody */
    assert_int_equal(j.facts->contact->n_accounts, 1);
}

static void test_organisations(void **state)
{
    struct fixture *f = *state;
    struct judgement j =
        judge_text(f,
                   "From: Pim <Pim@mail.Tessarotter.example>\r\nTo: AP@buyerton.example, x@else.example\r\n"
                   "Cc: joe@gmail.com\r\nReferences: <a@b> <c@d>\r\nIn-Reply-To: <c@d>",
                   "Hello");
    const struct contact *c = j.facts->contact;
    assert_int_equal(c->peers.n, 1);
    assert_string_equal(c->peers.v[0], "tessarotter.example");
    assert_int_equal(c->people.n, 1); /* without an envelope, ours only */
    assert_string_equal(c->people.v[0], "ap@buyerton.example");
    assert_int_equal(c->refs.n, 2);
    assert_int_equal(c->parties.n, 4);
    assert_string_equal(c->parties.v[3], "joe@gmail.com");
    j = judge_text(f, FROM("buyerton.example"), "Hello");
    assert_int_equal(j.facts->contact->peers.n, 0); /* we are nobody's correspondent */
    j = judge_text(f, "Subject: nobody", "Hello");
    assert_int_equal(j.facts->contact->peers.n, 0);
}

static void test_lessons(void **state)
{
    struct fixture *f = *state;
    struct judgement j = judge_text(f, PASS("tessarotter.example") FROM("tessarotter.example"), "Hello");
    assert_int_equal(learn_lesson(&j), HISTORY_PEER | HISTORY_THREAD | HISTORY_ACCOUNTS);
    j = judge_text(f, FROM("tessarotter.example"), "Hello");
    assert_int_equal(learn_lesson(&j), HISTORY_THREAD);
    j = judge_text(f, PASS("castelveil.example") FROM("castelveil.example"), "Hello"); /* a lookalike */
    assert_int_equal(learn_lesson(&j), HISTORY_MARKS);
    j = judge_text(
        f, PASS("tessarotter.example") FROM("tessarotter.example"),
        "Our bank details have changed. Please pay to our new account IBAN DE89370400440532013000.");
    assert_int_equal(learn_lesson(&j) & (HISTORY_PEER | HISTORY_ACCOUNTS | HISTORY_THREAD), 0);
}

static void converse(struct fixture *f, const char *peer, int first_day, int last_day)
{
    struct store_error error;
    const struct history_options options = f->policy->history;
    for (int i = 0; i < 6; i++) {
        size_t known;
        struct contact c = {.time_ms = f->now - (first_day - (first_day - last_day) * i / 5) * DAY,
                            .sent = i % 2,
                            .peers = {&peer, 1}};
        struct history_item item = {&c, HISTORY_PEER};
        assert_int_equal(history_learn(f->store, &options, &item, 1, &known, &error), 0);
    }
}

static const struct lookalike_result *match(struct fixture *f, const char *domain)
{
    return lookalike_match(f->policy->index, f->arena, domain);
}

static void test_partners_join(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(match(f, "norfield-bearlngs.example")->kind, LOOKALIKE_NONE);
    converse(f, "norfield-bearings.example", 300, 1);
    converse(f, "brieflet-tools.example", 5, 1); /* not established */
    load(f);
    const struct lookalike_result *r = match(f, "norfield-bearlngs.example");
    assert_int_equal(r->kind, LOOKALIKE_SUSPECT);
    assert_int_equal(r->findings[0].relation, RELATION_LEARNED);
    assert_int_equal(match(f, "norfield-bearings.example")->kind, LOOKALIKE_GENUINE);
    assert_int_equal(match(f, "brieflet-tools.example")->kind, LOOKALIKE_NONE);
    assert_int_equal(match(f, "castelveil.example")->findings[0].relation, RELATION_PARTNER);
}

/* Who keeps up a conversation under a lookalike name does not become a partner by it. */
static void test_lookalikes_do_not_join(void **state)
{
    struct fixture *f = *state;
    converse(f, "norfield-bearings.example", 300, 1);
    converse(f, "norfield-bearlngs.example", 40, 1);
    converse(f, "castelveil.example", 300, 1); /* of a configured partner: never, however long */
    load(f);
    assert_int_equal(match(f, "norfield-bearlngs.example")->kind, LOOKALIKE_SUSPECT);
    assert_int_equal(match(f, "castelveil.example")->kind, LOOKALIKE_SUSPECT);
    assert_int_equal(match(f, "norfield-bearings.example")->kind, LOOKALIKE_GENUINE);
}

static void test_free_mail_does_not_join(void **state)
{
    struct fixture *f = *state;
    converse(f, "joe@gmail.com", 300, 1);
    load(f);
    assert_ptr_equal(f->policy->index, f->policy->base);
    assert_int_equal(partners_count(f->store, &f->policy->history), 1);
}

static void test_store_that_cannot_be_read(void **state)
{
    struct fixture *f = *state;
    struct diag_list diags = {0};
    store_close(&f->store);
    f->services.store = NULL;
    FILE *out = fopen(f->at.path, "w");
    fputs("this is no data base at all, but some text that happens to lie here", out);
    fclose(out);
    struct policy *policy = policy_load(f->conf, &diags);
    assert_non_null(policy); /* mail goes on */
    assert_int_equal(diags.errors, 0);
    assert_int_equal(diags.n, 1);
    assert_non_null(strstr(diags.v[0].text, "history: "));
    policy_unref(&policy);
    diag_free(&diags);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_one_spelling),
        T(test_quoted_accounts_are_not_theirs),
        T(test_organisations),
        T(test_lessons),
        T(test_partners_join),
        T(test_lookalikes_do_not_join),
        T(test_free_mail_does_not_join),
        T(test_store_that_cannot_be_read),
    };
    message_library_init();
    return cmocka_run_group_tests_name("remember", tests, NULL, NULL);
}
