/*
 * The lookalike engine: classes, targets, guards.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <stdio.h>
#include <cmocka.h>

#include "lookalike/crowding.h"

static struct lookalike_index *names;
static struct arena *arena;

static void protect(struct lookalike_builder *b, const char *domain, enum relation relation)
{
    const char *error;
    assert_int_equal(lookalike_builder_protect(b, domain, relation, &error), 0);
}

static int set_up(void **state)
{
    struct diag_list diags = {0};
    const char *error;
    struct lookalike_builder *b = lookalike_builder_new();
    protect(b, "chaudronnerie-valmont.example", RELATION_OWN);
    protect(b, "northgate-tooling.example", RELATION_PARTNER);
    protect(b, "dgfip.finances.gouv.fr", RELATION_PARTNER);
    protect(b, "arvelmetal.com", RELATION_PARTNER);
    protect(b, "internetz-vernier.example", RELATION_PARTNER);
    protect(b, "www.torvek.fr", RELATION_LEARNED);
    protect(b, "m\xc3\xbcller-werke.example", RELATION_PARTNER);
    assert_int_equal(lookalike_builder_affiliate(b, "arvelmetal.com", "arvelmetal-groupe.com", &error), 0);
    assert_int_equal(lookalike_builder_affiliate(b, NULL, "torvekk.fr", &error), 0);
    assert_int_equal(lookalike_builder_protect(b, "co.uk", RELATION_OWN, &error), -1);
    names = lookalike_build(&b, &diags);
    assert_non_null(names);
    arena = arena_new();
    return 0;
}

static int tear_down(void **state)
{
    arena_free(&arena);
    lookalike_index_free(&names);
    return 0;
}

static void finds_the_classes(void **state)
{
    static const struct {
        const char *domain, *target;
        enum lookalike_class class;
    } cases[] = {
        {"chaudronnerie-vallmont.example", "chaudronnerie-valmont.example", LOOKALIKE_REPETITION},
        {"chaudronnerievalmont.example", "chaudronnerie-valmont.example", LOOKALIKE_HYPHEN},
        {"northgate-tooIing.example", "northgate-tooling.example", LOOKALIKE_CONFUSABLE},
        {"n0rthgate-to0ling.example", "northgate-tooling.example", LOOKALIKE_CONFUSABLE},
        {"dgfip-finances.cloud", "dgfip.finances.gouv.fr", LOOKALIKE_TLD_SWAP},
        {"arve1metal.com", "arvelmetal.com", LOOKALIKE_CONFUSABLE},
        {"arvelmteal.com", "arvelmetal.com", LOOKALIKE_TRANSPOSITION},
        {"arvelmetal-france.com", "arvelmetal.com", LOOKALIKE_COMBOSQUAT},
        {"arvélmetal.com", "arvelmetal.com", LOOKALIKE_DIACRITIC},
        {"аrvelmetal.com", "arvelmetal.com", LOOKALIKE_MIXED_SCRIPT},
        {"arvelmetal.group", "arvelmetal.com", LOOKALIKE_TLD_SWAP},
        {"arvelmetals.com", "arvelmetal.com", LOOKALIKE_PLURAL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const struct lookalike_result *r = lookalike_match(names, arena, cases[i].domain);
        if (r->kind != LOOKALIKE_SUSPECT)
            fail_msg("%s was not found", cases[i].domain);
        assert_string_equal(r->findings[0].target, cases[i].target);
        assert_true(r->findings[0].score >= LOOKALIKE_WEAK && r->findings[0].score <= 100);
        if (!(r->findings[0].classes & 1u << cases[i].class))
            fail_msg("%s is not of class %s", cases[i].domain, lookalike_class_name(cases[i].class));
    }
}

/* The sentence names the strange letters, and they are marked; letters that the genuine name has as well are not. */
static void tells_the_letters(void **state)
{
    static const struct {
        const char *domain, *why, *differs;
    } cases[] = {
        {"\xd0\xb0rvelmetal.com", "`\xd0\xb0` (Cyrillic) stands for `a`", "\2\xd0\xb0\3rvelmetal.com"},
        {"arv\xc3\xa9lmetal.com", "`\xc3\xa9` stands for `e`", "arv\2\xc3\xa9\3lmetal.com"},
        {"\xd0\xb0rv\xd0\xb5lm\xd0\xb5t\xd0\xb0l.com", "`\xd0\xb5` (Cyrillic) stands for `e`",
         "\2\xd0\xb0\3rv\2\xd0\xb5\3lm\2\xd0\xb5\3t\2\xd0\xb0\3l.com"},
        {"pay-arvelm\xd0\xb5tal.com", "`pay` stands before it; `\xd0\xb5` (Cyrillic) stands for `e`",
         "\2pay-\3arvelm\2\xd0\xb5\3tal.com"},
        {"m\xc3\xbcller-werke.com", "it ends in `.com`, not in `.example`", "m\xc3\xbcller-werke.\2com\3"},
        {"m\xe1\xbb\xa5ller-werke.example", "`\xe1\xbb\xa5` stands for `u`",
         "m\2\xe1\xbb\xa5\3ller-werke.example"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const struct lookalike_result *r = lookalike_match(names, arena, cases[i].domain);
        assert_int_equal(r->kind, LOOKALIKE_SUSPECT);
        if (!strstr(r->findings[0].why, cases[i].why))
            fail_msg("%s: %s", cases[i].domain, r->findings[0].why);
        assert_string_equal(r->findings[0].differs, cases[i].differs);
        assert_null(strstr(r->findings[0].why, "only look like"));
    }
}

/* A mark ends with the letter that differs, not with the hyphen or dot behind it. */
static void marks_no_hyphen(void **state)
{
    static const struct {
        const char *domain, *differs;
    } cases[] = {
        {"northga1e-tooling.example", "northga\0021\003e-tooling.example"},
        {"northgat3-tooling.example", "northgat\0023\003-tooling.example"},
        {"northgatex-tooling.example", "northgate\2x\3-tooling.example"},
        {"northgaet-tooling.example", "northga\2et\3-tooling.example"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const struct lookalike_result *r = lookalike_match(names, arena, cases[i].domain);
        assert_int_equal(r->kind, LOOKALIKE_SUSPECT);
        assert_string_equal(r->findings[0].differs, cases[i].differs);
    }
}

/* Of many strange letters the first are named, the others counted. */
static void counts_many_letters(void **state)
{
    const struct lookalike_result *r = lookalike_match(
        names, arena, "int\xd0\xb5rn\xd0\xb5tz-v\xd0\xb5rni\xd0\xb5r.example"); /* one letter, four times */
    (void)state;
    assert_non_null(strstr(r->findings[0].why, ": `\xd0\xb5` (Cyrillic) stands for `e`"));
    assert_null(strstr(r->findings[0].why, ","));
    r = lookalike_match(names, arena,
                        "\xd1\x81h\xd0\xb0udr\xd0\xbenn\xd0\xb5r\xd1\x96\xd0\xb5-valmont.example");
    assert_non_null(strstr(r->findings[0].why, "and 1 more letter only looks like the genuine one"));
}

/* The protected name itself, written as no owner writes it: DNS knows it, authentication does not. */
static void finds_disguised_names(void **state)
{
    static const char *const written[] = {
        "arvel\xE2\x80\x8Bmetal.com", /* zero-width space */
        "arvel\xC2\xADmetal.com",     /* soft hyphen */
        "arvelmetal\xEF\xBC\x8E"
        "com", /* full-width dot */
        "arvelmetal\xE3\x80\x82"
        "com",                       /* ideographic full stop */
        "\xEF\xBD\x81rvelmetal.com", /* full-width letter */
        "mail.arvel\xE2\x80\x8Bmetal.com",
    };
    for (size_t i = 0; i < sizeof(written) / sizeof(*written); i++) {
        const struct lookalike_result *r = lookalike_match(names, arena, written[i]);
        if (r->kind != LOOKALIKE_SUSPECT)
            print_error("%s\n", written[i]);
        assert_int_equal(r->kind, LOOKALIKE_SUSPECT);
        assert_true(r->findings[0].score >= LOOKALIKE_STRONG);
        assert_string_equal(r->findings[0].target, "arvelmetal.com");
    }
}

static void leaves_the_genuine_alone(void **state)
{
    static const char *const genuine[] = {"arvelmetal.com",          "mail.arvelmetal.com", "ARVELMETAL.COM.",
                                          "arvelmetal-groupe.com",   "torvek.fr",           "torvekk.fr",
                                          "x.dgfip.finances.gouv.fr"};
    for (size_t i = 0; i < sizeof(genuine) / sizeof(*genuine); i++) {
        const struct lookalike_result *r = lookalike_match(names, arena, genuine[i]);
        assert_int_equal(r->kind, LOOKALIKE_GENUINE);
        assert_int_equal(r->n_findings, 0);
    }
}

static const struct lookalike_finding *pair(const char *domain, const char *quoted)
{
    return lookalike_match_pairs(arena, domain, &quoted, 1);
}

static void pairs(void **state)
{
    const struct lookalike_finding *f = pair("kestrelvale.example", "kestralvale.example");
    assert_non_null(f);
    assert_int_equal(f->relation, RELATION_QUOTED);
    assert_null(pair("mail.kestralvale.example", "kestralvale.example"));
    assert_null(pair("unrelated.example", "kestralvale.example"));
    /* a billing department that nobody knows, and a sister company */
    f = pair("kestralvale-billing.com", "kestralvale.com");
    assert_true(f && f->score >= LOOKALIKE_STRONG);
    f = pair("kestralvale-drobnitz.com", "kestralvale.com");
    assert_true(f && f->score >= LOOKALIKE_WEAK && f->score < LOOKALIKE_STRONG);
}

/* A thread with several people: the genuine one is found whoever else is quoted, the sender's own names too. */
static void pairs_of_many(void **state)
{
    static const char *const quoted[] = {
        "kestrelvale.co",  "unrelated.example", "mail.kestrelvale.co",   "KestrelVale.CO",
        "kestrelvale.com", "kestrelvale.com",   "no domain at all \xff", "co.uk",
        "brinkhorst.com"};
    enum { N = sizeof(quoted) / sizeof(*quoted) };
    (void)state;
    const struct lookalike_finding *f = lookalike_match_pairs(arena, "mail.kestrelvale.co", quoted, N);
    assert_true(f && f->score >= LOOKALIKE_WEAK);
    assert_string_equal(f->target, "kestrelvale.com");
    f = lookalike_match_pairs(arena, "brinkhrost.com", quoted, N);
    assert_true(f && f->score >= LOOKALIKE_STRONG);
    assert_string_equal(f->target, "brinkhorst.com");
    assert_null(lookalike_match_pairs(arena, "kestrelvale.com", quoted, 0));
    assert_null(lookalike_match_pairs(arena, "kestrelvale.co", quoted, 4));
    assert_null(
        lookalike_match_pairs(arena, "\xc3\xb6stbergen.com", (const char *[]){"\xc3\x96stbergen.com"}, 1));
}

static void local_parts(void **state)
{
    assert_non_null(lookalike_match_local(names, arena, "arvelmetal.com"));
    assert_non_null(lookalike_match_local(names, arena, "billing+mail.arvelmetal.com"));
    assert_int_equal(lookalike_match_local(names, arena, "arvelmetal.billing")->score, 60);
    assert_int_equal(lookalike_match_local(names, arena, "invoice+arvelmetal")->score, 60);
    assert_null(lookalike_match_local(names, arena, "arvelm"));
    assert_null(lookalike_match_local(names, arena, "torvek"));
    assert_null(lookalike_match_local(names, arena, "john.smith"));
    assert_null(lookalike_match_local(names, arena, NULL));
}

static struct lookalike_index *index_of(const char *const *domains, size_t n)
{
    struct diag_list diags = {0};
    struct lookalike_builder *b = lookalike_builder_new();
    for (size_t i = 0; i < n; i++)
        protect(b, domains[i], RELATION_PARTNER);
    struct lookalike_index *index = lookalike_build(&b, &diags);
    assert_non_null(index);
    return index;
}

static int score(const struct lookalike_index *index, const char *domain)
{
    const struct lookalike_result *r = lookalike_match(index, arena, domain);
    return r->n_findings ? r->findings[0].score : 0;
}

/* What stands beside a name, and whether the label reads well without it. */
static void what_stands_around(void **state)
{
    static const char *const domains[] = {"arvelmetal.com", "qstwate.com", "stwate.com"};
    struct lookalike_index *index = index_of(domains, 3);
    assert_true(score(index, "account-update-arvelmetal.com") >= LOOKALIKE_STRONG);
    assert_true(score(index, "arvelmetal-cdn.com") < score(index, "arvelmetal-login.com"));
    assert_true(score(index, "stwate-supplies.com") >= LOOKALIKE_WEAK);
    assert_true(score(index, "westwatersupplies.com") < LOOKALIKE_WEAK);
    assert_true(score(index, "myarvelmettal.com") >= LOOKALIKE_WEAK);
    assert_true(score(index, "arvelmitalhealth.com") >= LOOKALIKE_WEAK);
    assert_true(score(index, "arvelmeta1global.com") >= LOOKALIKE_WEAK);
    assert_int_equal(score(index, "arvelmitalqzx.com"), 0);
    assert_true(score(index, "\xd0\xb0rvelmetal-login.com") >= LOOKALIKE_STRONG);
    assert_true(score(index, "arvelmetal.co") > score(index, "arvelmetal.nl"));
    assert_true(score(index, "wwwarvelmetal.com") >= LOOKALIKE_STRONG);
    assert_true(lookalike_match(index, arena, "wwwarvelmetal.com")->findings[0].classes &
                1u << LOOKALIKE_MISSING_DOT);
    lookalike_index_free(&index);
}

static void protect_many(struct lookalike_builder *b, enum relation relation)
{
    enum { MANY = 5000 };
    for (unsigned i = 0; i < MANY; i++) {
        char name[32];
        snprintf(name, sizeof(name), "q%uz%ux.example", i, i * 7919);
        protect(b, name, relation);
    }
}

/* Whatever happens to be popular near a name makes it take more likeness; so does a long list. */
static void crowding(void **state)
{
    static const char *const domains[] = {"kestrelvale.com", "amazona.com"};
    struct lookalike_index *index = index_of(domains, 2);
    struct crowding lonely = {.one = 1}, crowded = {.one = 0};
    (void)state;
    for (uint32_t i = 0; i < index->n_cores; i++)
        *(index->cores[i].n == 11 ? &lonely : &crowded) = crowding_of(index, i);
    assert_int_equal(lonely.one + lonely.two + lonely.within + lonely.equal + lonely.popular, 0);
    assert_true(crowded.one > 0 && crowded.two >= crowded.one);
    assert_true(score(index, "kestrelvalo.com") > score(index, "amazone.com"));
    int few = score(index, "kestrelvale-billing.com"), unseen = score(index, "kestrelva1e.com");
    lookalike_index_free(&index);
    struct lookalike_builder *b = lookalike_builder_new();
    protect_many(b, RELATION_PARTNER);
    protect(b, domains[0], RELATION_PARTNER);
    struct diag_list diags = {0};
    index = lookalike_build(&b, &diags);
    assert_true(few >= LOOKALIKE_STRONG);
    int many = score(index, "kestrelvale-billing.com");
    assert_true(many >= LOOKALIKE_WEAK && many < few);
    assert_true(unseen >= LOOKALIKE_STRONG && score(index, "kestrelva1e.com") >= LOOKALIKE_STRONG);
    assert_true(score(index, "kestrelvlae.com") >= LOOKALIKE_STRONG);
    assert_true(score(index, "kestrel-vale.com") >= LOOKALIKE_STRONG);
    lookalike_index_free(&index);
}

/* Names that were learned never make those they are learned beside look crowded. */
static void planted_neighbours(void **state)
{
    static const char *const domains[] = {"kestrelvale.com"};
    struct lookalike_index *base = index_of(domains, 1);
    struct lookalike_builder *b = lookalike_builder_new();
    struct diag_list diags = {0};
    (void)state;
    protect(b, "kestrelvole.com", RELATION_LEARNED);
    protect(b, "kestrelvare.com", RELATION_LEARNED);
    protect_many(b, RELATION_LEARNED);
    struct lookalike_index *layer = lookalike_build_over(&b, base, &diags);
    assert_int_equal(crowding_of(base, 0).one, 0);
    for (uint32_t i = 0; i < layer->n_cores; i++)
        if (memcmp(index_key(layer, &layer->cores[i]), "kestrelv", 8) == 0)
            assert_int_equal(crowding_of(layer, i).one, 1); /* the one that it was built over */
    assert_int_equal(score(layer, "kestrelvale-billing.com"), score(base, "kestrelvale-billing.com"));
    assert_string_equal(lookalike_match(layer, arena, "kestrelva1e.com")->findings[0].target,
                        "kestrelvale.com");
    lookalike_index_free(&layer);
    lookalike_index_free(&base);
}

/* A known word in the name is no blind spot: one letter of the rest is seen where the whole is long enough. */
static void short_rest(void **state)
{
    static const char *const domains[] = {"tanmetal.com", "havtech.com", "tdbank.com"};
    struct lookalike_index *index = index_of(domains, 3);
    (void)state;
    assert_true(score(index, "tammetal.com") >= LOOKALIKE_WEAK);
    assert_true(score(index, "tametal.com") >= LOOKALIKE_WEAK);
    assert_true(score(index, "hartech.com") >= LOOKALIKE_WEAK);
    assert_true(score(index, "havtecch.com") >= LOOKALIKE_STRONG);
    assert_int_equal(score(index, "hartech.de"), 0);
    assert_int_equal(score(index, "tnbank.com"), 0);
    lookalike_index_free(&index);
}

/* Its own suffix beside the name is no word like others: nobody else writes just that one there. */
static void folded_suffix(void **state)
{
    static const char *const domains[] = {"kestrelvale.co.kr", "pomovale.fr",    "dgfix.gov.uk",
                                          "happiness.co.il",   "arvelmetal.com", "brink.be"};
    static const struct {
        const char *domain, *target;
        int least, most;
    } cases[] = {
        {"kestrelvale-kr.com", "kestrelvale.co.kr", LOOKALIKE_STRONG, 97},
        {"kestrelvale-co-kr.us", "kestrelvale.co.kr", LOOKALIKE_STRONG, 97},
        {"kr-kestrelvale.com", "kestrelvale.co.kr", LOOKALIKE_STRONG, 97},
        {"kestreivale-kr.com", "kestrelvale.co.kr", LOOKALIKE_STRONG, 97},
        {"kestrelvale-zz.com", "kestrelvale.co.kr", 0, LOOKALIKE_STRONG - 1},
        {"pomovalefr.com", "pomovale.fr", LOOKALIKE_STRONG, 97},
        {"dgfix-gov-uk.org", "dgfix.gov.uk", LOOKALIKE_STRONG, 97},
        {"happiness-il.co", "happiness.co.il", LOOKALIKE_WEAK, LOOKALIKE_STRONG - 1},
        {"happiness-fr.co", "happiness.co.il", 0, 57},
    };
    struct lookalike_index *index = index_of(domains, sizeof(domains) / sizeof(*domains));
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        int got = score(index, cases[i].domain);
        if (got < cases[i].least || got > cases[i].most)
            fail_msg("%s has %d", cases[i].domain, got);
        if (got >= LOOKALIKE_WEAK)
            assert_string_equal(lookalike_match(index, arena, cases[i].domain)->findings[0].target,
                                cases[i].target);
    }
    const struct lookalike_finding *f = &lookalike_match(index, arena, "kestrelvale-kr.com")->findings[0];
    assert_true(f->classes & 1u << LOOKALIKE_TLD_FOLDED);
    assert_string_equal(
        f->why, "`kestrelvale-kr.com` contains the name of your partner `kestrelvale.co.kr`: `kr` stands "
                "behind it; its ending `.co.kr` has moved into the name");
    assert_false(lookalike_match(index, arena, "kestrelvale-fr.com")->findings[0].classes &
                 1u << LOOKALIKE_TLD_FOLDED);
    lookalike_index_free(&index);
}

/* Of one to three letters, all that look the same are found when some are of another script. */
static void short_homographs(void **state)
{
    static const char *const domains[] = {"ul.com", "ikl.com"};
    struct lookalike_index *index = index_of(domains, 2);
    (void)state;
    assert_true(score(index, "\xc3\xba"
                             "1.com") >= LOOKALIKE_STRONG);
    assert_true(score(index, "1\xc4\xb7l.com") >= LOOKALIKE_STRONG);
    assert_int_equal(score(index, "u1.com"), 0);
    lookalike_index_free(&index);
}

/* Hosts have honest names of customers, and of services. */
static void hosts(void **state)
{
    static const char *const domains[] = {"arvelmetal.com", "shopa.com", "arvelmetal.co.jp"};
    struct lookalike_index *index = index_of(domains, 3);
    assert_int_equal(score(index, "shop.unrelated.net"), 0);
    assert_true(score(index, "shopaa.unrelated.net") > 0);
    int customer = score(index, "arvelmetal.mailservice.net");
    assert_true(customer >= LOOKALIKE_WEAK && customer < LOOKALIKE_STRONG);
    assert_true(score(index, "arvelmetal.com.mailservice.net") >= LOOKALIKE_STRONG);
    /* below a private suffix anybody gets any name, as on any host */
    assert_true(score(index, "arvelmetal.blogspot.com") >= LOOKALIKE_WEAK);
    assert_true(score(index, "arve1metal.github.io") >= LOOKALIKE_WEAK);
    assert_true(score(index, "arvelmetal.azurewebsites.net") < LOOKALIKE_STRONG);
    assert_int_equal(score(index, "unrelated.blogspot.com"), 0);
    assert_true(score(index, "arvelmetal-com.blogspot.com") >= LOOKALIKE_STRONG);
    assert_true(score(index, "img-qzx-arvelmetal-com.akamaized.net") < LOOKALIKE_STRONG);
    assert_true(score(index, "arvelmetal.co.jp.mailservice.net") >= LOOKALIKE_STRONG);
    assert_string_equal(lookalike_match(index, arena, "arvelmetal-co-jp.cloud")->findings[0].target,
                        "arvelmetal.co.jp");
    lookalike_index_free(&index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_classes),
        cmocka_unit_test(tells_the_letters),
        cmocka_unit_test(marks_no_hyphen),
        cmocka_unit_test(counts_many_letters),
        cmocka_unit_test(finds_disguised_names),
        cmocka_unit_test(leaves_the_genuine_alone),
        cmocka_unit_test(pairs),
        cmocka_unit_test(pairs_of_many),
        cmocka_unit_test(local_parts),
        cmocka_unit_test(what_stands_around),
        cmocka_unit_test(crowding),
        cmocka_unit_test(planted_neighbours),
        cmocka_unit_test(short_rest),
        cmocka_unit_test(folded_suffix),
        cmocka_unit_test(short_homographs),
        cmocka_unit_test(hosts),
    };
    return cmocka_run_group_tests_name("lookalike", tests, set_up, tear_down);
}
