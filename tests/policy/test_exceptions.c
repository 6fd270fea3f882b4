/* Thresholds of recipients, exceptions and allow entries: src/policy/decide.c, src/conf/group.c, exception.c. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "judge/judgement.h"
#include "policy/decide.h"

static const char head[] =
    "protect: {own-domains: [buyer.example], partner-domains: [valdormetaux.example]}\n"
    "trust: {authserv-ids: [mx.buyer.example]}\n";
static const char body[] =
    "To: compta@buyer.example\r\nSubject: Bank details\r\n\r\n"
    "Our bank details have changed. Please pay all open invoices from now on into our new\r\n"
    "bank account: IBAN IT60 X054 2811 1010 0000 0123 456, BIC BCITITMM.\r\n";
static const char lookalike[] = "From: Marie Dubois <marie.dubois@valdor-metaux.example>\r\n";
#define RESULTS(rest) "Authentication-Results: mx.buyer.example; " rest "\r\n"
static const char dmarc_pass[] = RESULTS("dmarc=pass header.from=valdor-metaux.example");
static const char dkim_pass[] = RESULTS("dkim=pass header.d=valdor-metaux.example");
static const char allow[] =
    "exceptions:\n  allow:\n  - {from: valdor-metaux.example, require: %s, owner: Karen,"
    " reason: known spelling, expires: %s}\n";

static struct policy *policy_of(const char *more, struct diag_list *diags)
{
    char path[] = "/tmp/ringer-test.XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    dprintf(fd, "%s%s", head, more);
    close(fd);
    struct policy *policy = policy_load(path, diags);
    unlink(path);
    return policy;
}

static struct policy *good_policy(const char *more)
{
    struct diag_list diags = {0};
    struct policy *policy = policy_of(more, &diags);
    if (!policy)
        diag_print(&diags, stderr);
    assert_non_null(policy);
    diag_free(&diags);
    return policy;
}

/* The strictest action for a message of these headers to these recipients. *json_r may be NULL. */
static enum action act(const char *more, const char *from, const char *auth, const char *rcpt,
                       const char *rcpt2, char **json_r)
{
    struct arena *arena = arena_new();
    struct policy *policy = good_policy(more);
    const char *rcpts[] = {rcpt, rcpt2};
    struct envelope envelope = {.rcpts = rcpts, .n_rcpts = rcpt2 ? 2 : 1};
    const char *raw = arena_printf(arena, "%s%s%s", auth, from, body);
    const struct message *message = message_parse(arena, &envelope, span_of(raw), false, &policy->limits);
    struct judgement j = judge(policy, NULL, arena, message, (int64_t)time(NULL) * 1000);
    enum action action = j.verdict.action;
    if (json_r) {
        json_t *json = judgement_json(&j);
        *json_r = json_dumps(json, 0);
        json_decref(json);
    }
    arena_free(&arena);
    policy_unref(&policy);
    return action;
}

static enum action simple(const char *more, const char *from, const char *auth)
{
    return act(more, from, auth, "compta@buyer.example", NULL, NULL);
}

static const char *allow_with(struct arena *arena, const char *require, const char *expires)
{
    return arena_printf(arena, allow, require, expires);
}

