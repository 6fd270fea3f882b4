/*
 * Authentication facts: which headers are believed, what is made of our own look-ups, and what forgers try.
 * company.example is an own domain, partner.example a partner's; mx.company.example writes our headers.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "facts/collect.h"
#include "mail/dmarc.h"

#define AR           "Authentication-Results: "
#define OURS         AR "mx.company.example; "
#define RECEIVED     "Received: from a by b; Mon, 23 Nov 2026 10:00:00 +0000\r\n"
#define SEAL(i, d)   "ARC-Seal: i=" i "; a=rsa-sha256; cv=none; d=" d "; s=x; b=YWJj\r\n"
#define AAR(i, rest) "ARC-Authentication-Results: i=" i "; lists.partner.example; " rest "\r\n"

enum { U = -1, F = 0, T = 1 }; /* unknown, false, true */

static struct fact_sources sources;
static struct fact_lists lists;

static const struct {
    const char *what, *headers, *from, *sender;
    int trusted, aligned, spoof;
    const char *spf, *dkim, *dmarc; /* NULL: unknown */
} cases[] = {
    {"nothing", "", "a@partner.example", "a@partner.example", F, U, U, NULL, NULL, NULL},
    {"all pass",
     OURS "spf=pass smtp.mailfrom=a@partner.example; dkim=pass header.d=partner.example; dmarc=pass "
          "header.from=partner.example\r\n",
     "a@partner.example", "a@partner.example", T, T, F, "pass", "pass", "pass"},
    {"case of all words", AR "MX.Company.Example; SPF=Pass SMTP.MailFrom=a@Partner.Example\r\n",
     "a@PARTNER.example", "a@partner.EXAMPLE", T, T, F, "pass", NULL, NULL},
    {"folded, with comments",
     AR "mx.company.example (the (outer) one)\r\n\t1; spf=pass (sender (x)\r\n is fine) "
        "smtp.mailfrom=partner.example\r\n",
     "a@partner.example", "a@partner.example", T, T, F, "pass", NULL, NULL},
    {"id of nobody", AR "mx.elsewhere.example; dmarc=pass header.from=partner.example\r\n",
     "a@partner.example", "a@partner.example", F, U, U, NULL, NULL, NULL},
    {"id that only begins like ours", AR "mx.company.example.evil.example; dmarc=pass\r\n",
     "a@partner.example", "a@partner.example", F, U, U, NULL, NULL, NULL},
    {"id in a comment", AR "evil.example (mx.company.example); dmarc=pass\r\n", "a@partner.example",
     "a@partner.example", F, U, U, NULL, NULL, NULL},
    {"id as a method", AR "evil.example; mx.company.example=pass; dmarc=pass\r\n", "a@partner.example",
     "a@partner.example", F, U, U, NULL, NULL, NULL},
    {"not by the grammar", AR "mx.company.example; dmarc=pass header.from\r\n", "a@partner.example",
     "a@partner.example", F, U, U, NULL, NULL, NULL},
    {"a comment that does not end",
     AR "mx.company.example; spf=fail smtp.mailfrom=partner.example (; dmarc=pass\r\n", "a@partner.example",
     "a@partner.example", F, U, U, NULL, NULL, NULL},
    {"result in a comment", OURS "dmarc=fail (dmarc=pass) header.from=partner.example\r\n",
     "a@partner.example", "a@partner.example", T, F, T, NULL, NULL, "fail"},
    {"result in a quoted reason", OURS "dmarc=fail reason=\"; dmarc=pass\" header.from=partner.example\r\n",
     "a@partner.example", "a@partner.example", T, F, T, NULL, NULL, "fail"},
    {"other id below an own domain, pass",
     AR "mx2.company.example; dmarc=pass header.from=partner.example\r\n", "a@partner.example",
     "a@partner.example", F, U, F, NULL, NULL, NULL},
    {"other id below an own domain, fail",
     AR "mx2.company.example; dmarc=fail header.from=partner.example\r\n", "a@partner.example",
     "a@partner.example", F, U, T, NULL, NULL, "fail"},
    {"forgery below ours",
     OURS "dmarc=fail header.from=partner.example\r\n" OURS "dmarc=pass header.from=partner.example\r\n",
     "a@partner.example", "a@partner.example", T, F, T, NULL, NULL, "fail"},
    {"forgery below ours, other method beside",
     OURS "spf=fail smtp.mailfrom=partner.example\r\n" OURS
          "spf=pass smtp.mailfrom=partner.example; dkim=pass header.d=partner.example; dmarc=pass\r\n",
     "a@partner.example", "a@partner.example", T, F, T, "fail", NULL, NULL},
    {"forgery below ours for methods that ours does not know",
     OURS "spf=fail smtp.mailfrom=partner.example\r\n" OURS
          "dkim=pass header.d=partner.example; dmarc=pass header.from=partner.example\r\n",
     "a@partner.example", "a@partner.example", T, F, T, "fail", NULL, NULL},
    {"each on its own, forged",
     OURS "spf=fail smtp.mailfrom=partner.example\r\n" OURS "dkim=pass header.d=partner.example\r\n" OURS
          "dmarc=pass header.from=partner.example\r\n",
     "a@partner.example", "a@partner.example", T, F, T, "fail", NULL, NULL},
    {"a pass that another contradicts: appended below the forgery",
     OURS "dmarc=pass header.from=partner.example\r\n" OURS "dmarc=fail header.from=partner.example\r\n",
     "a@partner.example", "a@partner.example", T, F, F, NULL, NULL, NULL},
    {"two signatures that both pass, and a third header that denies it",
     OURS "dkim=pass header.d=partner.example\r\n" OURS "dkim=none\r\n", "a@partner.example",
     "a@partner.example", T, F, F, NULL, NULL, NULL},
    {"forwarded: DMARC passes above, SPF fails below",
     OURS "dmarc=pass header.from=partner.example\r\n" OURS "spf=fail smtp.mailfrom=partner.example\r\n" OURS
          "dkim=pass header.d=partner.example\r\n",
     "a@partner.example", "a@partner.example", T, T, F, "fail", "pass", "pass"},
    {"SPF of HELO in a header of its own",
     OURS "spf=none smtp.mailfrom=partner.example\r\n" OURS "spf=none smtp.helo=x.example\r\n",
     "a@partner.example", "a@partner.example", T, F, F, "none", NULL, NULL},
    {"forgery from before the last hop",
     OURS "spf=none smtp.mailfrom=partner.example\r\n" RECEIVED OURS
          "dmarc=pass header.from=partner.example\r\n",
     "a@partner.example", "a@partner.example", T, F, F, "none", NULL, NULL},
    {"each milter writes its own header",
     OURS "spf=pass smtp.mailfrom=partner.example\r\n" OURS "dkim=pass header.d=partner.example\r\n" OURS
          "dmarc=pass header.from=partner.example\r\n" RECEIVED,
     "a@partner.example", "a@partner.example", T, T, F, "pass", "pass", "pass"},
    {"below our own Received", RECEIVED OURS "dmarc=pass header.from=partner.example\r\n",
     "a@partner.example", "a@partner.example", T, T, F, NULL, NULL, "pass"},
    {"SPF of HELO is not the sender's", OURS "spf=pass smtp.helo=mail.partner.example\r\n",
     "a@partner.example", "a@partner.example", T, F, F, NULL, NULL, NULL},
    {"SPF of HELO fails, of MAIL FROM passes",
     OURS "spf=fail smtp.helo=x.example; spf=pass smtp.mailfrom=a@partner.example\r\n", "a@partner.example",
     "a@partner.example", T, T, F, "pass", NULL, NULL},
    {"SPF of another sender", OURS "spf=pass smtp.mailfrom=partner.example\r\n", "a@partner.example",
     "a@evil.example", T, F, F, NULL, NULL, NULL},
    {"SPF passes for the forger's domain", OURS "spf=pass smtp.mailfrom=evil.example\r\n",
     "a@partner.example", "a@evil.example", T, F, F, "pass", NULL, NULL},
    {"SPF passes for a subdomain", OURS "spf=pass smtp.mailfrom=bounces.partner.example\r\n",
     "a@partner.example", "x@bounces.partner.example", T, T, F, "pass", NULL, NULL},
    {"SPF for a domain that ends alike", OURS "spf=pass smtp.mailfrom=notpartner.example\r\n",
     "a@partner.example", "x@notpartner.example", T, F, F, "pass", NULL, NULL},
    {"null sender", OURS "spf=pass smtp.helo=partner.example\r\n", "a@partner.example", "", T, F, F, NULL,
     NULL, NULL},
    {"two @ in the mailfrom", OURS "spf=pass smtp.mailfrom=\"a@partner.example\"@evil.example\r\n",
     "a@partner.example", "b@evil.example", T, F, F, "pass", NULL, NULL},
    {"DKIM of another domain", OURS "dkim=pass header.d=evil.example\r\n", "a@partner.example",
     "b@evil.example", T, F, F, NULL, "pass", NULL},
    {"DKIM: one of two is aligned",
     OURS "dkim=fail header.d=partner.example; dkim=pass header.d=mail.partner.example\r\n",
     "a@partner.example", "b@evil.example", T, T, F, NULL, "pass", NULL},
    {"DKIM: the aligned one fails",
     OURS "dkim=pass header.d=evil.example; dkim=fail header.d=partner.example\r\n", "a@partner.example",
     "b@evil.example", T, F, F, NULL, "pass", NULL},
    {"DKIM by identity", OURS "dkim=pass header.i=@partner.example\r\n", "a@partner.example",
     "b@evil.example", T, T, F, NULL, "pass", NULL},
    {"DMARC of another From", OURS "dmarc=pass header.from=evil.example\r\n", "a@partner.example",
     "b@evil.example", T, F, F, NULL, NULL, NULL},
    {"DMARC fails for a domain that nobody protects", OURS "dmarc=fail header.from=stranger.example\r\n",
     "a@stranger.example", "a@stranger.example", T, F, F, NULL, NULL, "fail"},
    {"SPF fails, DKIM passes: forwarded",
     OURS "spf=fail smtp.mailfrom=partner.example; dkim=pass header.d=partner.example\r\n",
     "a@partner.example", "a@partner.example", T, T, F, "fail", "pass", NULL},
    {"none", OURS "none\r\n", "a@partner.example", "a@partner.example", T, F, F, NULL, NULL, NULL},
    {"a pass for the lookalike is a pass for it only", OURS "dmarc=pass header.from=partnar.example\r\n",
     "a@partnar.example", "a@partnar.example", T, T, F, NULL, NULL, "pass"},
    /* ARC */
    {"ARC of a configured sealer",
     OURS "dmarc=fail header.from=partner.example; arc=pass (i=1)\r\n" SEAL("1", "lists.partner.example")
         AAR("1", "dmarc=pass header.from=partner.example"),
     "a@partner.example", "l@lists.partner.example", T, T, F, NULL, NULL, "fail"},
    {"ARC, but our server did not find it good",
     OURS "dmarc=fail header.from=partner.example; arc=fail\r\n" SEAL("1", "lists.partner.example")
         AAR("1", "dmarc=pass header.from=partner.example"),
     "a@partner.example", "l@lists.partner.example", T, F, T, NULL, NULL, "fail"},
    {"ARC, but our server did not look",
     OURS "dmarc=fail header.from=partner.example\r\n" SEAL("1", "lists.partner.example")
         AAR("1", "dmarc=pass header.from=partner.example"),
     "a@partner.example", "l@lists.partner.example", T, F, T, NULL, NULL, "fail"},
    {"ARC verdict of another server",
     OURS "dmarc=fail header.from=partner.example\r\n" AR "evil.example; arc=pass\r\n" SEAL(
         "1", "lists.partner.example") AAR("1", "dmarc=pass header.from=partner.example"),
     "a@partner.example", "l@lists.partner.example", T, F, T, NULL, NULL, "fail"},
    {"ARC of a stranger",
     OURS "dmarc=fail header.from=partner.example; arc=pass\r\n" SEAL("1", "evil.example")
         AAR("1", "dmarc=pass header.from=partner.example"),
     "a@partner.example", "l@evil.example", T, F, T, NULL, NULL, "fail"},
    {"ARC of a stranger above the configured one",
     OURS "dmarc=fail header.from=partner.example; arc=pass\r\n" SEAL("2", "evil.example")
         AAR("2", "dmarc=pass header.from=partner.example") SEAL("1", "lists.partner.example")
             AAR("1", "dmarc=pass header.from=partner.example"),
     "a@partner.example", "l@evil.example", T, F, T, NULL, NULL, "fail"},
    {"ARC: the configured sealer saw a failure",
     OURS "dmarc=fail header.from=partner.example; arc=pass\r\n" SEAL("1", "lists.partner.example")
         AAR("1", "dmarc=fail header.from=partner.example"),
     "a@partner.example", "l@lists.partner.example", T, F, T, NULL, NULL, "fail"},
    {"ARC: the results are of another instance",
     OURS "dmarc=fail header.from=partner.example; arc=pass\r\n" SEAL("2", "lists.partner.example")
         AAR("1", "dmarc=pass header.from=partner.example"),
     "a@partner.example", "l@lists.partner.example", T, F, T, NULL, NULL, "fail"},
    {"ARC: two results of one instance",
     OURS "dmarc=fail header.from=partner.example; arc=pass\r\n" SEAL("1", "lists.partner.example") AAR(
         "1", "dmarc=fail header.from=partner.example") AAR("1", "dmarc=pass header.from=partner.example"),
     "a@partner.example", "l@lists.partner.example", T, F, T, NULL, NULL, "fail"},
    {"ARC: the sealer saw another From",
     OURS "dmarc=fail header.from=partner.example; arc=pass\r\n" SEAL("1", "lists.partner.example")
         AAR("1", "dmarc=pass header.from=evil.example"),
     "a@partner.example", "l@lists.partner.example", T, F, T, NULL, NULL, "fail"},
};

