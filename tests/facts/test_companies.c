/* Tests of src/facts/companies.c: whose company's name does a text carry? */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "facts/companies.h"

static struct companies *companies;

static void add(const char *domain, const char *name, enum relation relation)
{
    companies_add(companies, &(struct company){name, domain, "", relation});
}

static int setup(void **state)
{
    struct diag_list diags = {0};
    companies = companies_new(&diags);
    assert_non_null(companies);
    add("northgate-tooling.example", NULL, RELATION_PARTNER);
    add("kellermannstahl.example", NULL, RELATION_PARTNER);
    add("huaxin.example", NULL, RELATION_PARTNER);
    add("johnlewis.example", NULL, RELATION_PARTNER);
    add("homedepot.example", NULL, RELATION_PARTNER);
    add("orange.example", NULL, RELATION_PARTNER);
    add("bank.example", NULL, RELATION_PARTNER);
    add("metalurgica-do-sul.example", NULL, RELATION_PARTNER);
    add("company.example", NULL, RELATION_OWN);
    add("valmont.example", NULL, RELATION_OWN);
    add("smc.example", "Société Métallurgique du Centre SARL; SMC", RELATION_PARTNER);
    add("brunni.example", "Officine Brunni S.p.A.", RELATION_PARTNER);
    add("target.example", "Target Corp.", RELATION_PARTNER);
    add("fletcher.example", "Fletcher & Sons Ltd", RELATION_PARTNER);
    add("muller.example", "Müller Maschinenbau GmbH & Co. KG", RELATION_PARTNER);
    add("seiko.example", "日本精密工業株式会社; Nippon Precision Industries K.K.", RELATION_PARTNER);
    add("staalhandel-devries.example", NULL, RELATION_PARTNER);
    add("dgfip.finances.example", NULL, RELATION_PARTNER);
    add("impots.gouv.fr", NULL, RELATION_PARTNER);
    add("first.example", "First Bank", RELATION_PARTNER);
    return 0;
}

static int teardown(void **state)
{
    companies_free(&companies);
    companies_free(&companies);
    return 0;
}

static const struct {
    const char *text, *domain; /* NULL = nobody's name */
} names[] = {
    {"Northgate Tooling", "northgate-tooling.example"},
    {"Northgate Tooling Accounts", "northgate-tooling.example"},
    {"NORTHGATE TOOLING LTD.", "northgate-tooling.example"},
    {"Helen Marsh (Northgate-Tooling)", "northgate-tooling.example"},
    {"Helen Marsh, Northgate Tooling", "northgate-tooling.example"},
    {"Tooling Northgate", "northgate-tooling.example"},
    {"NorthgateTooling", "northgate-tooling.example"},
    {"NorthgateToolingAccounts", "northgate-tooling.example"},
    {"northgatetooling", "northgate-tooling.example"},
    {"northgatetoolingaccounts", "northgate-tooling.example"},
    {"accountsnorthgatetooling", "northgate-tooling.example"},
    {"N o r t h g a t e  T o o l i n g", "northgate-tooling.example"},
    {"North gate Tool ing", "northgate-tooling.example"},
    {"Northgate.Tooling_Billing", "northgate-tooling.example"},
    {"N\xD0\xBErthgate Tooling", "northgate-tooling.example"},
    {"N0rthgate T00Iing", "northgate-tooling.example"},
    {"Northgate\xE2\x80\x8B Too\xC2\xADling", "northgate-tooling.example"},
    {"Ｎｏｒｔｈｇａｔｅ　Ｔｏｏｌｉｎｇ", "northgate-tooling.example"},
    {"ɴᴏʀᴛʜɢᴀᴛᴇ ᴛᴏᴏʟɪɴɢ", "northgate-tooling.example"},
    {"\xE2\x80\xAEgnilooT etaghtroN\xE2\x80\xAC", "northgate-tooling.example"},
    {"Northgate", NULL},
    {"Southgate Tooling", NULL},
    {"Tooling", NULL},
    {"Kellermann Stahl GmbH", "kellermannstahl.example"},
    {"Kellermann Stahl Buchhaltung", "kellermannstahl.example"},
    {"Keliermann Stahl GmbH", "kellermannstahl.example"},
    {"De Vries Staalhandel", "staalhandel-devries.example"},
    {"StaalhandelDeVries BV", "staalhandel-devries.example"},
    {"DGFIP", "dgfip.finances.example"},
    {"Service DGFIP", "dgfip.finances.example"},
    {"Service Finances", NULL},
    {"Impots.gouv", "impots.gouv.fr"},
    {"Huaxin", "huaxin.example"},
    {"Huaxin Co., Ltd.", "huaxin.example"},
    {"Accounts - Huaxin", "huaxin.example"},
    {"Huaxin Zhang", NULL},
    {"John Lewis", NULL}, /* a person, as far as anybody can tell */
    {"John Lewis plc", "johnlewis.example"},
    {"Home Depot", "homedepot.example"},
    {"Home Depot Billing", "homedepot.example"},
    {"Orange", NULL},
    {"Orange Billing", NULL},
    {"Orange S.A.", "orange.example"},
    {"William of Orange", NULL},
    {"Bank", NULL},
    {"Bank Ltd", NULL},
    {"Metalúrgica do Sul Ltda", "metalurgica-do-sul.example"},
    {"Metalurgica Sul", NULL},
    {"Company Payroll", "company.example"},
    {"Company", NULL},
    {"Parent Company Payroll Trust", NULL},
    {"Valmont", "valmont.example"},
    {"Valmont RH", "valmont.example"},
    {"Societe metallurgique du centre", "smc.example"},
    {"Comptabilité Société Métallurgique Centre", "smc.example"},
    {"SMC SARL", "smc.example"},
    {"SMC Comptabilité", "smc.example"},
    {"Smc Peter", NULL},
    {"Brunni Officine", "brunni.example"},
    {"Amministrazione Officine Brunni SpA", "brunni.example"},
    {"Target", "target.example"},
    {"Target Accounts", "target.example"},
    {"Target Practice", NULL},
    {"Fletcher and Sons", "fletcher.example"},
    {"Fletcher + Sons", "fletcher.example"},
    {"Peter Fletcher", NULL},
    {"Mueller Maschinenbau", "muller.example"},
    {"日本精密工業", "seiko.example"},
    {"日本精密工業株式会社 経理部", "seiko.example"},
    {"(株)日本精密工業", "seiko.example"},
    {"日本", NULL},
    {"Nippon Precision Industries", "seiko.example"},
    {"First Bank", "first.example"},
    {"First Bank Payments", "first.example"},
    {"Tell the bank first", NULL},
    {"", NULL},
    {"()", NULL},
};