static void test_allow(void **state)
{
    struct arena *arena = arena_new();
    const char *any = allow_with(arena, "aligned", "2099-12-31");
    assert_int_equal(simple("", lookalike, dmarc_pass), ACTION_QUARANTINE);
    assert_int_equal(simple(any, lookalike, dmarc_pass), ACTION_TAG);
    assert_int_equal(simple(any, lookalike, dkim_pass), ACTION_TAG);
    /* which method */
    assert_int_equal(simple(allow_with(arena, "dmarc", "2099-12-31"), lookalike, dmarc_pass), ACTION_TAG);
    assert_int_equal(simple(allow_with(arena, "dmarc", "2099-12-31"), lookalike, dkim_pass),
                     ACTION_QUARANTINE);
    assert_int_equal(simple(allow_with(arena, "dkim", "2099-12-31"), lookalike, dkim_pass), ACTION_TAG);
    assert_int_equal(simple(allow_with(arena, "spf", "2099-12-31"), lookalike, dkim_pass), ACTION_QUARANTINE);
    /* unknown, failed, forged, for another domain */
    assert_int_equal(simple(any, lookalike, ""), ACTION_QUARANTINE);
    assert_int_equal(simple(any, lookalike, RESULTS("dmarc=fail header.from=valdor-metaux.example")),
                     ACTION_QUARANTINE);
    assert_int_equal(simple(any, lookalike,
                            "Authentication-Results: mx.elsewhere.example; dmarc=pass "
                            "header.from=valdor-metaux.example\r\n"),
                     ACTION_QUARANTINE);
    assert_int_equal(simple(any, lookalike, RESULTS("dkim=pass header.d=bulk.example")), ACTION_QUARANTINE);
    /* who only looks like it, or shows two senders */
    assert_int_equal(simple(any, "From: Marie Dubois <marie@va1dor-metaux.example>\r\n",
                            RESULTS("dmarc=pass header.from=va1dor-metaux.example")),
                     ACTION_QUARANTINE);
    assert_int_equal(simple(any, "From: <marie@mail.valdor-metaux.example>\r\n",
                            RESULTS("dmarc=pass header.from=mail.valdor-metaux.example")),
                     ACTION_QUARANTINE);
    assert_int_equal(simple(any, "From: m@valdor-metaux.example, x@va1dor-metaux.example\r\n", dmarc_pass),
                     ACTION_QUARANTINE);
    assert_int_equal(
        simple(any, "From: m@valdor-metaux.example\r\nFrom: x@va1dor-metaux.example\r\n", dmarc_pass),
        ACTION_QUARANTINE);
    arena_free(&arena);
}

static void test_expired(void **state)
{
    struct arena *arena = arena_new();
    struct diag_list diags = {0};
    const char *old = allow_with(arena, "aligned", "2020-12-31");
    struct policy *policy = policy_of(old, &diags);
    assert_non_null(policy);
    assert_int_equal(diags.n, 1);
    assert_int_equal(diags.v[0].level, DIAG_WARNING);
    assert_string_equal(diags.v[0].text, "this entry has expired and is ignored");
    assert_int_equal(diags.v[0].line, 5);
    policy_unref(&policy);
    diag_free(&diags);
    assert_int_equal(simple(old, lookalike, dmarc_pass), ACTION_QUARANTINE);
    arena_free(&arena);
}

static void test_recorded(void **state)
{
    struct arena *arena = arena_new();
    char *json;
    act(allow_with(arena, "aligned", "2099-12-31"), lookalike, dmarc_pass, "compta@buyer.example", NULL,
        &json);
    assert_non_null(strstr(json, "\"allowed\": \"allowed by Karen until 2099-12-31: known spelling\""));
    free(json);
    arena_free(&arena);
}

static void test_exceptions(void **state)
{
    static const char axis[] =
        "exceptions:\n  rules:\n"
        "  - {from: marie.dubois@valdor-metaux.example, to: '*@buyer.example', axis: identity,"
        " owner: Karen, reason: r, expires: 2099-12-31}\n";
    static const char nothing[] = "exceptions:\n  rules:\n"
                                  "  - {from: '*@valdor-metaux.example', require: nothing, axis: identity,"
                                  " owner: Karen, reason: r, expires: 2099-12-31}\n";
    char *json;
    assert_true(simple(axis, lookalike, dmarc_pass) < ACTION_QUARANTINE);
    assert_int_equal(simple(axis, lookalike, ""), ACTION_QUARANTINE);
    assert_true(simple(nothing, lookalike, "") < ACTION_QUARANTINE);
    assert_int_equal(simple(axis, "From: other@valdor-metaux.example\r\n", dmarc_pass), ACTION_QUARANTINE);
    assert_int_equal(act(axis, lookalike, dmarc_pass, "a@buyer.example", "b@sister.example", NULL),
                     ACTION_QUARANTINE);
    act(axis, lookalike, dmarc_pass, "compta@buyer.example", NULL, &json);
    assert_non_null(strstr(json, "\"counted\": false, \"allowed\": \"allowed by Karen"));
    free(json);
}