static int number(const struct fact_value *v)
{
    return v->known ? v->b : U;
}

static const char *text(const struct fact_value *v)
{
    return v->known ? v->s : "-";
}

static struct facts *collect(struct arena *arena, const char *headers, const char *from, const char *sender,
                             const struct auth_lookup *lookup)
{
    struct envelope envelope = {.client_ip = "192.0.2.1", .mail_from = sender};
    char *raw = arena_printf(arena, "%sFrom: %s\r\nSubject: x\r\n\r\nHello\r\n", headers, from);
    const struct message *m = message_parse(arena, &envelope, span_of(raw), false, &message_limits_default);
    return facts_collect(&sources, arena, m, lookup);
}

static void test_headers(void **state)
{
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct arena *arena = arena_new();
        const struct fact_value *v =
            collect(arena, cases[i].headers, cases[i].from, cases[i].sender, NULL)->v;
        const char *spf = cases[i].spf ? cases[i].spf : "-", *dkim = cases[i].dkim ? cases[i].dkim : "-",
                   *dmarc = cases[i].dmarc ? cases[i].dmarc : "-";
        if ((number(&v[FACT_AUTH_TRUSTED]) != cases[i].trusted ||
             number(&v[FACT_AUTH_ALIGNED]) != cases[i].aligned ||
             number(&v[FACT_AUTH_SPOOF]) != cases[i].spoof || strcmp(text(&v[FACT_AUTH_SPF]), spf) != 0 ||
             strcmp(text(&v[FACT_AUTH_DKIM]), dkim) != 0 || strcmp(text(&v[FACT_AUTH_DMARC]), dmarc) != 0) &&
            ++wrong)
            print_error("%s: trusted %d aligned %d spoof %d spf %s dkim %s dmarc %s\n", cases[i].what,
                        number(&v[FACT_AUTH_TRUSTED]), number(&v[FACT_AUTH_ALIGNED]),
                        number(&v[FACT_AUTH_SPOOF]), text(&v[FACT_AUTH_SPF]), text(&v[FACT_AUTH_DKIM]),
                        text(&v[FACT_AUTH_DMARC]));
        arena_free(&arena);
    }
    assert_int_equal(wrong, 0);
}