static void test_names(void **state)
{
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        struct arena *arena = arena_new();
        const struct company *c = companies_match(companies, arena, names[i].text, COMPANY_NAME, NULL);
        const char *got = c ? c->domain : "nobody", *want = names[i].domain ? names[i].domain : "nobody";
        if (strcmp(got, want) != 0) {
            print_message("'%s' is %s's, should be %s's\n", names[i].text, got, want);
            wrong++;
        }
        arena_free(&arena);
    }
    assert_int_equal(wrong, 0);
}

static const struct {
    const char *text;
    enum company_where where;
    bool found;
} places[] = {
    {"northgate.tooling.accounts", COMPANY_LOCAL, true},
    {"northgatetooling77", COMPANY_LOCAL, true},
    {"northgate77.tooling", COMPANY_LOCAL, true},
    {"northgate+tooling", COMPANY_LOCAL, true},
    {"peter.northgate", COMPANY_LOCAL, false},
    {"orange77", COMPANY_LOCAL, false},
    {"Northgate Tooling Ltd", COMPANY_LINE, true},
    {"Accounts Department, Northgate Tooling Ltd, Leeds", COMPANY_LINE, true},
    {"we still owe Northgate Tooling for May", COMPANY_LINE, false},
    {"Huaxin", COMPANY_LINE, false},
    {"Huaxin Co. Ltd", COMPANY_LINE, true},
    {"Home Depot", COMPANY_LINE, true},
    {"Invoice 77 of Northgate Tooling", COMPANY_NAME, true},
    {"Invoice 77 of Northgate Tooling", COMPANY_SUBJECT, true},
    {"Huaxin", COMPANY_SUBJECT, false},
    {"Huaxin GmbH: invoice 77", COMPANY_SUBJECT, true},
    {"Orange Corporate", COMPANY_SUBJECT, false},
    {"Target", COMPANY_SUBJECT, false},
};

static void test_places(void **state)
{
    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
        struct arena *arena = arena_new();
        const struct company *c = companies_match(companies, arena, places[i].text, places[i].where, NULL);
        if ((c != NULL) != places[i].found)
            fail_msg("'%s' should%s be found", places[i].text, places[i].found ? "" : " not");
        arena_free(&arena);
    }
}

