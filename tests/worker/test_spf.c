/*
 * SPF by real workers against a real DNS server on loopback: the results of RFC 7208, records that are made to
 * hurt, and servers that are slow, silent or mad. What is checked everywhere: an answer in time, whatever comes.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <pthread.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "worker/extract.h"
#include "worker/spf.h"
#include "dns.h"

#define TXT(name, text) name " TXT \"" text "\""

static const char *const zone[] = {
    TXT("plain.example.", "v=spf1 ip4:192.0.2.0/28 -all"),
    TXT("upper.example.", "V=SPF1 IP4:192.0.2.1 -ALL"),
    TXT("soft.example.", "v=spf1 ip4:192.0.2.99 ~all"),
    TXT("neutral.example.", "v=spf1 ?all"),
    TXT("noall.example.", "v=spf1 ip4:192.0.2.99"),
    TXT("other.example.", "some verification text"),
    "addressonly.example. A 192.0.2.7",
    TXT("two.example.", "v=spf1 -all"),
    TXT("two.example.", "v=spf1 +all"),
    TXT("version.example.", "v=spf10 -all"),
    TXT("syntax.example.", "v=spf1 ip4:300.1.2.3 -all"),
    TXT("unknown.example.", "v=spf1 wibble:a -all"),
    TXT("latesyntax.example.", "v=spf1 ip4:192.0.2.1 mx:%{q} -all"),
    TXT("a.example.", "v=spf1 a -all"),
    "a.example. A 192.0.2.1",
    TXT("acidr.example.", "v=spf1 a:addr.example/28 -all"),
    "addr.example. A 192.0.2.14",
    "addr.example. AAAA 2001:db8::14",
    TXT("a6.example.", "v=spf1 a:addr.example//124 -all"),
    TXT("ip6.example.", "v=spf1 ip6:2001:db8::/32 -all"),
    TXT("mx.example.", "v=spf1 mx -all"),
    "mx.example. MX 10 nowhere.example.",
    "mx.example. MX 20 addr.example.",
    TXT("mxcidr.example.", "v=spf1 mx:mx.example/28 -all"),
    TXT("manymx.example.", "v=spf1 mx -all"),
    "manymx.example. MX 1 h1.example.",
    "manymx.example. MX 2 h2.example.",
    "manymx.example. MX 3 h3.example.",
    "manymx.example. MX 4 h4.example.",
    "manymx.example. MX 5 h5.example.",
    "manymx.example. MX 6 h6.example.",
    "manymx.example. MX 7 h7.example.",
    "manymx.example. MX 8 h8.example.",
    "manymx.example. MX 9 h9.example.",
    "manymx.example. MX 10 h10.example.",
    "manymx.example. MX 11 h11.example.",
    "h1.example. A 198.51.100.1",
    "h2.example. A 198.51.100.2",
    "h3.example. A 198.51.100.3",
    "h4.example. A 198.51.100.4",
    "h5.example. A 198.51.100.5",
    "h6.example. A 198.51.100.6",
    "h7.example. A 198.51.100.7",
    "h8.example. A 198.51.100.8",
    "h9.example. A 198.51.100.9",
    "h10.example. A 198.51.100.10",
    "h11.example. A 198.51.100.11",
    TXT("tenmx.example.", "v=spf1 mx -all"),
    "tenmx.example. MX 1 h1.example.",
    "tenmx.example. MX 2 h2.example.",
    "tenmx.example. MX 3 h3.example.",
    "tenmx.example. MX 4 h4.example.",
    "tenmx.example. MX 5 h5.example.",
    "tenmx.example. MX 6 h6.example.",
    "tenmx.example. MX 7 h7.example.",
    "tenmx.example. MX 8 h8.example.",
    "tenmx.example. MX 9 h9.example.",
    "tenmx.example. MX 10 a.example.",
    TXT("ptr.example.", "v=spf1 ptr -all"),
    "1.2.0.192.in-addr.arpa. PTR host.ptr.example.",
    "host.ptr.example. A 192.0.2.1",
    TXT("include.example.", "v=spf1 include:plain.example -all"),
    TXT("includefail.example.", "v=spf1 include:plain.example ~all"),
    TXT("includenone.example.", "v=spf1 include:other.example -all"),
    TXT("includegone.example.", "v=spf1 include:gone.example -all"),
    TXT("includebroken.example.", "v=spf1 include:syntax.example -all"),
    TXT("redirect.example.", "v=spf1 redirect=plain.example"),
    TXT("redirectnone.example.", "v=spf1 redirect=gone.example"),
    TXT("exists.example.", "v=spf1 exists:%{i}._spf.%{d} -all"),
    "192.0.2.1._spf.exists.example. A 127.0.0.2",
    TXT("reverse.example.", "v=spf1 exists:%{ir}.%{v}._spf.%{d2} -all"),
    "1.2.0.192.in-addr._spf.reverse.example. A 127.0.0.2",
    TXT("local.example.", "v=spf1 exists:%{l}.users.%{d} -all"),
    "karen.users.local.example. A 127.0.0.2",
    TXT("exp.example.", "v=spf1 -all exp=why.exp.example"),
    TXT("why.exp.example.", "%{i} is not one of %{d}"),
    /* limits */
    TXT("ten.example.",
        "v=spf1 a:h1.example a:h2.example a:h3.example a:h4.example a:h5.example a:h6.example "
        "a:h7.example a:h8.example a:h9.example a:a.example -all"),
    TXT("eleven.example.",
        "v=spf1 a:h1.example a:h2.example a:h3.example a:h4.example a:h5.example a:h6.example "
        "a:h7.example a:h8.example a:h9.example a:h10.example a:a.example -all"),
    TXT("half.example.", "v=spf1 a:h1.example a:h2.example a:h3.example a:h4.example a:h5.example -all"),
    TXT("spread.example.", "v=spf1 include:half.example include:half.example +all"),
    TXT("void2.example.", "v=spf1 a:no1.example a:no2.example ip4:192.0.2.1 -all"),
    TXT("void3.example.", "v=spf1 a:no1.example a:no2.example a:no3.example ip4:192.0.2.1 -all"),
    TXT("loop.example.", "v=spf1 include:loop.example -all"),
    TXT("ping.example.", "v=spf1 include:pong.example -all"),
    TXT("pong.example.", "v=spf1 include:ping.example -all"),
    TXT("redirectloop.example.", "v=spf1 redirect=redirectloop2.example"),
    TXT("redirectloop2.example.", "v=spf1 redirect=redirectloop.example"),
    /* made to hurt */
    TXT("underflow.example.", "v=spf1 exists:%{d1r+-}.x.example exists:%{s1r.-+,/_=}.x.example -all"),
    TXT("underflow2.example.", "v=spf1 exists:%{ exists:%{d exists:% exists:%{l200r=} -all"),
    TXT("underflow3.example.", "v=spf1 include:%{d%{d%{d -all"),
    TXT("percent.example.", "v=spf1 exists:%%%_%-%{h0}.example -all"),
    TXT("digits.example.", "v=spf1 exists:%{d99999999999999999999}.x.example -all"),
    TXT("cidr.example.", "v=spf1 a/999999999999//-1 ip4:192.0.2.1/33 -all"),
    TXT("longlabel.example.",
        "v=spf1 a:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
        "example ip4:192.0.2.1 -all"),
    TXT("longname.example.",
        "v=spf1 exists:%{i}%{i}%{i}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}."
        "%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.example ip4:192.0.2.1 -all"),
    TXT("backslash.example.", "v=spf1 a:a\\\\046b.example ip4:192.0.2.1 -all"),
    TXT("bytes.example.", "v=spf1 \\000\\001\\255 -all"),
    TXT("waits.example.", "v=spf1 include:x.mute.example -all"),
    /* DMARC */
    TXT("_dmarc.plain.example.", "v=DMARC1; p=reject; aspf=s"),
    TXT("_dmarc.twice.example.", "v=DMARC1; p=reject"),
    TXT("_dmarc.twice.example.", "v=DMARC1; p=none"),
    TXT("_dmarc.verify.example.", "google-site-verification=x"),
    TXT("_dmarc.verify.example.", "v=DMARC1; p=quarantine"),
    TXT("_dmarc.high.example.", "v=DMARC1; p=reject; t=y"),
    TXT("_dmarc.low.high.example.", "v=DMARC1; p=none"),
    TXT("_dmarc.own.high.example.", "v=DMARC1; p=quarantine; psd=n"),
    TXT("_dmarc.twice.high.example.", "v=DMARC1; p=none"),
    TXT("_dmarc.twice.high.example.", "v=DMARC1; p=quarantine"),
    TXT("_dmarc.c.d.e.f.g.h.deepest.example.", "v=DMARC1; p=reject; psd=n"),
    TXT("_dmarc.suffix.example.", "v=DMARC1; p=reject; np=none; psd=y"),
    TXT("_dmarc.org.suffix.example.", "v=DMARC1; p=none"),
    "host.other.suffix.example. A 192.0.2.7",
    "fresh.example.new.example. A 127.0.2.4",
    "blocked.example.new.example. A 127.255.255.254",
    "parked.example.new.example. A 192.0.2.80",
    TXT("_dmarc.odd.example.", "v=DMARC1; p=re\\007ject\\200"),
};