static void test_forged(void **state)
{
    static const char headers[] = OURS "spf=fail smtp.mailfrom=partner.example\r\n" AR
                                       "elsewhere.example; spf=pass smtp.mailfrom=partner.example\r\n" OURS
                                       "spf=pass smtp.mailfrom=partner.example\r\n" AR "no grammar\r\n" OURS
                                       "spf=fail smtp.mailfrom=partner.example\r\n" OURS
                                       "spf=none smtp.mailfrom=partner.example\r\n" OURS
                                       "dkim=pass; spf=pass smtp.mailfrom=partner.example\r\n" RECEIVED OURS
                                       "spf=pass smtp.mailfrom=partner.example\r\n";
    struct arena *arena = arena_new();
    struct envelope envelope = {.client_ip = "192.0.2.1", .mail_from = "a@partner.example"};
    char *raw = arena_printf(arena, "%sFrom: a@partner.example\r\n\r\nHello\r\n", headers);
    const struct message *m = message_parse(arena, &envelope, span_of(raw), false, &message_limits_default);
    size_t numbers[4];
    assert_int_equal(facts_auth_forged(&sources, arena, m, numbers, 4), 2);
    assert_int_equal(numbers[0], 3);
    assert_int_equal(numbers[1], 7);
    assert_int_equal(facts_auth_forged(&sources, arena, m, numbers, 1), 1);
    arena_free(&arena);
}