/* What is shown of a company: its given name, else its domain. */
static void test_company(void **state)
{
    struct arena *arena = arena_new();
    assert_string_equal(companies_match(companies, arena, "Huaxin Ltd", COMPANY_NAME, NULL)->name,
                        "huaxin.example");
    assert_string_equal(companies_match(companies, arena, "Brunni Officine", COMPANY_NAME, NULL)->name,
                        "Officine Brunni S.p.A.");
    assert_int_equal(companies_match(companies, arena, "Valmont", COMPANY_NAME, NULL)->relation,
                     RELATION_OWN);
    assert_int_equal(companies_count(companies), 20);
    arena_free(&arena);
}

/* What nobody sees before a name does not push it out of sight. */
static void test_padding(void **state)
{
    enum { TIMES = 2000 };
    struct arena *arena = arena_new();
    char *text = arena_bytes(arena, 3 * TIMES + 32);
    for (size_t i = 0; i < TIMES; i++)
        memcpy(text + 3 * i, "\xE2\x80\x8B", 3);
    strcpy(text + 3 * TIMES, "Northgate Tooling");
    assert_non_null(companies_match(companies, arena, text, COMPANY_NAME, NULL));
    arena_free(&arena);
}

static const struct {
    const char *text;
    bool found, near;
} nearly[] = {
    {"Northgate Toolling", true, true},
    {"Northgate Toling Accounts", true, true},
    {"Nortgate Tooling Ltd", true, true},
    {"Northgate Toolign", true, true},
    {"Northgatt Tooling", true, true},
    {"Northgate Tooling", true, false},
    {"Helen Marsh (Northgate Toolling)", true, true},
    {"Helen Marsh Northgate Toolling", false, false},
    {"Northgatt Toolling", false, false},
    {"Huaxim", false, false}, /* too short */
    {"John Lewiss", false, false},
};

static void test_nearly(void **state)
{
    for (size_t i = 0; i < sizeof(nearly) / sizeof(*nearly); i++) {
        struct arena *arena = arena_new();
        bool near;
        const struct company *c = companies_match(companies, arena, nearly[i].text, COMPANY_NAME, &near);
        if ((c != NULL) != nearly[i].found || near != nearly[i].near)
            fail_msg("'%s' is %s%s", nearly[i].text, near ? "nearly " : "", c ? c->domain : "nobody's");
        arena_free(&arena);
    }
}

/* A long list: each of its names is found, and names that are not in it are not. */
static void test_many(void **state)
{
    enum { MANY = 20000 };
    static const char letters[] = "bcdfghjkmpqstxyz"; /* no two of which look alike */
    struct diag_list diags = {0};
    struct companies *many = companies_new(&diags);
    char **domains = mem_array(MANY, sizeof(*domains));
    for (int i = 0; i < MANY; i++) {
        domains[i] = mem_printf("kestrel-%c%c%c%c-works.example", letters[i % 16], letters[i / 16 % 16],
                                letters[i / 256 % 16], letters[i / 4096]);
        companies_add(many, &(struct company){NULL, domains[i], "", RELATION_PARTNER});
    }
    for (int i = 0; i < MANY; i += 97) {
        struct arena *arena = arena_new();
        char name[64] = {0};
        memcpy(name, domains[i], strcspn(domains[i], "."));
        assert_ptr_equal(companies_match(many, arena, name, COMPANY_NAME, NULL)->domain, domains[i]);
        assert_null(companies_match(many, arena, "kestrel zzzz works", COMPANY_NAME, NULL));
        arena_free(&arena);
    }
    for (int i = 0; i < MANY; i++)
        free(domains[i]);
    free(domains);
    companies_free(&many);
}

/* Hostile texts: long, of one letter, of nothing but separators. */
static void test_hostile(void **state)
{
    static const char *const pieces[] = {"a",  "a ",           "\xFF", "&",  "northgate",
                                         "日", "\xE2\x80\xAE", "A",    "aA", "1.l"};
    for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
        struct arena *arena = arena_new();
        size_t n = strlen(pieces[i]);
        char *text = arena_bytes(arena, 5000 * n + 1);
        for (size_t k = 0; k < 5000; k++)
            memcpy(text + k * n, pieces[i], n);
        text[5000 * n] = '\0';
        bool near;
        for (int where = COMPANY_NAME; where <= COMPANY_LOCAL; where++)
            assert_null(companies_match(companies, arena, text, (enum company_where)where, &near));
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),   cmocka_unit_test(test_places), cmocka_unit_test(test_company),
        cmocka_unit_test(test_padding), cmocka_unit_test(test_nearly), cmocka_unit_test(test_many),
        cmocka_unit_test(test_hostile),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