static const struct {
    const char *sender, *client;
    enum spf_result want;
} cases[] = {
    {"a@plain.example", "192.0.2.1", SPF_PASS},
    {"a@plain.example", "192.0.2.16", SPF_FAIL},
    {"a@plain.example", "2001:db8::1", SPF_FAIL},
    {"a@plain.example", "::ffff:192.0.2.1", SPF_PASS},
    {"a@PLAIN.example", "192.0.2.2", SPF_PASS},
    {"a@upper.example", "192.0.2.1", SPF_PASS},
    {"a@soft.example", "192.0.2.1", SPF_SOFTFAIL},
    {"a@neutral.example", "192.0.2.1", SPF_NEUTRAL},
    {"a@noall.example", "192.0.2.1", SPF_NEUTRAL},
    {"a@other.example", "192.0.2.1", SPF_NONE},
    {"a@addressonly.example", "192.0.2.1", SPF_NONE},
    {"a@gone.example", "192.0.2.1", SPF_NONE},
    {"a@localhost", "192.0.2.1", SPF_NONE},
    {"a@version.example", "192.0.2.1", SPF_NONE},
    {"a@two.example", "192.0.2.1", SPF_PERMERROR},
    {"a@syntax.example", "192.0.2.1", SPF_PERMERROR},
    {"a@unknown.example", "192.0.2.1", SPF_PERMERROR},
    {"a@latesyntax.example", "192.0.2.1", SPF_PERMERROR},
    {"a@a.example", "192.0.2.1", SPF_PASS},
    {"a@a.example", "192.0.2.2", SPF_FAIL},
    {"a@acidr.example", "192.0.2.1", SPF_PASS},
    {"a@acidr.example", "192.0.2.16", SPF_FAIL},
    {"a@a6.example", "2001:db8::1f", SPF_PASS},
    {"a@a6.example", "2001:db8::2f", SPF_FAIL},
    {"a@ip6.example", "2001:db8:1::1", SPF_PASS},
    {"a@ip6.example", "2001:db9::1", SPF_FAIL},
    {"a@mx.example", "192.0.2.14", SPF_PASS},
    {"a@mx.example", "192.0.2.13", SPF_FAIL},
    {"a@mxcidr.example", "192.0.2.2", SPF_PASS},
    {"a@manymx.example", "192.0.2.1", SPF_PERMERROR},
    {"a@tenmx.example", "192.0.2.1", SPF_PASS},
    {"a@ptr.example", "192.0.2.1", SPF_PASS},
    {"a@ptr.example", "192.0.2.2", SPF_FAIL},
    {"a@include.example", "192.0.2.1", SPF_PASS},
    {"a@includefail.example", "192.0.2.99", SPF_SOFTFAIL},
    {"a@includenone.example", "192.0.2.1", SPF_PERMERROR},
    {"a@includegone.example", "192.0.2.1", SPF_PERMERROR},
    {"a@includebroken.example", "192.0.2.1", SPF_PERMERROR},
    {"a@redirect.example", "192.0.2.1", SPF_PASS},
    {"a@redirect.example", "192.0.2.99", SPF_FAIL},
    {"a@redirectnone.example", "192.0.2.1", SPF_PERMERROR},
    {"a@exists.example", "192.0.2.1", SPF_PASS},
    {"a@exists.example", "192.0.2.2", SPF_FAIL},
    {"a@reverse.example", "192.0.2.1", SPF_PASS},
    {"karen@local.example", "192.0.2.1", SPF_PASS},
    {"mallory@local.example", "192.0.2.1", SPF_FAIL},
    {"a@exp.example", "192.0.2.1", SPF_FAIL},
    {"a@ten.example", "192.0.2.1", SPF_PASS},
    {"a@eleven.example", "192.0.2.1", SPF_PERMERROR},
    {"a@spread.example", "192.0.2.1", SPF_PERMERROR},
    {"a@void2.example", "192.0.2.1", SPF_PASS},
    {"a@void3.example", "192.0.2.1", SPF_PERMERROR},
    {"a@loop.example", "192.0.2.1", SPF_PERMERROR},
    {"a@ping.example", "192.0.2.1", SPF_PERMERROR},
    {"a@redirectloop.example", "192.0.2.1", SPF_PERMERROR},
    {"a@longlabel.example", "192.0.2.1", SPF_PASS},
    {"a@longname.example", "192.0.2.1", SPF_PASS},
    {"a@backslash.example", "192.0.2.1", SPF_PASS},
    {"", "192.0.2.1", SPF_UNKNOWN},
    {"postmaster", "192.0.2.1", SPF_UNKNOWN},
    {"a@plain.example", "", SPF_UNKNOWN},
    {"a@plain.example", "no address", SPF_UNKNOWN},
};