static void test_groups(void **state)
{
    static const char lax[] =
        "thresholds:\n  hold: 400\n  groups:\n"
        "  - {name: finance, recipients: [compta@buyer.example, '*.finance.example'], hold: 90}\n";
    static const char laxer[] = "thresholds:\n  groups:\n"
                                "  - {name: training, recipients: [lab@buyer.example], hold: 1000}\n";
    assert_int_equal(simple("", lookalike, ""), ACTION_QUARANTINE);
    assert_int_equal(simple(lax, lookalike, ""), ACTION_QUARANTINE);
    assert_int_equal(act(lax, lookalike, "", "paul@buyer.example", NULL, NULL), ACTION_TAG);
    assert_int_equal(act(lax, lookalike, "", "paul@buyer.example", "COMPTA@Buyer.Example", NULL),
                     ACTION_QUARANTINE);
    assert_int_equal(act(lax, lookalike, "", "x@ap.finance.example", NULL, NULL), ACTION_QUARANTINE);
    assert_int_equal(act(lax, lookalike, "", "x@finance.example", NULL, NULL), ACTION_TAG);
    assert_int_equal(act(laxer, lookalike, "", "lab@buyer.example", NULL, NULL), ACTION_TAG);
    assert_int_equal(act(laxer, lookalike, "", "lab@buyer.example", "paul@buyer.example", NULL),
                     ACTION_QUARANTINE);
}

/* Each recipient by its own groups: what becomes of it for one is nothing to the other. */
static void test_recipients(void **state)
{
    static const char groups[] =
        "mode: tag\nthresholds:\n  groups:\n"
        "  - {name: lab, recipients: [lab@buyer.example, both@buyer.example], hold: 1000, mode: monitor}\n"
        "  - {name: watched, recipients: [both@buyer.example], tag: 10}\n"
        "  - {name: finance, recipients: ['*@ap.example'], mode: enforce}\n"
        "  - {name: careful, recipients: [careful@ap.example], tag: 10}\n"
        "  - {name: press, recipients: [press@buyer.example],"
        " disabled-rules: [identity.lookalike.weak, identity.lookalike, identity.lookalike.certain]}\n"
        "exceptions:\n  allow:\n  - {from: valdor-metaux.example, to: boss@ap.example, owner: Karen,"
        " reason: r, expires: 2099-12-31}\n";
    static const char *const rcpts[] = {"lab@buyer.example",  "x@ap.example",        "boss@ap.example",
                                        "careful@ap.example", "press@buyer.example", "y@buyer.example",
                                        "both@buyer.example"};
    static const struct recipient_verdict want[] = {
        {ACTION_TAG, CONF_MODE_MONITOR},
        {ACTION_QUARANTINE, CONF_MODE_ENFORCE},
        {ACTION_TAG, CONF_MODE_ENFORCE},
        {ACTION_QUARANTINE, CONF_MODE_ENFORCE},
        {ACTION_TAG, CONF_MODE_TAG} /* the request is left */,
        {ACTION_QUARANTINE, CONF_MODE_TAG},
        {ACTION_QUARANTINE, CONF_MODE_TAG}, /* a lax group takes nothing from a careful one */
    };
    struct arena *arena = arena_new();
    struct policy *policy = good_policy(groups);
    struct envelope envelope = {.rcpts = rcpts, .n_rcpts = sizeof(rcpts) / sizeof(*rcpts)};
    const char *raw = arena_printf(arena, "%s%s%s", dmarc_pass, lookalike, body);
    const struct message *message = message_parse(arena, &envelope, span_of(raw), false, &policy->limits);
    struct judgement j = judge(policy, NULL, arena, message, (int64_t)time(NULL) * 1000);
    for (size_t i = 0; i < envelope.n_rcpts; i++)
        if (j.recipients[i].action != want[i].action || j.recipients[i].mode != want[i].mode)
            fail_msg("%s: %s, mode %s", rcpts[i], action_name(j.recipients[i].action),
                     conf_mode_name(j.recipients[i].mode));
    assert_int_equal(j.verdict.action, ACTION_QUARANTINE);
    assert_null(j.verdict.allowed); /* the verdict of those for whom it is held is told */
    arena_free(&arena);
    policy_unref(&policy);
}