#define SIGNED           "DKIM-Signature: v=1; a=rsa-sha256; d=company.example; s=x; b=YWJj\r\n"
#define SIGNED_ELSEWHERE "DKIM-Signature: v=1; a=rsa-sha256; d=evil.example; s=x; b=YWJj\r\n"
#define REJECT           "v=DMARC1; p=reject"

/* Our own look-ups for mail that shows a@company.example. */
static const struct {
    const char *what, *headers, *spf, *spf_domain, *record;
    bool known, internal;
    int aligned, spoof, unproven;
    const char *dmarc, *policy;
} lookups[] = {
    {"nothing known: DNS is off", "", NULL, "company.example", NULL, false, false, U, U, U, NULL, NULL},
    {"SPF passes and is aligned", "", "pass", "company.example", REJECT, true, false, T, F, F, "pass",
     "reject"},
    {"SPF passes, relaxed", "", "pass", "bounce.company.example", REJECT, true, false, T, F, F, "pass",
     "reject"},
    {"SPF passes, but strict", "", "pass", "bounce.company.example", REJECT "; aspf=s", true, false, F, T, T,
     "fail", "reject"},
    {"SPF passes for the forger", "", "pass", "evil.example", REJECT, true, false, F, T, T, "fail", "reject"},
    {"the forger signs for himself", SIGNED_ELSEWHERE, "pass", "evil.example", REJECT, true, false, F, T, T,
     "fail", "reject"},
    {"a signature could be good: forwarded", SIGNED, "fail", "company.example", REJECT, true, false, U, F, T,
     NULL, "reject"},
    {"SPF fails, no signature", "", "fail", "company.example", REJECT, true, false, F, T, T, "fail",
     "reject"},
    {"SPF fails, no signature, no record", "", "fail", "company.example", NULL, true, false, F, T, T, NULL,
     "missing"},
    {"SPF fails, record unknown", "", "fail", "company.example", NULL, false, false, F, T, T, NULL, NULL},
    {"SPF fails for another domain, no record", "", "fail", "evil.example", NULL, true, false, U, F, T, NULL,
     "missing"},
    {"SPF softfails, no record", "", "softfail", "company.example", NULL, true, false, U, F, T, NULL,
     "missing"},
    {"SPF softfails, record", "", "softfail", "company.example", "v=DMARC1; p=none", true, false, F, T, T,
     "fail", "none"},
    {"SPF has no answer", "", "temperror", "company.example", REJECT, true, false, U, F, T, NULL, "reject"},
    {"no SPF, no record", "", "none", "company.example", NULL, true, false, U, F, T, NULL, "missing"},
    {"a trusted header wins", OURS "dmarc=pass header.from=company.example\r\n", NULL, NULL, NULL, false,
     false, T, F, F, "pass", NULL},
    {"our own client", OURS "none\r\n", NULL, NULL, NULL, false, true, F, F, F, NULL, NULL},
    {"a record that is none", "", "none", "company.example", "v=DMARC1; p=banana", true, false, U, F, T, NULL,
     "missing"},
};