static struct dns server;
static char resolvers[64];

static struct spf_service *service_with(struct worker_options options)
{
    char *error;
    options.resolvers = options.resolvers ? options.resolvers : resolvers;
    struct spf_service *service = spf_service_new(&options, &error);
    if (!service)
        fail_msg("%s", error);
    return service;
}

static struct spf_answer check(struct spf_service *service, struct arena *arena, const char *client,
                               const char *sender, const char *from)
{
    struct spf_answer answer;
    struct spf_question question = {
        .client_ip = client, .helo = "mail.helo.example", .mail_from = sender, .from_domain = from};
    spf_check(service, arena, &question, &answer);
    return answer;
}

static int setup(void **state)
{
    /* 40 strings of 250 bytes each in one record, and 200 records */
    enum { ZONE = sizeof(zone) / sizeof(*zone), MANY = 200 };
    static const char *records[ZONE + 1 + MANY];
    static char many[MANY][64];
    struct buf huge = {0};
    buf_printf(&huge, "huge.example. TXT \"v=spf1 \"");
    for (int i = 0; i < 40; i++)
        buf_printf(&huge, " \"%0240d exists:\"", i);
    memcpy(records, zone, sizeof(zone));
    records[ZONE] = huge.p;
    for (int i = 0; i < MANY; i++) {
        snprintf(many[i], sizeof(many[i]), "hugecount.example. TXT \"v=spf1 a:h%d.example +all\"", i);
        records[ZONE + 1 + i] = many[i];
    }
    bool started = dns_start(&server, records, ZONE + 1 + MANY);
    buf_free(&huge);
    if (!started)
        return 0;
    snprintf(resolvers, sizeof(resolvers), "127.0.0.1@%u", server.port);
    *state = service_with((struct worker_options){.processes = 2});
    return 0;
}

static int teardown(void **state)
{
    struct spf_service *service = *state;
    spf_service_free(&service);
    dns_stop(&server);
    return 0;
}

static void need_server(void **state)
{
    if (!*state) {
        print_message("unbound is not installed\n");
        skip();
    }
}