static void test_mistakes(void **state)
{
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"exceptions: {allow: [{from: a.example}]}", "this entry has no 'owner'"},
        {"exceptions: {allow: [{from: a.example, owner: o, reason: r}]}", "this entry has no 'expires'"},
        {"exceptions: {allow: [{from: a.example, owner: o, reason: '', expires: 2099-01-01}]}",
         "'reason' is empty"},
        {"exceptions: {allow: [{from: a.example, owner: o, reason: r, expires: soon}]}", "'soon' is no day"},
        {"exceptions: {allow: [{from: '*', owner: o, reason: r, expires: 2099-01-01}]}",
         "'*' is neither an address nor a domain"},
        {"exceptions: {allow: [{from: a.example, require: nothing, owner: o, reason: r, expires: "
         "2099-01-01}]}",
         "'require' cannot be 'nothing'"},
        {"exceptions: {rules: [{from: a.example, owner: o, reason: r, expires: 2099-01-01}]}",
         "this exception has neither 'rules' nor 'axis'"},
        {"exceptions: {rules: [{from: a.example, rules: [no.such], owner: o, reason: r, expires: "
         "2099-01-01}]}",
         "exceptions: rules: there is no rule no.such"},
        {"exceptions: {rules: [{from: a.example, axis: context, owner: o, reason: r, expires: 2099-01-01}]}",
         "'axis' cannot be 'context'"},
        {"thresholds: {groups: [{name: a, hold: 3}]}", "a group needs a name and recipients"},
        {"thresholds: {groups: [{name: a, recipients: [b.example]}]}", "the group 'a' changes nothing"},
        {"thresholds: {groups: [{name: a, recipients: [b.example], mode: strict}]}",
         "'mode' cannot be 'strict'"},
        {"thresholds: {groups: [{name: a, recipients: [b.example], disabled-rules: [no.such]}]}",
         "thresholds: groups: there is no rule no.such"},
        {"thresholds: {groups: [{name: a, recipients: [b.example], hold: x}]}", NULL},
        {"thresholds: {groups: [{name: a, recipients: [b.example], holt: 3}]}", NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct diag_list diags = {0};
        assert_null(policy_of(cases[i].text, &diags));
        bool found = !cases[i].error;
        for (size_t k = 0; k < diags.n; k++)
            found = found || strcmp(diags.v[k].text, cases[i].error) == 0;
        if (!found)
            diag_print(&diags, stderr);
        assert_true(found);
        assert_true(diags.v[0].line > 0);
        diag_free(&diags);
    }
}

static void test_patterns(void **state)
{
    assert_true(conf_pattern_matches("a@b.example", "A@B.Example"));
    assert_false(conf_pattern_matches("a@b.example", "a@b.example.evil"));
    assert_true(conf_pattern_matches("b.example", "x@b.example"));
    assert_false(conf_pattern_matches("b.example", "x@b.example@evil.example"));
    assert_false(conf_pattern_matches("b.example", "x@sub.b.example"));
    assert_true(conf_pattern_matches("*.b.example", "x@sub.b.example"));
    assert_false(conf_pattern_matches("*.b.example", "x@b.example"));
    assert_true(conf_pattern_matches("ap-*@b.example", "ap-4@b.example"));
    assert_false(conf_pattern_matches("ap-*@b.example", "ap@b.example"));
    assert_true(conf_pattern_matches("*aab*@b.example", "xaaab@b.example"));
    assert_false(conf_pattern_matches("b.example", "b.example"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_allow),      cmocka_unit_test(test_expired),    cmocka_unit_test(test_recorded),
        cmocka_unit_test(test_exceptions), cmocka_unit_test(test_groups),     cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_patterns),   cmocka_unit_test(test_recipients),
    };
    message_library_init();
    return cmocka_run_group_tests_name("exceptions", tests, NULL, NULL);
}