static void test_lookups(void **state)
{
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof(lookups) / sizeof(*lookups); i++) {
        struct arena *arena = arena_new();
        struct auth_lookup lookup = {
            .internal = lookups[i].internal,
            .asked = lookups[i].spf_domain != NULL,
            .spf = lookups[i].spf,
            .spf_domain = lookups[i].spf_domain,
            .record_known = lookups[i].known,
            .record = lookups[i].record,
        };
        const struct fact_value *v =
            collect(arena, lookups[i].headers, "a@company.example", "x@y.example", &lookup)->v;
        const char *dmarc = lookups[i].dmarc ? lookups[i].dmarc : "-",
                   *policy = lookups[i].policy ? lookups[i].policy : "-";
        if ((number(&v[FACT_AUTH_ALIGNED]) != lookups[i].aligned ||
             number(&v[FACT_AUTH_SPOOF]) != lookups[i].spoof ||
             number(&v[FACT_AUTH_UNPROVEN]) != lookups[i].unproven ||
             strcmp(text(&v[FACT_AUTH_DMARC]), dmarc) != 0 ||
             strcmp(text(&v[FACT_AUTH_DMARC_POLICY]), policy) != 0) &&
            ++wrong)
            print_error("%s: aligned %d spoof %d unproven %d dmarc %s policy %s\n", lookups[i].what,
                        number(&v[FACT_AUTH_ALIGNED]), number(&v[FACT_AUTH_SPOOF]),
                        number(&v[FACT_AUTH_UNPROVEN]), text(&v[FACT_AUTH_DMARC]),
                        text(&v[FACT_AUTH_DMARC_POLICY]));
        arena_free(&arena);
    }
    assert_int_equal(wrong, 0);
}