static void test_results(void **state)
{
    unsigned wrong = 0;
    need_server(state);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct arena *arena = arena_new();
        struct spf_answer answer = check(*state, arena, cases[i].client, cases[i].sender, NULL);
        if (answer.spf != cases[i].want && ++wrong)
            print_error("%s from '%s': %s, not %s (%s)\n", cases[i].sender, cases[i].client,
                        spf_result_name(answer.spf), spf_result_name(cases[i].want), answer.detail);
        arena_free(&arena);
    }
    assert_int_equal(wrong, 0);
}

/* Records that are made to hurt: any result but pass, in time, and the next question is answered. */
static void test_hostile(void **state)
{
    static const char *const senders[] = {
        "a@underflow.example", "a@underflow2.example", "a@underflow3.example",
        "a@percent.example",   "a@digits.example",     "a@cidr.example",
        "a@bytes.example",     "a@huge.example",       "a@hugecount.example",
    };
    need_server(state);
    for (size_t i = 0; i < sizeof(senders) / sizeof(*senders); i++) {
        struct arena *arena = arena_new();
        int64_t before = monotonic_ms();
        struct spf_answer answer = check(*state, arena, "192.0.2.1", senders[i], NULL);
        if (answer.spf == SPF_PASS || monotonic_ms() - before > 2000)
            fail_msg("%s: %s after %d ms", senders[i], spf_result_name(answer.spf),
                     (int)(monotonic_ms() - before));
        assert_int_equal(check(*state, arena, "192.0.2.9", "a@plain.example", NULL).spf, SPF_PASS);
        arena_free(&arena);
    }
}

/* What senders can write into MAIL FROM and HELO. */
static void test_hostile_senders(void **state)
{
    char longest[600], labels[300];
    memset(longest, 'a', sizeof(longest) - 1);
    memcpy(longest + sizeof(longest) - 15, "@plain.example", 15);
    memset(labels, '.', sizeof(labels) - 1);
    memcpy(labels, "a@", 2);
    labels[sizeof(labels) - 1] = '\0';
    const char *const senders[] = {longest,
                                   labels,
                                   "@",
                                   "@@",
                                   "a@.",
                                   "a@..example",
                                   "a@b@plain.example%{d}",
                                   "a@[192.0.2.1]",
                                   "a@%{i}.example",
                                   "%s%n@plain.example",
                                   "\"a b\"@plain.example",
                                   "a@plain.example.",
                                   "a@\xff\xfe.example",
                                   "a@a\\.example"};
    need_server(state);
    for (size_t i = 0; i < sizeof(senders) / sizeof(*senders); i++) {
        struct arena *arena = arena_new();
        struct spf_question question = {
            .client_ip = "192.0.2.1", .helo = senders[i], .mail_from = senders[i], .from_domain = senders[i]};
        struct spf_answer answer;
        int64_t before = monotonic_ms();
        spf_check(*state, arena, &question, &answer);
        assert_true(monotonic_ms() - before < 10000);
        assert_true(answer.dmarc == DMARC_UNKNOWN || answer.dmarc == DMARC_NO_RECORD);
        assert_int_equal(check(*state, arena, "192.0.2.10", "a@plain.example", NULL).spf, SPF_PASS);
        arena_free(&arena);
    }
}

static void test_dmarc(void **state)
{
    static const struct {
        const char *from;
        enum dmarc_found want;
        const char *record;
    } rows[] = {
        {"plain.example", DMARC_DOMAIN, "v=DMARC1; p=reject; aspf=s"},
        {"PLAIN.example", DMARC_DOMAIN, "v=DMARC1; p=reject; aspf=s"},
        {"mail.plain.example", DMARC_ORGANISATION, "v=DMARC1; p=reject; aspf=s"},
        {"gone.example", DMARC_NO_RECORD, NULL},
        {"a.b.gone.example", DMARC_NO_RECORD, NULL},
        {"twice.example", DMARC_NO_RECORD, NULL},
        {"verify.example", DMARC_DOMAIN, "v=DMARC1; p=quarantine"},
        /* the tree walk of RFC 9989 */
        {"x.low.high.example", DMARC_ORGANISATION, "v=DMARC1; p=reject; t=y"},
        {"low.high.example", DMARC_DOMAIN, "v=DMARC1; p=none"},
        {"x.own.high.example", DMARC_ORGANISATION, "v=DMARC1; p=quarantine; psd=n"},
        {"a.b.c.d.e.f.g.h.i.high.example", DMARC_ORGANISATION, "v=DMARC1; p=reject; t=y"},
        {"a.b.c.d.e.f.g.h.deepest.example", DMARC_NO_RECORD, NULL}, /* nobody asks at eight labels */
        {"x.org.suffix.example", DMARC_ORGANISATION, "v=DMARC1; p=none"},
        {"host.other.suffix.example", DMARC_ORGANISATION, "v=DMARC1; p=reject; np=none; psd=y"},
        {"no.other.suffix.example", DMARC_FOR_MISSING, "v=DMARC1; p=reject; np=none; psd=y"},
        {"x.twice.high.example", DMARC_ORGANISATION, "v=DMARC1; p=reject; t=y"},
        {"odd.example", DMARC_DOMAIN, "v=DMARC1; p=re?ject?"},
    };
    need_server(state);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        struct spf_answer a = check(*state, arena, NULL, NULL, rows[i].from);
        if (a.dmarc != rows[i].want)
            fail_msg("%s: %d, not %d", rows[i].from, a.dmarc, rows[i].want);
        if (rows[i].record)
            assert_string_equal(a.record, rows[i].record);
        else
            assert_null(a.record);
        assert_int_equal(a.spf, SPF_UNKNOWN);
        arena_free(&arena);
    }
}

