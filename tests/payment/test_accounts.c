/* Tests of accounts: IBAN, BIC and the national forms. Numbers are the published examples or made up. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "payment/iban.h"
#include "payment/payment.h"

static void test_iban_table(void **state)
{
    static const struct {
        const char *iban, *bank;
        bool valid;
    } rows[] = {
        {"GB29NWBK60161331926819", "NWBK601613", true},
        {"FR1420041010050500013M02606", "2004101005", true},
        {"DE89370400440532013000", "37040044", true},
        {"IT60X0542811101000000123456", "0542811101", true},
        {"NO9386011117947", "8601", true},
        {"MT84MALT011000012345MTLCAST001S", "MALT01100", true},
        {"GB28NWBK60161331926819", "NWBK601613", false},
        {"US29NWBK60161331926819", "", false},
        {"GB29NWBK6016133192681", "", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct span s = span_of(rows[i].iban), bank = iban_bank(s);
        assert_int_equal(iban_valid(s), rows[i].valid);
        assert_int_equal(bank.n, strlen(rows[i].bank));
        assert_memory_equal(bank.p, rows[i].bank, bank.n);
    }
}

static void test_bic(void **state)
{
    assert_true(bic_valid(span_of("NWBKGB2L")));
    assert_true(bic_valid(span_of("BAPPIT21XXX")));
    assert_false(bic_valid(span_of("NWBKZZ2L")));
    assert_false(bic_valid(span_of("NWBKGB2LX")));
}

/* In folded texts; "" = nothing must be found. */
static void test_found(void **state)
{
    static const struct {
        const char *text, *kind, *number, *country;
        bool valid;
    } rows[] = {
        {"IBAN : IT60 X054 2811 1010 0000 0123 456 - BIC : BAPPIT21XXX", "iban",
         "IT60X0542811101000000123456", "IT", true},
        {"Please pay to gb29nwbk60161331926819.", "iban", "GB29NWBK60161331926819", "GB", true},
        {"DE89 3704\n0044 0532\n0130 00 thanks", "iban", "DE89370400440532013000", "DE", true},
        {"D\xE2\x80\x8B"
         "E89370400440532013000",
         "iban", "DE89370400440532013000", "DE", true},
        {"\xEF\xBC\xA4\xEF\xBC\xA5"
         "89370400440532013000",
         "iban", "DE89370400440532013000", "DE", true},
        {"IBAN DE88 3704 0044 0532 0130 00", "iban", "DE88370400440532013000", "DE", false},
        {"commit de88370400440532013000 of the tree", "", "", "", false},
        {"nr konta: 61 1090 1014 0000 0712 1981 2874", "iban", "PL61109010140000071219812874", "PL", true},
        {"RIB : 20041 01005 0500013M026 06", "rib", "20041010050500013M02606", "FR", true},
        {"Routing (ABA): 021000021 Account: 4410029981", "aba", "021000021/4410029981", "US", true},
        {"Routing number 021000022", "aba", "021000022", "US", false},
        {"ticket 021000021 was closed", "", "", "", false},
        {"Sort code 60-16-13, account number 31926819", "sort-code", "601613/31926819", "GB", true},
        {"the range 60-16-13 is reserved", "", "", "", false},
        {"CLABE interbancaria: 032180000118359719", "clabe", "032180000118359719", "MX", true},
        {"CLABE: 032180000118359718", "clabe", "032180000118359718", "MX", false},
        {"开户行：示例银行 账号：6222021234567890128", "cn-account", "6222021234567890128", "CN", true},
        {"帳號：012-345-678901", "tw-account", "012345678901", "TW", true},
        {"銀行名：サンプル銀行　支店：香港　口座番号：1234567", "jp-account", "1234567", "JP", true},
        {"Order 1234567 ships on 2026-11-23, phone 555-123-4567", "", "", "", false},
        {"C.C.C.: 2100 0418 45 0200051332", "iban", "ES9121000418450200051332", "ES", true},
        {"Nº de cuenta 2100-0418-45-0200051332", "iban", "ES9121000418450200051332", "ES", true},
        {"CCC 2100 0418 46 0200051332", "", "", "", false},
        {"pedido 2100 0418 45 0200051332", "", "", "", false},
        {"Kontonummer 532013000, BLZ 370 400 44", "iban", "DE89370400440532013000", "DE", true},
        {"BLZ: 37040044 Kto.-Nr.: 532013000", "iban", "DE89370400440532013000", "DE", true},
        {"Kundenkonto 532013000, Filiale 370 400 44", "", "", "", false},
        {"Swift: NWBKGB2L", "bic", "NWBKGB2L", "GB", true},
        {"a swift document", "", "", "", false},
        {"IBANDE89370400440532013000", "iban", "DE89370400440532013000", "DE", true},
        {"KontoDE89 3704 0044 0532 0130 00", "iban", "DE89370400440532013000", "DE", true},
        {"bankDE89370400440532013000BIC:COBADEFFXXX", "iban", "DE89370400440532013000", "DE", true},
        {"IBANFR1420041010050500013M02606BICPSSTFRPPXXX", "iban", "FR1420041010050500013M02606", "FR", true},
        {"contoIT60X0542811101000000123456SWIFTBAPPIT21", "iban", "IT60X0542811101000000123456", "IT", true},
        {"å£åº§GB29NWBK60161331926819ã¸", "iban", "GB29NWBK60161331926819", "GB", true},
        {"IBAN DE89 37O4 OO44 O532 OI3O OO", "iban", "DE89370400440532013000", "DE", true},
        {"IBAN GB29NWBK6OI6l331926819", "iban", "GB29NWBK60161331926819", "GB", true},
        {"IBAN DE8937O400440532013001", "", "", "", false},
        {"IBANDE89370400440532013001", "", "", "", false},
        {"DE89370400440532013O00 in the log", "", "", "", false},
        {"id=Xy7DE89370400440532013001Q", "", "", "", false},
        {"Xy7GB29NWBK60161331926819zz", "iban", "GB29NWBK60161331926819", "GB", true},
        {"xMT84MALT011000012345MTLCAST001S", "iban", "MT84MALT011000012345MTLCAST001S", "MT", true},
        {"Kontonummer532013000, BLZ37040044", "iban", "DE89370400440532013000", "DE", true},
        {"CLABE032180000118359719", "clabe", "032180000118359719", "MX", true},
        {"ref032180000118359719", "", "", "", false},
        {"BICPSSTFRPPXXX", "bic", "PSSTFRPPXXX", "FR", true},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        struct payment_text t = {PAYMENT_OWN, text_fold(arena, span_of(rows[i].text))};
        const struct payment_result *r = payment_analyse(NULL, arena, &t, 1);
        if ((r->n_accounts > 0) != (*rows[i].kind != '\0'))
            print_message("# %s: %zu accounts\n", rows[i].text, r->n_accounts);
        assert_int_equal(r->n_accounts > 0, *rows[i].kind != '\0');
        if (r->n_accounts) {
            assert_string_equal(r->accounts[0].number, rows[i].number);
            assert_string_equal(account_name(r->accounts[0].kind), rows[i].kind);
            assert_string_equal(r->accounts[0].country, rows[i].country);
            assert_int_equal(r->accounts[0].valid, rows[i].valid);
        }
        arena_free(&arena);
    }
}