/* Nobody's result is there although somebody is named who writes them; and who lends his name in Sender. */
static void test_missing_and_borrowed(void **state)
{
    static const struct {
        const char *headers, *from;
        int missing;
        const char *borrowed;
    } rows[] = {
        {"", "a@partner.example", T, "-"},
        {"", "a@company.example", T, "-"},
        {"", "a@other.example", F, "-"},
        {OURS "none\r\n", "a@partner.example", F, "-"},
        {OURS "spf=none smtp.mailfrom=a@partner.example\r\n", "a@partner.example", F, "-"},
        {"Sender: ar@partner.example\r\n", "a@other.example", F, "partner.example"},
        {"Sender: ar@partner.example\r\n", "a@mail.partner.example", T, "-"},
        {"Sender: ar@partner.example\r\n", "a@company.example", T, "-"},
        {"Sender: ar@other.example\r\n", "a@elsewhere.example", F, "-"},
        {OURS "dkim=pass header.d=partner.example\r\nSender: ar@partner.example\r\n", "a@other.example", F,
         "-"},
        {OURS "dkim=pass header.d=other.example\r\nSender: ar@partner.example\r\n", "a@other.example", F,
         "partner.example"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        const struct fact_value *v = collect(arena, rows[i].headers, rows[i].from, "x@y.example", NULL)->v;
        if (number(&v[FACT_AUTH_MISSING]) != rows[i].missing ||
            strcmp(text(&v[FACT_SENDER_BORROWED]), rows[i].borrowed) != 0)
            fail_msg("%s%s: missing %d borrowed %s", rows[i].headers, rows[i].from,
                     number(&v[FACT_AUTH_MISSING]), text(&v[FACT_SENDER_BORROWED]));
        arena_free(&arena);
    }
}

/* What lists say of a domain's age is told whoever evaluated its authentication; what they do not say is unknown. */
static void test_age(void **state)
{
    static const struct {
        bool known, is_new;
        int want;
    } rows[] = {{false, false, U}, {true, false, F}, {true, true, T}};
    static const char *const headers[] = {"", OURS "dmarc=pass header.from=fresh.example\r\n"};
    for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        const struct auth_lookup lookup = {.age_known = rows[i / 2].known, .is_new = rows[i / 2].is_new};
        const struct facts *facts =
            collect(arena, headers[i % 2], "a@fresh.example", "a@fresh.example", &lookup);
        assert_int_equal(number(&facts->v[FACT_DOMAIN_NEW]), rows[i / 2].want);
        arena_free(&arena);
    }
}

static void test_policies(void **state)
{
    static const struct {
        const char *record;
        enum dmarc_policy domain, below, missing;
    } rows[] = {
        {"v=DMARC1; p=reject", DMARC_POLICY_REJECT, DMARC_POLICY_REJECT, DMARC_POLICY_REJECT},
        {"v=DMARC1; p=none; sp=quarantine", DMARC_POLICY_NONE, DMARC_POLICY_QUARANTINE,
         DMARC_POLICY_QUARANTINE},
        {"v=DMARC1; p=none; sp=none; np=reject", DMARC_POLICY_NONE, DMARC_POLICY_NONE, DMARC_POLICY_REJECT},
        {"v=DMARC1; p=reject; sp=quarantine; np=none; t=y", DMARC_POLICY_QUARANTINE, DMARC_POLICY_NONE,
         DMARC_POLICY_NONE},
        {"v=DMARC1; p=reject; t=n; pct=0; rf=afrf; ri=86400", DMARC_POLICY_REJECT, DMARC_POLICY_REJECT,
         DMARC_POLICY_REJECT},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct dmarc d;
        assert_true(dmarc_parse(span_of(rows[i].record), &d));
        if (dmarc_policy_for(&d, false, false) != rows[i].domain ||
            dmarc_policy_for(&d, true, false) != rows[i].below ||
            dmarc_policy_for(&d, true, true) != rows[i].missing)
            fail_msg("'%s' asks for something else", rows[i].record);
    }
}