/* Lists of new domains: an answer that nobody said they give, and none at all, say nothing. */
static void test_age(void **state)
{
    static const struct {
        const char *domain, *lists[2];
        enum domain_age want;
    } rows[] = {
        {"fresh.example", {"new.example"}, AGE_NEW},
        {"FRESH.example", {"new.example=127.0.2.*"}, AGE_NEW},
        {"fresh.example", {"new.example=127.0.3.*,127.0.2.4"}, AGE_NEW},
        {"fresh.example", {"new.example=127.0.2.40"}, AGE_OLD},
        {"stale.example", {"new.example"}, AGE_OLD},
        {"blocked.example", {"new.example"}, AGE_UNKNOWN},
        {"blocked.example", {"new.example=127.255.255.*"}, AGE_UNKNOWN},
        {"parked.example", {"new.example"}, AGE_UNKNOWN},
        {"stale.example", {"x.mute.example"}, AGE_UNKNOWN},
        {"fresh.example", {"x.mute.example", "new.example"}, AGE_NEW},
        {"stale.example", {"x.mute.example", "new.example"}, AGE_UNKNOWN},
    };
    need_server(state);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct spf_service *service =
            service_with((struct worker_options){.processes = 1, .deadline_ms = 4000});
        struct arena *arena = arena_new();
        struct spf_question question = {.registered = rows[i].domain,
                                        .new_lists = rows[i].lists,
                                        .n_new_lists = rows[i].lists[1] ? 2 : 1};
        struct spf_answer a;
        spf_check(service, arena, &question, &a);
        if (a.age != rows[i].want)
            fail_msg("%s in %s: %d, not %d", rows[i].domain, rows[i].lists[0], a.age, rows[i].want);
        spf_check(service, arena, &question, &a);
        assert_true(a.cached);
        assert_int_equal(a.age, rows[i].want);
        arena_free(&arena);
        spf_service_free(&service);
    }
    assert_true(newlist_valid("zrd.example.net=127.0.2.*") && newlist_valid("a.example=127.0.0.2,127.0.0.3"));
    static const char *const wrong[] = {"",
                                        "zone",
                                        "=127.0.0.2",
                                        "a.example=",
                                        "a.example=10.0.0.1",
                                        "a b.example",
                                        "a.example=127.0.0",
                                        "a.example=127.0.0.2,x"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        assert_false(newlist_valid(wrong[i]));
}

/* The second time nobody is asked; a result that holds for one local part only is not kept. */
static void test_cache(void **state)
{
    need_server(state);
    struct spf_service *service = service_with((struct worker_options){.processes = 1});
    struct arena *arena = arena_new();
    struct spf_answer a = check(service, arena, "192.0.2.1", "a@plain.example", "plain.example");
    assert_false(a.cached);
    a = check(service, arena, "192.0.2.1", "b@Plain.example", "plain.example");
    assert_true(a.cached);
    assert_int_equal(a.spf, SPF_PASS);
    assert_string_equal(a.record, "v=DMARC1; p=reject; aspf=s");
    assert_int_equal(check(service, arena, "192.0.2.99", "b@plain.example", NULL).spf, SPF_FAIL);
    assert_int_equal(check(service, arena, "192.0.2.1", "karen@local.example", NULL).spf, SPF_PASS);
    assert_int_equal(check(service, arena, "192.0.2.1", "mallory@local.example", NULL).spf, SPF_FAIL);
    struct spf_stats stats;
    spf_service_stats(service, &stats);
    assert_int_equal(stats.from_cache, 1);
    assert_int_equal(stats.asked, 4);
    arena_free(&arena);
    spf_service_free(&service);
}

/* A DNS server that takes questions and answers what `mode` says. */
enum mode { SILENT, SERVFAIL, GARBAGE, FLOOD };
struct bad_dns {
    int fd;
    unsigned port;
    enum mode mode;
    pthread_t thread;
};

static void *answer_badly(void *arg)
{
    struct bad_dns *bad = arg;
    unsigned char packet[4096];
    struct sockaddr_in peer;
    for (;;) {
        socklen_t n_peer = sizeof(peer);
        ssize_t n = recvfrom(bad->fd, packet, 512, 0, (struct sockaddr *)&peer, &n_peer);
        if (n <= 1)
            return NULL;
        packet[2] |= 0x80;
        packet[3] = bad->mode == SERVFAIL ? 0x82 : 0x80;
        if (bad->mode == GARBAGE)
            memset(packet + 12, 0xC0, (size_t)(n = 200) - 12);
        for (int i = 0; bad->mode != SILENT && i < (bad->mode == FLOOD ? 1000 : 1); i++) {
            packet[0] = (unsigned char)(packet[0] + (bad->mode == FLOOD));
            sendto(bad->fd, packet, (size_t)n, 0, (struct sockaddr *)&peer, n_peer);
        }
    }
}