static void test_quoted_and_bounds(void **state)
{
    struct arena *arena = arena_new();
    const struct folded_text *f = text_fold(arena, span_of("GB29NWBK60161331926819"));
    struct payment_text t[2] = {{PAYMENT_QUOTED, f}, {PAYMENT_OWN, f}};
    const struct payment_result *r = payment_analyse(NULL, arena, t, 1);
    assert_true(r->accounts[0].quoted);
    r = payment_analyse(NULL, arena, t, 2);
    assert_int_equal(r->n_accounts, 1);
    assert_false(r->accounts[0].quoted);
    char many[80 * 40] = "";
    for (unsigned i = 0; i < 80; i++)
        sprintf(many + strlen(many), "routing %09u\n", 100000000 + i);
    f = text_fold(arena, span_of("compte FR14 2004 1010 0505 0001 3M02 606, RIB"));
    t[0] = (struct payment_text){PAYMENT_OWN, f};
    r = payment_analyse(NULL, arena, t, 1);
    assert_int_equal(r->n_accounts, 1); /* the RIB inside the IBAN is no second account */
    t[0] = (struct payment_text){PAYMENT_OWN, text_fold(arena, span_of(many))};
    r = payment_analyse(NULL, arena, t, 1);
    assert_true(r->limit_hit);
    assert_in_range(r->n_accounts, 1, 32);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_iban_table),
        cmocka_unit_test(test_bic),
        cmocka_unit_test(test_found),
        cmocka_unit_test(test_quoted_and_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