/* Without an envelope it is a mail of an archive: one's own was perhaps never outside, where results are written. */
static void test_missing_in_archive(void **state)
{
    struct arena *arena = arena_new();
    const char *own = "From: a@company.example\r\n\r\nHello\r\n",
               *partner = "From: a@partner.example\r\n\r\nHello\r\n";
    const struct message *m = message_parse(arena, NULL, span_of(own), false, &message_limits_default);
    assert_false(facts_collect(&sources, arena, m, NULL)->v[FACT_AUTH_MISSING].known);
    m = message_parse(arena, NULL, span_of(partner), false, &message_limits_default);
    assert_true(facts_bool(facts_collect(&sources, arena, m, NULL), FACT_AUTH_MISSING));
    arena_free(&arena);
}

/* A list is known by its own seal, not by that of somebody who seals for everybody. */
static void test_sealed_lists(void **state)
{
#define SEALED                                                                                               \
    OURS "dmarc=fail header.from=partner.example; arc=pass (i=1)\r\n" SEAL("1", "lists.partner.example")     \
        AAR("1", "dmarc=pass header.from=partner.example")
    static const struct {
        const char *headers, *known;
    } rows[] = {
        {SEALED "List-Id: <trade.partner.example>\r\n", "trade.partner.example"},
        {SEALED "List-Id: <staff.company.example>\r\n", "-"},
        {"List-Id: <trade.partner.example>\r\n", "-"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        const struct fact_value *v =
            collect(arena, rows[i].headers, "a@partner.example", "l@lists.partner.example", NULL)->v;
        assert_string_equal(text(&v[FACT_MESSAGE_LIST_KNOWN]), rows[i].known);
        arena_free(&arena);
    }
}

static void test_records(void **state)
{
    static const struct {
        const char *record;
        bool ok;
        struct dmarc want;
    } rows[] = {
        {"v=DMARC1; p=reject",
         true,
         {.policy = DMARC_POLICY_REJECT,
          .subdomain_policy = DMARC_POLICY_REJECT,
          .strict_dkim = false,
          .strict_spf = false}},
        {" v = DMARC1 ;p= Quarantine ; sp=none;adkim=s ; aspf = S;",
         true,
         {.policy = DMARC_POLICY_QUARANTINE,
          .subdomain_policy = DMARC_POLICY_NONE,
          .strict_dkim = true,
          .strict_spf = true}},
        {"v=DMARC1; rua=mailto:a@b.example",
         true,
         {.policy = DMARC_POLICY_NONE,
          .subdomain_policy = DMARC_POLICY_NONE,
          .strict_dkim = false,
          .strict_spf = false}},
        {"v=DMARC1; p=x; rua=mailto:a@b.example; sp=reject",
         true,
         {.policy = DMARC_POLICY_NONE,
          .subdomain_policy = DMARC_POLICY_REJECT,
          .strict_dkim = false,
          .strict_spf = false}},
        {"v=DMARC1; p=none; p=reject",
         true,
         {.policy = DMARC_POLICY_NONE,
          .subdomain_policy = DMARC_POLICY_NONE,
          .strict_dkim = false,
          .strict_spf = false}},
        {"v=DMARC1; pct=0; zz; ==; p=reject; aspf=x",
         true,
         {.policy = DMARC_POLICY_REJECT,
          .subdomain_policy = DMARC_POLICY_REJECT,
          .strict_dkim = false,
          .strict_spf = false}},
        {"v=DMARC1", false, {0}},
        {"v=DMARC1; p=x", false, {0}},
        {"v=dmarc1; p=reject", false, {0}},
        {"v=DMARC10; p=reject", false, {0}},
        {"p=reject; v=DMARC1", false, {0}},
        {"", false, {0}},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct dmarc d;
        if (dmarc_parse(span_of(rows[i].record), &d) != rows[i].ok)
            fail_msg("'%s'", rows[i].record);
        if (rows[i].ok &&
            (d.policy != rows[i].want.policy || d.subdomain_policy != rows[i].want.subdomain_policy ||
             d.strict_dkim != rows[i].want.strict_dkim || d.strict_spf != rows[i].want.strict_spf))
            fail_msg("'%s' is read wrongly", rows[i].record);
    }
}

/* A borrowed name is one that others are to believe. */
static void test_own_names(void **state)
{
    static const struct {
        const char *from, *to;
        const char *person, *self; /* NULL: unknown */
        int recipient;
    } rows[] = {
        {"Karen Whitfield <k.w@gmail.com>", "ap@company.example", "Karen Whitfield", NULL, F},
        {"Karen Whitfield <k.w@gmail.com>", "karen@company.example", NULL, "Karen Whitfield", F},
        {"Karen Whitfield <k.w@gmail.com>", "kw@company.example", NULL, "Karen Whitfield", F},
        {"Karen Whitfield <k.w@gmail.com>", "karen@company.example, kw@company.example", NULL,
         "Karen Whitfield", U},
        {"Karen Whitfield <k.w@gmail.com>", "karen@company.example, ap@company.example", "Karen Whitfield",
         NULL, U},
        {"Karen Whitfield <kw@company.example>", "ap@company.example", NULL, NULL, F},
        {"Karen Whitfield <k.w@gmail.com>", "Karen Whitfield <karen@company.example>", NULL,
         "Karen Whitfield", T},
        {"Ann Other <x@elsewhere.example>", "ANN OTHER <ann@company.example>", NULL, NULL, T},
        {"Ann Other <ann@company.example>", "Ann Other <ann@company.example>", NULL, NULL, F},
        {"Ann <x@elsewhere.example>", "Ann <ann@company.example>", NULL, NULL, F},
        {"Bob Other <x@elsewhere.example>", "Ann Other <ann@company.example>", NULL, NULL, F},
    };
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        char *to = arena_printf(arena, "To: %s\r\n", rows[i].to);
        const struct fact_value *v = collect(arena, to, rows[i].from, "x@y.example", NULL)->v;
        const char *person = rows[i].person ? rows[i].person : "-", *self = rows[i].self ? rows[i].self : "-";
        if ((strcmp(text(&v[FACT_PERSON_NAME]), person) != 0 ||
             strcmp(text(&v[FACT_PERSON_SELF]), self) != 0 ||
             number(&v[FACT_FROM_NAME_RECIPIENT]) != rows[i].recipient) &&
            ++wrong)
            print_error("%s to %s: person %s self %s recipient %d\n", rows[i].from, rows[i].to,
                        text(&v[FACT_PERSON_NAME]), text(&v[FACT_PERSON_SELF]),
                        number(&v[FACT_FROM_NAME_RECIPIENT]));
        arena_free(&arena);
    }
    assert_int_equal(wrong, 0);
}