static void bad_start(struct bad_dns *bad, enum mode mode)
{
    *bad = (struct bad_dns){.mode = mode};
    bad->fd = dns_socket(&bad->port);
    pthread_create(&bad->thread, NULL, answer_badly, bad);
}

static void bad_stop(struct bad_dns *bad)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                            .sin_port = htons((uint16_t)bad->port)};
    sendto(bad->fd, "", 1, 0, (struct sockaddr *)&a, sizeof(a));
    pthread_join(bad->thread, NULL);
    close(bad->fd);
}

/* With DNS out of order every question is over at its deadline, and after some the deadline is short. */
static void test_bad_servers(void **state)
{
    for (enum mode mode = SILENT; mode <= FLOOD; mode++) {
        struct bad_dns bad;
        char servers[32], sender[32];
        bad_start(&bad, mode);
        snprintf(servers, sizeof(servers), "127.0.0.1@%u", bad.port);
        struct spf_service *service =
            service_with((struct worker_options){.processes = 2, .deadline_ms = 1000, .resolvers = servers});
        struct arena *arena = arena_new();
        int64_t longest = 0, last = 0;
        for (int i = 0; i < 7; i++) {
            snprintf(sender, sizeof(sender), "a@m%d.example", i);
            int64_t before = monotonic_ms();
            struct spf_answer a = check(service, arena, "192.0.2.1", sender, strchr(sender, '@') + 1);
            last = monotonic_ms() - before;
            longest = last > longest ? last : longest;
            /* one packet of the flood is an answer: there is no such record */
            assert_true(a.spf == SPF_UNKNOWN || a.spf == SPF_TEMPERROR ||
                        (mode == FLOOD && a.spf == SPF_NONE));
            assert_true(a.dmarc == DMARC_UNKNOWN || (mode == FLOOD && a.dmarc == DMARC_NO_RECORD));
        }
        print_message("mode %d: longest %d ms, the last %d ms\n", mode, (int)longest, (int)last);
        assert_true(longest < 1300);
        assert_true(last < 700);
        struct spf_stats stats;
        spf_service_stats(service, &stats);
        assert_int_equal(stats.workers.killed, 0); /* the worker itself says that it did not find out */
        assert_in_range(stats.hurried, mode == FLOOD ? 0 : 1, 3); /* until the breaker opens */
        arena_free(&arena);
        spf_service_free(&service);
        bad_stop(&bad);
    }
}

static char log_lines[4096];
static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;

static void keep_line(enum worker_log_level level, const char *line)
{
    static const char *const levels[] = {"error", "warning", "notice"};
    pthread_mutex_lock(&log_lock);
    size_t used = strlen(log_lines);
    snprintf(log_lines + used, sizeof(log_lines) - used, "%s: %s\n", levels[level], line);
    pthread_mutex_unlock(&log_lock);
}

static unsigned logged(const char *words)
{
    unsigned n = 0;
    pthread_mutex_lock(&log_lock);
    for (const char *p = log_lines; (p = strstr(p, words)); p++)
        n++;
    pthread_mutex_unlock(&log_lock);
    return n;
}

static struct breaker_stats breaker_of(struct spf_service *service)
{
    struct spf_stats stats;
    spf_service_stats(service, &stats);
    return stats.breaker;
}

static enum spf_result check_sender(struct spf_service *service, const char *sender)
{
    struct arena *arena = arena_new();
    enum spf_result result = check(service, arena, "192.0.2.1", sender, NULL).spf;
    arena_free(&arena);
    return result;
}

/* A server that never answers: soon nobody waits for it. It comes back: soon everything is known again. */
static void test_breaker(void **state)
{
    struct dns late = {0};
    struct spf_stats before, after;
    char servers[32], sender[32];
    need_server(state);
    int silent = dns_socket(&late.port);
    snprintf(servers, sizeof(servers), "127.0.0.1@%u", late.port);
    log_lines[0] = '\0';
    struct spf_service *service = service_with(
        (struct worker_options){.processes = 2, .deadline_ms = 1000, .resolvers = servers, .log = keep_line});
    assert_int_equal(check_sender(service, "a@plain.example"), SPF_TEMPERROR);
    for (int i = 0; breaker_of(service).state != BREAKER_OPEN; i++) {
        assert_in_range(i, 0, 30);
        snprintf(sender, sizeof(sender), "a@b%d.example", i);
        check_sender(service, sender);
    }
    spf_service_stats(service, &before);
    for (int i = 0; i < 200; i++) {
        snprintf(sender, sizeof(sender), "a@c%d.example", i);
        assert_int_equal(check_sender(service, sender), SPF_UNKNOWN);
    }
    spf_service_stats(service, &after);
    assert_int_equal(after.asked, before.asked); /* no worker was, so nobody waited */
    assert_int_equal(after.breaker.spared - before.breaker.spared, 200);
    assert_int_equal(logged("warning: DNS (127.0.0.1@"), 1);
    assert_int_equal(logged("does not answer"), 1);
    close(silent);
    assert_true(dns_start(&late, zone, sizeof(zone) / sizeof(*zone)));
    int64_t back = monotonic_ms();
    while (check_sender(service, "a@plain.example") != SPF_PASS) { /* what was not found out before, too */
        assert_true(monotonic_ms() - back < 15000);
        nanosleep(&(struct timespec){0, 50000000}, NULL);
    }
    print_message("known again %d ms after the server came back\n", (int)(monotonic_ms() - back));
    assert_int_equal(breaker_of(service).state, BREAKER_CLOSED);
    assert_int_equal(breaker_of(service).opened, 1);
    assert_int_equal(logged("notice: DNS (127.0.0.1@"), 1);
    assert_int_equal(logged("answers again"), 1);
    spf_service_free(&service);
    dns_stop(&late);
}