static int setup(void **state)
{
    static const char *const karen[] = {"karen@company.example", "kw@company.example"};
    static const char *const ids[] = {"mx.company.example"}, *const sealers[] = {"lists.partner.example"};
    struct diag_list diags = {0};
    const char *error;
    message_library_init();
    struct lookalike_builder *b = lookalike_builder_new();
    lookalike_builder_protect(b, "company.example", RELATION_OWN, &error);
    lookalike_builder_protect(b, "partner.example", RELATION_PARTNER, &error);
    sources.index = lookalike_build(&b, &diags);
    sources.packs = payment_packs_load(NULL, &diags);
    struct people *people = people_new();
    people_add(people, "Karen Whitfield", "vip", karen, 2);
    sources.people = people;
    fact_lists_load(&lists, NULL, NULL, &diags);
    sources.lists = &lists;
    sources.authserv_ids = ids;
    sources.n_authserv_ids = 1;
    sources.arc_sealers = sealers;
    sources.n_arc_sealers = 1;
    return diags.errors ? -1 : 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers),      cmocka_unit_test(test_forged),
        cmocka_unit_test(test_lookups),      cmocka_unit_test(test_missing_and_borrowed),
        cmocka_unit_test(test_sealed_lists), cmocka_unit_test(test_records),
        cmocka_unit_test(test_own_names),    cmocka_unit_test(test_policies),
        cmocka_unit_test(test_age),          cmocka_unit_test(test_missing_in_archive),
    };
    return cmocka_run_group_tests_name("auth", tests, setup, NULL);
}