/* Senders whose own name servers are silent cannot switch the check off for others. */
static void test_slow_senders(void **state)
{
    char sender[32];
    need_server(state);
    struct spf_service *service = service_with((struct worker_options){
        .processes = 2, .deadline_ms = 600, .resolvers = resolvers, .log = keep_line});
    log_lines[0] = '\0';
    for (int i = 0; i < 12; i++) {
        snprintf(sender, sizeof(sender), "a@d%d.slow.example", i);
        enum spf_result result = check_sender(service, sender);
        assert_true(result == SPF_TEMPERROR || result == SPF_UNKNOWN);
        assert_int_not_equal(breaker_of(service).state, BREAKER_OPEN);
    }
    assert_int_equal(check_sender(service, "a@plain.example"), SPF_PASS);
    assert_int_equal(breaker_of(service).opened, 0);
    assert_int_equal(breaker_of(service).spared, 0);
    assert_null(
        strstr(log_lines, "does not answer")); /* a busy machine may kill a worker, which is told, too */
    spf_service_free(&service);
}

/* A worker that is killed, or not there at all. */
static void test_no_worker(void **state)
{
    struct arena *arena = arena_new();
    struct spf_service *service = service_with((struct worker_options){
        .path = "/nowhere/ringer-worker", .resolvers = "127.0.0.1", .deadline_ms = 1000});
    struct spf_answer a = check(service, arena, "192.0.2.1", "a@plain.example", "plain.example");
    assert_int_equal(a.spf, SPF_UNKNOWN);
    assert_int_equal(a.dmarc, DMARC_UNKNOWN);
    assert_true(*a.detail);
    spf_service_free(&service);
    a = check(NULL, arena, "192.0.2.1", "a@plain.example", "plain.example");
    assert_int_equal(a.spf, SPF_UNKNOWN);
    arena_free(&arena);
}

static void signal_workers(const char *signal)
{
    char command[200];
    snprintf(command, sizeof(command),
             "ps -o pid=,comm= --ppid %d | awk '$2 == \"ringer-worker\" { print $1 }' | xargs -r kill -%s",
             (int)getpid(), signal);
    assert_int_equal(system(command), 0);
}

static void *kill_soon(void *arg)
{
    nanosleep(&(struct timespec){0, 200000000}, NULL);
    signal_workers(arg);
    return NULL;
}

/* A worker that dies or stops while it is asked: unknown, soon, and the next question is answered. */
static void test_killed(void **state)
{
    static char kill_signal[] = "KILL", stop_signal[] = "STOP";
    char *const signals[] = {kill_signal, stop_signal};
    need_server(state);
    for (size_t i = 0; i < 2; i++) {
        struct bad_dns bad;
        char servers[64];
        pthread_t thread;
        bad_start(&bad, SILENT);
        snprintf(servers, sizeof(servers), "127.0.0.1@%u", bad.port);
        struct arena *arena = arena_new();
        struct spf_service *service =
            service_with((struct worker_options){.processes = 1, .deadline_ms = 1000, .resolvers = servers});
        struct spf_stats stats;
        int64_t before = monotonic_ms();
        pthread_create(&thread, NULL, kill_soon, signals[i]);
        assert_int_equal(check(service, arena, "192.0.2.1", "a@x.example", "x.example").spf, SPF_UNKNOWN);
        assert_true(monotonic_ms() - before < 10000);
        pthread_join(thread, NULL);
        before = monotonic_ms();
        check(service, arena, "192.0.2.1", "a@y.example", "y.example");
        assert_true(monotonic_ms() - before < 10000);
        spf_service_stats(service, &stats);
        assert_int_equal(stats.workers.started, 2);
        assert_int_equal(stats.workers.by_status[i == 0 ? WORKER_DIED : WORKER_TIMEOUT], 1);
        assert_int_equal(stats.workers.by_status[WORKER_OK], 1);
        arena_free(&arena);
        spf_service_free(&service);
        bad_stop(&bad);
    }
}

/* The newest ringer-worker whose parent this is; 0 when there is none. */
static pid_t child_of(pid_t parent)
{
    char command[160], line[32] = "";
    snprintf(command, sizeof(command),
             "ps -o pid=,stat=,comm= --ppid %d | awk '$2 !~ /Z/ && $3 == \"ringer-worker\" { print $1 }'",
             (int)parent);
    FILE *p = popen(command, "r");
    assert_non_null(p);
    while (fgets(line, sizeof(line), p))
        ;
    pclose(p);
    return (pid_t)atoi(line);
}

static void *abort_soon(void *arg)
{
    nanosleep(&(struct timespec){0, 200000000}, NULL);
    kill(*(pid_t *)arg, SIGABRT);
    return NULL;
}

static void check_new(struct spf_service *service, const char *sender, const char *helo, enum spf_result want)
{
    static unsigned client; /* a new one each time: nothing comes from the cache */
    char ip[32];
    struct arena *arena = arena_new();
    struct spf_answer answer;
    snprintf(ip, sizeof(ip), "198.51.100.%u", ++client);
    struct spf_question question = {.client_ip = ip, .helo = helo, .mail_from = sender};
    spf_check(service, arena, &question, &answer);
    if (answer.spf != want)
        fail_msg("%s: %s, not %s", sender, spf_result_name(answer.spf), spf_result_name(want));
    arena_free(&arena);
}

static pid_t checker_after(struct spf_service *service, const char *sender, const char *helo,
                           enum spf_result want)
{
    check_new(service, sender, helo, want);
    return child_of(child_of(getpid()));
}

/*
 * A checker serves again after a plain check, with nothing left of the one before; after one that could have changed it
 * there is none, and the next check gets another.
 */
static void test_checkers(void **state)
{
    static const struct {
        const char *sender, *helo;
        enum spf_result want;
    } odd[] = {
        {"a@exists.example", "h.example", SPF_FAIL},
        {"karen@local.example", "h.example", SPF_PASS},
        {"a@syntax.example", "h.example", SPF_PERMERROR},
        {"a@bytes.example", "h.example", SPF_PERMERROR},
        {"a@huge.example", "h.example", SPF_PERMERROR},
        {"a@ping.example", "h.example", SPF_PERMERROR},
        {"a%{d}@plain.example", "h.example", SPF_FAIL},
        {"\"a b\"@plain.example", "h.example", SPF_FAIL},
        {"a@plain.example", "%{h}", SPF_FAIL},
        {"a@two.example", "h.example", SPF_PERMERROR},
    };
    struct spf_stats stats;
    need_server(state);
    struct spf_service *service = service_with((struct worker_options){.processes = 1, .log = keep_line});
    pid_t first = checker_after(service, "a@include.example", "h.example", SPF_FAIL);
    assert_true(first > 0);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(checker_after(service, "a@mxcidr.example", "h.example", SPF_FAIL), first);
        assert_int_equal(checker_after(service, "a@void2.example", "h.example", SPF_FAIL), first);
        assert_int_equal(checker_after(service, "a@includefail.example", "h.example", SPF_SOFTFAIL), first);
        assert_int_equal(checker_after(service, "a@gone.example", "h.example", SPF_NONE), first);
    }
    for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
        pid_t before = checker_after(service, "a@include.example", "h.example", SPF_FAIL);
        checker_after(service, odd[i].sender, odd[i].helo, odd[i].want);
        nanosleep(&(struct timespec){0, 20000000}, NULL); /* it ends by itself */
        if (checker_after(service, "a@include.example", "h.example", SPF_FAIL) == before)
            fail_msg("after %s from %s the checker serves on", odd[i].sender, odd[i].helo);
    }
    pid_t before = checker_after(service, "a@include.example", "h.example", SPF_FAIL);
    for (int i = 0; i < 100; i++)
        check_new(service, "a@include.example", "h.example", SPF_FAIL);
    assert_int_not_equal(checker_after(service, "a@include.example", "h.example", SPF_FAIL), before);
    /* one that dies at its work */
    log_lines[0] = '\0';
    pid_t victim = checker_after(service, "a@include.example", "h.example", SPF_FAIL);
    pthread_t thread;
    pthread_create(&thread, NULL, abort_soon, &victim);
    check_new(service, "a@waits.example", "h.example", SPF_UNKNOWN);
    pthread_join(thread, NULL);
    assert_int_equal(logged("warning: the check of SPF for mail from 'a@waits.example' crashed (SIGABRT)"),
                     1);
    /* one that dies while nobody needs it */
    kill(checker_after(service, "a@include.example", "h.example", SPF_FAIL), SIGKILL);
    nanosleep(&(struct timespec){0, 50000000}, NULL);
    assert_true(checker_after(service, "a@include.example", "h.example", SPF_FAIL) > 0);
    spf_service_stats(service, &stats);
    assert_int_equal(stats.workers.started, 1);
    assert_int_equal(stats.crashed, 1);
    spf_service_free(&service);
}

struct load {
    struct spf_service *service;
    unsigned first, good;
};

static void *run_load(void *arg)
{
    struct load *load = arg;
    for (unsigned i = 0; i < 50; i++) {
        struct arena *arena = arena_new();
        char client[32];
        snprintf(client, sizeof(client), "198.51.%u.%u", load->first, i);
        load->good += check(load->service, arena, client, "a@include.example", NULL).spf == SPF_FAIL;
        arena_free(&arena);
    }
    return NULL;
}

static void test_threads(void **state)
{
    need_server(state);
    struct load loads[8];
    pthread_t threads[8];
    int64_t before = monotonic_ms();
    for (unsigned i = 0; i < 8; i++) {
        loads[i] = (struct load){*state, i, 0};
        pthread_create(&threads[i], NULL, run_load, &loads[i]);
    }
    for (unsigned i = 0; i < 8; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(loads[i].good, 50);
    }
    print_message("400 questions by 8 threads in %d ms\n", (int)(monotonic_ms() - before));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_results),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_hostile_senders),
        cmocka_unit_test(test_dmarc),
        cmocka_unit_test(test_age),
        cmocka_unit_test(test_cache),
        cmocka_unit_test(test_bad_servers),
        cmocka_unit_test(test_breaker),
        cmocka_unit_test(test_slow_senders),
        cmocka_unit_test(test_no_worker),
        cmocka_unit_test(test_killed),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_checkers),
    };
    return cmocka_run_group_tests_name("spf", tests, setup, teardown);
}
